"""For machines: is the process there, is it fit for service, and the numbers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.web.board.reading import PATIENCE_SECONDS, in_time
from coalition.application.presence import ROLES
from coalition.domain.errors import TransientError
from coalition.observability.metrics import registry

if TYPE_CHECKING:
    from starlette.requests import Request

    from coalition.bootstrap import Tocsin

LAG_LIMIT_SECONDS = 30.0
"""A notice of S4 must be acknowledged within five minutes; half a minute of silence is too much."""


class Check(NamedTuple):
    """One thing that must hold; `says` names no content."""

    name: str
    ok: bool
    says: str


class Health:
    """The three routes. None of them waits longer than the store is given time to answer."""

    def __init__(self, tocsin: Tocsin) -> None:
        self._tocsin = tocsin
        self._registry = registry(tocsin)

    def routes(self) -> list[Route]:
        """/healthz, /readyz and /metrics."""
        return [
            Route("/healthz", self._alive, methods=["GET"]),
            Route("/readyz", self._ready, methods=["GET"]),
            Route("/metrics", self._metrics, methods=["GET"]),
        ]

    async def _alive(self, _request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def _ready(self, _request: Request) -> Response:
        try:
            checks = await in_time(self._checks)
        except TransientError:
            says = f"Redis did not answer within {PATIENCE_SECONDS:g} s"
            checks = [Check("store", ok=False, says=says)]
        ready = all(check.ok for check in checks)
        body = {
            "ready": ready,
            "checks": {check.name: {"ok": check.ok, "says": check.says} for check in checks},
        }
        return JSONResponse(body, status_code=200 if ready else 503)

    def _checks(self) -> list[Check]:
        """Ask the store; raises `TransientError` when it does not answer."""
        entries, age = self._tocsin.outbox.lag()
        oldest = self._tocsin.ledger.stats().oldest_seconds
        alive = self._tocsin.presence.alive()
        return [
            Check("store", ok=True, says="Redis answers"),
            Check("relay_lag", age < LAG_LIMIT_SECONDS, f"{entries} entries, oldest {age:.0f} s"),
            Check("queue_age", oldest < LAG_LIMIT_SECONDS, f"oldest due effect {oldest:.0f} s"),
            *(Check(role, alive[role] > 0, f"{alive[role]} alive") for role in ROLES),
        ]

    async def _metrics(self, _request: Request) -> Response:
        # The collector reads the store and says itself when it cannot be read; the store's own
        # timeout bounds it.
        body = await asyncio.to_thread(generate_latest, self._registry)
        return Response(body, media_type=CONTENT_TYPE_LATEST)
