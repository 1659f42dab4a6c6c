"""The closed vocabularies of the pool."""

from __future__ import annotations

from typing import Literal

Standing = Literal["draft", "available", "withdrawn", "expired"]
"""Of what is listed: whether it may be booked at all."""

Stage = Literal["reserved", "deployed", "resting", "elsewhere"]
"""Of a booking. `elsewhere`: promised outside this coalition, such as to the EU reserve or NATO."""

Lifecycle = Literal[
    "draft", "available", "reserved", "deployed", "resting", "expired", "withdrawn", "elsewhere"
]
"""What people are shown of a capability as a whole: the furthest stage of any part of it."""

Refusal = Literal[
    "unknown",  # the member has listed no such capability
    "not_active",  # the member is suspended, or has left
    "draft",
    "withdrawn",
    "expired",  # or would be, before the end of the booking
    "over",  # the time asked for has passed
    "too_large",
    "too_long",
    "booked",  # the same people are promised to others at that time
    "floor",  # the rest stays at home
    "released",  # the same booking has been given back before
    "unreserved",  # deployed without having been reserved
]

HIDDEN: tuple[Refusal, ...] = ("booked", "floor", "withdrawn", "draft", "not_active")
"""Reasons that are nobody's business but the member's: others are told "not available"."""
