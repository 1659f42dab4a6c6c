"""`report`: a legal clock runs; people file the reports, and Tocsin watches the time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar, Literal

from typing_extensions import override

from coalition.domain.clocks.running import StageState, due_of, filed, next_due
from coalition.domain.playbook.behaviour import (
    Beginning,
    Ending,
    Moment,
    Opened,
    Progress,
    StepFault,
    Verb,
)
from coalition.domain.playbook.shapes import Id, Names, OptionalText, People, Time
from coalition.domain.playbook.step import Block
from coalition.domain.playbook.values import Results, Variable


class Report(Verb):
    """One task for each report that the law asks for, with its due time; ticked off is filed.

    `clock` names the regime; which one holds follows from the country of the member whose incident
    it is. Time runs from `aware` (ISO 8601; else from the opening of the incident). Success: all
    reports are marked as filed, by a person. A deadline that passes raises an alarm; late is the
    step when the last one has passed. Failure: no such clock in that country, or the incident is
    over. Nothing is ever filed by Tocsin.
    """

    word = "report"
    late_by_itself = True  # the clock has deadlines of its own
    outputs: ClassVar[Results] = {
        "filed": (Variable("text"), ""),
        "overdue": (Variable("text"), ""),
    }

    do: Literal["report"]
    clock: Id
    stages: Names | None = None
    aware: OptionalText = ""
    to: People | None = None
    remind_every: Time | None = None
    if_late: Block = ()

    @override
    def problems(self) -> Iterator[tuple[str, str]]:
        if self.within is not None:
            yield "within", "is not for a report: the law sets its time; remove it"

    @override
    def begin(self, moment: Moment) -> Beginning:
        every = moment.time(self.remind_every) if self.remind_every else None
        return super().begin(moment)._replace(remind_every=every)

    @override
    def request(self, moment: Moment) -> dict[str, Any]:
        request = super().request(moment)
        try:
            aware = datetime.fromisoformat(request["aware"]) if request["aware"] else None
        except ValueError:
            aware = None
        if request["aware"] and (aware is None or aware.tzinfo is None):
            what = f"aware is {request['aware'][:40]!r}, which is no time with a zone"
            raise StepFault(f"{what}; write it like 2026-11-21T03:00Z")
        return {**request, "clock": self.clock, "stages": list(self.stages or ())}

    @override
    def performed(
        self, opened: Opened, output: Mapping[str, Any], moment: Moment
    ) -> Ending | Progress:
        stages = _stages(output)
        if not stages:
            return Ending("ok", dict(output))
        said = "; ".join(f"{one.name} by {one.due:%Y-%m-%d %H:%M} UTC" for one in stages)
        return Progress(f"The clock runs: {said}.", dict(output), next_due(stages))

    @override
    def signalled(
        self, opened: Opened, topic: str, data: Mapping[str, Any], moment: Moment
    ) -> Ending | Progress | None:
        step, _, stage = str(data.get("step", "")).partition(".")
        if topic != "task" or (step, data.get("attempt")) != (opened.step, opened.attempt):
            return None
        stages = filed(_stages(opened.output), stage, moment.at, str(data.get("by", "")))
        output = _output(stages)
        if all(one.filed_at for one in stages):
            return Ending("ok", output)
        # A deadline that has passed has rung already and would never ring again.
        following = due_of(stages, moment.at)
        if following is None:
            missed = ", ".join(one.name for one in stages if not one.filed_at)
            return Ending("late", {**output, "overdue": missed})
        return Progress("", output, following)

    @override
    def passed(self, opened: Opened, moment: Moment) -> Ending | Progress:
        stages = _stages(opened.output)
        missed = [one.name for one in stages if not one.filed_at and one.due <= moment.at]
        output = {**_output(stages), "overdue": ", ".join(missed)}
        following = due_of(stages, moment.at)
        if following is None:
            return Ending("late", output)
        note = f"OVERDUE: {', '.join(missed)}. File it now."
        return Progress(note, output, following, alarm=True)

    @property
    @override
    def sentence(self) -> str:
        return self.about or f"Report under {self.clock}"


def _stages(output: Mapping[str, Any]) -> list[StageState]:
    return [StageState.model_validate(one) for one in output.get("stages", ())]


def _output(stages: list[StageState]) -> dict[str, Any]:
    done = ", ".join(one.id for one in stages if one.filed_at)
    return {"stages": [one.model_dump(mode="json") for one in stages], "filed": done}
