"""What the board shows: pure view models, from state and the present moment to words.

Nothing here decides who may see it: the builders are told by `Sight` what the viewer may see, and
the gate clears the finished view once more before a template can have it.
"""
