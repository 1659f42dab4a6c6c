"""`task`: something a human is to do, on the incident's list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from pydantic import StrictBool
from typing_extensions import override

from coalition.domain.playbook.behaviour import Ending, Moment, Opened, Verb
from coalition.domain.playbook.shapes import People, Text, Time
from coalition.domain.playbook.step import Block
from coalition.domain.playbook.values import Results, Variable


class Task(Verb):
    """Ends when somebody has done it; with `wait: false`, as soon as it is on the list."""

    word = "task"
    outputs: ClassVar[Results] = {
        "task": (Variable("number"), 0),
        "done_by": (Variable("text"), ""),
    }

    do: Literal["task"]
    text: Text
    to: People | None = None
    wait: StrictBool = True
    within: Time | None = None
    if_late: Block = ()

    @override
    def problems(self) -> Iterator[tuple[str, str]]:
        if self.if_late and self.within is None:
            yield "if_late", "never comes; add `within`"
        if self.within is not None and not self.wait:
            yield "within", "is for a task that is waited for; remove it, or `wait: false`"

    @override
    def performed(self, opened: Opened, output: Mapping[str, Any], moment: Moment) -> Ending | None:
        return None if self.wait else Ending("ok")

    @override
    def signalled(
        self, opened: Opened, topic: str, data: Mapping[str, Any], moment: Moment
    ) -> Ending | None:
        mine = (data.get("step"), data.get("attempt")) == (opened.step, opened.attempt)
        if topic != "task" or not mine:
            return None
        return Ending("ok", output={"done_by": str(data.get("by", ""))})

    @property
    @override
    def sentence(self) -> str:
        return self.about or f"Task: {self.text}"
