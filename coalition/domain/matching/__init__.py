"""Who could best help whom: recommended and explained, never assigned.

`recommend` takes everything it looks at as one `Question` and a solver, and gives the same
`Recommendation` for the same question, with the reason for every line of it. Pure.
"""
