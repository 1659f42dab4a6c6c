"""/playbook approve: say yes or no to what a playbook wants approved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.slack.desk import Reply
from bot.slack.verbs.answering import done, intro
from bot.slack.verbs.base import Asking, Call, Verb
from bot.slack.verbs.runs import Waiting, approvals, wanted
from coalition.domain.errors import UserError
from coalition.domain.run.commands import AnswerStep
from coalition.rendering.slack.fields import Field

if TYPE_CHECKING:
    from coalition.domain.run.state import OpenStep

DECISIONS = (("approve", "Approve"), ("refuse", "Refuse"))


def approve(call: Call) -> Reply | Asking:
    """Approve or refuse the one approval that is open, or the one that was named."""
    waiting = _wanted(call)
    decision = call.given.choice("decision", tuple(value for value, _ in DECISIONS))
    values = {"decision": decision, "reason": call.given.text("reason")}
    command = AnswerStep(
        **call.base,
        run=waiting.run.run,
        step=waiting.step,
        attempt=waiting.attempt,
        values=values,
    )
    call.desk.execute(command)
    return done(call, _said(call, waiting, decision))


def _said(call: Call, waiting: Waiting, decision: str) -> str:
    """What it came to; others may have to approve as well."""
    if decision == "refuse":
        return "You have refused it. That decides it."
    run = call.desk.tocsin.dispatcher.read("run", waiting.run.run)
    still: OpenStep | None = run.open.get(f"{waiting.step}:{waiting.attempt}")
    if still is None:
        return "You have approved it, and that was the last approval needed."
    missing = still.request["need"] - len(still.said)
    return f"You have approved it. Approvals by others that are still needed: {missing}."


def _wanted(call: Call) -> Waiting:
    return wanted(call, approvals)


def _introduce(call: Call) -> str:
    if call.shown is None:
        return ""
    try:
        return intro(call, _wanted(call))
    except UserError:
        return ""


def _fields(call: Call, fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """The fields, where something waits to be approved; raises `UserError` where nothing does."""
    if call.shown is not None:
        _wanted(call)
    return fields


APPROVING = Verb(
    "playbook",
    "approve",
    "Approve or refuse",
    "/playbook approve [approve|refuse] [--reason why] [--run id] [--step id]",
    "/playbook approve refuse --reason It would hit the hospital",
    approve,
    (
        Field(
            "decision",
            "Do you approve?",
            "choice",
            required=True,
            choices=DECISIONS,
            place="word",
        ),
        Field("reason", "Why?", "text", longest=1000, hint="Others see it in the timeline"),
        Field("run", "Run", typed_only=True, one_word=True),
        Field("step", "Step", typed_only=True, one_word=True),
    ),
    "Decide",
    complete=_fields,
    introduce=_introduce,
)
