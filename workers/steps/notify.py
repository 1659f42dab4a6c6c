"""`notify`. Success: the notice is issued (sending it is the incident's business from there on).

Failure: the targets mean nobody, every recipient is refused by the gate, or the incident is over.
Output: `notice` (its number), `told` (members it goes to), `refused` (members it may not go to).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from coalition.domain.errors import PermanentError, UserError
from coalition.domain.incident.commands import IssueNotice
from coalition.domain.labels import Tlp, strictest
from coalition.domain.notice.details import NoticeDetails
from workers.steps._scene import command_fields, incident_of, members_meant, source_of

if TYPE_CHECKING:
    from coalition.domain.incident.state import Incident, NoticeState
    from coalition.domain.run.state import OpenStep, Run
    from workers.context import WorkerContext


async def perform(ctx: WorkerContext, run: Run, step: OpenStep) -> dict[str, Any]:
    """Issue the notice and say whom it goes to."""
    wanted = step.request
    incident = await incident_of(ctx, run)
    to = members_meant(ctx, incident, wanted["to"])
    if not to:
        labels = ", ".join(target["label"] for target in wanted["to"])
        hint = "Add members to the incident: /incident update --members …"
        raise UserError(f"{labels} means no active member besides the originator.", hint)
    within = wanted["ack_within_seconds"]
    await ctx.execute(
        IssueNotice(
            **command_fields(ctx, run, step),
            kind=wanted["kind"],
            to=to,
            text=wanted["text"],
            ask=wanted["ask"],
            answers=tuple(wanted["answers"]),
            tlp=strictest(incident.tlp, Tlp(wanted["tlp"])),
            ack_within=timedelta(seconds=within) if within else None,
            source=source_of(run, step),
            # A step that began before these existed has none of them.
            details=NoticeDetails.model_validate(wanted.get("details") or {}),
            supersedes=wanted.get("supersedes"),
            every_channel=wanted.get("every_channel", False),
        )
    )
    issued = _issued(await incident_of(ctx, run), run, step)
    reached = {id: bool(one.recipient.channels) for id, one in issued.recipients.items()}
    return {
        "notice": issued.notice,
        "told": [id for id, ok in reached.items() if ok],
        "refused": [id for id, ok in reached.items() if not ok],
    }


def _issued(incident: Incident, run: Run, step: OpenStep) -> NoticeState:
    source = source_of(run, step)
    for notice in incident.notices.values():
        if notice.source == source:
            return notice
    raise PermanentError(
        f"The notice of step {step.step} is not in {incident.number} although it was issued.",
        fallback="Run `tocsin verify`; tell the partners by phone.",
    )
