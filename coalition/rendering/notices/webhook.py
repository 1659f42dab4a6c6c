"""A notice as a webhook body: `{"type": "notice.alert", "timestamp": …, "data": {…}}`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.rendering.notices.model import ThinNotice

if TYPE_CHECKING:
    from datetime import datetime

    from coalition.rendering.notices.model import OutwardNotice

LARGEST_BODY = 20_000
"""Bytes. Standard Webhooks asks for small bodies; beyond this only ids and the link are sent."""


def body(notice: OutwardNotice | ThinNotice, at: datetime) -> bytes:
    """The bytes to sign and send at `at` (UTC).

    A full notice that would be too large becomes thin here; one that is above the endpoint's
    ceiling must not come here full: the gate lets only its `ThinNotice` through.
    """
    full = _envelope(notice.kind, at, notice.model_dump_json())
    if isinstance(notice, ThinNotice) or len(full) <= LARGEST_BODY:
        return full
    return _envelope(notice.kind, at, ThinNotice.of(notice).model_dump_json())


def _envelope(kind: str, at: datetime, data: str) -> bytes:
    # Put together as text: the data is JSON already, and this runs once for each recipient.
    return (
        f'{{"type":"notice.{kind}","timestamp":"{at:%Y-%m-%dT%H:%M:%SZ}","data":{data}}}'.encode()
    )
