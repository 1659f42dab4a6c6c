"""The board's pages and its stream of changes. Every one of them asks the gate.

What a viewer may not see does not exist for them: pages answer 404, lists leave it out, and the
stream neither names nor counts it.
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, Any

import anyio
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.exceptions import HTTPException
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.web.board.reading import Reader
from bot.web.board.watching import LOOK_SECONDS, Watcher
from bot.web.pages import STATIC, message, page
from bot.web.signin import HOW
from coalition.domain.errors import GateRefusal, TransientError
from coalition.domain.messages import canonical
from coalition.rendering.board.incident import Sources, incident_view
from coalition.rendering.board.listing import listing
from coalition.rendering.board.moments import Present
from coalition.rendering.board.sight import Sight

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from bot.web.board.reading import Reading
    from bot.web.sessions import Sessions, Viewer
    from coalition.bootstrap import Tocsin
    from coalition.domain.labels import Tlp

PING_SECONDS = 15
GRACE_SECONDS = 2 * LOOK_SECONDS
"""How long a stream is given to end by itself when the server is told to stop."""


class Board:
    """Routes below /board, except those for signing in."""

    def __init__(self, tocsin: Tocsin, sessions: Sessions) -> None:
        self._tocsin = tocsin
        self._sessions = sessions
        self._reader = Reader(tocsin)
        self.watcher = Watcher(self._reader)

    def routes(self) -> list[BaseRoute]:
        """The list, one incident, the stream of changes and the static files."""
        return [
            Mount("/board/static", StaticFiles(directory=STATIC), name="static"),
            Route("/board", self._list, methods=["GET"]),
            Route("/board/events", self._events, methods=["GET"]),
            Route("/board/{incident}", self._incident, methods=["GET"]),
        ]

    async def _list(self, request: Request) -> Response:
        viewer = self._sessions.viewer(request, self._tocsin.coalition)
        if viewer is None:
            return self._stranger()
        reading = await self._reader.everything()
        # Drawing takes tens of milliseconds; Slack's requests must not wait behind it.
        return await asyncio.to_thread(self._draw_list, viewer, reading)

    def _draw_list(self, viewer: Viewer, reading: Reading) -> Response:
        sight = self._sight(viewer)
        found = listing(reading.found.incidents, sight, self._present(viewer))
        refused = self._refused(viewer)
        context = {
            "refused": refused,
            "running": [row.content for row in found.running],
            "over": [row.content for row in found.over],
            "version": _tag(_seen_of(reading, sight, refused)),
        }
        return self._answer("list.html", context, viewer, reading, found.label)

    async def _incident(self, request: Request) -> Response:
        viewer = self._sessions.viewer(request, self._tocsin.coalition)
        if viewer is None:
            return self._stranger()
        reading = await self._reader.whole(request.path_params["incident"])
        return await asyncio.to_thread(self._draw_incident, viewer, reading)

    def _draw_incident(self, viewer: Viewer, reading: Reading) -> Response:
        whole = reading.found
        if whole.incident is None:
            raise HTTPException(404)
        sources = Sources(whole.incident, whole.others, whole.runs, whole.records, whole.more)
        try:
            cleared = incident_view(sources, self._sight(viewer), self._present(viewer))
        except GateRefusal:
            raise HTTPException(404) from None
        context = {"view": cleared.content, "version": _tag(whole.versions)}
        return self._answer("incident.html", context, viewer, reading, cleared.tlp)

    async def _events(self, request: Request) -> Response:
        """Stream `version` (what the page must have to be up to date), `stale` and `gone`."""
        viewer = self._sessions.viewer(request, self._tocsin.coalition)
        if viewer is None:
            raise HTTPException(401)
        incident = request.query_params.get("incident") or None
        if incident is not None and not await self._may_see(request, incident):
            raise HTTPException(404)
        ending = anyio.Event()
        return EventSourceResponse(
            self._stream(request, incident, ending),
            ping=PING_SECONDS,
            shutdown_event=ending,
            shutdown_grace_period=GRACE_SECONDS,
        )

    async def _stream(
        self, request: Request, incident: str | None, ending: anyio.Event
    ) -> AsyncIterator[ServerSentEvent]:
        last = ""
        async for versions in self.watcher.changes(incident, ending.is_set):
            event = await self._event(request, incident, versions)
            said = f"{event.event} {event.data}"
            if said != last:
                last = said
                yield event
            if event.event == "gone":
                return

    async def _event(
        self, request: Request, incident: str | None, versions: Mapping[str, int] | None
    ) -> ServerSentEvent:
        """What to tell this viewer now. Who they are and what they may see is asked again."""
        viewer = self._sessions.viewer(request, self._tocsin.coalition)
        try:
            if viewer is None or (incident and not await self._may_see(request, incident)):
                return ServerSentEvent(event="gone", data="-")
            if versions is None:
                return ServerSentEvent(event="stale", data="-")
            if incident is None:
                reading = await self._reader.everything()
                refused = await asyncio.to_thread(self._refused, viewer)
                versions = _seen_of(reading, self._sight(viewer), refused)
        except TransientError:
            return ServerSentEvent(event="stale", data="-")
        return ServerSentEvent(event="version", data=_tag(versions))

    async def _may_see(self, request: Request, incident: str) -> bool:
        viewer = self._sessions.viewer(request, self._tocsin.coalition)
        found = (await self._reader.whole(incident)).found.incident
        return viewer is not None and found is not None and self._sight(viewer).incident(found)

    def _answer(
        self,
        template: str,
        context: Mapping[str, Any],
        viewer: Viewer,
        reading: Reading,
        label: Tlp,
    ) -> Response:
        present = self._present(viewer)
        coalition = self._tocsin.coalition
        shared = {
            "label": label.value,
            "coalition": coalition.name,
            "exercise": coalition.exercise,
            "viewer": viewer,
            "zone": present.zone,
            "as_of": present.moment(reading.as_of),
            "stale": reading.stale,
        }
        return page(template, {**shared, **context})

    def _refused(self, viewer: Viewer) -> list[str]:
        """Playbook files that were changed and refused, as `file:line`: a matter for operators."""
        operator = "operator" in viewer.delegate.roles
        return self._tocsin.playbooks.refused() if operator else []

    def _stranger(self) -> Response:
        exercise = self._tocsin.coalition.exercise
        return message("Sign in to see the board", *HOW, status=401, exercise=exercise)

    def _sight(self, viewer: Viewer) -> Sight:
        return Sight(viewer.delegate.id, self._tocsin.coalition)

    def _present(self, viewer: Viewer) -> Present:
        return Present(self._tocsin.clock.now(), viewer.member.timezone)


def _seen_of(reading: Reading, sight: Sight, refused: list[str]) -> dict[str, int]:
    """The versions of those incidents alone that the viewer may see, and what else is shown."""
    seen = sight.only(reading.found.incidents)
    versions = {one.number: reading.found.versions.get(one.number, 0) for one in seen}
    return {**versions, **dict.fromkeys(refused, 0)}


def _tag(versions: Mapping[str, int]) -> str:
    """A short name for "these things at these versions"; a page that has it is up to date."""
    return hashlib.sha256(canonical(dict(versions))).hexdigest()[:16]
