"""The people of a rehearsal: they see what reaches them and answer, by script, luck or goodwill.

A player's act is a command for the real rules, at its time; whether it is accepted they decide.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from coalition.domain.errors import NotFound
from coalition.domain.incident.commands import AnswerNotice, CompleteTask
from coalition.domain.messages import Actor, Command, Record
from coalition.domain.run.commands import AnswerStep, ResolveStep
from coalition.rehearsal import helping
from coalition.rehearsal.desk import Performed
from coalition.rehearsal.script import NEVER, OTHERS, Deed, Script

if TYPE_CHECKING:
    from coalition.domain.members import Coalition
    from coalition.domain.run.state import OpenStep, Run

INSIDE = "/"
"""Between a step that runs another playbook and the steps of that."""

SOON = timedelta(minutes=5)
"""How long willing people take."""


class Act(NamedTuple):
    """A command that somebody gives at a time."""

    at: datetime
    command: Command


@dataclass
class Players:
    """Everybody outside. `see` says what they do about a record; ids are counted."""

    script: Script
    coalition: Coalition
    incident: str
    run: str
    home: str  # the member whose incident it is
    lead: str
    chance: random.Random | None = None
    helpers: helping.Helpers = field(default_factory=helping.Helpers)
    _acts: int = 0
    _by_hand: set[str] = field(default_factory=set)
    _inside: dict[str, str] = field(default_factory=dict)  # run -> the steps that it is inside of

    # ------------------------------------------------------------------- `house.Outside`

    def delivered(self, member: str) -> bool:
        """Unless the script says that nothing reaches the member."""
        return member not in self.script.unreachable

    def performed(self, run: Run, step: OpenStep) -> Performed | None:
        """As the script says; else None: it is performed."""
        deed = self._scripted(self.path(run.run, step.step), OTHERS, step.attempt)
        if deed is not None and deed.fails:
            return Performed(ok=False, error=deed.fails)
        if deed is not None and deed.gives:
            return Performed(ok=True, output=deed.gives)
        return None

    # --------------------------------------------------------------------- what they see

    def see(self, record: Record) -> Iterator[Act]:
        """What they will do about something that has happened."""
        reaction = _REACTIONS.get(record.type)
        if reaction is not None:
            yield from reaction(self, record)
        elif record.type in helping.REACTIONS:
            yield from helping.REACTIONS[record.type](self.helpers, self, record)

    def on_run(self, record: Record) -> Iterator[Act]:
        """Remember which step has started it: a playbook within a playbook."""
        parent = record.data.get("parent")
        if parent:
            self._inside[record.id] = self.path(parent["run"], parent["step"]) + INSIDE
        return iter(())

    def path(self, run: str, step: str) -> str:
        """A step as the script names it: `step`, or `outer/step` in a playbook within."""
        return self._inside.get(run, "") + step

    def on_notice(self, record: Record) -> Iterator[Act]:
        """Members answer what they were sent."""
        if record.data.get("aid"):
            yield from self.helpers.on_notice(self, record)
            return
        source = record.data.get("source")
        if not source:
            return
        usual = "acknowledge" if "acknowledge" in record.data["answers"] else "accept"
        for recipient in record.data["recipients"]:
            member = recipient["member"]
            if not recipient["channels"] or not self.delivered(member):
                continue
            options = [*record.data["answers"], NEVER]
            step = self.path(source["run"], source["step"])
            deed = self.deed(step, member, source["attempt"], usual, options)
            if deed is not None:
                actor = Actor(kind="partner", member=member, via="rehearsal")
                yield self.act(
                    record, deed, AnswerNotice, actor=actor, incident=record.id,
                    notice=record.data["notice"], member=member, answer=deed.say,
                )  # fmt: skip

    def on_step(self, record: Record) -> Iterator[Act]:
        """Remember which tasks come with a question of their own."""
        if "form" in record.data["request"]:
            self._by_hand.add(self.path(record.id, record.data["step"]))
        return iter(())

    def on_question(self, record: Record) -> Iterator[Act]:
        """Somebody answers a question."""
        step, attempt, form = (record.data[name] for name in ("step", "attempt", "form"))
        path = self.path(record.id, step)
        deed = self.deed(path, OTHERS, attempt, "", ["", "", NEVER])
        if deed is None:
            return
        values = self._values(deed, form)
        people = deed.by.split(",") if deed.by else [(*record.data["people"], self.lead)[0]]
        for person in people:
            about = {"run": record.id, "step": step, "attempt": attempt, "values": values}
            yield self.act(record, deed, AnswerStep, actor=self.person(person), **about)

    def _values(self, deed: Deed, form: dict[str, dict[str, Any]]) -> dict[str, Any]:
        if isinstance(deed.say, dict):
            return deed.say
        if deed.say and form:
            return {next(iter(form)): deed.say}  # what else is asked has its default
        return {name: self._fitting(name, one) for name, one in form.items()}

    def on_task(self, record: Record) -> Iterator[Act]:
        """Somebody does a task."""
        source = record.data.get("source")
        if not source:
            return
        step, _, part = source["step"].partition(".")
        step = self.path(source["run"], step)
        if step in self._by_hand:
            return  # answering the question ticks it off
        deed = self.deed(step, part or OTHERS, source["attempt"], "done", ["done", NEVER])
        if deed is not None:
            actor = self.person(deed.by or record.data["assignee"] or self.lead)
            about = {"incident": record.id, "task": record.data["task"]}
            yield self.act(record, deed, CompleteTask, actor=actor, **about)

    def on_stuck(self, record: Record) -> Iterator[Act]:
        """Somebody decides about a failed step."""
        step, attempt = record.data["step"], record.data["attempt"]
        deed = self.script.decisions.get(self.path(record.id, step))
        if deed is None and self.chance is not None:
            say = self.chance.choice(["skip", "stop", "retry"] if attempt < 3 else ["skip"])  # noqa: PLR2004
            deed = Deed(say=say, after=SOON)
        if deed is not None and not deed.never:
            about = {"run": record.id, "step": step, "attempt": attempt}
            actor = self.person(deed.by or self.lead)
            yield self.act(
                record, deed, ResolveStep, actor=actor, **about,
                decision=deed.say, reason="as rehearsed",
            )  # fmt: skip

    def _fitting(self, name: str, form: dict[str, Any]) -> Any:
        """Something that fits a field of a form: its default or first choice, or any by luck."""
        kind, choices = form.get("type"), list(form.get("choices") or ())
        several = {"yes_no": ["yes", "no"], "choice": choices, "severity": ["S2", "S1", "S3"]}
        some = several.get(str(kind), [])
        if self.chance is not None and some:
            return self.chance.choice(some)
        if form.get("default") not in (None, ""):
            return form["default"]
        plain = {"number": "1", "duration": "1h", "tlp": "TLP:GREEN"}
        plain |= {"member": self.home, "members": self.home}
        return some[0] if some else plain.get(str(kind), f"({name.replace('_', ' ')})")

    # ------------------------------------------------------------------- who does what when

    def deed(
        self, step: str, who: str, attempt: int, usual: str, options: list[str]
    ) -> Deed | None:
        """What is done about this, or None: nothing. In the script, then by luck or goodwill."""
        scripted = self._scripted(step, who, attempt)
        if scripted is not None:
            return None if scripted.never or scripted.fails else scripted
        if self.chance is not None:
            say = self.chance.choice(options)
            minutes = round(self.chance.expovariate(1 / 20), 1)
            deed = Deed(say=say, after=timedelta(minutes=minutes))
            return None if deed.never else deed
        if self.script.otherwise == "willing":
            return Deed(say=usual, after=SOON)
        return None

    def _scripted(self, step: str, who: str, attempt: int) -> Deed | None:
        rounds = self.script.answers.get(step)
        if not rounds:
            return None
        round_ = rounds[min(attempt, len(rounds)) - 1]
        return round_.get(who, round_.get(OTHERS))

    def person(self, id: str) -> Actor:
        """A delegate as the rules see them."""
        try:
            member = self.coalition.delegate(id)[0].id
        except NotFound:
            member = self.home  # the rules will say that there is no such delegate
        return Actor(kind="delegate", member=member, delegate=id, via="rehearsal")

    def act(self, record: Record, deed: Deed, command: type[Command], **fields: Any) -> Act:
        """What somebody does about a record, at its time."""
        self._acts += 1
        at = record.at + deed.after
        about = {"id": f"act-{self._acts}", "at": at, **fields}
        return Act(at, command.model_validate(about))


_REACTIONS: dict[str, Callable[[Players, Record], Iterator[Act]]] = {
    "RunStarted": Players.on_run,
    "StepStarted": Players.on_step,
    "NoticeIssued": Players.on_notice,
    "QuestionAsked": Players.on_question,
    "TaskAdded": Players.on_task,
    "StepNeedsDecision": Players.on_stuck,
}
