"""Who has answered, in words: the receipts of an incident's notices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.incident.answer_details import affected
from coalition.rendering.slack.names import member_names
from coalition.rendering.slack.text import clip, escape, listed, local

if TYPE_CHECKING:
    from coalition.domain.incident.state import Incident, NoticeState, RecipientState
    from coalition.domain.members import Coalition

ANSWERS = {
    "acknowledge": "acknowledged",
    "accept": "accepted",
    "decline": "declined",
    "need_info": "needs more information",
    "offer": "offered help",
    "affected": "said whether it is affected",
}
"""Answers in the past tense, as told of a member."""

KINDS = {
    "alert": "alert",
    "early_warning": "early warning",
    "mutual_aid_request": "request for help",
    "sighting": "sighting",
    "sitrep": "situation report",
    "correction": "correction",
    "withdrawal": "withdrawal",
    "comms_check": "communications check",
}
"""Kinds of notices in words."""


def waiting_for(notice: NoticeState) -> list[str]:
    """Ids of the members that were sent this notice and have not come back."""
    return [id for id, state in notice.recipients.items() if state.waiting]


def awaited(incident: Incident) -> list[str]:
    """Ids of the members that any notice still waits for."""
    return list(
        dict.fromkeys(id for notice in incident.notices.values() for id in waiting_for(notice))
    )


def addressed(incident: Incident) -> list[str]:
    """Ids of the members that any notice was sent to."""
    sent = (
        id
        for notice in incident.notices.values()
        for id, state in notice.recipients.items()
        if state.recipient.channels
    )
    return list(dict.fromkeys(sent))


def notice_line(coalition: Coalition, notice: NoticeState) -> str:
    """Such as `Receipts of notice 2 (alert): 9 of 12; waiting: A, B, C; declined: D.`."""
    states = notice.recipients
    sent = {id: state for id, state in states.items() if state.recipient.channels}
    back = [id for id, state in sent.items() if state.acknowledged_at]
    kind = KINDS[notice.kind]
    told = f"{len(back)} of {len(sent)} acknowledged"
    if notice.superseded_by is not None:
        kind = f"{kind}, superseded by notice {notice.superseded_by}"
    parts = [f"*Receipts of notice {notice.notice}* ({kind}): {told}"]
    late = [id for id in waiting_for(notice) if _is_late(states[id])]
    if waiting := [id for id in waiting_for(notice) if id not in late]:
        due = max(states[id].attempts[-1].ack_by for id in waiting)
        names = listed(member_names(coalition, waiting))
        parts.append(f"waiting until {local(due)}: {names}")
    if late:
        parts.append(f"*silent*, past their deadline: {listed(member_names(coalition, late))}")
    parts += _by_answer(coalition, sent)
    parts += _by_effect(coalition, sent)
    if silent := [id for id, state in states.items() if state.exhausted and state.waiting]:
        parts.append(f"*phone* {listed(_with_phone(coalition, silent), 6)}")
    if refused := [id for id, state in states.items() if not state.recipient.channels]:
        parts.append(f"not sent (see thread): {listed(member_names(coalition, refused))}")
    return clip("; ".join(parts) + ".", 900)


def _is_late(recipient: RecipientState) -> bool:
    """A deadline has passed: it was moved to another channel, or nothing is left but the phone."""
    return recipient.exhausted or any(one.reason == "late" for one in recipient.attempts)


def _by_effect(coalition: Coalition, sent: dict[str, RecipientState]) -> list[str]:
    """Who has said whether it is affected; silence is neither."""
    said = {id: one.affected for id, one in sent.items() if one.affected is not None}
    hit = [id for id, details in said.items() if affected(details)]
    spared = [id for id in said if id not in hit]
    names = dict(zip(said, member_names(coalition, [*said]), strict=True))
    counts = [
        f"{names[id]} ({escape(said[id]['count'])})" if said[id].get("count") else names[id]
        for id in hit
    ]
    parts = [f"*affected:* {listed(counts)}"] if hit else []
    return parts + ([f"not affected: {listed([names[id] for id in spared])}"] if spared else [])


def _by_answer(coalition: Coalition, sent: dict[str, RecipientState]) -> list[str]:
    said = []
    for answer in ("accept", "offer", "decline", "need_info"):
        for unconfirmed, mark in ((False, ""), (True, " by a link, to be confirmed")):
            who = [
                member
                for member, state in sent.items()
                if state.answer == answer and state.unconfirmed is unconfirmed
            ]
            if who:
                said.append(f"{ANSWERS[answer]}{mark}: {listed(member_names(coalition, who))}")
    return said


def _with_phone(coalition: Coalition, members: list[str]) -> list[str]:
    phones = {member.id: member.duty_phone for member in coalition.members}
    names = member_names(coalition, members)
    return [f"{name} {phones.get(id, '')}".strip() for id, name in zip(members, names, strict=True)]
