"""`notify`: members are sent a notice, each by the channels it may go by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator
from typing_extensions import override

from coalition.domain.incident.words import USUAL, Answer, NoticeKind
from coalition.domain.labels import TypedTlp, strictest
from coalition.domain.playbook.behaviour import Moment, Verb
from coalition.domain.playbook.shapes import Id, Members, NamesStep, OptionalText, Text, Time
from coalition.domain.playbook.values import Results, Variable
from coalition.domain.playbook.verbs._details import Details, earlier, stated, texts_of


def _some(answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
    if not answers:
        raise ValueError("is empty; write at least acknowledge")
    return answers


class Notify(Verb):
    """Ends when the notice is issued; `wait_for_acks` waits for the answers.

    The notice carries the strictest of the incident's label, the playbook's and `tlp`. With
    `supersedes` it takes the place of an earlier step's notice, and also goes to whoever was sent
    that one. With `every_channel` it goes by all channels at once, and nothing escalates.
    """

    word = "notify"
    outputs: ClassVar[Results] = {
        "notice": (Variable("number"), 0),
        "told": (Variable("members"), []),
        "refused": (Variable("members"), []),
    }

    do: Literal["notify"]
    to: Members
    text: Text
    ask: OptionalText = ""
    answers: Annotated[tuple[Answer, ...], AfterValidator(_some)] = USUAL
    kind: NoticeKind = "alert"
    tlp: TypedTlp | None = None
    ack_within: Time | None = None
    details: Details = {}  # noqa: RUF012 - pydantic copies it; the step is frozen
    supersedes: Annotated[Id, NamesStep(("notify", "share"))] | None = None
    every_channel: bool = False

    @property
    @override
    def templates(self) -> Iterator[tuple[str, str, str]]:
        yield from super().templates
        yield from texts_of(self.details)

    @override
    def problems(self) -> Iterator[tuple[str, str]]:
        if self.kind in ("correction", "withdrawal") and self.supersedes is None:
            yield "supersedes", f"is missing; a {self.kind} names the step of the earlier notice"

    @override
    def request(self, moment: Moment) -> dict[str, Any]:
        within = moment.time(self.ack_within).total_seconds() if self.ack_within else None
        return {
            **super().request(moment),
            "answers": list(self.answers),
            "kind": self.kind,
            "tlp": str(strictest(moment.tlp, self.tlp or moment.tlp)),
            "ack_within_seconds": within,
            "details": stated(self.details, moment),
            "supersedes": earlier(self.supersedes, moment),
            "every_channel": self.every_channel,
        }

    @property
    @override
    def sentence(self) -> str:
        return self.about or f"Tell {', '.join(self.to)}"
