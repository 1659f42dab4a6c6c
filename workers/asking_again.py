"""A context whose `hand_over` asks once more whether the bytes may leave.

Between the gate's word and the bytes lie queues and slow servers: a mail waits for a free place
and for the mail server's greeting. A label that is raised meanwhile must still be heard.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    import aiohttp
    from slack_sdk.web.async_client import AsyncWebClient

    from coalition.application.ports import Appended
    from coalition.bootstrap import Tocsin
    from coalition.domain.messages import Command, Record
    from workers.context import WorkerContext


@dataclass(frozen=True, slots=True)
class AskingAgain:
    """`WorkerContext` of one effect; `still` raises when it may not be sent any more."""

    ctx: WorkerContext
    still: Callable[[], Awaitable[None]]

    @property
    def tocsin(self) -> Tocsin:
        """The assembled application."""
        return self.ctx.tocsin

    @property
    def http(self) -> aiohttp.ClientSession:
        """The shared session."""
        return self.ctx.http

    @property
    def slack(self) -> AsyncWebClient | None:
        """The shared Slack client."""
        return self.ctx.slack

    @property
    def repeated(self) -> bool:
        """Whether an earlier attempt at this effect may have done it already."""
        return self.ctx.repeated

    def now(self) -> datetime:
        """Return the time, UTC."""
        return self.ctx.now()

    async def execute(self, command: Command) -> Appended:
        """Carry out a command; raises `UserError` when it is refused."""
        return await self.ctx.execute(command)

    async def read(self, aggregate: str, id: str) -> Any:
        """Return the aggregate's state, or None."""
        return await self.ctx.read(aggregate, id)

    async def record(self, aggregate: str, id: str, version: int) -> Record:
        """Return one record."""
        return await self.ctx.record(aggregate, id, version)

    async def hand_over(self) -> None:
        """Ask again, then note that bytes leave now. Raises what `still` raises, or `LeaseLost`."""
        await self.still()
        await self.ctx.hand_over()
