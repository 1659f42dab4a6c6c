"""The tokens in answer links: who may answer which notice, for how long. Never logged.

A token is signed with HMAC-SHA256 (itsdangerous, whose default is SHA-1) under a key derived from
TOCSIN_SECRET_KEY, with a salt that keeps exercise and live apart. It is bound to incident, notice
and member, and carries its own expiry, so that the same notice always has the same link: a retry
sends the same bytes and a reminder opens the same page. Where each copy is to be answered by
itself (a communications check), it is bound to the sending too. Holding it proves no identity.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from itsdangerous import BadData, Signer
from itsdangerous.encoding import base64_decode, base64_encode

from coalition.domain.errors import UserError

ANSWER_LINK_LIFE = timedelta(days=14)
"""How long after the acknowledgement deadline a link still takes an answer."""

LONGEST_TOKEN = 512


class AnswerRef(NamedTuple):
    """What a token stands for."""

    incident: str
    notice: int
    member: str
    expires: datetime
    attempt: int | None = None  # the sending, where each has a link of its own


class TokenRefused(UserError):
    """Not one of our tokens, or changed on the way."""


class TokenExpired(TokenRefused):
    """One of ours, and too old; `ref` says what it was for."""

    def __init__(self, ref: AnswerRef) -> None:
        super().__init__(f"This answer link expired on {ref.expires:%Y-%m-%d %H:%M} UTC.")
        self.ref = ref


@lru_cache(maxsize=8)
def _signer(secret_key: str, exercise: bool) -> Signer:  # noqa: FBT001 - a cache key
    world = "exercise" if exercise else "live"
    key = hmac.digest(secret_key.encode(), f"tocsin.answer.{world}.v1".encode(), "sha256")
    # Derived here, once; a Signer would derive it anew for each token.
    return Signer(key, key_derivation="none", digest_method=hashlib.sha256)


def make(
    secret_key: str,
    incident: str,
    notice: int,
    member: str,
    expires: datetime,
    *,
    attempt: int | None = None,
    exercise: bool = False,
) -> str:
    """The token for one recipient's answer link: URL-safe, the same for the same arguments."""
    payload = f"{incident} {notice} {member} {int(expires.timestamp())}"
    if attempt is not None:
        payload += f" {attempt}"
    # Its serializers would make a signer for each recipient, at three times the cost.
    return _signer(secret_key, exercise).sign(base64_encode(payload)).decode()


def read(secret_key: str, token: str, now: datetime, *, exercise: bool = False) -> AnswerRef:
    """What a token stands for.

    Raises:
        TokenExpired: genuine, and past its expiry.
        TokenRefused: anything else that is wrong with it.
    """
    message = "This answer link is not one of ours, or part of it is missing."
    if len(token) > LONGEST_TOKEN:
        raise TokenRefused(message)
    try:
        payload = base64_decode(_signer(secret_key, exercise).unsign(token)).decode()
    except (BadData, ValueError):
        raise TokenRefused(message) from None
    incident, notice, member, expires, *attempt = payload.split(" ")
    until = datetime.fromtimestamp(int(expires), UTC)
    ref = AnswerRef(incident, int(notice), member, until, int(attempt[0]) if attempt else None)
    if now >= ref.expires:
        raise TokenExpired(ref)
    return ref
