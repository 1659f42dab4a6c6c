"""`wait_for_aid`: until enough help has been offered or accepted, or it is late."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from typing_extensions import override

from coalition.domain.playbook.behaviour import Beginning, Ending, Moment, Opened, StepFault, Verb
from coalition.domain.playbook.shapes import Count, Id, NamesStep, Time
from coalition.domain.playbook.step import Block
from coalition.domain.playbook.values import Results, Variable

CHOICES = ("granted", "partly", "refused")
OVER = ("closed", "withdrawn", "expired")


class WaitForAid(Verb):
    """Success: what is waited for is so, be it already, or the request has ended.

    `until: offered` (by `need` members), `accepted` (of `need` members; signed and booked) or
    `filled` (all that was asked for). Late: it is not so in time. Failure: the request of that
    step was never made. `result` is `granted` (all is covered), `partly` or `refused` (nothing is
    accepted).
    """

    word = "wait_for_aid"
    outputs: ClassVar[Results] = {
        "result": (Variable("choice", CHOICES), ""),
        "aid": (Variable("text"), ""),
        "status": (Variable("text"), ""),
        "offered_by": (Variable("members"), []),
        "accepted_from": (Variable("members"), []),
        "offers": (Variable("number"), 0),
    }

    do: Literal["wait_for_aid"]
    of: Annotated[Id, NamesStep(("request_aid",))]
    until: Literal["offered", "accepted", "filled"] = "accepted"
    need: Count = 1
    save: Id | None = None
    within: Time
    if_late: Block = ()

    @property
    @override
    def saves(self) -> Results:
        return {self.save: (Variable("choice", CHOICES), "")} if self.save else {}

    @override
    def begin(self, moment: Moment) -> Beginning:
        if not moment.value(f"{self.of}.aid"):
            raise StepFault(f"step {self.of} has made no request; there is nothing to wait for")
        return super().begin(moment)

    @override
    def request(self, moment: Moment) -> dict[str, Any]:
        aid = moment.value(f"{self.of}.aid")
        return {**super().request(moment), "of": self.of, "aid": aid}

    @override
    def performed(self, opened: Opened, output: Mapping[str, Any], moment: Moment) -> Ending | None:
        return self._ending(output, moment)

    @override
    def signalled(
        self, opened: Opened, topic: str, data: Mapping[str, Any], moment: Moment
    ) -> Ending | None:
        mine = topic == "aid" and data["aid"] == opened.request["aid"]
        return self._ending(data, moment) if mine else None

    @override
    def passed(self, opened: Opened, moment: Moment) -> Ending:
        return Ending("late", output=_kept(opened.output))

    def _ending(self, known: Mapping[str, Any], moment: Moment) -> Ending | None:
        if not (self._enough(known, moment) or known.get("status") in OVER):
            return None
        kept = _kept(known)
        variables = {self.save: kept["result"]} if self.save else {}
        return Ending("ok", output=kept, variables=variables)

    def _enough(self, known: Mapping[str, Any], moment: Moment) -> bool:
        if self.until == "filled":
            return known.get("status") == "filled"
        members = known.get("offered_by" if self.until == "offered" else "accepted_from", ())
        return len(members) >= self._needed(moment, known)

    def _needed(self, moment: Moment, known: Mapping[str, Any]) -> int:
        written = moment.text(str(self.need))
        if written == "all":
            return max(1, len(known.get("asked", ())))
        if not written.isdecimal() or int(written) < 1:
            raise StepFault(f"needs {written} members; write a number from 1, or all")
        return int(written)

    @property
    @override
    def sentence(self) -> str:
        what = {"offered": "is offered", "accepted": "is accepted", "filled": "covers all"}
        how = what[self.until]
        return self.about or f"Wait up to {self.within} until the aid asked for in {self.of} {how}"


def _kept(known: Mapping[str, Any]) -> dict[str, Any]:
    names = ("aid", "status", "offered_by", "accepted_from", "offers")
    kept: dict[str, Any] = {name: known[name] for name in names if name in known}
    accepted = bool(known.get("accepted_from"))
    granted = "granted" if known.get("status") == "filled" else "partly"
    return {**kept, "result": granted if accepted else "refused"}
