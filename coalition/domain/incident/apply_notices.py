"""Folding what happens to notices and their recipients."""

# ruff: noqa: ARG001
# Every entry of a table has the same shape, whether it needs all of it or not.

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coalition.domain.incident.overrides import content_hash
from coalition.domain.incident.receiving import climb, unproven
from coalition.domain.incident.state import Attempt, NoticeState, RecipientState
from coalition.domain.receipts import evidence_line

if TYPE_CHECKING:
    from datetime import datetime

    from coalition.domain.incident.events import (
        ChannelEscalated,
        NoticeAnswered,
        NoticeIssued,
        NoticeReminded,
        ReceiptsRecorded,
        Recipient,
    )
    from coalition.domain.incident.release_messages import OverrideApproved
    from coalition.domain.incident.state import Incident
    from coalition.domain.messages import Record

Change = dict[str, Any]


def issued(state: Incident, record: Record, event: NoticeIssued) -> Change:
    """The first attempt of every recipient that may be sent it; what it supersedes is over."""
    notice = NoticeState(
        notice=event.notice,
        version=record.version,
        kind=event.kind,
        tlp=event.tlp,
        member=event.member,
        answers=event.answers,
        ack_within_seconds=event.ack_within.total_seconds(),
        issued_at=record.at,
        source=event.source,
        recipients={
            one.member: RecipientState(
                recipient=one,
                attempts=_first(one, record.at, event),
                at_once=event.every_channel,
            )
            for one in event.recipients
        },
        supersedes=event.supersedes,
        update=event.update,
        first=event.thread.first if event.thread else None,
        aid=event.aid,
        content=content_hash(record.data),
    )
    earlier = state.notices.get(str(event.supersedes))
    replaced = {str(earlier.notice): _superseded(earlier, event.notice)} if earlier else {}
    return {"notices": {**state.notices, **replaced, str(event.notice): notice}}


def reminded(state: Incident, record: Record, event: NoticeReminded) -> Change:
    """One more attempt on the same channel; the deadline stays, unless it has passed."""
    notice = state.notices[str(event.notice)]
    changed: dict[str, RecipientState] = {}
    for name in event.attempts:
        recipient = notice.recipients[name]
        last = recipient.attempts[-1]
        update = {"attempt": event.attempts[name], "stage": "queued", "at": record.at}
        afresh: Change = {"delivered_at": None, "rungs": {}, "evidence": "", "reason": "reminder"}
        again = last.model_copy(update={**update, **afresh})
        changed[name] = recipient.model_copy(
            update={
                "attempts": (*recipient.attempts, again),
                "reminders": recipient.reminders + 1,
            }
        )
    return _with(state, notice, changed)


def escalated(state: Incident, record: Record, event: ChannelEscalated) -> Change:
    """The first attempt on another channel, with a deadline of its own."""
    notice = state.notices[str(event.notice)]
    recipient = notice.recipients[event.member]
    attempt = Attempt(
        attempt=event.attempt,
        channel=event.channel,
        stage="queued",
        at=record.at,
        ack_by=event.ack_by,
        reason=event.reason,
    )
    attempts = (*recipient.attempts, attempt)
    return _with(state, notice, {event.member: recipient.model_copy(update={"attempts": attempts})})


def receipts(state: Incident, record: Record, event: ReceiptsRecorded) -> Change:
    """Each sending climbs to the rung its receipt names."""
    notices = dict(state.notices)
    changed: dict[int, dict[str, RecipientState]] = {}
    for receipt in event.receipts:
        moved = changed.setdefault(receipt.notice, {})
        before = moved.get(receipt.member)
        if before is None:
            before = notices[str(receipt.notice)].recipients[receipt.member]
        moved[receipt.member] = climb(before, receipt) or before
    for number, moved in changed.items():
        notice = notices[str(number)]
        update = {"recipients": {**notice.recipients, **moved}}
        notices[str(number)] = notice.model_copy(update=update)
    return {"notices": notices}


