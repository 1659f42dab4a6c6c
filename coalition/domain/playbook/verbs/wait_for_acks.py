"""`wait_for_acks`: until enough of those told have acknowledged, or it is late."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from typing_extensions import override

from coalition.domain.playbook.behaviour import (
    Beginning,
    Ending,
    Moment,
    Opened,
    StepFault,
    Verb,
)
from coalition.domain.playbook.shapes import Count, Id, Members, NamesStep, Time
from coalition.domain.playbook.step import Block
from coalition.domain.playbook.values import Results, Variable


class WaitForAcks(Verb):
    """Any answer is an acknowledgement; `to` narrows whose count. Silence is never one.

    It must have a deadline: a wait that only other people can end may never end.
    """

    word = "wait_for_acks"
    outside = False
    outputs: ClassVar[Results] = {
        "acknowledged": (Variable("members"), []),
        "silent": (Variable("members"), []),
        "count": (Variable("number"), 0),
    }

    do: Literal["wait_for_acks"]
    of: Annotated[Id, NamesStep(("notify", "share"))]
    to: Members | None = None
    need: Count = "all"
    within: Time
    remind_every: Time | None = None
    if_late: Block = ()

    @override
    def begin(self, moment: Moment) -> Beginning:
        notice, members = self._told(moment)
        opened = Opened(self.id, 0, {"of": self.of, "notice": notice, "members": members,
                                     "need": self._needed(moment, members)})  # fmt: skip
        return Beginning(
            request=dict(opened.request),
            due=moment.at + moment.time(self.within),
            remind_every=moment.time(self.remind_every) if self.remind_every else None,
            end=self._ending(opened, moment),
        )

    @override
    def signalled(
        self, opened: Opened, topic: str, data: Mapping[str, Any], moment: Moment
    ) -> Ending | None:
        return self._ending(opened, moment) if topic == "notice" else None

    @override
    def passed(self, opened: Opened, moment: Moment) -> Ending:
        return Ending("late", output=self._count(opened, moment))

    def _told(self, moment: Moment) -> tuple[int, list[str]]:
        told = moment.told(self.of)
        if told is None:
            raise StepFault(f"step {self.of} has told nobody; there is nothing to wait for")
        if self.to is None:
            return told[0], list(told[1])
        counted = moment.members(self.to)
        return told[0], [member for member in told[1] if member in counted]

    def _needed(self, moment: Moment, members: list[str]) -> int:
        written = moment.text(str(self.need))
        if written == "all" and members:
            return len(members)
        if not written.isdecimal() or not 0 < int(written) <= len(members):
            raise StepFault(
                f"needs {written} acknowledgements of the {len(members)} told by {self.of}; "
                "change `need`, or tell more members"
            )
        return int(written)

    def _ending(self, opened: Opened, moment: Moment) -> Ending | None:
        output = self._count(opened, moment)
        return Ending("ok", output=output) if output["count"] >= opened.request["need"] else None

    def _count(self, opened: Opened, moment: Moment) -> dict[str, Any]:
        heard = moment.heard(opened.request["of"])
        acknowledged = [member for member in opened.request["members"] if member in heard]
        silent = [member for member in opened.request["members"] if member not in heard]
        return {"acknowledged": acknowledged, "silent": silent, "count": len(acknowledged)}

    @property
    @override
    def sentence(self) -> str:
        return self.about or f"Wait up to {self.within} until {self.need} acknowledge {self.of}"
