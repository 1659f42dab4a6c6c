"""Answers to an interaction: with the acknowledgement, or later at its response URL."""

import json
import time

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.slack.acts import messages
from sandbox.slack.acts.composing import checked_content, compose
from sandbox.slack.errors import SlackError
from sandbox.slack.model import Channel, Json, Message, ResponseUrl
from sandbox.slack.traffic import Entry, masked
from sandbox.slack.world import World

USES = 5
CONTENT = ("text", "blocks", "attachments")
HTTP_OK = 200
HTTP_NOT_FOUND = 404


def respond(world: World, target: ResponseUrl, given: Json, notes: list[str]) -> Message | None:
    """Do what an answer asks: a new message (for one person, unless `in_channel`), a replacement of
    the message acted on, or its removal. The bot need not be in the channel.

    Returns:
        The message shown or changed; None after a removal or an answer without content.

    Raises:
        SlackError: as for posting; `message_not_found` when what it should replace is gone.
    """  # noqa: D205 - one sentence
    channel = world.channels[target.channel]
    source = world.message_at(channel, target.message_ts or "", target.user)
    if given.get("delete_original"):
        messages.delete(world, channel, _still_there(source))
        return None
    if given.get("replace_original"):
        changed = _still_there(source)
        content = checked_content(given, notes=notes)
        messages.edit(world, channel, changed, None, **content)
        return changed
    if not any(given.get(key) for key in CONTENT):
        raise SlackError("no_text")
    message = compose(world, channel.id, given, notes=notes)
    return _shown(
        world, channel, message, target, public=given.get("response_type") == "in_channel"
    )


def _shown(
    world: World, channel: Channel, message: Message, target: ResponseUrl, *, public: bool
) -> Message:
    if public:
        return messages.post(world, channel, message)
    message.ephemeral_for = target.user
    return messages.post_ephemeral(world, channel, message)


def _still_there(source: Message | None) -> Message:
    if source is None:
        raise SlackError("message_not_found")
    return source


async def endpoint(request: Request) -> Response:
    """`POST /_responses/<team>/<id>`."""
    world: World = request.app.state.world
    started = time.perf_counter()
    notes: list[str] = []
    given: Json = {}
    status, body = HTTP_OK, Json(ok=True)
    try:
        given = await _read(request)
        respond(world, _valid(world, request.path_params["ident"]), given, notes)
    except SlackError as error:
        body = {"ok": False, "error": error.code}
        if error.messages:
            body["response_metadata"] = {"messages": error.messages}
        gone = error.code in {"expired_url", "used_url"}
        status = HTTP_NOT_FOUND if gone else HTTP_OK
    entry = Entry(
        id=world.traffic.next_id(),
        at=world.clock(),
        kind="response_url",
        name="response_url",
        via="http",
        attempt=1,
        status=status,
        ok=bool(body["ok"]),
        error=body.get("error"),
        ms=round((time.perf_counter() - started) * 1000, 2),
        request=masked(given),
        response=body,
        notes=notes,
    )
    world.record(entry)
    return JSONResponse(body, status)


def _valid(world: World, ident: str) -> ResponseUrl:
    target = world.response_urls.get(ident)
    if target is None or world.clock() - target.created > world.timing.response_url_lifetime:
        raise SlackError("expired_url")
    if target.uses >= USES:
        raise SlackError("used_url")
    target.uses += 1
    return target


async def _read(request: Request) -> Json:
    try:
        given = json.loads(await request.body())
    except ValueError as error:
        raise SlackError("invalid_payload") from error
    if not isinstance(given, dict):
        raise SlackError("invalid_payload")
    return given


def acknowledged(world: World, user: str, channel: str, body: object) -> None:
    """Show what an app said with its acknowledgement of a command, if it said something.

    Raises:
        SlackError: what it said cannot be shown.
    """
    if isinstance(body, dict) and any(body.get(key) for key in CONTENT):
        respond(world, ResponseUrl("", user, channel, world.clock()), body, [])
