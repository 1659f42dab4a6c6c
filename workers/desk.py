"""What the sendings of one event loop share: the notice made ready, and how things stand.

What is the same for a thousand recipients is worked out once, by whoever comes first; the others
wait for the same result. An incident is looked at about once a second, not once for each of them.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from coalition.application.answer_tokens import ANSWER_LINK_LIFE, make
from coalition.domain.errors import PermanentError, UserError
from coalition.domain.incident.overrides import content_hash
from coalition.domain.reach import ENDPOINTS
from coalition.rendering.notices.build import Draft
from coalition.rendering.notices.hub import hub_of
from workers.clearance import Case

if TYPE_CHECKING:
    from coalition.bootstrap import Tocsin
    from coalition.domain.incident.events import NoticeIssued
    from coalition.domain.incident.state import Incident
    from coalition.domain.reach import Reach
    from workers.context import WorkerContext

GLANCE_SECONDS = 1.0
DRAFTS = 32

T = TypeVar("T")


class Order(NamedTuple):
    """The payload of the effect."""

    incident: str
    version: int
    notice: int
    member: str
    attempt: int
    channel: int


class Ready(NamedTuple):
    """A recorded notice made ready: its draft, and the hash of what it says."""

    draft: Draft
    content: str


class _Glance(NamedTuple):
    taken: float  # monotonic
    state: asyncio.Future[Any]


_desks: dict[asyncio.AbstractEventLoop, Desk] = {}
"""Of the loops that run. Weak keys would not do: a desk's futures hold on to their loop."""


class Desk:
    """What the sendings of one event loop share, as long as the coalition file is the same."""

    def __init__(self, tocsin: Tocsin) -> None:
        settings = tocsin.settings
        smtp_url = settings.smtp_url.get_secret_value() if settings.smtp_url else None
        self.coalition = tocsin.coalition
        self.log = tocsin.log
        self._hub = hub_of(settings.public_url, smtp_url, tocsin.keyring.hub)
        self._key = tocsin.secret_key
        self._ready: OrderedDict[tuple[str, int], asyncio.Future[Ready]] = OrderedDict()
        self._glances: dict[str, _Glance] = {}

    @classmethod
    def of(cls, ctx: WorkerContext) -> Desk:
        """The desk of the running loop."""
        loop = asyncio.get_running_loop()
        desk = _desks.get(loop)
        tocsin = ctx.tocsin
        if desk is None or desk.coalition is not tocsin.coalition or desk.log is not tocsin.log:
            for over in [one for one in _desks if one.is_closed()]:
                del _desks[over]
            desk = _desks[loop] = cls(tocsin)
        return desk

    def look(self, ctx: WorkerContext, order: Order) -> None:
        """Begin all reads that a sending needs, side by side, where nobody has begun them."""
        recent = time.monotonic() - GLANCE_SECONDS
        self._prepared(ctx, order)
        self._glance(ctx, "incident", order.incident, recent)
        self._glance(ctx, "reach", ENDPOINTS, recent)

    async def ready(self, ctx: WorkerContext, order: Order) -> Ready:
        """The recorded notice, parsed once: it holds all its recipients.

        Raises:
            PermanentError: the coalition file no longer knows the member that issued it.
        """
        return await _shared(self._prepared(ctx, order))

    async def case(self, ctx: WorkerContext, order: Order) -> Case:
        """How the sending stands.

        Raises:
            PermanentError: the incident knows nothing of it.
        """
        asked = time.monotonic()
        recent = asked - GLANCE_SECONDS
        glance = self._glance(ctx, "incident", order.incident, recent)
        case = _find(await _shared(glance), order)
        if case is None:
            # A glance taken before the attempt was recorded does not know it yet: look again.
            case = _find(await _shared(self._glance(ctx, "incident", order.incident, asked)), order)
        if case is None:
            raise PermanentError(f"{order.incident} knows nothing of this sending.")
        return case

    async def reach(self, ctx: WorkerContext) -> Reach | None:
        """Which endpoints are sent nothing; None while there has never been one."""
        recent = time.monotonic() - GLANCE_SECONDS
        return cast("Reach | None", await _shared(self._glance(ctx, "reach", ENDPOINTS, recent)))

    def _prepared(self, ctx: WorkerContext, order: Order) -> asyncio.Future[Ready]:
        key = (order.incident, order.version)
        known = self._ready.get(key)
        if known is None or _lost(known):
            self._ready[key] = known = asyncio.ensure_future(self._prepare(ctx, order))
            if len(self._ready) > DRAFTS:
                self._ready.popitem(last=False)
        return known

    async def _prepare(self, ctx: WorkerContext, order: Order) -> Ready:
        record = await ctx.record("incident", order.incident, order.version)
        event = cast("NoticeIssued", record.event())
        earlier = await _earlier(ctx, order.incident, event)
        try:
            draft = Draft.of(order.incident, event, record.at, self.coalition, self._hub, earlier)
        except UserError as error:  # nobody is there to be told; it goes into the receipt
            raise PermanentError(error.message) from error
        return Ready(draft, content_hash(record.data))

    def _glance(
        self, ctx: WorkerContext, aggregate: str, id: str, not_before: float
    ) -> asyncio.Future[Any]:
        glance = self._glances.get(id)
        if glance is None or glance.taken < not_before or _lost(glance.state):
            now = time.monotonic()
            oldest = now - GLANCE_SECONDS
            self._glances = {k: one for k, one in self._glances.items() if one.taken >= oldest}
            glance = _Glance(now, asyncio.ensure_future(ctx.read(aggregate, id)))
            self._glances[id] = glance
        return glance.state

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


async def _shared(future: asyncio.Future[T]) -> T:
    """The result that many wait for; one that is cancelled takes nothing from the others."""
    return future.result() if future.done() else await asyncio.shield(future)


def _lost(future: asyncio.Future[Any]) -> bool:
    """Whether it ended without a result, so that the next one must try again."""
    return future.done() and (future.cancelled() or future.exception() is not None)


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
