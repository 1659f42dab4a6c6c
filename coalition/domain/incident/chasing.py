"""Going after recipients that do not acknowledge: remind, next channel, then the phone."""

# ruff: noqa: ARG001
# Every entry of a table has the same shape, whether it needs all of it or not.

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from coalition.domain.errors import NotFound, UserError
from coalition.domain.incident.events import (
    AlarmRaised,
    ChannelEscalated,
    NoticeReminded,
    UpdateOverdue,
)

if TYPE_CHECKING:
    from coalition.domain.incident.commands import (
        EscalateRecipients,
        PassDeadline,
        RemindRecipients,
    )
    from coalition.domain.incident.state import Incident, NoticeState, RecipientState
    from coalition.domain.members import Coalition, Member
    from coalition.domain.messages import Actor, Event
    from coalition.domain.world import World

UPDATE = "update"
"""Timer of the promised next update."""

Reason = Literal["late", "failed", "in_doubt", "asked"]


def notice_timer(notice: int) -> str:
    """Name of the timer that waits for a notice's acknowledgements."""
    return f"notice:{notice}"


def silent(notice: int, member: str) -> str:
    """Subject of the alarm for a recipient whom no channel reaches."""
    return f"silent:{notice}:{member}"


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
    """For each silent recipient the next channel, or the alarm when none is left.

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
    wanted = [one for name, one in silent_ones.items() if name in (command.members or silent_ones)]
    if not wanted:
        return _nobody(command.actor, f"Nobody is silent on notice {command.notice}.")
    return [chase(state, notice, one, "asked", command.at, world.coalition) for one in wanted]


def pass_deadline(state: Incident, command: PassDeadline, world: World) -> list[Event]:
    """What follows when a timer of this incident is due; nothing if that wait is over."""
    if command.timer == UPDATE:
        return _update_overdue(state, command.at)
    for notice in state.notices.values():
        if notice_timer(notice.notice) == command.timer:
            return [
                chase(state, notice, one, "late", command.at, world.coalition)
                for one in notice.recipients.values()
                if chaseable(one) and one.attempts[-1].ack_by <= command.at
            ]
    return []


def chase(
    state: Incident,
    notice: NoticeState,
    recipient: RecipientState,
    reason: Reason,
    at: datetime,
    coalition: Coalition,
) -> Event:
    """The next allowed channel that was not tried, or the alarm that names the phone."""
    tried = {attempt.channel for attempt in recipient.attempts}
    channel = next((one for one in recipient.recipient.channels if one not in tried), None)
    if channel is None:
        return _phone(state, notice, recipient, coalition)
    return ChannelEscalated(
        notice=notice.notice,
        member=recipient.recipient.member,
        attempt=len(recipient.attempts) + 1,
        channel=channel,
        reason=reason,
        ack_by=at + timedelta(seconds=notice.ack_within_seconds),
    )


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


def _phone(
    state: Incident,
    notice: NoticeState,
    recipient: RecipientState,
    coalition: Coalition,
) -> AlarmRaised:
    """Says nothing of the content: the words are for an open telephone line."""
    name = recipient.recipient.member
    partner, sender = still_known(name, coalition), still_known(notice.member, coalition)
    title = partner.name if partner else name
    kinds = partner.channels if partner else ()
    tried = ", ".join(
        f"{kinds[one.channel].kind if one.channel < len(kinds) else 'channel'} ({one.stage})"
        for one in recipient.attempts
    )
    number = f"{state.number}-n{notice.notice}"
    sent = notice.issued_at.strftime("%d %b %H:%M UTC")
    exercise = "EXERCISE, EXERCISE, EXERCISE. " if state.exercise else ""
    words = (
        f"“{exercise}This is {sender.name if sender else notice.member}. We sent you notice "
        f"{number}, {notice.tlp}, on {sent}. Please read it and acknowledge it.”"
    )
    phone = partner.duty_phone if partner else "(no longer in the coalition file)"
    return AlarmRaised(
        subject=silent(notice.notice, name),
        text=f"{exercise}{title} has not acknowledged notice {number}, and no channel is left. "
        f"Tried: {tried}.",
        fallback=f"Phone the duty officer of {title}, {phone}, and say: {words}",
    )


def still_known(id: str, coalition: Coalition) -> Member | None:
    """Members may be taken out of the file while an incident is open; alarms must still ring."""
    try:
        return coalition.member(id)
    except NotFound:
        return None
