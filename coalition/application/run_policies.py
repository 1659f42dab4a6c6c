"""What follows from what has happened in a run, and what runs are told of their incident."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.application.ports import Effect
from coalition.application.wanted import command_effect, post, redraw
from coalition.domain.incident.words import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from coalition.application.wanted import View
    from coalition.domain.messages import Record


QUESTIONS = ("ask", "approve", "vote")
"""Verbs that people answer."""


def start_runs(record: Record, view: View) -> Iterable[Effect]:
    """Start each playbook whose trigger fits, unless it has run in this incident before."""
    incident = view.incident(record.id)
    known = {run.name for _, run in view.runs_of(record.id)}
    said = record.data.get("severity") or record.data.get("now") or incident.severity
    severity = Severity(said)
    affected = [view.coalition.member(id) for id in incident.affected]
    for number, (key, playbook) in enumerate(view.playbooks().items(), start=1):
        fits = playbook.triggered_by(incident.kind, severity, affected)
        if fits and playbook.playbook not in known:
            yield Effect(
                id=f"start-{record.id}-{playbook.playbook}",
                kind="run.start",
                payload={
                    "incident": record.id,
                    "playbook": key,
                    "name": playbook.playbook,
                    "run": f"{record.id}-p{record.version}-{number}",
                },
            )


def tell_runs(record: Record, view: View) -> Iterable[Effect]:
    """Tell the incident's runs; the handler reads what there is to tell from the record."""
    source = record.data.get("source")
    going_on = [id for id, run in view.runs_of(record.id) if not run.over]
    runs = [source["run"]] if source else going_on
    for run in runs:
        yield Effect(
            id=f"tell-{run}-{record.version}",
            kind="run.tell",
            payload={"incident": record.id, "version": record.version, "run": run},
        )


def tell_source(record: Record, view: View) -> Iterable[Effect]:
    """Tell the run whose step this came from, if any."""
    return tell_runs(record, view) if record.data.get("source") else ()


def perform(record: Record, view: View) -> Iterable[Effect]:
    """Have a worker perform a step that needs the outside."""
    data = record.data
    if data["outside"]:
        yield Effect(
            id=f"step-{record.id}-{data['step']}-{data['attempt']}",
            kind="step.perform",
            payload={"run": record.id, "step": data["step"], "attempt": data["attempt"]},
        )


def tell_answer(record: Record, view: View) -> Iterable[Effect]:
    """Say in the room what became of a question; other steps are told by the headline."""
    return post(record, view) if record.data["verb"] in QUESTIONS else ()


def remind(record: Record, view: View) -> Iterable[Effect]:
    """Remind those that are silent."""
    data = record.data
    if not data["notice"]:  # people are reminded by what is posted
        return
    yield command_effect(
        f"remind-{record.id}-{data['step']}-{data['attempt']}-{data['number']}",
        "RemindRecipients",
        incident=view.run(record.id).incident,
        notice=data["notice"],
    )


def settle_task(record: Record, view: View) -> Iterable[Effect]:
    """Tick off the task of a step that an answer has settled, in the name of who answered."""
    task = record.data["output"].get("task")
    if task and record.actor.kind == "delegate" and record.data["outcome"] == "ok":
        effect = command_effect(
            f"task-{record.id}-{record.version}",
            "CompleteTask",
            incident=view.run(record.id).incident,
            task=task,
        )
        effect.payload["data"]["actor"] = record.actor.model_dump(mode="json")
        yield effect


def advance(record: Record, view: View) -> Iterable[Effect]:
    """Go on with a run that had much to do at once."""
    yield command_effect(f"advance-{record.id}-{record.version}", "AdvanceRun", run=record.id)


def alarm(record: Record, view: View) -> Iterable[Effect]:
    """A failed step that the playbook has no answer for is a human's business.

    What failed and why may be above the room's label; the run on the board says it.
    """
    yield command_effect(
        f"alarm-{record.id}-{record.version}",
        "RaiseAlarm",
        incident=view.run(record.id).incident,
        subject=_subject(record),
        text=f"Playbook step {record.data['step']} of {record.id} failed, and the run waits: press "
        "Decide (retry, skip or stop).",
        fallback=f"Or type /playbook answer --run {record.id} --step {record.data['step']} "
        "--decision retry (or skip or stop, with --reason why). The board says why it failed.",
    )


