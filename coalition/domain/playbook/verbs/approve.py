"""`approve`: named people say yes or no; without enough of them saying yes, nothing is approved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field
from typing_extensions import override

from coalition.domain.members import Role
from coalition.domain.playbook.behaviour import (
    Beginning,
    Ending,
    Moment,
    Opened,
    Progress,
    StepFault,
    Verb,
)
from coalition.domain.playbook.shapes import Count, People, Text, Time
from coalition.domain.playbook.step import Block
from coalition.domain.playbook.values import Results, Variable
from coalition.domain.playbook.verbs._forms import FormField, read, shown

FORM = {
    "decision": FormField(type="choice", label="Do you approve?", choices=("approve", "refuse")),
    "reason": FormField(label="Why?", required=False),
}


class Approve(Verb):
    """Success: `need` different people approved in time. Refused: one of them refused.

    Nobody approves their own request: whoever started the run may not, nor those it is `for`; and
    each person counts once. Late is neither approved nor refused. Late or refused without a branch
    for it, the run waits for a human (ask again, or stop), and the step cannot be skipped; after
    such a branch the playbook goes on, so end it with `stop` where it must not. Failure: fewer
    people than needed may approve.
    """

    word = "approve"
    fails_closed = True
    outputs: ClassVar[Results] = {
        "decision": (Variable("choice", ("approved", "refused")), ""),
        "approved_by": (Variable("text"), ""),
        "answered_by": (Variable("text"), ""),
        "reason": (Variable("text"), ""),
    }

    do: Literal["approve"]
    text: Text
    to: People | None = None
    role: Role = "approver"
    need: Count = 1
    for_: People | None = Field(None, alias="for")
    within: Time
    remind_every: Time | None = None
    if_refused: Block = ()
    if_late: Block = ()

    @override
    def problems(self) -> Iterator[tuple[str, str]]:
        if self.need == "all":
            yield "need", "says all; write how many people must approve, such as 2"

    @override
    def begin(self, moment: Moment) -> Beginning:
        every = moment.time(self.remind_every) if self.remind_every else None
        return super().begin(moment)._replace(remind_every=every)

    @override
    def request(self, moment: Moment) -> dict[str, Any]:
        need = moment.text(str(self.need))
        if not need.isdecimal() or not int(need):
            raise StepFault(f"needs {need} approvals; change `need` to 1 or more")
        return {
            **super().request(moment),
            "form": shown(FORM),
            "role": self.role,
            "need": int(need),
            "not_by": [moment.started_by] if moment.started_by else [],
        }

    @override
    def performed(self, opened: Opened, output: Mapping[str, Any], moment: Moment) -> None:
        return None

    @override
    def answered(
        self, opened: Opened, values: Mapping[str, Any], moment: Moment
    ) -> Ending | Progress:
        said = read(FORM, values, moment)
        if said["decision"] == "refuse":
            return Ending("refused", {"decision": "refused", "reason": said["reason"]},
                          error=f"It was refused. {said['reason']}".strip())  # fmt: skip
        yes = [who for who, one in opened.said.items() if one.get("decision") == "approve"]
        missing = opened.request["need"] - len(yes)
        output = {"approved_by": ", ".join(yes)}
        if missing > 0:
            return Progress(f"approves. {missing} more must approve.", output)
        return Ending("ok", {"decision": "approved", "reason": said["reason"], **output})

    @override
    def passed(self, opened: Opened, moment: Moment) -> Ending:
        return Ending("late", error="Too few people approved in time; it is not approved.")

    @property
    @override
    def sentence(self) -> str:
        return self.about or f"Have {', '.join(self.to or (self.role,))} approve: {self.text}"
