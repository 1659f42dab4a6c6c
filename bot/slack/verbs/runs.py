"""The runs of an incident, and what they wait for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from coalition.domain.errors import NotFound, UserError

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.slack.verbs.base import Call
    from coalition.domain.playbook import Playbook
    from coalition.domain.run.state import OpenStep, Run, StuckStep


class Waiting(NamedTuple):
    """One thing that a run wants of a human: an answer, or a decision about a failed step."""

    run: Run
    step: str
    attempt: int
    question: OpenStep | None
    stuck: StuckStep | None


def runs_of(call: Call) -> list[Run]:
    """All runs of the incident, the oldest first."""
    ids = call.desk.tocsin.log.ids("run", of=call.here.number)
    return [run for one in ids if (run := call.desk.tocsin.dispatcher.read("run", one))]


def pinned(call: Call, run: Run) -> Playbook:
    """The playbook that a run follows, as it was when it started."""
    return call.desk.tocsin.playbooks.pinned(run.playbook)


def shows(call: Call, run: Run) -> bool:
    """Whether Slack may show the caller what stands in a run.

    That takes its playbook's words and the incident's facts, so the stricter label counts.
    """
    return call.desk.shows(call.caller, call.here, pinned(call, run).words_tlp)


def open_runs(call: Call) -> list[Run]:
    """The runs that have not ended."""
    return [run for run in runs_of(call) if not run.over]


def run_here(call: Call) -> Run:
    """The run that was named, or the only one that goes on.

    Raises:
        UserError: none goes on, or several do and none was named.
        NotFound: there is none of that name.
    """
    going = open_runs(call)
    named = call.given.text("run")
    if named:
        for run in runs_of(call):
            if named.lower() in (run.run.lower(), run.name.lower()):
                return run
        raise NotFound(f"There is no run {named[:60]!r} here.", _known(going), field="run")
    if len(going) != 1:
        message = "Which run?" if going else "No playbook is running here."
        raise UserError(message, _known(going), field="run")
    return going[0]


def approvals(waiting: Waiting) -> bool:
    """What waits to be approved."""
    return waiting.question is not None and bool(waiting.question.request.get("need"))


def wanted(call: Call, kind: Callable[[Waiting], bool] | None = None) -> Waiting:
    """What is to be answered: the one that was named, else the only one there is.

    Raises:
        UserError: nothing waits for an answer, or several things do and none was named.
    """
    runs = [run_here(call)] if call.given.has("run") else open_runs(call)
    every = [one for run in runs for one in _waiting(run) if kind is None or kind(one)]
    step = call.given.text("step")
    named = [one for one in every if step in (one.step, f"{one.step}:{one.attempt}")]
    if step and not named:
        message = f"{step[:60]!r} does not wait for an answer any more."
        raise UserError(message, _steps(every), field="step")
    found = named or every
    if len(found) != 1:
        what = "an approval" if kind is approvals else "an answer"
        message = "What do you want to answer?" if found else f"No playbook waits for {what}."
        raise UserError(message, _steps(every), field="step")
    return found[0]


def _waiting(run: Run) -> list[Waiting]:
    asked = [
        Waiting(run, one.step, one.attempt, one, None)
        for one in run.open.values()
        if "form" in one.request and one.performed
    ]
    stuck = [Waiting(run, one.step, one.attempt, None, one) for one in run.stuck.values()]
    return asked + stuck


def _known(runs: list[Run]) -> str:
    return "Running: " + ", ".join(run.run for run in runs) + "." if runs else ""


def _steps(every: list[Waiting]) -> str:
    named = ", ".join(f"--run {one.run.run} --step {one.step}" for one in every[:5])
    return f"Add one of: {named}." if named else "/playbook list shows what runs."
