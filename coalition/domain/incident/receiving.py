"""What comes back: receipts of sendings, and the partners' answers."""

# Every entry of a table has the same shape, whether it needs all of it or not.

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.authority import with_role
from coalition.domain.errors import NotAllowed, UserError
from coalition.domain.gate import member_ceiling
from coalition.domain.incident import calls
from coalition.domain.incident.answer_details import checked
from coalition.domain.incident.calling import silent
from coalition.domain.incident.chasing import Reason, chase_all, chaseable, notice_of
from coalition.domain.incident.events import (
    AlarmCleared,
    NoteAdded,
    NoticeAnswered,
    ReceiptsRecorded,
    TaskAdded,
)
from coalition.domain.incident.words import DECISIONS, RUNGS
from coalition.domain.receipts import BOUNCE, evidence_line

if TYPE_CHECKING:
    from coalition.domain.incident.commands import AnswerNotice, RecordReceipts
    from coalition.domain.incident.state import Attempt, Incident, NoticeState, RecipientState
    from coalition.domain.members import Coalition
    from coalition.domain.messages import Actor, Event
    from coalition.domain.receipts import Receipt
    from coalition.domain.world import World

SIGNED = ("webhook", "mail")
"""Ways in on which the partner has proved who it is; a link proves only that a mail was read.

A mail that is not signed by the member's pinned key never becomes a command, so `mail` is signed.
"""


def record_receipts(state: Incident, command: RecordReceipts, world: World) -> list[Event]:
    """ReceiptsRecorded with what is new, then the next channel for each sending that was lost.

    A sending in doubt is never repeated on its channel: the partner could see it twice. Receipts
    of sendings that this incident does not know, and rungs already passed, are left out.
    """
    moved: dict[tuple[int, str], RecipientState] = {}
    fresh: list[Receipt] = []
    for receipt in command.receipts:
        key = (receipt.notice, receipt.member)
        recipient = moved.get(key) or _recipient(state, receipt)
        climbed = climb(recipient, receipt) if recipient else None
        if climbed is not None:
            moved[key] = climbed
            fresh.append(receipt)
    if not fresh:
        return []
    events: list[Event] = [ReceiptsRecorded(receipts=tuple(fresh))]
    if state.over:
        return events
    tasks = len(state.tasks)
    for (number, _), recipient in moved.items():
        notice, reason = state.notices[str(number)], _lost(recipient)
        if reason is not None:
            one = [recipient]
            chased = chase_all(state, notice, one, reason, command.at, world.coalition, tasks)
            tasks += sum(isinstance(event, TaskAdded) for event in chased)
            events += chased
    return events


def climb(recipient: RecipientState, receipt: Receipt) -> RecipientState | None:
    """The recipient after a receipt; None when it says nothing new."""
    index = receipt.attempt - 1
    if not 0 <= index < len(recipient.attempts) or receipt.stage not in RUNGS:
        return None
    attempt = recipient.attempts[index]
    if RUNGS[receipt.stage] <= RUNGS[attempt.stage] and not _came_back(attempt, receipt):
        return None
    update: dict[str, object] = {
        "stage": receipt.stage,
        "rungs": {**attempt.rungs, receipt.stage: receipt.at},
        "evidence": evidence_line(receipt.evidence),
    }
    if receipt.stage in ("delivered", "received") and attempt.delivered_at is None:
        update["delivered_at"] = receipt.at
    after = attempt.model_copy(update=update)
    attempts = (*recipient.attempts[:index], after, *recipient.attempts[index + 1 :])
    return recipient.model_copy(update={"attempts": attempts})


def _came_back(attempt: Attempt, receipt: Receipt) -> bool:
    """A mail server took it, and later proved that it could not deliver it."""
    return BOUNCE in receipt.evidence and attempt.stage in ("in_doubt", "delivered")