def answered(state: Incident, record: Record, event: NoticeAnswered) -> Change:
    """The first word acknowledges; an answer beyond that is kept with who gave it.

    Being affected is kept apart and hides no decision.
    """
    notice = state.notices[str(event.notice)]
    recipient = notice.recipients[event.member]
    update: Change = {"acknowledged_at": recipient.acknowledged_at or record.at}
    if event.answer == "affected":
        update["affected"] = event.details
    if event.answer != "affected" or recipient.answer is None:
        update["answered_by"] = event.by
        update["note"] = event.note
        update["verified"] = event.verified
        update["details"] = event.details
        update["answered_via"] = record.actor.via
        update["proof"] = evidence_line(event.evidence)
    if event.answer != "acknowledge" and "details" in update:
        update["answer"] = event.answer
        update["answered_at"] = record.at
        update["unconfirmed"] = unproven(notice, event.answer, verified=event.verified)
    update["attempts"] = tuple(
        one.model_copy(update={"acknowledged_at": one.acknowledged_at or record.at})
        if one.attempt == event.attempt
        else one
        for one in recipient.attempts
    )
    return _with(state, notice, {event.member: recipient.model_copy(update=update)})


def released(state: Incident, record: Record, event: OverrideApproved) -> Change:
    """The recipient's first attempt above a ceiling; it is waited for like any other."""
    notice = state.notices[str(event.notice)]
    recipient = notice.recipients[event.member]
    ways = recipient.recipient
    attempt = Attempt(
        attempt=event.attempt,
        channel=event.channel,
        stage="queued",
        at=record.at,
        ack_by=event.ack_by,
        reason="override",
    )
    changed = recipient.model_copy(
        update={
            "recipient": ways.model_copy(
                update={
                    "channels": tuple(dict.fromkeys((*ways.channels, event.channel))),
                    "nudged": tuple(one for one in ways.nudged if one != event.channel),
                    "refused": "",
                }
            ),
            "attempts": (*recipient.attempts, attempt),
            "override": event.override,
            "exhausted": False,
        }
    )
    override = state.overrides[str(event.override)].model_copy(
        update={"approved_by": event.approved_by, "approved_at": record.at}
    )
    return {
        **_with(state, notice, {event.member: changed}),
        "overrides": {**state.overrides, str(event.override): override},
    }


def exhausted(state: Incident, subject: str) -> Change:
    """Marks the recipient whom an alarm `silent:<notice>:<member>` is about; else nothing."""
    kind, _, rest = subject.partition(":")
    number, _, name = rest.partition(":")
    notice = state.notices.get(number) if kind == "silent" else None
    if notice is None or name not in notice.recipients:
        return {}
    recipient = notice.recipients[name].model_copy(update={"exhausted": True})
    return _with(state, notice, {name: recipient})


def expired(state: Incident) -> Change:
    """Whoever has not answered when the incident ends is no longer waited for."""
    notices = dict(state.notices)
    for number, notice in state.notices.items():
        late = {
            name: one.model_copy(update={"expired": True})
            for name, one in notice.recipients.items()
            if one.waiting
        }
        if late:
            update = {"recipients": {**notice.recipients, **late}}
            notices[number] = notice.model_copy(update=update)
    return {"notices": notices}


def _first(recipient: Recipient, at: datetime, event: NoticeIssued) -> tuple[Attempt, ...]:
    channels = recipient.channels if event.every_channel else recipient.channels[:1]
    return tuple(
        Attempt(
            attempt=number,
            channel=channel,
            stage="queued",
            at=at,
            ack_by=recipient.ack_by or event.ack_by,
        )
        for number, channel in enumerate(channels, start=1)
    )


def _superseded(notice: NoticeState, by: int) -> NoticeState:
    """Nobody is waited for any more, and what has not left is not sent."""
    recipients = {
        name: one.model_copy(
            update={"superseded": one.waiting, "attempts": tuple(map(_recalled, one.attempts))}
        )
        for name, one in notice.recipients.items()
    }
    return notice.model_copy(update={"superseded_by": by, "recipients": recipients})


def _recalled(attempt: Attempt) -> Attempt:
    if attempt.stage != "queued":
        return attempt
    return attempt.model_copy(update={"stage": "superseded"})


def _with(state: Incident, notice: NoticeState, changed: dict[str, RecipientState]) -> Change:
    after = notice.model_copy(update={"recipients": {**notice.recipients, **changed}})
    return {"notices": {**state.notices, str(notice.notice): after}}
