"""What an effect handler is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    import aiohttp
    from slack_sdk.web.async_client import AsyncWebClient

    from coalition.application.ports import Appended, Claim
    from coalition.bootstrap import Tocsin
    from coalition.domain.messages import Command, Record


class WorkerContext(Protocol):
    """One per claimed effect; the HTTP session and Slack client are shared by the whole drain."""

    @property
    def tocsin(self) -> Tocsin:
        """The assembled application."""
        ...

    @property
    def http(self) -> aiohttp.ClientSession:
        """The shared session (no redirects, pinned addresses; see workers/http.py)."""
        ...

    @property
    def slack(self) -> AsyncWebClient | None:
        """None when no bot token is configured."""
        ...

    @property
    def repeated(self) -> bool:
        """Whether an earlier attempt at this effect may have done it already."""
        ...

    def now(self) -> datetime:
        """Return the time, UTC."""
        ...

    async def execute(self, command: Command) -> Appended:
        """Carry out a command; raises `UserError` when it is refused."""
        ...

    async def read(self, aggregate: str, id: str) -> Any:
        """Return the aggregate's state, or None."""
        ...

    async def record(self, aggregate: str, id: str, version: int) -> Record:
        """Return one record (cached: records never change)."""
        ...

    async def hand_over(self) -> None:
        """Note that bytes leave now. Raises `LeaseLost`: then another worker has the effect."""
        ...


Handler: TypeAlias = "Callable[[WorkerContext, Claim], Awaitable[dict[str, Any]]]"
"""Returns the outcome's detail; raises TransientError (retry) or PermanentError (failed)."""
