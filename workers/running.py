"""What the effects of one drain share, and the context that each handler is given."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    import aiohttp
    from slack_sdk.web.async_client import AsyncWebClient

    from coalition.application.ports import Appended, Claim
    from coalition.bootstrap import Tocsin
    from coalition.domain.messages import Command, Record

CACHED_RECORDS = 512


class LeaseLost(Exception):
    """Another worker holds the effect now; stop without a trace."""


class Running:
    """Sessions and caches, opened when first needed and closed with the drain."""

    def __init__(self, tocsin: Tocsin) -> None:
        self.tocsin = tocsin
        self._now = tocsin
        self._http: aiohttp.ClientSession | None = None
        self._slack: AsyncWebClient | None = None
        self._slack_session: aiohttp.ClientSession | None = None
        self._records: OrderedDict[tuple[str, str, int], Record] = OrderedDict()

    def context(self, claim: Claim, token: str) -> Context:
        """Return the context for one claimed effect, which sees one coalition all the time."""
        if self._now is self.tocsin or self._now.coalition is not self.tocsin.coalition:
            self._now = self.tocsin.as_now()
        return Context(self, self._now, claim, token)

    @property
    def http(self) -> aiohttp.ClientSession:
        """The session for partners' endpoints: checked addresses only, no redirects."""
        if self._http is None:
            from workers.http import open_session  # noqa: PLC0415 - idle workers stay small

            self._http = open_session(self.tocsin.settings)
        return self._http

    @property
    def slack(self) -> AsyncWebClient | None:
        """The Slack client; None where no bot token is configured."""
        settings = self.tocsin.settings
        if self._slack is None and settings.slack_bot_token:
            import aiohttp  # noqa: PLC0415
            from slack_sdk.web.async_client import AsyncWebClient  # noqa: PLC0415

            self._slack_session = aiohttp.ClientSession()
            self._slack = AsyncWebClient(
                token=settings.slack_bot_token.get_secret_value(),
                base_url=settings.slack_api_url,
                session=self._slack_session,
                timeout=15,
            )
        return self._slack

    def cached(self, key: tuple[str, str, int]) -> Record:
        """Return one record; they never change, so they are kept."""
        record = self._records.get(key)
        if record is None:
            record = self._records[key] = self.tocsin.log.record(*key)
            while len(self._records) > CACHED_RECORDS:
                self._records.popitem(last=False)
        return record

    def known(self, key: tuple[str, str, int]) -> Record | None:
        """Return one record if it is at hand."""
        return self._records.get(key)

    async def close(self) -> None:
        """Close what was opened."""
        for session in (self._http, self._slack_session):
            if session is not None:
                await session.close()


@dataclass(frozen=True, slots=True)
class Context:
    """`WorkerContext` of one effect."""

    running: Running
    tocsin: Tocsin  # as it was when the effect was claimed
    claim: Claim
    token: str

    @property
    def http(self) -> aiohttp.ClientSession:
        """The shared session for partners' endpoints."""
        return self.running.http

    @property
    def slack(self) -> AsyncWebClient | None:
        """The shared Slack client."""
        return self.running.slack

    @property
    def repeated(self) -> bool:
        """Whether an earlier attempt at this effect may have done it already."""
        return self.claim.in_doubt or self.claim.attempt > 1

    def now(self) -> datetime:
        """Return the time, UTC."""
        return self.tocsin.clock.now()

    async def execute(self, command: Command) -> Appended:
        """Carry out a command; raises `UserError` when it is refused."""
        return await asyncio.to_thread(self.tocsin.dispatcher.execute, command)

    async def read(self, aggregate: str, id: str) -> Any:
        """Return the aggregate's state, or None."""
        return await asyncio.to_thread(self.tocsin.dispatcher.read, aggregate, id)

    async def record(self, aggregate: str, id: str, version: int) -> Record:
        """Return one record (kept: records never change)."""
        key = (aggregate, id, version)
        known = self.running.known(key)
        if known is not None:
            return known
        return await asyncio.to_thread(self.running.cached, key)

    async def hand_over(self) -> None:
        """Note that bytes leave now. Raises `LeaseLost`: then another worker has the effect."""
        ledger = self.tocsin.ledger
        if not await asyncio.to_thread(ledger.hand_over, self.token, self.claim.id):
            raise LeaseLost
