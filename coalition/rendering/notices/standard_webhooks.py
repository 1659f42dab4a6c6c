"""Standard Webhooks 1.0.0: sign what goes out, verify what comes in.

Own code beside the reference library, because that reads its own clock, takes naive times for
UTC, raises ValueError on malformed headers and accepts keys of any length; the tests use it as
the counterpart. Pure: the caller brings the time.
"""

from __future__ import annotations

import binascii
import hmac
from base64 import b64decode, b64encode
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

TOLERANCE = timedelta(minutes=5)
SECRET_BYTES = range(24, 65)
LONGEST_ID = 128
MAX_SIGNATURES = 8


class BadSecret(ValueError):
    """Not `whsec_` and the base64 of 24 to 64 bytes. The text never holds the secret."""


class BadSignature(Exception):
    """The message is not shown to be from the holder of the secret; says in which way."""


@lru_cache(maxsize=4096)
def _key(secret: str) -> bytes:
    prefix, mark, encoded = secret.partition("whsec_")
    try:
        key = b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if prefix or not mark or len(key) not in SECRET_BYTES:
        msg = "the webhook secret is not whsec_ followed by the base64 of 24 to 64 random bytes"
        raise BadSecret(msg)
    return key


def _mac(secret: str, message_id: str, timestamp: str, body: bytes) -> bytes:
    signed = b"%b.%b.%b" % (message_id.encode(), timestamp.encode(), body)
    return hmac.digest(_key(secret), signed, "sha256")


def check_secret(secret: str) -> None:
    """Nothing, for a secret that can be used.

    Raises:
        BadSecret: it is malformed.
    """
    _key(secret)


def sign(secret: str, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers for exactly these bytes.

    Raises:
        BadSecret: the secret is malformed.
        ValueError: the id contains a dot, or the time has no zone.
    """
    if "." in message_id or at.tzinfo is None:
        msg = "a webhook id has no dot, and its time has a zone"
        raise ValueError(msg)
    timestamp = str(int(at.timestamp()))
    signature = b64encode(_mac(secret, message_id, timestamp, body)).decode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{signature}",
    }


def verify(
    secrets: Sequence[str], headers: Mapping[str, str], body: bytes, *, now: datetime
) -> str:
    """The webhook-id of a message that one of the secrets has signed, not 5 minutes off.

    Args:
        secrets: all that are valid now (two while one is being replaced).
        headers: by lower-case name.
        body: the bytes as received.
        now: the time, UTC.

    Raises:
        BadSignature: in every other case, whatever the headers contain.
        BadSecret: one of our own secrets is malformed.
    """
    message_id = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    given = headers.get("webhook-signature", "")
    if not (message_id and timestamp and given):
        raise BadSignature("webhook-id, webhook-timestamp and webhook-signature are all needed")
    plain = message_id.isascii() and message_id.isprintable() and " " not in message_id
    if "." in message_id or not plain or len(message_id) > LONGEST_ID:
        raise BadSignature(f"webhook-id is up to {LONGEST_ID} visible characters without a dot")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 11):  # noqa: PLR2004
        raise BadSignature("webhook-timestamp is not an integer of seconds")
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        raise BadSignature("webhook-timestamp is more than 5 minutes off; check the clock")
    candidates = list(_signatures(given))
    # No early exit: the time taken does not tell which secret or signature came close.
    matches = [
        hmac.compare_digest(_mac(secret, message_id, timestamp, body), candidate)
        for secret in secrets
        for candidate in candidates
    ]
    if not any(matches):
        raise BadSignature("no v1 signature fits the message")
    return message_id


def _signatures(header: str) -> list[bytes]:
    found = []
    for part in header.split(" ")[:MAX_SIGNATURES]:
        version, _, encoded = part.partition(",")
        if version == "v1":
            try:
                found.append(b64decode(encoded, validate=True))
            except (binascii.Error, ValueError):
                continue
    return found
