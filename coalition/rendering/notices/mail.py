"""A notice as one mail to one recipient: plain, or sealed as PGP/MIME (RFC 3156).

What is sealed carries the true subject inside (RFC 9788, header protection); outside stand label
and notice id, and EXERCISE where it is one. Headers that are not encrypted hold nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import format_datetime
from typing import TYPE_CHECKING

from coalition.rendering.notices.languages import N_, say_in
from coalition.rendering.notices.layout import wrap
from coalition.rendering.notices.mime import address, attachment, header, multipart, text_part
from coalition.rendering.notices.model import ThinNotice
from coalition.rendering.notices.nudge import nudge
from coalition.rendering.notices.stix import bundle
from coalition.rendering.notices.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from coalition.rendering.notices.model import OutwardNotice

TRACE = "X-Tocsin-Trace"
"""Proves to us that a mail which was returned is one of ours; nobody else can make it."""

STIX = 'application/stix+json; version="2.1"'
_MIME = b"MIME-Version: 1.0\r\n"

BY_MAIL = N_(
    "To answer by mail, reply to this message, signed with the OpenPGP key that we have of you, "
    "and begin your reply with one of these words, in English: %(words)s. "
    "A reply without that signature is shown to us and changes nothing."
)


@dataclass(frozen=True, slots=True)
class Posting:
    """One sending of a mail: from whom, to whom, when, and under which id."""

    effect: str  # id of the effect that sends it
    host: str  # the hub's host name, right of the @ in message ids
    sender: str  # the hub's mail address
    coalition: str  # what it calls itself
    to: str  # the one recipient
    at: datetime
    trace: str
    takes_answers: bool = False  # the hub reads what is answered by mail


def subject(notice: OutwardNotice | ThinNotice) -> str:
    """Label and notice id, and EXERCISE where it is one; mail headers are never encrypted."""
    words = ["EXERCISE"] if notice.exercise else []
    return " ".join((*words, f"[{notice.tlp.value}]", notice.notice_id))


def true_subject(notice: OutwardNotice | ThinNotice) -> str:
    """As `subject`, with what it is about; for the inside of a sealed mail."""
    if isinstance(notice, ThinNotice):
        return subject(notice)
    return f"{subject(notice)}: {' '.join(notice.title.split())}"


def message_id(effect: str, host: str) -> str:
    """The stable Message-ID of one sending: a retry after a crash repeats it."""
    return f"<{effect}@{host}>"


def mail(
    notice: OutwardNotice | ThinNotice,
    posting: Posting,
    *,
    seal: Callable[[bytes], bytes] | None = None,
) -> bytes:
    """The message, ready for SMTP: the same bytes for the same notice and posting.

    Args:
        notice: what the gate let through for this recipient's mail channel.
        posting: this sending.
        seal: signs and encrypts bytes into one armoured OpenPGP message; None: the mail is plain.
    """
    outside = _headers(notice, posting, subject(notice))
    if seal is None:
        return outside.encode() + _content(notice, posting)
    inside = _headers(notice, posting, true_subject(notice))
    outer = "".join(f"HP-Outer: {line}" for line in _each(outside))
    sealed = seal((inside + outer).encode() + _content(notice, posting, '; hp="cipher"'))
    return outside.encode() + _envelope(sealed, posting)


def _headers(notice: OutwardNotice | ThinNotice, posting: Posting, about: str) -> str:
    earlier = [
        message_id(f"{notice.notice_id}-{attempt}", posting.host)
        for attempt in range(1, notice.attempt)
    ]
    # The thread's root is the incident, so that everything about it stands together.
    thread = [message_id(notice.incident_id, posting.host), *earlier]
    fields = {
        "From": address(f"{posting.coalition} (Tocsin)", posting.sender),
        "To": posting.to,
        "Subject": about,
        "Date": format_datetime(posting.at),
        "Message-ID": message_id(posting.effect, posting.host),
        "References": " ".join(thread),
        # RFC 3834: keeps vacation replies and ticket systems from answering a machine.
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "X-Tocsin-Notice": notice.notice_id,
        TRACE: posting.trace,
    }
    return "".join(header(name, value) for name, value in fields.items())


def _each(headers: str) -> list[str]:
    """One header after the other, each with its folded lines."""
    return re.findall(r"[^ \r\n].*\r\n(?: .*\r\n)*", headers)


def _content(notice: OutwardNotice | ThinNotice, posting: Posting, more: str = "") -> bytes:
    """Text and bundle, with their MIME headers; `more` goes into the outermost Content-Type."""
    if isinstance(notice, ThinNotice):
        return _MIME + text_part(nudge(notice), more)
    text = plain_text(notice) + (_by_mail(notice) if posting.takes_answers else "")
    name = f"{notice.notice_id}.stix.json"
    parts = [text_part(text), attachment(bundle(notice), STIX, name)]
    return _MIME + multipart(f"multipart/mixed{more}", _boundary(posting, "inside"), parts)


def _boundary(posting: Posting, where: str) -> str:
    """Made from the trace, which nobody who writes into a notice can know."""
    return f"=_{where}_{posting.trace}"


def _by_mail(notice: OutwardNotice) -> str:
    """What stands below the end of the notice, where mail programs look for a signature."""
    words = ", ".join(choice.answer for choice in notice.ask.choices)
    said = say_in(notice.language)(BY_MAIL) % {"words": words}
    return "\n".join(["-- ", *wrap(said, "")]) + "\n"


def _envelope(armoured: bytes, posting: Posting) -> bytes:
    """RFC 3156 §4: two parts, the first says the version, the second is the message."""
    lines = armoured.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    version = b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n"
    message = (
        b'Content-Type: application/octet-stream; name="encrypted.asc"\r\n'
        b'Content-Disposition: inline; filename="encrypted.asc"\r\n\r\n' + lines
    )
    kind = 'multipart/encrypted; protocol="application/pgp-encrypted"'
    return _MIME + multipart(kind, _boundary(posting, "outside"), [version, message])
