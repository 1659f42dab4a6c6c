"""What proves that a mail which comes back is one that we sent.

A report that a mail could not be delivered is signed by nobody, and ids of sendings can be
guessed. So every mail carries this in a header, which the reports of mail servers quote.
"""

from __future__ import annotations

import hmac


def make(secret_key: str, effect: str, *, exercise: bool = False) -> str:
    """The trace of one sending; the same for the same sending."""
    world = "exercise" if exercise else "live"
    text = f"tocsin.mail.{world}.v1 {effect}"
    return hmac.digest(secret_key.encode(), text.encode(), "sha256").hex()[:32]


def holds(trace: str, secret_key: str, effect: str, *, exercise: bool = False) -> bool:
    """Whether it is the trace of this sending."""
    expected = make(secret_key, effect, exercise=exercise)
    return hmac.compare_digest(trace.strip().encode(), expected.encode())
