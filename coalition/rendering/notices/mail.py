"""A notice as one mail to one recipient: plain text, and a subject that gives nothing away."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING

from coalition.rendering.notices.text import plain_text

if TYPE_CHECKING:
    from datetime import datetime

    from coalition.rendering.notices.model import OutwardNotice


def subject(notice: OutwardNotice) -> str:
    """Label and notice id, and EXERCISE where it is one; mail headers are never encrypted."""
    words = ["EXERCISE"] if notice.exercise else []
    return " ".join((*words, f"[{notice.tlp.value}]", notice.notice_id))


def message_id(effect: str, host: str) -> str:
    """The stable Message-ID of one sending: a retry after a crash repeats it."""
    return f"<{effect}@{host}>"


def mail(
    notice: OutwardNotice, *, effect: str, host: str, sender: str, to: str, at: datetime
) -> EmailMessage:
    """The message, ready for SMTP.

    Args:
        notice: what the gate let through for this recipient's mail channel.
        effect: id of the effect that sends it.
        host: the hub's host name, right of the @ in message ids.
        sender: the hub's mail address.
        to: the one recipient.
        at: when it is sent.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(display_name=f"{notice.coalition} (Tocsin)", addr_spec=sender)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = subject(notice)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id(effect, host)
    earlier = [
        message_id(f"{notice.notice_id}-{attempt}", host) for attempt in range(1, notice.attempt)
    ]
    # The thread's root is the incident, so that everything about it stands together.
    message["References"] = " ".join([message_id(notice.incident_id, host), *earlier])
    # RFC 3834: keeps vacation replies and ticket systems from answering a machine.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["X-Tocsin-Notice"] = notice.notice_id
    text = plain_text(notice)
    message.set_content(text, cte="7bit" if text.isascii() else "quoted-printable")
    return message
