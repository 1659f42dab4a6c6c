"""What can be asked of a run. Each docstring says who may ask."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from coalition.domain.messages import Command
from coalition.domain.run.state import Parent


class RunCommand(Command):
    """Base: `run` names the aggregate."""

    aggregate: ClassVar[str] = "run"
    run: str


class StartRun(RunCommand):
    """An operator, a rule (system), or a step of another run. Pins the playbook by content hash.

    `pins` are the content hashes of the playbooks that it runs in turn, by name.
    """

    incident: str
    playbook: str  # content hash
    name: str
    inputs: dict[str, Any] = Field(default_factory=dict)
    facts: dict[str, Any]  # `facts_of(incident)`
    parent: Parent | None = None
    pins: dict[str, str] = Field(default_factory=dict)


class AdvanceRun(RunCommand):
    """System. Goes on with a run that yielded because it had much to do at once."""


class ReportStep(RunCommand):
    """System. What became of performing a step; ignored unless that attempt is open."""

    step: str
    attempt: int
    ok: bool
    output: dict[str, Any] = Field(default_factory=dict)
    error: str = ""


class AnswerStep(RunCommand):
    """Those asked, and whoever leads the incident now; any operator where nobody was named."""

    step: str
    attempt: int
    values: dict[str, Any]


class SignalRun(RunCommand):
    """System. Something the run may wait for has happened.

    Topics and their data:
    `notice`: step, attempt (of the notify step), answers {member: answer};
    `task`: step, attempt (of the task step), by;
    `incident`: `facts_of(incident)`, after any change of it;
    `aid`: `news_of(aid)`, after any change of a request that a step may wait for;
    `run`: step, attempt (of the playbook step), outcome, reason, values (of the run that ended).
    """

    topic: Literal["notice", "task", "incident", "run", "aid"]
    data: dict[str, Any]


class PassRunTimer(RunCommand):
    """System. A timer of this run is due; does nothing unless that wait is open and due."""

    timer: str


class ResolveStep(RunCommand):
    """Operator. Decides what becomes of a failed step; `reason` for skip and stop."""

    step: str
    attempt: int
    decision: Literal["retry", "skip", "stop"]
    reason: str = ""


class CancelRun(RunCommand):
    """Operator, or system when the incident is over. What has been sent stays sent."""

    reason: str
