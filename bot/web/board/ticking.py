"""Tasks ticked off on the board: for those without Slack, by the same rules."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse
from starlette.routing import Route

from bot.web.pages import message, page
from bot.web.security import is_own_form
from bot.web.signin import HOW, foreign_form
from coalition.domain.errors import GateRefusal, UserError
from coalition.domain.incident.commands import CompleteTask
from coalition.domain.messages import Actor
from coalition.rendering.board.asked import task_view
from coalition.rendering.board.sight import Sight

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from bot.web.sessions import Sessions, Viewer
    from coalition.bootstrap import Tocsin
    from coalition.domain.incident.state import Incident

PATH = "/board/{incident}/task/{task:int}"


class Ticking:
    """The page of one task: GET shows it, POST marks it as done."""

    def __init__(self, tocsin: Tocsin, sessions: Sessions) -> None:
        self._tocsin = tocsin
        self._sessions = sessions

    def routes(self) -> list[Route]:
        """Both ways of the one address."""
        return [
            Route(PATH, self._show, methods=["GET"]),
            Route(PATH, self._tick, methods=["POST"]),
        ]

    async def _show(self, request: Request) -> Response:
        viewer = self._sessions.viewer(request, self._tocsin.coalition)
        if viewer is None:
            return self._stranger()
        about = request.path_params
        return await asyncio.to_thread(self._page, viewer, about["incident"], about["task"])

    async def _tick(self, request: Request) -> Response:
        viewer = self._sessions.viewer(request, self._tocsin.coalition)
        if viewer is None:
            return self._stranger()
        if not is_own_form(request, self._tocsin.settings.public_url):
            return foreign_form(exercise=self._tocsin.coalition.exercise)
        about = request.path_params
        return await asyncio.to_thread(self._take, viewer, about["incident"], about["task"])

    def _take(self, viewer: Viewer, number: str, task: int) -> Response:
        person, member = viewer.delegate.id, viewer.member.id
        self._page(viewer, number, task)  # 404 for what this person may not see
        command = CompleteTask(
            id=f"board:{person}:{number}:task:{task}",
            at=self._tocsin.clock.now(),
            actor=Actor(kind="delegate", member=member, delegate=person, via="board"),
            incident=number,
            task=task,
        )
        try:
            self._tocsin.dispatcher.execute(command)
        except UserError as error:
            return self._page(viewer, number, task, str(error))
        return RedirectResponse(f"/board/{number}#tasks", status_code=303)

    def _page(self, viewer: Viewer, number: str, task: int, problem: str = "") -> Response:
        incident: Incident | None = self._tocsin.dispatcher.read("incident", number)
        if incident is None:
            raise HTTPException(404)
        sight = Sight(viewer.delegate.id, self._tocsin.coalition)
        try:
            cleared = sight.release(task_view(incident, task), incident)
        except GateRefusal:
            raise HTTPException(404) from None
        if cleared.content is None:
            raise HTTPException(404)
        context = {
            "view": cleared.content,
            "label": cleared.tlp.value,
            "back": f"/board/{number}",
            "problem": problem,
            "viewer": viewer,
            "exercise": self._tocsin.coalition.exercise,
            "zone": "UTC",
        }
        return page("asked.html", context, status=422 if problem else 200)

    def _stranger(self) -> Response:
        exercise = self._tocsin.coalition.exercise
        return message("Sign in to go on", *HOW, status=401, exercise=exercise)
