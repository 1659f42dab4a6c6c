"""What a room is told of permissions and overrides, which wait there for a second person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.rendering.slack.blocks import actions, button, section
from coalition.rendering.slack.names import member_name, person
from coalition.rendering.slack.notice_posts import anchor
from coalition.rendering.slack.telling import Post, Telling, detail, milestone
from coalition.rendering.slack.text import escape, local

if TYPE_CHECKING:
    from coalition.domain.incident.overrides import Override
    from coalition.domain.incident.release_messages import (
        OverrideApproved,
        OverrideRequested,
        PermissionRecorded,
    )
    from coalition.domain.incident.state import Incident
    from coalition.domain.members import Coalition

RELEASE = "release_override"
"""action_id of "Release it"; its value is `<incident>|<override>`."""


def permission(telling: Telling, event: PermissionRecorded) -> Post:
    """A source's word about its own."""
    name = member_name(telling.coalition, event.member)
    said = f"*{telling.by} permits {event.tlp.value}* for what comes from {name}."
    return milestone(telling, f"{said}\n{escape(event.reason, 1500)}")


def requested(telling: Telling, event: OverrideRequested) -> Post:
    """Somebody else must release it; nothing has left."""
    one = event.override
    name = member_name(telling.coalition, one.member)
    said = (
        f"*Override {one.override} asked for by {telling.by}: nothing is sent yet.* Notice "
        f"{one.notice} ({one.tlp.value}) is to go to {name}, above its ceiling.\n"
        f">>> {escape(one.reason, 1200)}"
    )
    rule = (
        f"Another approver must release it until {local(one.expires)}; one of the two is of the "
        "member that this incident comes from. It is kept in the log with both names."
    )
    value = f"{telling.incident.number}|{one.override}"
    ask = actions(button(f"Release notice {one.notice} to {name}", RELEASE, value, style="danger"))
    return milestone(telling, said, extra=(section(rule), ask))


def override_lines(coalition: Coalition, incident: Incident) -> list[str]:
    """What was released above a ceiling, by whom, and what waits for its second person."""
    return [
        f"*Override {one.override}* (notice {one.notice} to {member_name(coalition, one.member)}, "
        f"above its ceiling): {_standing(coalition, one)}"
        for one in incident.overrides.values()
    ]


def _standing(coalition: Coalition, one: Override) -> str:
    first = person(coalition, one.requested_by)
    if one.approved_by is None:
        return f"asked for by {first}; waits for a second approver until {local(one.expires)}."
    return f"released by {first} and {person(coalition, one.approved_by)}."


def approved(telling: Telling, event: OverrideApproved) -> Post:
    """It has been released, and by whom."""
    name = member_name(telling.coalition, event.member)
    said = (
        f"*Override {event.override} released by {telling.by}:* notice {event.notice} goes to "
        f"{name}, above its ceiling; to acknowledge by {local(event.ack_by)}."
    )
    return detail(telling, said, thread=anchor(event.notice))
