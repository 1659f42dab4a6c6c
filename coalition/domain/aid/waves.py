"""Who is asked for help, and when: those with something that fits first, the others after them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.aid.capacity import could_help
from coalition.domain.errors import GateRefusal
from coalition.domain.gate import ToChannel, explain
from coalition.domain.incident.recipients import may_nudge

if TYPE_CHECKING:
    from datetime import datetime

    from coalition.domain.aid.state import Aid
    from coalition.domain.incident.state import Incident
    from coalition.domain.labels import Tlp
    from coalition.domain.members import Coalition, Member
    from coalition.domain.world import World


def waves_of(
    state: Aid, tlp: Tlp, incident: Incident, at: datetime, world: World
) -> tuple[tuple[str, ...], ...]:
    """One or two waves of member ids, in the order of the coalition file.

    Asked are active members that are not hit themselves and can be sent this label, or at least
    be told that a notice waits. One wave
    where nobody has anything that fits, everybody has, or the charter gives no time between.

    Raises:
        GateRefusal: nobody is left; with each member's reason.
    """
    coalition = world.coalition
    free = [
        member
        for member in coalition.active
        if member.id != state.member and member.id not in incident.affected
    ]
    refusals = {member.id: _refusal(member, tlp, coalition) for member in free}
    reached = [member for member in free if refusals[member.id] is None]
    if not reached:
        reasons = "".join(f"\n• {one.name}: {refusals[one.id]}" for one in free)
        raise GateRefusal(
            f"{tlp} may go to no member that could help; nobody was asked.{reasons}",
            "Lower the label (/incident tlp), or phone them.",
            field="tlp",
        )
    able = [one.id for one in reached if could_help(one, state.needs, at, world)]
    others = [one.id for one in reached if one.id not in able]
    if able and others and coalition.charter.aid.clocks.second_wave:
        return tuple(able), tuple(others)
    return (tuple(one.id for one in reached),)


def _refusal(member: Member, tlp: Tlp, coalition: Coalition) -> str | None:
    refusals = [
        explain(tlp=tlp, audience=ToChannel(member.id, index), coalition=coalition)
        for index in range(len(member.channels))
    ]
    if not refusals:
        return "It has no channel in the coalition file."
    if None in refusals or any(
        may_nudge(member, index, tlp, coalition) for index in range(len(member.channels))
    ):
        return None
    return " ".join(dict.fromkeys(filter(None, refusals)))
