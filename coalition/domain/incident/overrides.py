"""Overrides and permissions: what people may release, with their names in the log.

An override lets one notice go to one recipient above the ceilings that are policy. It takes two
approvers, of whom one is of the member that the incident comes from; nobody approves their own
request. It holds for exactly the content that was asked for, and it expires.

A permission is a source's own word that what came from it may be labelled lower.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from coalition.domain.labels import Tlp
from coalition.domain.messages import Message, Utc, canonical

if TYPE_CHECKING:
    from collections.abc import Mapping

LIFE_HOURS = 12
"""How long an override holds after it was asked for."""


class Override(Message):
    """One request, and who released it; `approved_by` is None until somebody does."""

    override: int
    notice: int
    member: str  # the recipient
    tlp: Tlp
    content: str  # `content_hash` of the notice at the time
    reason: str
    requested_by: str  # delegate
    requested_at: Utc
    expires: Utc
    approved_by: str | None = None
    approved_at: Utc | None = None


CONTENT = ("kind", "title", "text", "ask", "tlp", "severity", "details")


def content_hash(event: Mapping[str, Any]) -> str:
    """SHA-256 (hex) of what a notice says, from the data of its NoticeIssued."""
    said = {name: event[name] for name in CONTENT if name in event}
    return hashlib.sha256(canonical(said)).hexdigest()
