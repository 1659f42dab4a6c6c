"""`python -m bench.bare_bolt PORT`: a Bolt app that acknowledges /incident, nothing else."""

from __future__ import annotations

import os
import sys

import uvicorn
from slack_bolt import App
from slack_bolt.adapter.starlette import SlackRequestHandler
from slack_sdk import WebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

bolt = App(
    client=WebClient(os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"]),
    signing_secret=os.environ["SLACK_SIGNING_SECRET"],
    process_before_response=True,
)
handler = SlackRequestHandler(bolt)


@bolt.command("/incident")
def incident(ack) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - as Bolt's own examples
    """Only acknowledge."""
    ack()


async def events(request: Request) -> Response:
    """Hand the request to Bolt."""
    return await handler.handle(request)


app = Starlette(routes=[Route("/slack/events", events, methods=["POST"])])

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
