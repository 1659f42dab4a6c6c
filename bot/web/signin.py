"""Signing in with a one-time link from Slack, and out.

Opening the link shows whom it signs in and changes nothing, because chat and mail scanners open
every link; the button on that page burns it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse
from starlette.routing import Route

from bot.web.pages import message, page
from bot.web.security import is_own_form
from coalition.application.signin import LINK_PATH, LINK_SECONDS, active_delegate, look_up, redeem

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from bot.web.sessions import Sessions
    from coalition.bootstrap import Tocsin

HOW = (
    "Get a link in Slack: press “Open the board” in Tocsin's App Home, or type /incident list.",
    f"A link is good once and for {LINK_SECONDS // 60} minutes.",
)


class Signin:
    """The two routes that hand out and take back sessions."""

    def __init__(self, tocsin: Tocsin, sessions: Sessions) -> None:
        self._tocsin = tocsin
        self._sessions = sessions

    def routes(self) -> list[Route]:
        """GET and POST of a link; POST of sign-out."""
        return [
            Route(LINK_PATH + "{token}", self._show, methods=["GET"]),
            Route(LINK_PATH + "{token}", self._enter, methods=["POST"]),
            Route("/board/signout", self._leave, methods=["POST"]),
        ]

    async def _show(self, request: Request) -> Response:
        ticket = await asyncio.to_thread(look_up, self._tocsin, request.path_params["token"])
        if ticket is None:
            return self._spent()
        member, delegate = active_delegate(self._tocsin.coalition, ticket.delegate)
        return page(
            "signin.html",
            {
                "coalition": self._tocsin.coalition.name,
                "exercise": self._tocsin.coalition.exercise,
                "delegate": delegate,
                "member": member,
            },
        )

    async def _enter(self, request: Request) -> Response:
        if not is_own_form(request, self._tocsin.settings.public_url):
            return foreign_form(exercise=self._tocsin.coalition.exercise)
        ticket = await asyncio.to_thread(redeem, self._tocsin, request.path_params["token"])
        if ticket is None:
            return self._spent()
        answer = RedirectResponse(ticket.page, status_code=303)
        self._sessions.start(answer, ticket.delegate)
        return answer

    async def _leave(self, request: Request) -> Response:
        if not is_own_form(request, self._tocsin.settings.public_url):
            return foreign_form(exercise=self._tocsin.coalition.exercise)
        answer = message("You are signed out", *HOW, exercise=self._tocsin.coalition.exercise)
        self._sessions.end(answer)
        return answer

    def _spent(self) -> Response:
        return message(
            "This link is good no more",
            "It has been used, is too old, or was not copied whole.",
            *HOW,
            status=410,
            exercise=self._tocsin.coalition.exercise,
        )


def foreign_form(*, exercise: bool) -> Response:
    """Answer a form that was posted from a page that is not ours."""
    return message(
        "This form did not come from the board",
        "Nothing was done. Open the link from Slack again and use the button on that page.",
        status=403,
        exercise=exercise,
    )
