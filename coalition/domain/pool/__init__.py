"""What one member has to give, and what of it is given already: the aggregate `pool`.

One pool for each member; its id is the member's. Whether something can be booked is decided here
and nowhere else, so that the same team is never promised twice.
"""
