"""`playbook`: another playbook is run in the same incident, with values in and out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StrictFloat, StrictInt
from typing_extensions import override

from coalition.domain.fields import Slug
from coalition.domain.playbook.behaviour import Ending, Moment, Opened, Verb
from coalition.domain.playbook.shapes import Id, OptionalText
from coalition.domain.playbook.templates import NAME_PATTERN, sole_name
from coalition.domain.playbook.values import Results, Value, Variable

ResultName = Annotated[str, Field(pattern=NAME_PATTERN)]


class RunPlaybook(Verb):
    """Ends when that playbook has ended: completed is success, stopped or cancelled is failure.

    `with` gives its inputs; `save: {ours: theirs}` keeps its variables or outputs. It is the one
    that was in force when the outermost run began. Late or cancelled, it is cancelled too.
    """

    word = "playbook"
    outputs: ClassVar[Results] = {"run": (Variable("text"), ""), "reason": (Variable("text"), "")}

    do: Literal["playbook"]
    run: Slug
    with_: dict[Id, OptionalText | StrictInt | StrictFloat] = Field(
        default_factory=dict, alias="with"
    )
    save: dict[Id, ResultName] = Field(default_factory=dict)

    @property
    @override
    def saves(self) -> Results:
        return {name: (Variable(None), "") for name in self.save}

    @property
    @override
    def templates(self) -> Iterator[tuple[str, str, str]]:
        yield from super().templates
        for name, value in self.with_.items():
            if isinstance(value, str):
                yield f"with.{name}", value, "any"

    @override
    def request(self, moment: Moment) -> dict[str, Any]:
        given = {name: self._value(value, moment) for name, value in self.with_.items()}
        return {**super().request(moment), "playbook": self.run, "inputs": given,
                "save": self.save}  # fmt: skip

    def _value(self, written: str | float, moment: Moment) -> Value:
        if not isinstance(written, str):
            return written
        name = sole_name(written)  # then numbers stay numbers and lists lists
        return moment.text(written) if name is None else moment.value(name)

    @override
    def performed(self, opened: Opened, output: Mapping[str, Any], moment: Moment) -> Ending | None:
        """With the id of a `run` the step waits for it; without, that run was only played."""
        if output.get("run"):
            return None
        kept = {name: output[name] for name in self.save if name in output}
        return Ending("ok", output={"reason": "played"}, variables=self._kept(kept))

    @override
    def signalled(
        self, opened: Opened, topic: str, data: Mapping[str, Any], moment: Moment
    ) -> Ending | None:
        mine = (data.get("step"), data.get("attempt")) == (opened.step, opened.attempt)
        if topic != "run" or not mine:
            return None
        about = {"run": data["run"], "reason": data["reason"]}
        if data["outcome"] == "completed":
            return Ending("ok", output=about, variables=self._kept(data["values"]))
        why = f": {data['reason']}" if data["reason"] else ""
        error = f"playbook {self.run} ({data['run']}) was {data['outcome']}{why}"
        return Ending("failed", output=about, error=error)

    def _kept(self, values: Mapping[str, Any]) -> dict[str, Value]:
        return {name: values.get(name, "") for name in self.save}

    @property
    @override
    def sentence(self) -> str:
        return self.about or f"Run the playbook {self.run}"
