"""States of mutual aid on the board: always a word and a shape, and only besides them a colour."""

from __future__ import annotations

from coalition.domain.aid.words import MissionStatus, OfferStatus, RequestStatus
from coalition.rendering.aid_words import MISSIONS as MISSION_WORDS
from coalition.rendering.aid_words import OFFERS as OFFER_WORDS
from coalition.rendering.aid_words import REQUESTS as REQUEST_WORDS
from coalition.rendering.board.marks import Mark, Shape, Tone

_REQUESTS: dict[RequestStatus, tuple[Shape, Tone]] = {
    "draft": ("ring", "calm"),
    "submitted": ("clock", "wait"),
    "open": ("alarm", "warn"),
    "part_filled": ("half", "warn"),
    "filled": ("double-check", "good"),
    "closed": ("check", "good"),
    "withdrawn": ("dash", "calm"),
    "expired": ("cross", "bad"),
}
_OFFERS: dict[OfferStatus, tuple[Shape, Tone]] = {
    "unconfirmed": ("question", "warn"),
    "draft": ("ring", "calm"),
    "submitted": ("circle", "wait"),
    "countered": ("arrow", "wait"),
    "accepted": ("double-check", "good"),
    "declined": ("square", "calm"),
    "withdrawn": ("dash", "calm"),
    "expired": ("clock", "calm"),
}
_MISSIONS: dict[MissionStatus, tuple[Shape, Tone]] = {
    "tasked": ("ring", "wait"),
    "mobilising": ("half", "wait"),
    "deployed": ("circle", "good"),
    "recalled": ("arrow", "warn"),
    "demobilising": ("arrow", "wait"),
    "demobilised": ("half", "wait"),
    "reported": ("check", "wait"),
    "costs_submitted": ("diamond", "wait"),
    "queried": ("question", "warn"),
    "settled": ("double-check", "good"),
    "waived": ("double-check", "good"),
}
REQUESTS = {name: Mark(REQUEST_WORDS[name], *look) for name, look in _REQUESTS.items()}
OFFERS = {name: Mark(OFFER_WORDS[name], *look) for name, look in _OFFERS.items()}
MISSIONS = {name: Mark(MISSION_WORDS[name], *look) for name, look in _MISSIONS.items()}
BOOKED = Mark("Signed, being booked", "clock", "wait")
GAP = Mark("Nobody", "cross", "bad")
ON_ONE = Mark("Hangs on one", "triangle", "warn")
COVERED = Mark("Covered", "check", "good")
