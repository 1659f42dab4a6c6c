"""What follows from what has happened to an incident."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.application.ports import Effect
from coalition.application.wanted import command_effect

if TYPE_CHECKING:
    from collections.abc import Iterable

    from coalition.application.wanted import View
    from coalition.domain.messages import Record


def effect_id_of_sending(incident: str, notice: int, member: str, attempt: int) -> str:
    """Id of one sending, outside too: `webhook-id`, and the left part of the Message-ID."""
    return f"{incident}-n{notice}-{member}-{attempt}"


def _send(record: Record, version: int, member: str, attempt: int, channel: int) -> Effect:
    notice = record.data["notice"]
    return Effect(
        id=effect_id_of_sending(record.id, notice, member, attempt),
        kind="notice.send",
        payload={
            "incident": record.id,
            "version": version,
            "notice": notice,
            "member": member,
            "attempt": attempt,
            "channel": channel,
        },
    )


def send_notice(record: Record, view: View) -> Iterable[Effect]:
    """Send to each recipient by the first channel that the gate left open, or by every one."""
    most = None if record.data.get("every_channel") else 1
    for recipient in record.data["recipients"]:
        for attempt, channel in enumerate(recipient["channels"][:most], start=1):
            yield _send(record, record.version, recipient["member"], attempt, channel)


def send_reminders(record: Record, view: View) -> Iterable[Effect]:
    """Ask again, on the channel last used."""
    incident = view.incident(record.id)
    notice = incident.notices[str(record.data["notice"])]
    for member, attempt in record.data["attempts"].items():
        channel = next(
            a.channel for a in notice.recipients[member].attempts if a.attempt == attempt
        )
        yield _send(record, notice.version, member, attempt, channel)


def send_by_next_channel(record: Record, view: View) -> Iterable[Effect]:
    """Try the next channel."""
    notice = view.incident(record.id).notices[str(record.data["notice"])]
    data = record.data
    yield _send(record, notice.version, data["member"], data["attempt"], data["channel"])


def check_comms(record: Record, view: View) -> Iterable[Effect]:
    """Start the communications check that is due."""
    yield Effect(id=f"comms-check-{record.version}", kind="comms.check", payload={})


def check_keys(record: Record, view: View) -> Iterable[Effect]:
    """See which OpenPGP keys expire soon."""
    yield Effect(id=f"keys-{record.id}", kind="comms.keys", payload={"incident": record.id})


def open_room(record: Record, view: View) -> Iterable[Effect]:
    """Open the room; a retry gets an id of its own."""
    attempt = record.data.get("attempt", 1)
    yield Effect(
        id=f"room-{record.id}-{record.version}",
        kind="room.open",
        payload={"incident": record.id, "attempt": attempt},
    )


def leave_room(record: Record, view: View) -> Iterable[Effect]:
    """Take a guest out of the room once nothing keeps them there."""
    if record.data["out"]:
        yield Effect(
            id=f"leave-{record.id}-{record.version}",
            kind="room.leave",
            payload={"incident": record.id, "delegate": record.data["delegate"]},
        )


def link_back(record: Record, view: View) -> Iterable[Effect]:
    """A link (and a merge is one) is known on both sides."""
    yield command_effect(
        f"link-{record.id}-{record.version}",
        "LinkIncident",
        incident=record.data.get("into") or record.data["other"],
        other=record.id,
    )
