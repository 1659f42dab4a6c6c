"""The web application: every route of Tocsin, and what all of them have in common."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.web import answer, inbox
from bot.web.board import AidPages, Answering, Board, Ticking
from bot.web.health import Health
from bot.web.pages import message
from bot.web.security import BodyLimit, SecurityHeaders, headers
from bot.web.sessions import Sessions
from bot.web.signin import Signin
from coalition.domain.errors import TransientError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from slack_bolt import App
    from starlette.requests import Request

    from coalition.bootstrap import Tocsin

RETRY_SECONDS = 5


def build_app(tocsin: Tocsin, slack_app: App | None = None) -> Starlette:
    """Return the ASGI application.

    `slack_app` is the Bolt app that signed HTTP from Slack goes to; None (Socket Mode, or no
    Slack) leaves `/slack/events` out.
    """
    https = urlsplit(tocsin.settings.public_url).scheme == "https"
    exercise = tocsin.coalition.exercise
    sessions = Sessions(tocsin.secret_key, exercise=exercise, https=https)
    board = Board(tocsin, sessions)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await board.watcher.close()

    return Starlette(
        routes=[
            Route("/", _to_board, methods=["GET"]),
            *Health(tocsin).routes(),
            *Signin(tocsin, sessions).routes(),
            *AidPages(tocsin, sessions, board.watcher).routes(),
            *board.routes(),
            *Answering(tocsin, sessions).routes(),
            *Ticking(tocsin, sessions).routes(),
            *answer.routes(tocsin),
            *inbox.routes(tocsin),
            *_slack(slack_app),
        ],
        middleware=[Middleware(SecurityHeaders, https=https), Middleware(BodyLimit)],
        exception_handlers=_failures(exercise=exercise, https=https),
        lifespan=lifespan,
    )


async def _to_board(_request: Request) -> Response:
    return RedirectResponse("/board", status_code=303)


def _slack(slack_app: App | None) -> list[Route]:
    if slack_app is None:
        return []

    async def events(request: Request) -> Response:
        # Bolt is synchronous and appends to the log before it answers: not in the event loop.
        body = await request.body()
        try:
            asked = to_bolt_request(request, body)
        except UnicodeDecodeError:
            raise HTTPException(400) from None
        return to_starlette_response(await asyncio.to_thread(slack_app.dispatch, asked))

    return [Route("/slack/events", events, methods=["POST"])]


def _failures(
    *, exercise: bool, https: bool
) -> dict[int | type[Exception], Callable[[Request, Exception], Response]]:
    """Pages for what goes wrong. None of them quotes the error or what was asked for."""

    def refused(_request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 400
        title, sentence = _REFUSALS.get(status, _REFUSALS[400])
        return message(title, sentence, status=status, exercise=exercise)

    def unreachable(_request: Request, _error: Exception) -> Response:
        return message(
            "The record cannot be read right now",
            "Tocsin's store does not answer. Nothing that was recorded is lost.",
            "Try again in a moment. Until then phone the partners: the duty phones stand in the "
            "coalition file and in the last headline of each room.",
            status=503,
            exercise=exercise,
            headers={"Retry-After": str(RETRY_SECONDS)},
        )

    def broken(_request: Request, _error: Exception) -> Response:
        # Made outside of our own middleware, so it brings the headers itself.
        return message(
            "Something broke in Tocsin",
            "Nothing was changed by this request. The error is in the log of this server.",
            "Try again; if it fails again, tell the operator of this Tocsin.",
            status=500,
            exercise=exercise,
            headers=headers(https=https),
        )

    return {HTTPException: refused, TransientError: unreachable, 500: broken}


_REFUSALS = {
    400: ("This request cannot be read", "Go back and try again."),
    401: ("You are not signed in", "Open the board again with a new link from Slack."),
    403: ("Not allowed", "Nothing was done."),
    404: (
        "There is nothing here for you",
        "The address is wrong, or what it names is not for you to see.",
    ),
    405: ("This address does not take that kind of request", "Nothing was done."),
    413: ("The request is too large", "Send less."),
}
