"""The headline: the whole state of an incident at a glance, pinned in its room, edited in place.

In this order: label, id, severity · title · status, lead, next update · receipts · aid · playbooks
· what needs a human · the room's checklist while it is not complete · at most three buttons.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from coalition.domain.incident.words import ROOM_STEPS
from coalition.rendering.slack.aid_panel import panel_blocks, panel_sentences
from coalition.rendering.slack.blocks import (
    actions,
    button,
    context,
    fitted,
    header,
    section,
)
from coalition.rendering.slack.names import (
    EXERCISE,
    STATUSES,
    label_line,
    label_text,
    member_names,
    person,
    title_of,
)
from coalition.rendering.slack.receipts import awaited, notice_line
from coalition.rendering.slack.release_posts import override_lines
from coalition.rendering.slack.rendered import Block, Rendered
from coalition.rendering.slack.text import (
    clip,
    counted,
    escape,
    joined,
    listed,
    local,
    one_line,
    utc,
)

if TYPE_CHECKING:
    from coalition.domain.incident.state import Incident
    from coalition.domain.members import Coalition
    from coalition.rendering.slack.aid_panel import Panel

STEPS = {
    "create": "Make the room",
    "topic": "Set its topic",
    "invite": "Invite the delegates",
    "headline": "Post this headline",
    "pin": "Pin it",
    "bookmark": "Bookmark the board",
    "announce": "Tell the invited directly",
}
"""The room's checklist in words."""

STATES = {
    "done": "done",
    "degraded": "left out, the room works without",
    "failed": "failed",
}

NOTICES = 4
"""Notices in the headline, the newest; the board shows all."""


class Progress(NamedTuple):
    """One run of a playbook: what it is called, how far it is, what it waits for."""

    name: str
    done: int
    waits: str  # in words; empty when it has ended


def headline(
    coalition: Coalition,
    incident: Incident,
    runs: Sequence[Progress] = (),
    prefix: str = "",
    aid: Sequence[Panel] = (),
) -> Rendered:
    """The headline as it is to stand now."""
    blocks: list[Block] = [
        context(label_line(incident)),
        header(f"{EXERCISE}: {incident.title}" if incident.exercise else incident.title),
        section(_facts(coalition, incident)),
        *_answers(coalition, incident),
        *panel_blocks(coalition, aid, prefix),
    ]
    if runs:
        blocks.append(section("\n".join(_progress(run) for run in runs[-3:])))
    blocks += [*_needs_human(incident), *_checklist(incident)]
    if not incident.over:
        blocks.append(actions(*_buttons(incident)))
    blocks.append(
        context(
            f"Changed {local(incident.updated_at)} · type `/{prefix}incident help` · "
            "react with :pushpin: to put a message in the timeline"
        )
    )
    said = joined([_sentences(coalition, incident), *panel_sentences(aid)])
    return Rendered(said, fitted(blocks))


def _facts(coalition: Coalition, incident: Incident) -> str:
    affected = listed(member_names(coalition, incident.affected)) or "nobody named"
    due = local(incident.next_update_due) if incident.next_update_due else "not promised"
    lead = person(coalition, incident.lead)
    lines = [
        f"*Status:* {STATUSES[incident.status]} · *Lead:* {lead} · *Next update due:* {due}",
        f"*Affected:* {affected} · *Kind:* {incident.kind}",
    ]
    if incident.merged_into:
        lines.append(f"*Goes on in:* {escape(incident.merged_into)}")
    if incident.roles:
        held = [
            f"{escape(role, 40)}: {person(coalition, who)}" for role, who in incident.roles.items()
        ]
        lines.append(f"*Roles:* {clip(listed(held, 8), 600)}")
    tasks = [task for task in incident.tasks.values() if task.done_at is None]
    if tasks:
        first = escape(one_line(tasks[0].text), 120)
        lines.append(f"*Tasks:* {counted(len(tasks), 'open task')}; next: {first}")
    return "\n".join(lines)


def _answers(coalition: Coalition, incident: Incident) -> list[Block]:
    notices = list(incident.notices.values())
    lines = [notice_line(coalition, notice) for notice in notices[-NOTICES:]]
    if len(notices) > NOTICES:
        lines.append(f"{counted(len(notices) - NOTICES, 'older notice')} on the board.")
    lines += override_lines(coalition, incident)
    return [section("\n".join(lines))] if lines else []


def _progress(run: Progress) -> str:
    doing = f"; {escape(run.waits, 300)}" if run.waits else "; ended"
    return f"*Playbook {escape(run.name, 100)}:* {counted(run.done, 'step')} done{doing}."


def _needs_human(incident: Incident) -> list[Block]:
    if not incident.alarms:
        return []
    shown = list(incident.alarms.values())[-5:]
    lines = [f"• {escape(alarm.text, 240)} {escape(alarm.fallback, 200)}" for alarm in shown]
    title = f"*Needs a human now ({counted(len(incident.alarms), 'alarm')}):*"
    return [section("\n".join([title, *lines]))]


def _checklist(incident: Incident) -> list[Block]:
    steps = incident.room.steps
    finished = all(step in steps for step in ROOM_STEPS)
    if finished and all(steps[step].state == "done" for step in ROOM_STEPS):
        return []
    lines = []
    for step in ROOM_STEPS:
        line = steps.get(step)
        if line and line.state == "done":
            lines.append(f"[x] {STEPS[step]}: done")
        elif line:
            lines.append(f"[!] {STEPS[step]}: {STATES[line.state]} ({escape(line.detail, 150)})")
        else:
            lines.append(f"[ ] {STEPS[step]}: to do")
    if finished and not any(line.state == "failed" for line in steps.values()):
        lines = [line for line in lines if line.startswith("[!]")]
    return [context("*Room checklist*\n" + "\n".join(lines))]


def _buttons(incident: Incident) -> list[Block]:
    number = incident.number
    board = button("Open the board", "board", number)
    update = button("Post an update", "verb:incident:update", number)
    if any(line.state == "failed" for line in incident.room.steps.values()):
        retry = button("Try the room again", "retry_room", number, style="primary")
        return [retry, update, board]
    update["style"] = "primary"
    return [update, button("Notify members", "verb:incident:notify", number), board]


def _sentences(coalition: Coalition, incident: Incident) -> str:
    waiting = awaited(incident)
    due = incident.next_update_due
    return clip(
        joined(
            [
                f"{label_text(incident)}: {title_of(incident)}.",
                f"Status: {STATUSES[incident.status]}; lead: {person(coalition, incident.lead)}.",
                f"Next update due {utc(due)}." if due else "",
                f"Waiting for {listed(member_names(coalition, waiting))}." if waiting else "",
                f"{counted(len(incident.alarms), 'alarm')} open: a human must act."
                if incident.alarms
                else "",
            ]
        ),
        2000,
    )
