"""`wait_for_event`: until something has become true of the incident, or it is late."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from typing_extensions import override

from coalition.domain.playbook.behaviour import Beginning, Ending, Moment, Opened, StepFault, Verb
from coalition.domain.playbook.conditions import Unorderable, parse_condition
from coalition.domain.playbook.shapes import ConditionText, Time
from coalition.domain.playbook.step import Block
from coalition.domain.playbook.values import FACTS


class WaitForEvent(Verb):
    """`until: "severity >= 'S3' OR status = 'contained'"`, over what is known of the incident.

    Success: it holds, be it already when the step begins. Failure: two sides without an order.
    It must have a deadline: a wait that only other people can end may never end.
    """

    word = "wait_for_event"
    outside = False

    do: Literal["wait_for_event"]
    until: ConditionText
    within: Time
    if_late: Block = ()

    @override
    def problems(self) -> Iterator[tuple[str, str]]:
        if not any(one.name in FACTS for one in parse_condition(self.until).comparisons()):
            yield "until", f"waits for nothing that can happen; compare one of {', '.join(FACTS)}"

    @override
    def begin(self, moment: Moment) -> Beginning:
        end = Ending("ok") if self._holds(moment) else None
        due = moment.at + moment.time(self.within)
        return Beginning(request={"until": self.until}, due=due, end=end)

    @override
    def signalled(
        self, opened: Opened, topic: str, data: Mapping[str, Any], moment: Moment
    ) -> Ending | None:
        if topic != "incident":
            return None
        try:
            return Ending("ok") if self._holds(moment) else None
        except StepFault as fault:
            return Ending("failed", error=str(fault))

    def _holds(self, moment: Moment) -> bool:
        try:
            return parse_condition(self.until).holds(moment.value)
        except Unorderable as error:
            raise StepFault(str(error)) from error

    @property
    @override
    def sentence(self) -> str:
        return self.about or f"Wait up to {self.within} until {self.until}"
