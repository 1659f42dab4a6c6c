"""Going after recipients that do not acknowledge: remind, next channel, then the phone."""

# ruff: noqa: ARG001
# Every entry of a table has the same shape, whether it needs all of it or not.

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from coalition.domain.errors import NotFound, UserError
from coalition.domain.hours import deadline
from coalition.domain.incident.calling import call_for, still_known
from coalition.domain.incident.checking import CHECK, end, ends
from coalition.domain.incident.events import (
    ChannelEscalated,
    NoticeReminded,
    UpdateOverdue,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coalition.domain.incident.commands import (
        EscalateRecipients,
        PassDeadline,
        RemindRecipients,
    )
    from coalition.domain.incident.state import Incident, NoticeState, RecipientState
    from coalition.domain.members import Coalition
    from coalition.domain.messages import Actor, Event
    from coalition.domain.world import World

UPDATE = "update"
"""Timer of the promised next update."""

Reason = Literal["late", "failed", "in_doubt", "asked"]


def notice_timer(notice: int) -> str:
    """Name of the timer that waits for a notice's acknowledgements."""
    return f"notice:{notice}"


def due(notice: NoticeState) -> datetime | None:
    """When the first of the waiting recipients is late; None when nobody is waited for."""
    waits = (one.attempts[-1].ack_by for one in notice.recipients.values() if chaseable(one))
    return min(waits, default=None)


def chaseable(recipient: RecipientState) -> bool:
    """Whether an acknowledgement is awaited and something can still be done to get it."""
    return recipient.waiting and not recipient.exhausted and not recipient.at_once


def remind_recipients(state: Incident, command: RemindRecipients, world: World) -> list[Event]:
    """NoticeReminded for those that were asked, on the channel they were last asked on.

    Left out: who has answered, whose message has not left yet, and whose last sending failed or
    is in doubt (that channel is never used again for this notice).

    Raises:
        NotFound: no such notice.
        UserError: a person asks and there is nobody to remind.
    """
    notice = notice_of(state, command.notice)
    attempts = {
        member: len(recipient.attempts) + 1
        for member, recipient in notice.recipients.items()
        if chaseable(recipient) and recipient.attempts[-1].stage not in ("queued", *_LOST)
    }
    if not attempts:
        return _nobody(command.actor, f"There is nobody to remind of notice {command.notice}.")
    return [NoticeReminded(notice=command.notice, attempts=attempts)]


def escalate_recipients(state: Incident, command: EscalateRecipients, world: World) -> list[Event]:
    """For each silent recipient the next channel, or a call when none is left.

    A playbook does not hurry on whom a deadline or a failure has just moved to another channel:
    they get the time that this one gives them.

    Raises:
        NotFound: no such notice.
        UserError: a person names somebody who is not silent, or nobody is.
    """
    notice = notice_of(state, command.notice)
    silent_ones = {name: one for name, one in notice.recipients.items() if chaseable(one)}
    others = [name for name in command.members if name not in silent_ones]
    if others and command.actor.kind != "system":
        raise UserError(
            f"Notice {command.notice} waits for no channel of: {', '.join(others)}.",
            "They have answered, were not sent it, or must be phoned: the board shows which.",
            field="members",
        )
    wanted = [
        one
        for name, one in silent_ones.items()
        if name in (command.members or silent_ones)
        and not (command.actor.kind == "system" and _just_moved(one, command.at))
    ]
    if not wanted:
        return _nobody(command.actor, f"Nobody is silent on notice {command.notice}.")
    return chase_all(state, notice, wanted, "asked", command.at, world.coalition)


def pass_deadline(state: Incident, command: PassDeadline, world: World) -> list[Event]:
    """What follows when a timer of this incident is due; nothing if that wait is over."""
    if command.timer == UPDATE:
        return _update_overdue(state, command.at)
    if command.timer == CHECK:
        over = ends(state)
        return end(state, world.coalition) if over is not None and over <= command.at else []
    for notice in state.notices.values():
        if notice_timer(notice.notice) == command.timer:
            late = [
                one
                for one in notice.recipients.values()
                if chaseable(one) and one.attempts[-1].ack_by <= command.at
            ]
            return chase_all(state, notice, late, "late", command.at, world.coalition)
    return []


def chase_all(
    state: Incident,
    notice: NoticeState,
    recipients: Sequence[RecipientState],
    reason: Reason,
    at: datetime,
    coalition: Coalition,
    tasks: int | None = None,
) -> list[Event]:
    """For each the next allowed channel that was not tried; without one, a call to make.

    `tasks`: how many there are, where the events before these make some.
    """
    events: list[Event] = []
    number = len(state.tasks) if tasks is None else tasks
    for recipient in recipients:
        tried = {attempt.channel for attempt in recipient.attempts}
        channel = next((one for one in recipient.recipient.channels if one not in tried), None)
        if channel is None:
            number += 1
            events += call_for(state, notice, recipient, number, coalition)
        else:
            events.append(_next(state, notice, recipient, channel, reason, at, coalition))
    return events


def _next(
    state: Incident,
    notice: NoticeState,
    recipient: RecipientState,
    channel: int,
    reason: Reason,
    at: datetime,
    coalition: Coalition,
) -> ChannelEscalated:
    name, within = recipient.recipient.member, timedelta(seconds=notice.ack_within_seconds)
    member = still_known(name, coalition)
    return ChannelEscalated(
        notice=notice.notice,
        member=name,
        attempt=len(recipient.attempts) + 1,
        channel=channel,
        reason=reason,
        ack_by=deadline(member, state.severity, at, within) if member else at + within,
    )


def _just_moved(recipient: RecipientState, at: datetime) -> bool:
    last = recipient.attempts[-1]
    return last.reason in ("late", *_LOST) and at < last.ack_by


def notice_of(state: Incident, number: int) -> NoticeState:
    """The notice of that number.

    Raises:
        NotFound: naming the ones there are.
    """
    notice = state.notices.get(str(number))
    if notice is None:
        known = ", ".join(state.notices) or "none yet"
        raise NotFound(f"{state.number} has no notice {number}.", f"Known: {known}.")
    return notice


_LOST = ("failed", "in_doubt")


def _nobody(actor: Actor, sentence: str) -> list[Event]:
    if actor.kind == "system":
        return []  # a playbook step that finds everybody answered has nothing to do
    raise UserError(sentence, "The board shows who has answered.")


def _update_overdue(state: Incident, at: datetime) -> list[Event]:
    promised = state.next_update_due
    if promised is None or state.update_overdue or at < promised:
        return []
    return [UpdateOverdue(due=promised)]
