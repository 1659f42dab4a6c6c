"""What a room is told of notices: sent, reminded, escalated, answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.errors import NotFound
from coalition.domain.notice.details import pap_of
from coalition.domain.notice.unknown import UNKNOWN
from coalition.rendering.notices.wording import first_reason
from coalition.rendering.slack.blocks import actions, button, section
from coalition.rendering.slack.names import EXERCISE, member_name, member_names
from coalition.rendering.slack.receipts import ANSWERS, KINDS
from coalition.rendering.slack.telling import Post, Telling, detail, milestone
from coalition.rendering.slack.text import clip, counted, escape, listed, local

if TYPE_CHECKING:
    from coalition.domain.incident.events import (
        ChannelEscalated,
        NoticeAnswered,
        NoticeIssued,
        NoticeReminded,
    )

TOLD_ONE_BY_ONE = 40
"""Recipients up to which each acknowledgement is posted: Slack takes about one post a second."""

WHY = {
    "late": "the acknowledgement was late",
    "failed": "the channel before failed",
    "in_doubt": "it is not known whether the channel before worked",
    "asked": "somebody asked for it",
}


RESPOND = "answer_notice"
"""action_id of "Answer for your CERT"; its value is `<incident>|<notice>`."""


def anchor(notice: int) -> str:
    """How the details of a notice find its milestone."""
    return f"notice:{notice}"


def issued(telling: Telling, event: NoticeIssued) -> Post:
    """Who is told what, and who is not and why."""
    coalition = telling.coalition
    told = [one.member for one in event.recipients if one.channels]
    mark = f", {EXERCISE}" if event.exercise else ""
    label = f"{event.tlp} {pap_of(event.details, event.tlp)}{mark}"
    instead = f" in place of notice {event.supersedes}" if event.supersedes else ""
    what = f"*Notice {event.notice} ({KINDS[event.kind]}, {label})*{instead}"
    names = listed(member_names(coalition, told), 40)
    said = f"{what} to {counted(len(told), 'member')}: {names}.\n>>> {escape(event.text, 1200)}"
    asked = f"*Asked:* {escape(event.ask, 500)} · " if event.ask else ""
    refused = [
        f"{member_name(coalition, one.member)}: {escape(first_reason(one.refused), 200)}"
        for one in event.recipients
        if not one.channels
    ]
    facts = [f"{asked}*Acknowledge by:* {local(event.ack_by)}"]
    if event.details.extra_restrictions:
        restrictions = escape("; ".join(event.details.extra_restrictions), 500)
        facts.insert(0, f"*Restrictions:* {restrictions}")
    if event.details.rsit != UNKNOWN or event.details.indicators:
        count = counted(len(event.details.indicators), "indicator")
        facts.append(f"*Class:* {event.details.rsit} · {count}")
    if nudged := [one.member for one in event.recipients if one.nudged and one.refused]:
        names = listed(member_names(coalition, nudged), 40)
        facts.append(f"*Only a nudge, no content, to* {names}: phone them, or release it.")
    if refused:
        facts.append(f"*Not sent to* {clip('; '.join(refused), 900)}")
    answer = button("Answer for your CERT", RESPOND, f"{telling.incident.number}|{event.notice}")
    extra = (section("\n".join(facts)), actions(answer))
    return milestone(telling, said, anchor=anchor(event.notice), extra=extra)


def reminded(telling: Telling, event: NoticeReminded) -> Post:
    """Who was asked again."""
    names = listed(member_names(telling.coalition, event.attempts), 40)
    return detail(telling, f"Asked again: {names}.", thread=anchor(event.notice))


def escalated(telling: Telling, event: ChannelEscalated) -> Post:
    """The next channel is tried."""
    name = member_name(telling.coalition, event.member)
    kind = _channel_kind(telling, event.member, event.channel)
    said = (
        f"{name}: {WHY[event.reason]}; now tried by {kind} (attempt {event.attempt}), "
        f"to acknowledge by {local(event.ack_by)}."
    )
    return detail(telling, said, thread=anchor(event.notice))


def answered(telling: Telling, event: NoticeAnswered) -> Post | None:
    """The partner's word. Of many recipients, mere acknowledgements are counted in the headline."""
    notice = telling.incident.notices.get(str(event.notice))
    many = notice is not None and len(notice.recipients) > TOLD_ONE_BY_ONE
    if many and event.answer == "acknowledge" and not event.note:
        return None
    name = member_name(telling.coalition, event.member)
    by = f" ({escape(event.by, 80)})" if event.by else ""
    how = "" if event.verified else " Whoever held the link answered; the sender is not verified."
    note = f"\n>>> {escape(event.note, 1500)}" if event.note else ""
    said = f"*{name}{by} {ANSWERS[event.answer]}.*{how}{note}"
    asks = event.answer != "acknowledge" or bool(event.note)
    return detail(telling, said, thread=anchor(event.notice))._replace(direct=asks)


def _channel_kind(telling: Telling, member: str, channel: int) -> str:
    try:
        channels = telling.coalition.member(member).channels
    except NotFound:
        return "another channel"
    return channels[channel].kind if channel < len(channels) else "another channel"
