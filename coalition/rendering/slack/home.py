"""App Home, and the list of incidents: what this person may see, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from coalition.rendering.slack.blocks import (
    VIEW_BLOCKS,
    actions,
    button,
    context,
    divider,
    header,
    section,
)
from coalition.rendering.slack.names import (
    EXERCISE,
    STATUSES,
    label_line,
    member_names,
    person,
    room_name,
    title_of,
)
from coalition.rendering.slack.receipts import addressed, awaited
from coalition.rendering.slack.rendered import Block, View
from coalition.rendering.slack.text import counted, escape, listed, local

if TYPE_CHECKING:
    from coalition.domain.incident.state import Incident
    from coalition.domain.members import Coalition

MOST = 20
"""Incidents in one list; the board has them all."""


ALARMS = 2
"""Alarms of one incident in a list."""


class Line(NamedTuple):
    """One incident in a list, as the gate let it through for this viewer."""

    number: str
    text: str  # mrkdwn
    room_missing: bool = False
    warning: bool = False  # an incident may be opened from it


def incident_line(coalition: Coalition, incident: Incident) -> str:
    """One incident in full, on three lines and one for each alarm."""
    where = f"<#{incident.room.channel}>" if incident.room.channel else _no_room(incident)
    state = "No legal status" if incident.roomless else STATUSES[incident.status]
    facts = [state, f"lead {person(coalition, incident.lead)}", where]
    if incident.next_update_due and not incident.over:
        facts.append(f"next update due {local(incident.next_update_due)}")
    if told := addressed(incident):
        waiting = awaited(incident)
        names = listed(member_names(coalition, waiting), 6)
        silent = f", waiting for {names}" if waiting else ""
        facts.append(f"{len(told) - len(waiting)} of {len(told)} acknowledged{silent}")
    lines = [label_line(incident), f"*{title_of(incident)}*", " · ".join(facts)]
    return "\n".join([*lines, *_alarms(incident)])


def _alarms(incident: Incident) -> list[str]:
    """What a human must do, the oldest first."""
    alarms = list(incident.alarms.values())
    lines = [
        f"*A human must act:* {escape(one.text, 240)} {escape(one.fallback, 260)}"
        for one in alarms[:ALARMS]
    ]
    more = len(alarms) - ALARMS
    return [*lines, f"{counted(more, 'more alarm')} on the board."] if more > 0 else lines


def _no_room(incident: Incident) -> str:
    if incident.status == "warning":
        return "a warning has no room"
    if incident.checks_comms:
        return "a check has no room"
    return f"room #{room_name(incident.number, exercise=incident.exercise)} not open yet"


def pointer_line(incident: Incident) -> str:
    """One incident above Slack's ceiling: that it exists."""
    return f"{label_line(incident)}\nSlack may not carry more of it; read it on the board."


def room_missing(incident: Incident) -> bool:
    """Whether the room's checklist has stopped before there was a headline to show it on."""
    return any(line.state == "failed" for line in incident.room.steps.values())


def home_view(coalition: Coalition, who: str, lines: Sequence[Line], prefix: str) -> View:
    """The home of one person. `lines`: the incidents they may see, the newest first."""
    blocks: list[Block] = [header(f"{coalition.name}: your incidents")]
    if coalition.exercise:
        blocks.append(section(f"*{EXERCISE} {EXERCISE} {EXERCISE}*: nothing here is real."))
    blocks += [
        context(f"Seen by {escape(who)}. Only what you may see is listed."),
        actions(
            button("Raise an early warning", "verb:incident:warn", style="primary"),
            button("Open an incident", "verb:incident:open"),
            button("Open the board", "board"),
        ),
        divider(),
    ]
    if not lines:
        blocks.append(section("There is no incident that you may see. All is quiet."))
    for line in lines[:MOST]:
        blocks.append(section(line.text))
        buttons = [button(f"Open {line.number} on the board", f"board:{line.number}", line.number)]
        if line.room_missing:
            retry = button("Try to open the room again", f"retry_room:{line.number}", line.number)
            buttons.insert(0, retry)
        if line.warning:
            buttons.append(button("Open an incident from it", "verb:incident:open", line.number))
        blocks.append(actions(*buttons))
    if len(lines) > MOST:
        blocks.append(context(f"{len(lines) - MOST} more are on the board."))
    blocks.append(
        context(f"Type `/{prefix}incident help` or `/{prefix}playbook list` in any channel.")
    )
    return {"type": "home", "callback_id": "home", "blocks": blocks[:VIEW_BLOCKS]}


def stranger_home(coalition: str) -> View:
    """The home of somebody who is no delegate: it shows nothing."""
    text = (
        f"Your Slack account is not a delegate of an active member of {escape(coalition, 100)}. "
        "Your CERT's delegates can act; the operator adds people in coalition.yaml."
    )
    return {"type": "home", "callback_id": "home", "blocks": [section(text)]}
