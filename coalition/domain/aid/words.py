"""The closed vocabularies of mutual aid, and which step may follow which.

Sources: request, Reg. (EU) 2025/38 (CSA) Art. 15(5) and 16; offers and terms, EMAC REQ-A; the
states themselves are a proposal of the coalition.
"""

from __future__ import annotations

from typing import Literal

RequestStatus = Literal[
    "draft",  # being written by the requesting member; nobody else sees it
    "submitted",  # waits for an approver of the requesting member, who is not the requester
    "open",  # others are asked
    "part_filled",  # some of the need is covered by accepted offers
    "filled",  # all of it is
    "closed",  # the requester has ended it
    "withdrawn",  # … or has taken it back
    "expired",  # nobody came in time; what was accepted before goes on
]
OfferStatus = Literal[
    "unconfirmed",  # came by a way that proves nothing (a link): counts for nothing yet
    "draft",  # being written by the offering member, which alone sees it
    "submitted",  # stands as offered
    "countered",  # the requester has asked for something else
    "accepted",  # signed on both sides and booked; a mission has begun
    "declined",  # by the requester
    "withdrawn",  # by the offering member
    "expired",  # its time ran out, or the request ended first
]
MissionStatus = Literal[
    "tasked",
    "mobilising",
    "deployed",
    "recalled",  # by the member that sent it, whose right this always is
    "demobilising",  # stood down, on the way home
    "demobilised",
    "reported",
    "costs_submitted",
    "queried",
    "settled",
    "waived",
]
Booking = Literal[
    "none",  # nothing is asked of the pool
    "asked",  # signed; the pool has not answered yet
    "reserved",
    "refused",  # the pool said no: the signatures are void, the offer stands as before
    "released",
]

SEEKING: tuple[RequestStatus, ...] = ("open", "part_filled")
"""Help is still looked for: offers may come and be accepted."""
ENDED: tuple[RequestStatus, ...] = ("closed", "withdrawn", "expired")
LIVE: tuple[OfferStatus, ...] = ("submitted", "countered")
"""The offer is on the table: terms may be proposed and signed."""
IN_THE_FIELD: tuple[MissionStatus, ...] = (
    "tasked",
    "mobilising",
    "deployed",
    "recalled",
    "demobilising",
)
"""Somebody is away or about to go: check-ins are due, guests have the room."""
DONE: tuple[MissionStatus, ...] = ("settled", "waived")

Grade = Literal[0, 1, 2, 3, 4]
"""0 none … 4 very high, as the requester judges it; CSA Art. 16(3) orders requests by these."""
Entity = Literal["essential", "important", "other"]
"""Of the entity hit, in the sense of NIS2 Art. 3."""
CostKind = Literal["personnel", "travel", "accommodation", "equipment", "licences", "other"]
SupportStatus = Literal["asked", "granted", "refused"]
DeclineReason = Literal["no_capacity", "no_capability", "legal", "national_caveat", "other", ""]
"""`no_capacity` is honourable; every reason is visible only to the member that gave it."""
Outcome = Literal["reserved", "refused"]
