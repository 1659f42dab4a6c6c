"""`request_aid`: a request for mutual aid, in the name of whoever started the run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from typing_extensions import override

from coalition.domain.playbook.behaviour import Ending, Moment, Opened, Verb
from coalition.domain.playbook.shapes import OptionalText, Text, Time
from coalition.domain.playbook.step import Block
from coalition.domain.playbook.values import Results, Variable

ASKED = ("open", "part_filled", "filled")
"""Statuses of a request that others have been asked about."""

NOT_ASKED = ("draft", "withdrawn", "closed", "expired")
"""Statuses of a request that ends the wait for its approval: sent back, or over."""


class RequestAid(Verb):
    """Success: an approver of the own member has approved the request, and others are asked.

    Refused: it was sent back, withdrawn, or ended before that. Failure: a rule started the run
    (only a person asks for help), `text` names no need, nobody else could approve, or the incident
    is over. `text` is as in `/aid request`: `scrubbing x40 5d; incident-response x4 10d team`.
    """

    word = "request_aid"
    outputs: ClassVar[Results] = {
        "aid": (Variable("text"), ""),
        "status": (Variable("text"), ""),
        "asked": (Variable("members"), []),
    }

    do: Literal["request_aid"]
    text: Text
    impact: Text
    use: Text
    mitigation: Text
    spillover: OptionalText = "none known"
    needed_by: Time = "24h"
    if_refused: Block = ()
    if_late: Block = ()

    @override
    def request(self, moment: Moment) -> dict[str, Any]:
        seconds = moment.time(self.needed_by).total_seconds()
        return {**super().request(moment), "needed_by_seconds": seconds}

    @override
    def performed(self, opened: Opened, output: Mapping[str, Any], moment: Moment) -> Ending | None:
        return self._ending(output)

    @override
    def signalled(
        self, opened: Opened, topic: str, data: Mapping[str, Any], moment: Moment
    ) -> Ending | None:
        mine = topic == "aid" and data["aid"] == opened.output.get("aid")
        return self._ending(data) if mine else None

    def _ending(self, known: Mapping[str, Any]) -> Ending | None:
        kept = {name: known[name] for name in ("aid", "status", "asked") if name in known}
        if known.get("status") in ASKED:
            return Ending("ok", output=kept)
        if known.get("status") in NOT_ASKED:
            error = f"{known.get('aid')} is {known['status']}: nobody was asked"
            return Ending("refused", output=kept, error=error)
        return None

    @property
    @override
    def sentence(self) -> str:
        return self.about or f"Ask the partners for help: {self.text}"
