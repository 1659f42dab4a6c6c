"""Sends one recorded notice to one recipient by one channel: effects of kind `notice.send`.

The gate is asked again at this moment (and, for mail, once more right before the bytes leave),
because the coalition file or the incident's label may have changed since the notice was issued.
What is the same for a thousand recipients is worked out once (`Desk`), and an incident is looked
at about once a second, not once for each of them.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from weakref import WeakKeyDictionary

from coalition.application.answer_tokens import ANSWER_LINK_LIFE, make
from coalition.domain.errors import PermanentError, TransientError, UserError
from coalition.domain.incident.events import NoticeIssued
from coalition.domain.incident.overrides import content_hash
from coalition.domain.reach import ENDPOINTS
from coalition.rendering.notices.build import Draft
from coalition.rendering.notices.hub import hub_of
from coalition.rendering.notices.model import ThinNotice
from workers.asking_again import AskingAgain
from workers.channels import deliver, repeatable
from workers.channels.calling import EndpointGone
from workers.clearance import Case, Sending, clear
from workers.endpoints import Endpoint

if TYPE_CHECKING:
    from coalition.application.ports import Claim
    from coalition.bootstrap import Tocsin
    from coalition.domain.gate import Cleared
    from coalition.domain.incident.state import Incident
    from coalition.domain.incident.words import NoticeKind, Stage
    from coalition.domain.messages import Record
    from coalition.domain.reach import Reach
    from coalition.rendering.notices.model import OutwardNotice
    from workers.context import WorkerContext

GLANCE_SECONDS = 1.0
DRAFTS = 32

OUTLIVE_THE_INCIDENT: frozenset[NoticeKind] = frozenset({"sitrep", "correction", "withdrawal"})
"""They report what has become of an incident, so its end does not stop them; the others ask for
something that nobody needs any more."""


class Order(NamedTuple):
    """The payload of the effect."""

    incident: str
    version: int
    notice: int
    member: str
    attempt: int
    channel: int


async def handle(ctx: WorkerContext, claim: Claim) -> dict[str, Any]:
    """Send, unless there is nothing to send any more; returns the receipt.

    Raises:
        TransientError: to be tried again.
        PermanentError: this channel will not carry it; the text says why.
        LeaseLost: another worker has the effect.
    """
    order = Order(**claim.payload)
    desk = Desk.of(ctx)

    async def cleared_now() -> Cleared[OutwardNotice | ThinNotice]:
        draft, case = await desk.draft(ctx, order), await desk.case(ctx, order)
        if reason := _lapsed(case, order):
            raise Lapsed(reason)
        try:
            sending = Sending(case, draft, desk.content(order), desk.answer_url(draft, order))
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
        endpoint = Endpoint.of(ctx, order)
        endpoint.refuse_if_gone(await desk.reach(ctx))
        sent = await deliver(AskingAgain(ctx, still), cleared, claim.id)
    except Lapsed as lapsed:
        return _receipt(ctx, order, "superseded", {"reason": str(lapsed)})
    except EndpointGone as gone:
        await endpoint.remember(ctx, claim.id, order.incident, gone)
        raise
    nudged = {"nudge": True} if isinstance(cleared.content, ThinNotice) else {}
    return _receipt(ctx, order, sent.stage, {**sent.evidence, **nudged})


class Lapsed(Exception):
    """The sending is not needed any more; says why."""


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


class _Glance(NamedTuple):
    taken: float  # monotonic
    state: asyncio.Future[Any]


_desks: WeakKeyDictionary[asyncio.AbstractEventLoop, Desk] = WeakKeyDictionary()


class Desk:
    """What the sendings of one event loop share, as long as the coalition file is the same."""

    def __init__(self, tocsin: Tocsin) -> None:
        settings = tocsin.settings
        smtp_url = settings.smtp_url.get_secret_value() if settings.smtp_url else None
        self.coalition = tocsin.coalition
        self._hub = hub_of(settings.public_url, smtp_url)
        self._key = tocsin.secret_key
        self._drafts: OrderedDict[tuple[str, int], tuple[Record, Draft]] = OrderedDict()
        self._glances: dict[str, _Glance] = {}

    @classmethod
    def of(cls, ctx: WorkerContext) -> Desk:
        """The desk of the running loop."""
        loop = asyncio.get_running_loop()
        desk = _desks.get(loop)
        if desk is None or desk.coalition is not ctx.tocsin.coalition:
            desk = _desks[loop] = cls(ctx.tocsin)
        return desk

    async def draft(self, ctx: WorkerContext, order: Order) -> Draft:
        """The recorded notice, parsed once: it holds all its recipients.

        Raises:
            PermanentError: the coalition file no longer knows the member that issued it.
        """
        record = await ctx.record("incident", order.incident, order.version)
        key = (order.incident, order.version)
        known = self._drafts.get(key)
        if known is None or known[0] is not record:
            event = cast("NoticeIssued", record.event())
            earlier = await _earlier(ctx, order.incident, event)
            try:
                draft = Draft.of(
                    order.incident, event, record.at, self.coalition, self._hub, earlier
                )
            except UserError as error:  # nobody is there to be told; it goes into the receipt
                raise PermanentError(error.message) from error
            self._drafts[key] = known = (record, draft)
            if len(self._drafts) > DRAFTS:
                self._drafts.popitem(last=False)
        return known[1]

    def content(self, order: Order) -> str:
        """The hash of the recorded notice's content; its draft has been asked for."""
        record, _ = self._drafts[order.incident, order.version]
        return content_hash(record.data)

    async def case(self, ctx: WorkerContext, order: Order) -> Case:
        """How the sending stands.

        Raises:
            PermanentError: the incident knows nothing of it.
        """
        asked = time.monotonic()
        recent = asked - GLANCE_SECONDS
        case = _find(await self._glance(ctx, "incident", order.incident, recent), order)
        # A glance taken before the attempt was recorded does not know it yet: look again.
        case = case or _find(await self._glance(ctx, "incident", order.incident, asked), order)
        if case is None:
            raise PermanentError(f"{order.incident} knows nothing of this sending.")
        return case

    async def reach(self, ctx: WorkerContext) -> Reach | None:
        """Which endpoints are sent nothing; None while there has never been one."""
        recent = time.monotonic() - GLANCE_SECONDS
        return cast("Reach | None", await self._glance(ctx, "reach", ENDPOINTS, recent))

    async def _glance(self, ctx: WorkerContext, aggregate: str, id: str, not_before: float) -> Any:
        glance = self._glances.get(id)
        if glance is None or glance.taken < not_before:
            now = time.monotonic()
            oldest = now - GLANCE_SECONDS
            self._glances = {k: one for k, one in self._glances.items() if one.taken >= oldest}
            glance = _Glance(now, asyncio.ensure_future(ctx.read(aggregate, id)))
            self._glances[id] = glance
        try:
            # Shielded: a sending that is cancelled must not take the others' glance with it.
            return await asyncio.shield(glance.state)
        except BaseException:
            if self._glances.get(id) is glance and glance.state.done():
                del self._glances[id]
            raise

    def answer_url(self, draft: Draft, order: Order) -> str:
        """The recipient's answer link; of its own where it went by every channel at once."""
        token = make(
            self._key,
            order.incident,
            order.notice,
            order.member,
            draft.event.ack_by + ANSWER_LINK_LIFE,
            attempt=order.attempt if draft.event.every_channel else None,
            exercise=draft.event.exercise,
        )
        return f"{self._hub.url}/n/{token}"


async def _earlier(ctx: WorkerContext, incident: str, event: NoticeIssued) -> NoticeIssued | None:
    """The notice that this one supersedes."""
    if event.thread is None or event.thread.earlier is None:
        return None
    record = await ctx.record("incident", incident, event.thread.earlier)
    return cast("NoticeIssued", record.event())


def _find(incident: Incident | None, order: Order) -> Case | None:
    notice = incident.notices.get(str(order.notice)) if incident else None
    recipient = notice.recipients.get(order.member) if notice else None
    if incident is None or notice is None or recipient is None:
        return None
    known = (one for one in recipient.attempts if one.attempt == order.attempt)
    attempt = next(known, None)
    return Case(incident, notice, recipient, attempt) if attempt else None