def alarm_progress(record: Record, view: View) -> Iterable[Effect]:
    """Part of a step has gone wrong and it goes on: a human must act now."""
    if record.data["alarm"]:
        yield command_effect(
            f"alarm-{record.id}-{record.version}",
            "RaiseAlarm",
            incident=view.run(record.id).incident,
            subject=f"late:{record.id}:{record.data['step']}:{record.version}",
            text=f"A deadline of playbook step {record.data['step']} of {record.id} has passed.",
            fallback="The board shows the step and its open tasks; do what they ask at once.",
        )


def tell_clock(record: Record, view: View) -> Iterable[Effect]:
    """Say in the run's thread that a legal clock is watched no more: the law still counts.

    Somebody has just cancelled the run, knows of it, and was told the same; so nobody is alarmed.
    The reports stay on the incident's list of tasks.
    """
    data = record.data
    left = [one for one in data["output"].get("stages", ()) if not one["filed_at"]]
    unwatched = data["verb"] == "report" and data["outcome"] == "cancelled" and left
    return post(record, view) if unwatched else ()


def clear_alarm(record: Record, view: View) -> Iterable[Effect]:
    """The decision has been made."""
    yield _clear(record, view, _subject(record))


def clear_alarms(record: Record, view: View) -> Iterable[Effect]:
    """The run is over: its failed steps wait for nobody any more."""
    prefix = f"step:{record.id}:"
    for subject in view.incident(view.run(record.id).incident).alarms:
        if subject.startswith(prefix):
            yield _clear(record, view, subject)


def tell_parent(record: Record, view: View) -> Iterable[Effect]:
    """Tell the run whose step has waited for this one."""
    parent = view.run(record.id).parent
    if parent is not None:
        yield Effect(
            id=f"tell-{parent.run}-{record.id}",
            kind="run.tell",
            payload={"run": parent.run, "child": record.id},
        )


def cancel_child(record: Record, view: View) -> Iterable[Effect]:
    """Cancel the run that a step has started and does not wait for any more."""
    data = record.data
    if data["verb"] == "playbook" and data["outcome"] in {"cancelled", "late"}:
        yield command_effect(
            f"cancel-{record.id}-{record.version}",
            "CancelRun",
            run=f"{record.id}-{data['step']}-{data['attempt']}",
            reason=f"Step {data['step']} of {record.id} is {data['outcome']}.",
        )


def _clear(record: Record, view: View, subject: str) -> Effect:
    """Clear an alarm in the name of whoever decided."""
    effect = command_effect(
        f"clear-{record.id}-{record.version}-{subject}",
        "ClearAlarm",
        incident=view.run(record.id).incident,
        subject=subject,
    )
    effect.payload["data"]["actor"] = record.actor.model_dump(mode="json")
    return effect


def _subject(record: Record) -> str:
    return f"step:{record.id}:{record.data['step']}:{record.data['attempt']}"


RUN_REACTIONS: dict[str, tuple[Callable[[Record, View], Iterable[Effect]], ...]] = {
    "RunStarted": (post, redraw),
    "StepStarted": (perform,),
    "StepDelayed": (redraw,),
    "RoundStarted": (),
    "RoundEnded": (),
    "StepPerformed": (),
    "StepProgressed": (alarm_progress, post, redraw),
    "QuestionAsked": (post, redraw),
    "ReminderDue": (remind, post),
    "StepEnded": (cancel_child, settle_task, tell_clock, tell_answer, redraw),
    "StepNeedsDecision": (alarm, redraw),
    "StepResolved": (clear_alarm, post, redraw),
    "AnswersHeard": (),
    "FactsChanged": (),
    "RunYielded": (advance,),
    "RunEnded": (tell_parent, clear_alarms, post, redraw),
    "RunCancelled": (tell_parent, clear_alarms, post, redraw),
}
