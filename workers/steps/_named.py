"""What a step does in the name of the person who started the run, with their authority alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coalition.domain.errors import UserError
from workers.steps._scene import command_fields

if TYPE_CHECKING:
    from coalition.domain.run.state import OpenStep, Run
    from workers.context import WorkerContext


def named_fields(
    ctx: WorkerContext, run: Run, step: OpenStep, what: str, do: str, part: str = ""
) -> dict[str, Any]:
    """As `command_fields`, with the starter of the run as actor.

    `what` only a person does, and `do` is what somebody is to type instead.

    Raises:
        UserError: a rule started the run, so nobody stands behind the act.
    """
    if run.started_by.kind != "delegate":
        raise UserError(
            f"{run.run} was started by a rule, and only a person {what}.",
            f"{do}, then skip this step.",
        )
    actor = run.started_by.model_copy(update={"via": "playbook"})
    return command_fields(ctx, run, step, part) | {"actor": actor}
