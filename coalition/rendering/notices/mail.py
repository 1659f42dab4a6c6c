"""A notice as one mail to one recipient: plain, or sealed as PGP/MIME (RFC 3156).

What is sealed carries the true subject inside (RFC 9788, header protection); outside stand label
and notice id, and EXERCISE where it is one. Headers that are not encrypted hold nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING

from coalition.rendering.notices.languages import N_, say_in
from coalition.rendering.notices.layout import wrap
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
) -> EmailMessage:
    """The message, ready for SMTP.

    Args:
        notice: what the gate let through for this recipient's mail channel.
        posting: this sending.
        seal: signs and encrypts bytes into one armoured OpenPGP message; None: the mail is plain.
    """
    outside = _headers(notice, posting, subject(notice))
    if seal is None:
        return _fill(outside, notice, posting)
    inside = _headers(notice, posting, true_subject(notice))
    for name, value in outside.items():
        inside["HP-Outer"] = f"{name}: {value}"
    _fill(inside, notice, posting)
    inside.set_param("hp", "cipher")
    return _sealed(outside, seal(inside.as_bytes()))


def _headers(notice: OutwardNotice | ThinNotice, posting: Posting, about: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(
        display_name=f"{posting.coalition} (Tocsin)", addr_spec=posting.sender
    )
    message["To"] = Address(addr_spec=posting.to)
    message["Subject"] = about
    message["Date"] = format_datetime(posting.at)
    message["Message-ID"] = message_id(posting.effect, posting.host)
    earlier = [
        message_id(f"{notice.notice_id}-{attempt}", posting.host)
        for attempt in range(1, notice.attempt)
    ]
    # The thread's root is the incident, so that everything about it stands together.
    message["References"] = " ".join([message_id(notice.incident_id, posting.host), *earlier])
    # RFC 3834: keeps vacation replies and ticket systems from answering a machine.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["X-Tocsin-Notice"] = notice.notice_id
    message[TRACE] = posting.trace
    return message


def _fill(
    message: EmailMessage, notice: OutwardNotice | ThinNotice, posting: Posting
) -> EmailMessage:
    if isinstance(notice, ThinNotice):
        text = nudge(notice)
        message.set_content(text, cte="7bit" if text.isascii() else "quoted-printable")
        return message
    text = plain_text(notice) + (_by_mail(notice) if posting.takes_answers else "")
    message.set_content(text, cte="7bit" if text.isascii() else "quoted-printable")
    message.add_attachment(
        bundle(notice),
        "application",
        "stix+json",
        filename=f"{notice.notice_id}.stix.json",
        params={"version": "2.1"},
    )
    return message


def _by_mail(notice: OutwardNotice) -> str:
    """What stands below the end of the notice, where mail programs look for a signature."""
    words = ", ".join(choice.answer for choice in notice.ask.choices)
    said = say_in(notice.language)(BY_MAIL) % {"words": words}
    return "\n".join(["-- ", *wrap(said, "")]) + "\n"


def _sealed(outside: EmailMessage, armoured: bytes) -> EmailMessage:
    """RFC 3156 §4: two parts, the first says the version, the second is the message."""
    version, message = EmailMessage(policy=SMTP), EmailMessage(policy=SMTP)
    version.set_content(b"Version: 1\r\n", "application", "pgp-encrypted", cte="7bit")
    message.set_content(
        armoured, "application", "octet-stream", cte="7bit", filename="encrypted.asc",
        disposition="inline",
    )  # fmt: skip
    for part in (version, message):
        del part["MIME-Version"]
    outside["MIME-Version"] = "1.0"
    outside["Content-Type"] = 'multipart/encrypted; protocol="application/pgp-encrypted"'
    outside.set_payload([version, message])
    return outside
