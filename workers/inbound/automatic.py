"""Mails that no person wrote: automatic replies, and reports that ours could not be delivered."""

from __future__ import annotations

from email.message import Message
from typing import TYPE_CHECKING, NamedTuple

from coalition.rendering.notices.mail import TRACE
from workers.inbound import mime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.inbound.mime import Entity

_PRECEDENCE = {"bulk", "junk", "list", "auto_reply", "auto-reply"}
_MARKS = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply", "X-Autoresponse", "X-Vacation")
_SENDERS = ("mailer-daemon", "postmaster", "no-reply", "noreply")
LONGEST_REASON = 150


class Bounce(NamedTuple):
    """A report of a mail server about one of our mails."""

    message_id: str  # of our mail, as the report quotes it
    trace: str  # what our mail carried; empty where the report does not quote it
    final: bool  # it was given up; not merely delayed
    reason: str  # `5.1.1 550 no such user`


def is_automatic(entity: Entity) -> bool:
    """Whether a machine sent it (RFC 3834 and what is in use beside it)."""
    said = mime.header(entity, "Auto-Submitted").partition(";")[0].strip().lower()
    if said not in {"", "no"}:
        return True
    if entity.get_content_type() == "multipart/report":
        return True
    if mime.header(entity, "Precedence").strip().lower() in _PRECEDENCE:
        return True
    if mime.header(entity, "Return-Path").strip() == "<>":
        return True
    sender = mime.header(entity, "From").rpartition("<")[2].lower()
    return any(name in entity for name in _MARKS) or sender.startswith(_SENDERS)


def bounce_of(entity: Entity) -> Bounce | None:
    """The report in a `multipart/report` about delivery; None where it is none."""
    kind = str(entity.get_param("report-type") or "").lower()
    if entity.get_content_type() != "multipart/report" or kind != "delivery-status":
        return None
    fields: dict[str, str] = {}
    returned: dict[str, str] = {}
    for part in entity.walk():
        if part.get_content_type() == "message/delivery-status":
            fields |= _report(part)
        elif part.get_content_type() in {"message/rfc822", "text/rfc822-headers"}:
            returned = returned or _returned(part)
    if not returned:
        return None
    reason = f"{fields.get('status', '')} {fields.get('diagnostic-code', '')}"
    return Bounce(
        returned.get("message-id", ""),
        returned.get(TRACE.lower(), ""),
        fields.get("action", "") == "failed",
        mime.one_line(reason, LONGEST_REASON),
    )


def _report(part: Entity) -> dict[str, str]:
    """The fields of a report, in small letters; of several recipients the last one's."""
    return {name.lower(): value for block in _blocks(part) for name, value in _fields(block)}


def _blocks(part: Entity) -> Iterator[Entity]:
    held = part.get_payload()
    if isinstance(held, list):
        yield from (block for block in held if isinstance(block, Message))


def _fields(block: Entity) -> Iterator[tuple[str, str]]:
    for name in block.keys():  # noqa: SIM118 - a mail is no mapping
        value = mime.header(block, name)
        yield name, value.lower() if name.lower() == "action" else value


def _returned(part: Entity) -> dict[str, str]:
    """The headers of our own mail that came back."""
    if part.get_content_type() == "message/rfc822":
        held = part.get_payload()
        first = held[0] if isinstance(held, list) and held else None
        quoted = first if isinstance(first, Message) else None
    else:
        quoted = mime.parse(mime.content(part))
    if quoted is None:
        return {}
    return {name.lower(): mime.header(quoted, name) for name in ("Message-ID", TRACE)}
