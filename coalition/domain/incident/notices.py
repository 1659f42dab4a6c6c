"""Issuing a notice: what it says, whom the gate lets it go to, and by which channels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from coalition.domain.authority import delegate_of
from coalition.domain.errors import GateRefusal, UserError
from coalition.domain.incident import checks, releasing, superseding
from coalition.domain.incident.commands import IssueNotice, NoticeSource
from coalition.domain.incident.events import NoticeIssued, Recipient, Thread
from coalition.domain.incident.recipients import recipient_of
from coalition.domain.incident.words import Answer, NoticeKind, Severity
from coalition.domain.labels import strictest
from coalition.domain.notice.combining import SourceLabel, combined
from coalition.domain.notice.details import NO_DETAILS, NoticeDetails
from coalition.domain.notice.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coalition.domain.incident.state import Incident
    from coalition.domain.labels import Tlp
    from coalition.domain.members import Coalition, Member
    from coalition.domain.messages import Event
    from coalition.domain.world import World

LONGEST_WAIT = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A notice before the gate has seen its recipients."""

    number: str  # of the incident
    notice: int
    kind: NoticeKind
    text: str
    ask: str
    answers: tuple[Answer, ...]
    tlp: Tlp
    severity: Severity
    assessed: bool
    title: str
    sender: Member
    within: timedelta
    source: NoticeSource | None = None
    details: NoticeDetails = NO_DETAILS
    supersedes: int | None = None
    update: int = 0
    thread: Thread | None = None
    every_channel: bool = False
    sources: tuple[SourceLabel, ...] = ()
    aid: str = ""
    override: str = ""


def issue_notice(state: Incident, command: IssueNotice, world: World) -> list[Event]:
    """NoticeIssued, with every recipient's channels or the reason why it gets nothing.

    A playbook step's notice is issued once, however often the step is carried out. One that
    supersedes another also goes to whoever was sent that one, and ends the alarms about it.

    Raises:
        NotFound: it supersedes a notice that does not exist.
        UserError: no text, no recipients, unknown members, a label below the incident's or below
            its sources', or it supersedes what does not stand.
        GateRefusal: no recipient may get it; nothing is sent then.
    """
    if any(command.source and sent.source == command.source for sent in state.notices.values()):
        return []
    coalition = world.coalition
    for source in command.sources:  # one that has left the coalition is a source all the same
        coalition.member(source.member)
    earlier = superseding.earlier_of(state, command)
    by_hand = command.actor.kind == "delegate"
    sender = delegate_of(command.actor, coalition).member if by_hand else None
    draft = Draft(
        number=state.number,
        notice=len(state.notices) + 1,
        kind=command.kind,
        text=checks.text_of(command.text, "text"),
        ask=command.ask.strip() and checks.text_of(command.ask, "question"),
        answers=_answers(command.answers),
        tlp=_label(state, command),
        severity=state.severity,
        assessed=state.assessed,
        title=state.title,
        sender=sender or coalition.member(state.member),
        within=_within(command, state, coalition),
        source=command.source,
        details=_details(state, command.details),
        supersedes=command.supersedes,
        update=earlier.update + 1 if earlier else 0,
        thread=superseding.thread_of(state, earlier, command),
        every_channel=command.every_channel,
        sources=command.sources,
        aid=command.aid,
        override=command.override.strip(),
    )
    named = checks.members_of(command.to, coalition)
    told = dict.fromkeys((*named, *superseding.also_told(earlier, coalition)))
    issued = issue(draft, tuple(told), command.at, coalition)
    asked = releasing.asked_with(state, issued, command, coalition)
    return [*superseding.chases_ended(state, earlier), issued, *asked]


def issue(draft: Draft, told: Sequence[Member], at: datetime, coalition: Coalition) -> NoticeIssued:
    """The event, after the gate has been asked for each recipient and each of its channels.

    The sender is left out: nobody is sent their own notice, but for a check of all channels.

    Raises:
        UserError: nobody is left to tell.
        GateRefusal: every recipient is refused; with each one's reason.
    """
    if draft.kind != "comms_check" or not draft.every_channel:
        told = [member for member in told if member.id != draft.sender.id]
    if not told:
        raise UserError("There is nobody to tell.", "Name at least one other member.", field="to")
    recipients = tuple(
        recipient_of(member, draft.tlp, draft.severity, at, draft.within, coalition)
        for member in told
    )
    if not any(recipient.channels for recipient in recipients) and not draft.override:
        raise _refused(draft.tlp, told, recipients)
    return NoticeIssued(
        notice=draft.notice,
        kind=draft.kind,
        text=draft.text,
        ask=draft.ask,
        answers=draft.answers,
        tlp=draft.tlp,
        severity=draft.severity,
        assessed=draft.assessed,
        title=draft.title,
        member=draft.sender.id,
        exercise=coalition.exercise,
        ack_within=draft.within,
        ack_by=at + draft.within,
        recipients=recipients,
        source=draft.source,
        details=draft.details,
        supersedes=draft.supersedes,
        update=draft.update,
        thread=draft.thread,
        every_channel=draft.every_channel,
        sources=draft.sources,
        aid=draft.aid,
    )


def _refused(tlp: Tlp, told: Sequence[Member], recipients: Sequence[Recipient]) -> GateRefusal:
    reasons = "\n".join(
        f"• {member.name}: {recipient.refused}"
        for member, recipient in zip(told, recipients, strict=True)
    )
    what = f"{tlp} may go to none of them; nothing was sent.\n{reasons}"
    return GateRefusal(what, "Lower the label, or choose others.", field="tlp")


def _answers(answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
    if answers:
        return tuple(dict.fromkeys(answers))
    raise UserError(
        "A notice needs at least one answer that may be given.",
        "Allow at least: acknowledge.",
        field="answers",
    )


def _label(state: Incident, command: IssueNotice) -> Tlp:
    least = state.tlp
    if command.sources:
        least = strictest(least, combined(command.sources, state.permissions))
    tlp = command.tlp
    if tlp is not None and tlp < least:
        if tlp < state.tlp:
            what = f"The incident is {state.tlp}; a notice from it cannot be {tlp}."
            hint = f"Label it {state.tlp} or stricter, or lower the incident first: /incident tlp."
        else:
            what = f"What it combines is {least}; it cannot be {tlp}."
            hint = f"Label it {least}, or record the source's permission first."
        raise UserError(what, hint, field="tlp")
    return strictest(tlp or least, least)


def _details(state: Incident, details: NoticeDetails) -> NoticeDetails:
    """An incident that was opened is an open case; of a warning nobody knows yet."""
    if details.status != UNKNOWN or state.roomless:
        return details
    return details.model_copy(update={"status": "open"})


def _within(command: IssueNotice, state: Incident, coalition: Coalition) -> timedelta:
    within = command.ack_within
    if within is None:
        return coalition.charter.ack_deadline[state.severity]
    if not timedelta(0) < within <= LONGEST_WAIT:
        raise UserError(
            "The time to acknowledge must be longer than nothing and at most 30 days.",
            "Write it like 15m or 4h.",
            field="ack_within",
        )
    return within
