"""A recommendation that stands in a request's log, made again to compare."""

from __future__ import annotations

from coalition.domain.aid.values import Pick
from coalition.domain.messages import Message, Utc


class Recalled(Message):
    """What somebody was shown. `same`: made again from its inputs, it names the same picks."""

    at: Utc
    inputs_hash: str
    charter: str  # content hash of the coalition file that was in force
    picks: tuple[Pick, ...]
    same: bool
