"""`share`: what is known is given to members, each up to its ceiling."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from typing_extensions import override

from coalition.domain.labels import TypedTlp, strictest
from coalition.domain.playbook.behaviour import Moment, Verb
from coalition.domain.playbook.shapes import Id, Members, NamesStep, Text
from coalition.domain.playbook.values import Results, Variable
from coalition.domain.playbook.verbs._details import Details, earlier, stated, texts_of


class Share(Verb):
    """Success: it is issued to everybody whom the gate lets it go to.

    `what`: a situation report or a sighting. It asks nothing but to be acknowledged. Failure: the
    targets mean nobody, the gate refuses every one of them, or the incident is over.
    """

    word = "share"
    outputs: ClassVar[Results] = {
        "notice": (Variable("number"), 0),
        "told": (Variable("members"), []),
        "refused": (Variable("members"), []),
    }

    do: Literal["share"]
    to: Members
    text: Text
    what: Literal["sitrep", "sighting"] = "sitrep"
    tlp: TypedTlp | None = None
    details: Details = {}  # noqa: RUF012 - pydantic copies it; the step is frozen
    supersedes: Annotated[Id, NamesStep(("notify", "share"))] | None = None

    @property
    @override
    def templates(self) -> Iterator[tuple[str, str, str]]:
        yield from super().templates
        yield from texts_of(self.details)

    @override
    def request(self, moment: Moment) -> dict[str, Any]:
        return {
            **super().request(moment),
            "ask": "",
            "answers": ["acknowledge"],
            "kind": self.what,
            "tlp": str(strictest(moment.tlp, self.tlp or moment.tlp)),
            "ack_within_seconds": None,
            "details": stated(self.details, moment),
            "supersedes": earlier(self.supersedes, moment),
        }

    @property
    @override
    def sentence(self) -> str:
        return self.about or f"Share a {self.what} with {', '.join(self.to)}"
