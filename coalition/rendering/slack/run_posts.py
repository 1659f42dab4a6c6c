"""What a room is told of a run: begun, asked, stuck, ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.rendering.slack.blocks import actions, button, context, section
from coalition.rendering.slack.names import label_line, label_text, mention
from coalition.rendering.slack.rendered import Block, Rendered
from coalition.rendering.slack.telling import ANSWER, Post, Telling, detail, milestone
from coalition.rendering.slack.text import clip, counted, escape, local, one_line, utc

if TYPE_CHECKING:
    from coalition.domain.playbook import Playbook
    from coalition.domain.run import events
    from coalition.domain.run.state import Run


def anchor(run: str) -> str:
    """How the details of a run find its milestone."""
    return f"run:{run}"


def started(telling: Telling, event: events.RunStarted) -> Post:
    """A playbook runs."""
    said = f"*Playbook started:* {escape(event.title, 150)} (`{escape(event.name, 60)}`)"
    return milestone(telling, said, anchor=anchor(event.run))


def asked(telling: Telling, event: events.QuestionAsked) -> Post:
    """A question to named people, with a button. It calls them, so it is an alarm."""
    people = [mention(telling.coalition, one) for one in event.people] or ["Any operator"]
    by = f" Answer by {local(event.due)}." if event.due else ""
    who = ", ".join(people[:10])
    said = f"{who}: *the playbook asks:* {escape(event.text, 1500)}{by}"
    incident = telling.incident
    value = f"{incident.number}|{telling.record.id}|{event.step}:{event.attempt}"
    due = f" Answer by {utc(event.due)}." if event.due else ""
    text = f"{label_text(incident)}. {who}: the playbook asks: {escape(event.text, 1500)}{due}"
    blocks = (
        context(label_line(incident)),
        section(said),
        actions(button("Answer the question", ANSWER, value, style="primary")),
        context("If nobody here can answer, the playbook goes on by what it says for silence."),
    )
    return Post("alarm", Rendered(clip(text, 3000), blocks))


def resolved(telling: Telling, event: events.StepResolved) -> Post:
    """A human has decided."""
    why = f": {escape(event.reason, 500)}" if event.reason else ""
    said = f"Step {escape(event.step, 60)}: decided to {event.decision}{why}."
    return detail(telling, said, thread=anchor(telling.record.id))


def ended(telling: Telling, event: events.RunEnded) -> Post:
    """Nothing is left to do, or a human stopped it."""
    why = f" {escape(event.reason, 500)}" if event.reason else ""
    return detail(
        telling, f"The playbook is {event.outcome}.{why}", thread=anchor(telling.record.id)
    )


def cancelled(telling: Telling, event: events.RunCancelled) -> Post:
    """It was cancelled; what has been sent stays sent."""
    left = f" {counted(len(event.unfinished), 'step')} had begun." if event.unfinished else ""
    said = f"The playbook was cancelled: {escape(event.reason, 500)}.{left}"
    return detail(telling, said, thread=anchor(telling.record.id))


def waits(run: Run) -> str:
    """What a run waits for, in words; empty when it has ended."""
    if run.over:
        return ""
    if run.stuck:
        return "a human must decide: " + "; ".join(one_line(s.sentence) for s in run.stuck.values())
    doing = [one_line(step.sentence) for step in run.open.values()]
    return "now: " + "; ".join(doing) if doing else "going on"


def preview(playbook: Playbook) -> list[Block]:
    """Every step in one line, branches indented."""
    lines = []
    for node in playbook.outline.nodes.values():
        depth = node.place.count(".") // 2
        parts = (str(int(one) + 1) if one.isdigit() else one for one in node.place.split("."))
        sentence = escape(one_line(node.step.sentence), 120)
        lines.append(f"{'    ' * depth}{'.'.join(parts)}  {sentence}")
    text = clip("\n".join(lines), 5600)
    return [section(f"```{text[at : at + 2800]}```") for at in range(0, len(text), 2800)]
