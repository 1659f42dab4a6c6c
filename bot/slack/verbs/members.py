"""/coalition: who is in it, and whether each member can be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.slack.desk import Reply
from bot.slack.verbs.base import Call, Verb
from coalition.domain.gate import ToChannel, ceiling_of, member_ceiling
from coalition.domain.reach import ENDPOINTS, fingerprint
from coalition.rendering.slack.blocks import section
from coalition.rendering.slack.replies import reply
from coalition.rendering.slack.text import counted, escape, listed, local

if TYPE_CHECKING:
    from coalition.domain.incident.state import Incident
    from coalition.domain.members import Member

IN_ONE_BLOCK = 6


def members(call: Call) -> Reply:
    """Every member: status, trust, people."""
    lines = [_member_line(member) for member in call.desk.coalition.members]
    return Reply(
        reply(
            f"*{escape(call.desk.coalition.name, 100)}*: {counted(len(lines), 'member')}, "
            f"{len(call.desk.coalition.active)} active.",
            f"{call.slash('coalition reach')} shows how each can be reached.",
            extra=_blocks(lines),
        )
    )


def _member_line(member: Member) -> str:
    people = listed((f"{escape(p.name, 60)} ({', '.join(p.roles)})" for p in member.delegates), 6)
    ceiling = member_ceiling(member)
    return (
        f"*{escape(member.name, 60)}* `{member.id}` ({member.country}) · {member.status} · trust "
        f"{member.trust.value}: up to {ceiling.value if ceiling else 'nothing'} · "
        f"duty phone {escape(member.duty_phone, 40)}\n{people or 'no delegates'}"
    )


def reach(call: Call) -> Reply:
    """How each member can be reached, what is missing, and what was last heard. Sends nothing."""
    seen = [incident for incident, _ in call.desk.lines(call.caller)]
    dead = _gone(call)
    lines = [_check_line(call, member, seen, dead) for member in call.desk.coalition.members]
    return Reply(
        reply(
            "*How each member can be reached.* Nothing was sent.",
            f"To ring them all and see who answers: {call.slash('coalition check')}",
            extra=_blocks(lines),
        )
    )


def _gone(call: Call) -> frozenset[str]:
    """Fingerprints of the endpoints that said they are gone, and so are sent nothing."""
    known = call.desk.tocsin.dispatcher.read("reach", ENDPOINTS)
    return frozenset(known.disabled) if known else frozenset()


def _check_line(call: Call, member: Member, seen: list[Incident], dead: frozenset[str]) -> str:
    coalition = call.desk.coalition
    ways = []
    for index, channel in enumerate(member.channels):
        ceiling = ceiling_of(ToChannel(member.id, index), coalition)
        gone = fingerprint(channel.kind, channel.address) in dead
        mark = " (*disabled: it answered 410 Gone*)" if gone else ""
        ways.append(f"{channel.kind} up to {ceiling.value if ceiling else 'nothing'}{mark}")
    missing = list(_missing(member))
    return (
        f"*{escape(member.name, 60)}* `{member.id}` · {', then '.join(ways) or 'no channel'}\n"
        f"{'*Missing:* ' + '; '.join(missing) + ' · ' if missing else ''}{_heard(member, seen)}"
    )


def _missing(member: Member) -> list[str]:
    found = []
    if not member.active:
        found.append(f"it is {member.status}, so nothing is sent to it")
    if not member.channels:
        found.append("a channel; only the phone remains")
    elif len(member.channels) == 1:
        found.append("a second channel for when the first is silent")
    if not any("operator" in person.roles for person in member.delegates):
        found.append("a delegate who is operator")
    without = [escape(p.name, 60) for p in member.delegates if not p.slack]
    if without:
        found.append(f"a Slack account for {listed(without, 4)}")
    return found


def _heard(member: Member, seen: list[Incident]) -> str:
    """The last sign of life, from the incidents that the caller may see."""
    moments = [
        state.acknowledged_at
        for incident in seen
        for notice in incident.notices.values()
        if (state := notice.recipients.get(member.id)) and state.acknowledged_at
    ]
    return f"last acknowledged {local(max(moments))}" if moments else "no acknowledgement so far"


def _blocks(lines: list[str]) -> list[dict[str, object]]:
    return [
        section("\n".join(lines[at : at + IN_ONE_BLOCK]))
        for at in range(0, len(lines), IN_ONE_BLOCK)
    ]


VERBS = (
    Verb(
        "coalition",
        "members",
        "List the members",
        "/coalition members",
        "/coalition members",
        members,
        about_incident=False,
        opens_form=False,
    ),
    Verb(
        "coalition",
        "reach",
        "See how members can be reached",
        "/coalition reach",
        "/coalition reach",
        reach,
        about_incident=False,
        opens_form=False,
    ),
)
