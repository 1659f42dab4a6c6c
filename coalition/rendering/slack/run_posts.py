"""What a room is told of a run: begun, asked, stuck, ended."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from coalition.rendering.slack.blocks import actions, button, context, section
from coalition.rendering.slack.names import mention, person
from coalition.rendering.slack.rendered import Block, Rendered
from coalition.rendering.slack.telling import ANSWER, Post, Telling, detail, milestone
from coalition.rendering.slack.text import (
    clip,
    counted,
    escape,
    listed,
    local,
    one_line,
    utc,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coalition.domain.incident.commands import NoticeSource
    from coalition.domain.incident.state import Incident
    from coalition.domain.playbook import Playbook
    from coalition.domain.run import events
    from coalition.domain.run.state import Run

    _OfQuestion = events.QuestionAsked | events.StepProgressed | events.StepEnded


QUESTIONS = ("ask", "approve", "vote")
"""Verbs that people answer."""


SHOWN = 5
"""Steps of a run that are named where it is shown in a line."""


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
    asks = escape(event.text, 1500)
    value = f"{telling.incident.number}|{telling.record.id}|{event.step}:{event.attempt}"
    due = f" Answer by {utc(event.due)}." if event.due else ""
    text = f"{telling.prefix}. {who}: the playbook asks: {asks}{due}"
    silence = "After that the playbook goes on without an answer. "
    silence = silence if event.due and not event.need else ""
    label = "Approve or refuse" if event.need else "Answer the question"
    blocks = (
        context(telling.line),
        section(f"{who}: *the playbook asks:* {asks}{by}"),
        actions(button(label, ANSWER, value, style="primary")),
        context(f"{silence}{_approval(telling, event) if event.need else _instead(event)}"),
    )
    return Post("alarm", Rendered(clip(text, 3000), blocks), question(telling, event))


def _instead(event: events.QuestionAsked) -> str:
    """Who may answer besides those asked."""
    if not event.people:
        return "One answer is enough."
    return "If they cannot be reached, whoever leads may answer; `/incident lead` hands over."


def _approval(telling: Telling, event: events.QuestionAsked) -> str:
    """Who may approve, and what becomes of silence."""
    barred = listed((person(telling.coalition, one) for one in event.not_by), 5)
    own = f" {barred} asked for it and may not approve." if barred else ""
    needed = f"{counted(event.need, 'approval')} needed, each by another person."
    return f"{needed}{own} One refusal refuses it. Silence is not consent: late is not approved."


def progressed(telling: Telling, event: events.StepProgressed) -> Post | None:
    """Somebody of several has answered, or part of a step is done."""
    if not event.note:
        return None
    by = f"{person(telling.coalition, event.by)}: " if event.by else ""
    said = f"{by}{escape(event.note, 800)}"
    return detail(telling, said, thread=question(telling, event) if event.by else _run(telling))


def reminded(telling: Telling, event: events.ReminderDue) -> Post | None:
    """People are asked again; members are reminded by their notice."""
    if event.notice:
        return None
    people = [mention(telling.coalition, one) for one in event.people] or ["Any operator"]
    by = f" The time ends {local(event.due)}." if event.due else ""
    said = f"{listed(people, 10)}: *still waiting:* {escape(event.text, 1500)}.{by}"
    return detail(telling, said, thread=_run(telling))


def _run(telling: Telling) -> str:
    return anchor(telling.record.id)


def answered(telling: Telling, event: events.StepEnded) -> Post | None:
    """What became of a question, under it; of other steps the headline says enough."""
    if event.verb == "report":
        return detail(telling, unwatched(event.output), thread=_run(telling))
    if event.verb not in QUESTIONS or event.outcome not in ("ok", "refused", "late"):
        return None
    if event.outcome == "late" and event.verb == "approve":
        said = "The time has passed without enough approvals. That is no approval."
    elif event.outcome == "late":
        said = "Nobody answered in time; the playbook goes on without."
    else:
        given = "; ".join(
            f"{name.replace('_', ' ')}: {escape(str(value), 300)}"
            for name, value in event.variables.items()
        )
        given = given or escape(str(event.output.get("decision", "")), 100)
        said = f"{telling.by} answered{f': {given}' if given else ''}."
    return detail(telling, said, thread=question(telling, event))


def unwatched(output: Mapping[str, Any]) -> str:
    """What a cancelled `report` step leaves to people; empty where all is filed (mrkdwn)."""
    left = [one for one in output.get("stages", ()) if not one["filed_at"]]
    if not left:
        return ""
    due = "; ".join(
        f"{escape(one['name'], 100)} by {utc(datetime.fromisoformat(one['due']))}" for one in left
    )
    clock = escape(str(output.get("clock", "a legal clock")), 150)
    return (
        f"*{clock}* is watched no more, because its playbook was cancelled. The law still counts: "
        f"{due}. The reports stay on the list of tasks; nobody is reminded of them."
    )


def question(telling: Telling, event: _OfQuestion) -> str:
    """How the answer finds its question."""
    return f"ask:{telling.record.id}:{event.step}:{event.attempt}"


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
    stays = left_behind(telling.incident, telling.record.id)
    said = f"The playbook was cancelled: {escape(event.reason, 500)}.{left} {stays}".strip()
    return detail(telling, said, thread=anchor(telling.record.id))


def left_behind(incident: Incident, run: str) -> str:
    """What a run, and those it started in turn, have done that stays done; nothing above numbers.

    Numbers and counts alone: a notice may be above the label of whoever reads this.
    """

    def of_it(source: NoticeSource | None) -> bool:
        return source is not None and (source.run == run or source.run.startswith(f"{run}-"))

    sent = [one for one in incident.notices.values() if of_it(one.source)]
    tasks = [one for one in incident.tasks.values() if of_it(one.source) and one.done_at is None]
    notices = [
        f"notice {one.notice} to "
        + counted(sum(bool(to.recipient.channels) for to in one.recipients.values()), "member")
        for one in sent
    ]
    said = f"Already sent: {listed(notices)}." if notices else "It had sent nothing."
    if not tasks:
        return said
    numbers = listed(str(one.task) for one in tasks)
    return f"{said} Still on the list of tasks: {numbers}."


def waits(run: Run) -> str:
    """What a run waits for, in words; empty when it has ended."""
    if run.over:
        return ""
    if run.stuck:
        return "a human must decide: " + "; ".join(one_line(s.sentence) for s in run.stuck.values())
    doing = [one_line(step.sentence) for step in run.open.values() if not step.rounds]
    later = [f"{one_line(one.sentence)} (at {utc(one.due)})" for one in run.delayed.values()]
    if not doing and not later:
        return "going on"
    said = "; ".join((doing + later)[:SHOWN])
    more = len(doing) + len(later) - SHOWN
    return f"{'now' if doing else 'next'}: {said}" + (f" and {more} more" if more > 0 else "")


def preview(playbook: Playbook) -> list[Block]:
    """Every step in one line; what follows only from something stands below that, indented."""
    lines = []
    for node in playbook.outline.nodes.values():
        *_, branch, number = ("", *node.place.split("."))
        words = BRANCHES.get(branch, branch.replace("_", " "))
        head = f"{words}: " if words else ""
        ordinal = f"{int(number) + 1}. " if not branch else "- "
        sentence = escape(one_line(node.step.sentence), 120)
        lines.append(f"{'    ' * node.depth}{ordinal}{head}{sentence}")
    text = clip("\n".join(lines), 5600)
    return [section(f"```{text[at : at + 2800]}```") for at in range(0, len(text), 2800)]


BRANCHES = {
    "then": "if so",
    "else": "if not",
    "if_late": "if that is too late",
    "if_fails": "if that fails",
    "steps": "",
}
"""Branches of a step in words; others by their own name."""
