"""When no channel is left: a call that somebody has to make, with the number and the words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.errors import NotFound
from coalition.domain.incident.commands import PhoneCall
from coalition.domain.incident.events import AlarmRaised, TaskAdded

if TYPE_CHECKING:
    from coalition.domain.incident.state import Incident, NoticeState, RecipientState
    from coalition.domain.members import Coalition, Member
    from coalition.domain.messages import Event

CONTACTS = 3
"""People named beside the duty officer; who reads an alarm at night tries no more."""


def silent(notice: int, member: str) -> str:
    """Subject of the alarm for a recipient whom no channel reaches."""
    return f"silent:{notice}:{member}"


def call_for(
    state: Incident,
    notice: NoticeState,
    recipient: RecipientState,
    task: int,
    coalition: Coalition,
) -> list[Event]:
    """The task to phone, and the alarm that rings for it. A tick of the task is a delivery.

    Neither says anything of the content: the words are for an open telephone line.
    """
    alarm = _alarm(state, notice, recipient, coalition)
    last = recipient.attempts[-1]
    call = PhoneCall(
        notice=notice.notice,
        member=recipient.recipient.member,
        attempt=last.attempt,
        channel=last.channel,
    )
    job = TaskAdded(task=task, text=alarm.fallback, assignee=state.lead, source=None, call=call)
    return [job, alarm]


def still_known(id: str, coalition: Coalition) -> Member | None:
    """Members may be taken out of the file while an incident is open; alarms must still ring."""
    try:
        return coalition.member(id)
    except NotFound:
        return None


def _alarm(
    state: Incident, notice: NoticeState, recipient: RecipientState, coalition: Coalition
) -> AlarmRaised:
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
        fallback=f"Phone the duty officer of {title}, {phone}, and say: {words}{_others(partner)}",
    )


def _others(partner: Member | None) -> str:
    """Who else can be asked for: its operators first, as the file names them."""
    people = partner.delegates if partner else ()
    ordered = sorted(people, key=lambda one: "operator" not in one.roles)
    named = [f"{one.name} ({one.email})" if one.email else one.name for one in ordered[:CONTACTS]]
    return f" If nobody answers, ask for: {', '.join(named)}." if named else ""
