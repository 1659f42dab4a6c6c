"""Sends one recorded notice to one recipient by one channel: effects of kind `notice.send`.

The gate is asked again at this moment (and, for mail, once more right before the bytes leave),
because the coalition file or the incident's label may have changed since the notice was issued.
What is the same for a thousand recipients is worked out once (`workers/desk.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coalition.domain.errors import PermanentError, TransientError, UserError
from coalition.domain.incident.commands import RecordReceipts
from coalition.domain.messages import SYSTEM
from coalition.domain.receipts import Receipt
from coalition.rendering.notices.model import ThinNotice
from workers.asking_again import AskingAgain
from workers.channels import deliver, repeatable
from workers.channels.calling import EndpointGone
from workers.clearance import Case, Sending, clear
from workers.desk import Desk, Order
from workers.endpoints import Endpoint

if TYPE_CHECKING:
    from coalition.application.ports import Claim
    from coalition.domain.gate import Cleared
    from coalition.domain.incident.words import NoticeKind, Stage
    from coalition.domain.reach import Reach
    from coalition.rendering.notices.model import OutwardNotice
    from workers.context import WorkerContext

GIVES_WAY = 2
"""Attempts after which a channel that cannot be reached no longer keeps the next one waiting."""

OUTLIVE_THE_INCIDENT: frozenset[NoticeKind] = frozenset({"sitrep", "correction", "withdrawal"})
"""They report what has become of an incident, so its end does not stop them; the others ask for
something that nobody needs any more."""


async def handle(ctx: WorkerContext, claim: Claim) -> dict[str, Any]:
    """Send, unless there is nothing to send any more; returns the receipt.

    Raises:
        TransientError: to be tried again.
        PermanentError: this channel will not carry it; the text says why.
        LeaseLost: another worker has the effect.
    """
    order = Order(**claim.payload)
    desk = Desk.of(ctx)
    desk.look(ctx, order)

    async def cleared_now() -> Cleared[OutwardNotice | ThinNotice]:
        ready, case = await desk.ready(ctx, order), await desk.case(ctx, order)
        if reason := _lapsed(case, order):
            raise Lapsed(reason)
        try:
            url = desk.answer_url(ready.draft, order)
            sending = Sending(case, ready.draft, ready.content, url)
            return clear(sending, ctx.tocsin.coalition, ctx.now())
        except UserError as error:
            raise PermanentError(error.message) from error

    async def still() -> None:
        if type((await cleared_now()).content) is not type(cleared.content):
            # The label was raised while it waited: it goes out again, as what it may be now.
            raise TransientError("its label has just changed")

    try:
        cleared = await cleared_now()
        if lost := _in_doubt(ctx, claim, order):
            return lost
        _refuse_if_gone(ctx, order, await desk.reach(ctx))
        sent = await deliver(AskingAgain(ctx, still), cleared, claim.id)
    except Lapsed as lapsed:
        return _receipt(ctx, order, "superseded", {"reason": str(lapsed)})
    except EndpointGone as gone:
        await Endpoint.of(ctx, order).remember(ctx, claim.id, order.incident, gone)
        raise
    except TransientError as error:
        await _give_way(ctx, claim, order, error)
        raise
    nudged = {"nudge": True} if isinstance(cleared.content, ThinNotice) else {}
    return _receipt(ctx, order, sent.stage, {**sent.evidence, **nudged})


async def _give_way(ctx: WorkerContext, claim: Claim, order: Order, error: TransientError) -> None:
    """Let the next channel be tried now; this one goes on trying, and may yet deliver.

    Where no channel is left, nobody is phoned before the acknowledgement is due.
    """
    if claim.attempt < GIVES_WAY:
        return
    recipient = (await Desk.of(ctx).case(ctx, order)).recipient
    tried = {one.channel for one in recipient.attempts}
    newest = recipient.attempts[-1].attempt == order.attempt
    if not newest or recipient.at_once or tried >= set(recipient.recipient.channels):
        return
    said = {"error": str(error), "again": "tried again meanwhile"}
    receipt = Receipt.model_validate(_receipt(ctx, order, "failed", said) | {"effect": claim.id})
    command = RecordReceipts(
        id=f"gives-way-{claim.id}",
        at=ctx.now(),
        actor=SYSTEM,
        incident=order.incident,
        receipts=(receipt,),
    )
    await ctx.execute(command)


class Lapsed(Exception):
    """The sending is not needed any more; says why."""


def _refuse_if_gone(ctx: WorkerContext, order: Order, reach: Reach | None) -> None:
    """Raise `PermanentError` for an endpoint that has said it is gone; mostly there is none."""
    if reach is not None and reach.disabled:
        Endpoint.of(ctx, order).refuse_if_gone(reach)


def _in_doubt(ctx: WorkerContext, claim: Claim, order: Order) -> dict[str, Any] | None:
    channel = ctx.tocsin.coalition.member(order.member).channels[order.channel]
    if claim.in_doubt and not repeatable(channel):
        reason = "a worker ended while it was sending; whether it arrived is not known"
        return _receipt(ctx, order, "in_doubt", {"reason": reason})
    return None


def _lapsed(case: Case, order: Order) -> str:
    """Why this sending is not needed any more; empty text when it is."""
    if case.notice.superseded_by is not None:
        return f"notice {case.notice.superseded_by} has taken its place"
    if case.recipient.acknowledged_at is not None and not case.recipient.at_once:
        return "the recipient has acknowledged the notice"
    if case.incident.over and case.notice.kind not in OUTLIVE_THE_INCIDENT:
        return f"the incident is {case.incident.status}"
    later = (one for one in case.recipient.attempts if one.attempt > order.attempt)
    if any(one.channel == order.channel for one in later):
        return "a later attempt goes by the same channel"
    return ""


def _receipt(
    ctx: WorkerContext, order: Order, stage: Stage, evidence: dict[str, Any]
) -> dict[str, Any]:
    return {
        "notice": order.notice,
        "member": order.member,
        "attempt": order.attempt,
        "channel": order.channel,
        "stage": stage,
        "at": ctx.now().isoformat(),
        "evidence": evidence,
    }
