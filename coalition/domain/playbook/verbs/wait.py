"""`wait`: nothing happens for a while."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field
from typing_extensions import override

from coalition.domain.playbook.behaviour import BareVerb, Beginning, Ending, Moment, Opened
from coalition.domain.playbook.shapes import Time


class Wait(BareVerb):
    """Ends when the time has passed, however often everything was restarted meanwhile."""

    word = "wait"

    do: Literal["wait"]
    duration: Time = Field(alias="for")

    @override
    def begin(self, moment: Moment) -> Beginning:
        request: dict[str, Any] = {"for": moment.text(self.duration)}
        return Beginning(request=request, due=moment.at + moment.time(self.duration))

    @override
    def passed(self, opened: Opened, moment: Moment) -> Ending:
        return Ending("ok")

    @property
    @override
    def sentence(self) -> str:
        return self.about or f"Wait {self.duration}"