def answer_notice(state: Incident, command: AnswerNotice, world: World) -> list[Event]:
    """NoticeAnswered; it clears the alarm of a silent recipient.

    The first decision stands; an acknowledgement, a question and being affected may be followed
    by one. Help promised without proof of identity counts as acknowledged, until the member
    confirms it by a way that has one.

    Raises:
        NotFound: no such notice.
        NotAllowed: the actor does not speak for this member, or the member was not sent it.
        UserError: not one of the answers that this notice allows, or details that do not fit.
    """
    notice = notice_of(state, command.notice)
    recipient = _addressed(notice, command, world.coalition)
    if notice.superseded_by is not None:
        newer = f"{state.number}-n{notice.superseded_by}-{command.member}"
        what = f"Notice {notice.notice} was superseded by notice {notice.superseded_by}."
        raise UserError(what, f"Answer {newer}; nothing was recorded.", field="notice")
    if command.answer not in notice.answers:
        allowed = ", ".join(notice.answers)
        hint = f"Answer one of: {allowed}."
        raise UserError(f"{command.answer} is no answer to this notice.", hint, field="answer")
    details = checked(command.answer, command.details)
    verified = _verified(command.actor)
    attempt = answered_attempt(recipient, command, world.coalition)
    if not _new(recipient, command, attempt, verified=verified):
        return []
    note = command.note.strip()
    private = notice.kind == "mutual_aid_request" and command.answer == "decline"
    events: list[Event] = [
        NoticeAnswered(
            notice=command.notice,
            member=command.member,
            answer=command.answer,
            note="" if private else note,
            private_note=note if private else "",
            by=command.by.strip() or command.actor.label,
            verified=verified,
            evidence=command.evidence,
            source=notice.source,
            details=details,
            attempt=attempt,
        )
    ]
    subject = silent(command.notice, command.member)
    if subject in state.alarms:
        events.append(AlarmCleared(subject=subject))
    events += calls.ended(state, command.notice, command.member)
    if unproven(notice, command.answer, verified=verified):
        events.append(_confirm(command, world.coalition))
    return events


def answered_attempt(
    recipient: RecipientState, command: AnswerNotice, coalition: Coalition
) -> int | None:
    """The sending that is answered: as the way in tells, or the only one that came by its kind."""
    numbers = [one.attempt for one in recipient.attempts]
    if command.attempt in numbers:
        return command.attempt
    kind = _CAME_BY.get(command.actor.via)
    channels = coalition.member(command.member).channels
    fitting = [
        one.attempt
        for one in recipient.attempts
        if one.channel < len(channels) and channels[one.channel].kind == kind
    ]
    return fitting[0] if len(fitting) == 1 else None


_CAME_BY = {"webhook": "webhook", "mail": "email", "slack": "slack"}
"""Way in -> the kind of channel that a partner answers by it."""


def unproven(notice: NoticeState, answer: str, *, verified: bool) -> bool:
    """Whether an answer promises help without proof of who promises it."""
    aid = answer == "accept" and notice.kind == "mutual_aid_request"
    return (aid or answer == "offer") and not verified


def _recipient(state: Incident, receipt: Receipt) -> RecipientState | None:
    notice = state.notices.get(str(receipt.notice))
    return notice.recipients.get(receipt.member) if notice else None


def _lost(recipient: RecipientState) -> Reason | None:
    stage = recipient.attempts[-1].stage
    if not chaseable(recipient):
        return None
    if stage == "failed":
        return "failed"
    return "in_doubt" if stage == "in_doubt" else None


def _addressed(notice: NoticeState, command: AnswerNotice, coalition: Coalition) -> RecipientState:
    member = coalition.member(command.member)
    if command.actor.kind == "delegate":
        speaker: str | None = with_role(command.actor, "operator", coalition).member.id
    else:
        speaker = command.actor.member if command.actor.kind == "partner" else None
    if speaker != member.id:
        raise NotAllowed(f"{command.actor.label} does not answer for {member.name}.")
    if member_ceiling(member) is None:
        raise NotAllowed(f"{member.name} is {member.status}; it no longer answers notices.")
    recipient = notice.recipients.get(member.id)
    if recipient is None or not recipient.recipient.channels:
        raise NotAllowed(f"{member.name} was not sent notice {notice.notice}.")
    return recipient


def _verified(actor: Actor) -> bool:
    return actor.kind == "delegate" or actor.via in SIGNED


def _new(
    recipient: RecipientState, command: AnswerNotice, attempt: int | None, *, verified: bool
) -> bool:
    if command.answer == "acknowledge":
        heard = (one.acknowledged_at for one in recipient.attempts if one.attempt == attempt)
        again = recipient.at_once and next(heard, command.at) is None
        return recipient.acknowledged_at is None or again
    if command.answer == "affected":
        return recipient.affected is None
    if recipient.unconfirmed:
        return verified
    if command.answer in DECISIONS:
        return recipient.answer not in DECISIONS
    return recipient.answer in (None, "affected")


def _confirm(command: AnswerNotice, coalition: Coalition) -> NoteAdded:
    member = coalition.member(command.member)
    said = "accepted" if command.answer == "accept" else "offered help"
    return NoteAdded(
        text=f"{member.name} {said} by {command.actor.via or 'an unsigned way'}, which does not "
        f"prove who did. Confirm it before relying on it: {member.duty_phone}, or a signed answer.",
        ref="",
        author="Tocsin",
    )
