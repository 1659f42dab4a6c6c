"""`notify`: members are sent a notice, each by the channels it may go by."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator
from typing_extensions import override

from coalition.domain.incident.words import USUAL, Answer, NoticeKind
from coalition.domain.labels import TypedTlp, strictest
from coalition.domain.playbook.behaviour import Moment, Verb
from coalition.domain.playbook.shapes import Members, OptionalText, Text, Time
from coalition.domain.playbook.values import Results, Variable


def _some(answers: tuple[Answer, ...]) -> tuple[Answer, ...]:
    if not answers:
        raise ValueError("is empty; write at least acknowledge")
    return answers


class Notify(Verb):
    """Ends when the notice is issued; `wait_for_acks` waits for the answers.

    The notice carries the strictest of the incident's label, the playbook's and `tlp`.
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

    @override
    def request(self, moment: Moment) -> dict[str, Any]:
        within = moment.time(self.ack_within).total_seconds() if self.ack_within else None
        return {
            **super().request(moment),
            "answers": list(self.answers),
            "kind": self.kind,
            "tlp": str(strictest(moment.tlp, self.tlp or moment.tlp)),
            "ack_within_seconds": within,
        }

    @property
    @override
    def sentence(self) -> str:
        return self.about or f"Tell {', '.join(self.to)}"
