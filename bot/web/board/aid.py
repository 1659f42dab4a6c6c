"""The board's pages of mutual aid: the list with coverage map and own burden, and one request.

Who may know of a request: its own member, whoever was asked or has offered, and those who take
part in its incident. What does not exist for a viewer is answered 404, and the list leaves it out.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import anyio
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.exceptions import HTTPException
from starlette.routing import Route

from bot.web.board.aid_reading import advice_of, own_moves
from bot.web.board.reading import in_time
from bot.web.board.watching import LOOK_SECONDS
from bot.web.pages import message, page
from bot.web.signin import HOW
from coalition.application.aid_known import known_one, known_to, released
from coalition.application.matching import ledger_now
from coalition.application.pools import pools
from coalition.domain.coverage import coverage
from coalition.domain.errors import GateRefusal, TransientError
from coalition.domain.gate import ToViewer, release
from coalition.domain.labels import Tlp, strictest
from coalition.domain.messages import canonical
from coalition.rendering.board.aid import aid_view
from coalition.rendering.board.aid_listing import Shared, aid_row, burden_view, coverage_rows
from coalition.rendering.board.moments import Present

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from bot.web.board.watching import Watcher
    from bot.web.sessions import Sessions, Viewer
    from coalition.bootstrap import Tocsin
    from coalition.domain.gate import Cleared

PING_SECONDS = 15
GRACE_SECONDS = 2 * LOOK_SECONDS


class AidPages:
    """Routes below /board/aid. They share the board's watcher: one look serves all pages."""

    def __init__(self, tocsin: Tocsin, sessions: Sessions, watcher: Watcher) -> None:
        self._tocsin = tocsin
        self._sessions = sessions
        self._watcher = watcher

    def routes(self) -> list[Route]:
        """To stand before the board's own: `aid` is no incident."""
        return [
            Route("/board/aid", self._list, methods=["GET"]),
            Route("/board/aid/events", self._events, methods=["GET"]),
            Route("/board/aid/{aid}", self._one, methods=["GET"]),
        ]

    async def _list(self, request: Request) -> Response:
        viewer = self._sessions.viewer(request, self._tocsin.coalition)
        if viewer is None:
            return self._stranger()
        return await in_time(lambda: self._draw_list(viewer))

    def _draw_list(self, viewer: Viewer) -> Response:
        tocsin, present = self._tocsin, self._present(viewer)
        known = known_to(tocsin, viewer.delegate.id)
        rows = [
            aid_row(
                one.whole,
                len(own_moves(one.whole, viewer.member.id)),
                tocsin.coalition,
                present,
            )
            for one in known
        ]
        shared = self._shared(viewer)
        context = {
            "open": [row for row in rows if not row.ended],
            "over": [row for row in rows if row.ended],
            "shared": shared.content if shared else None,
            "version": _tag({one.whole.aid: one.version for one in known}),
        }
        label = strictest(shared.tlp if shared else Tlp.CLEAR, *(one.label for one in known))
        return self._answer("aid_list.html", context, viewer, label)

    def _shared(self, viewer: Viewer) -> Cleared[Shared] | None:
        """What belongs to no incident: the map, and the own burden; None for who may not see it."""
        tocsin, coalition = self._tocsin, self._tocsin.coalition
        found = coverage(pools(tocsin), coalition, tocsin.clock.now())
        burden = ledger_now(tocsin)
        content = Shared(
            together=found.together,
            alone=found.alone,
            services=len(found.services),
            areas=coverage_rows(found, coalition),
            burden=burden_view(burden.page(viewer.member.id), burden.whole(), coalition),
        )
        audience = ToViewer(viewer.delegate.id, None, "board")
        try:
            return release(content, tlp=Tlp.GREEN, audience=audience, coalition=coalition)
        except GateRefusal:
            return None

    async def _one(self, request: Request) -> Response:
        viewer = self._sessions.viewer(request, self._tocsin.coalition)
        if viewer is None:
            return self._stranger()
        id = request.path_params["aid"]
        return await in_time(lambda: self._draw(viewer, id))

    def _draw(self, viewer: Viewer, id: str) -> Response:
        known = known_one(self._tocsin, viewer.delegate.id, id)
        if known is None:
            raise HTTPException(404)
        view = aid_view(
            known.whole,
            viewer.member.id,
            self._tocsin.coalition,
            self._present(viewer),
            advice_of(self._tocsin, known.whole),
            incident_open=known.takes_part,
        )
        cleared = released(self._tocsin, view, viewer.delegate.id, known)
        context = {"view": cleared.content, "version": _tag({id: known.version})}
        return self._answer("aid.html", context, viewer, cleared.tlp)

    async def _events(self, request: Request) -> Response:
        """Stream `version` of one request, or of all that the viewer may see; `stale`, `gone`."""
        viewer = self._sessions.viewer(request, self._tocsin.coalition)
        if viewer is None:
            raise HTTPException(401)
        id = request.query_params.get("aid", "")
        if id and not await in_time(lambda: self._seen(viewer, id)):
            raise HTTPException(404)
        ending = anyio.Event()
        return EventSourceResponse(
            self._stream(request, id, ending),
            ping=PING_SECONDS,
            shutdown_event=ending,
            shutdown_grace_period=GRACE_SECONDS,
        )

    async def _stream(
        self, request: Request, id: str, ending: anyio.Event
    ) -> AsyncIterator[ServerSentEvent]:
        last = ""
        async for versions in self._watcher.changes(None, ending.is_set):
            event = await self._event(request, id, stale=versions is None)
            said = f"{event.event} {event.data}"
            if said != last:
                last = said
                yield event
            if event.event == "gone":
                return

    async def _event(self, request: Request, id: str, *, stale: bool) -> ServerSentEvent:
        """What to tell this viewer now. Who they are and what they may see is asked again."""
        viewer = self._sessions.viewer(request, self._tocsin.coalition)
        if viewer is None:
            return ServerSentEvent(event="gone", data="-")
        if stale:
            return ServerSentEvent(event="stale", data="-")
        try:
            found = await in_time(lambda: self._seen(viewer, id))
        except TransientError:
            return ServerSentEvent(event="stale", data="-")
        if id and not found:
            return ServerSentEvent(event="gone", data="-")
        return ServerSentEvent(event="version", data=_tag(found))

    def _seen(self, viewer: Viewer, id: str) -> dict[str, int]:
        if not id:
            known = known_to(self._tocsin, viewer.delegate.id)
            return {each.whole.aid: each.version for each in known}
        one = known_one(self._tocsin, viewer.delegate.id, id)
        return {id: one.version} if one else {}

    def _answer(
        self, template: str, context: Mapping[str, Any], viewer: Viewer, label: Tlp
    ) -> Response:
        present, coalition = self._present(viewer), self._tocsin.coalition
        shared = {
            "label": label.value,
            "coalition": coalition.name,
            "exercise": coalition.exercise,
            "viewer": viewer,
            "zone": present.zone,
            "as_of": present.moment(present.now),
            "stale": False,
        }
        return page(template, {**shared, **context})

    def _stranger(self) -> Response:
        exercise = self._tocsin.coalition.exercise
        return message("Sign in to see the board", *HOW, status=401, exercise=exercise)

    def _present(self, viewer: Viewer) -> Present:
        return Present(self._tocsin.clock.now(), viewer.member.timezone)


def _tag(versions: Mapping[str, int]) -> str:
    """A short name for "these requests at these versions"; a page that has it is up to date."""
    return hashlib.sha256(canonical(dict(versions))).hexdigest()[:16]
