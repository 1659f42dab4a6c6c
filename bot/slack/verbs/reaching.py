"""Who can be told what, by which channels, and whom to phone instead: one line for each member."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.gate import ToChannel, ceiling_of, explain
from coalition.rendering.slack.names import member_name, member_names
from coalition.rendering.slack.text import clip, counted, escape, listed

if TYPE_CHECKING:
    from bot.slack.verbs.base import Call
    from coalition.domain.incident.state import NoticeState
    from coalition.domain.labels import Tlp
    from coalition.domain.members import Member

LONGEST = 2000


def told(call: Call, notice: NoticeState) -> str:
    """`CERT-LV, NKSC-LT`: those to whom the notice goes."""
    sent = [one for one, state in notice.recipients.items() if state.recipient.channels]
    return listed(member_names(call.desk.coalition, sent))


def counted_told(notice: NoticeState) -> str:
    """`2 members`."""
    return counted(
        sum(bool(one.recipient.channels) for one in notice.recipients.values()), "member"
    )


def not_told(call: Call, notice: NoticeState) -> str:
    """A line for each member that the notice may not go to, empty without any (mrkdwn)."""
    lines = [
        _kept_from(call, member, notice.tlp)
        for member, state in notice.recipients.items()
        if not state.recipient.channels
    ]
    return clip("\n".join(lines), LONGEST)


def preview(call: Call, members: tuple[str, ...], label: Tlp) -> str:
    """How each would be told (mrkdwn)."""
    lines = []
    for id in members:
        name = member_name(call.desk.coalition, id)
        if id == call.caller.member.id:
            lines.append(f"• {name}: nobody is sent their own notice")
        elif ways := _ways(call, call.desk.coalition.member(id), label):
            lines.append(f"• {name}: by {', then '.join(ways)}")
        else:
            lines.append(_kept_from(call, id, label))
    return clip("\n".join(lines), LONGEST)


def _ways(call: Call, member: Member, label: Tlp) -> list[str]:
    coalition = call.desk.coalition
    return [
        channel.kind
        for index, channel in enumerate(member.channels)
        if explain(tlp=label, audience=ToChannel(member.id, index), coalition=coalition) is None
    ]


def _kept_from(call: Call, id: str, label: Tlp) -> str:
    """`• NKSC-LT: *not sent.* TLP:AMBER is too strict … Phone +370 555 0100`."""
    coalition = call.desk.coalition
    member = coalition.member(id)
    ceilings = (ceiling_of(ToChannel(id, at), coalition) for at in range(len(member.channels)))
    best = max((one for one in ceilings if one), key=lambda one: one.rank, default=None)
    if best:
        why = f"{label.value} is too strict for its channels, which take {best.value} at most."
    elif member.channels:
        why = escape(_reason(call, member, label), 300)
    else:
        why = "It has no channel in coalition.yaml."
    return f"• {member_name(coalition, id)}: *not sent.* {why} Phone {escape(member.duty_phone)}."


def _reason(call: Call, member: Member, label: Tlp) -> str:
    return explain(tlp=label, audience=ToChannel(member.id, 0), coalition=call.desk.coalition) or ""
