"""What every control endpoint shares: reading a request, answering, showing messages."""

import json
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.slack.acts.shaping import message_json, view_json
from sandbox.slack.dispatch.hub import Hub
from sandbox.slack.errors import ControlError, SlackError
from sandbox.slack.model import Channel, Json, Message, User, View
from sandbox.slack.world import World

SENTENCES = {
    "is_archived": "the channel is archived; unarchive it first",
    "name_taken": "a channel of this name exists already (archived ones keep theirs)",
    "already_reacted": "this person has already added this reaction",
    "no_reaction": "this person has not added this reaction",
    "already_pinned": "this message is pinned already",
    "no_pin": "this message is not pinned",
    "message_not_found": "there is no such message in this channel",
    "last_member": "the last member cannot leave a private channel; archive it instead",
}


class Asked:
    """One control request: its fields, the world, and the way to the app."""

    def __init__(self, request: Request, body: Json) -> None:
        self.request = request
        self.body = body
        self.world: World = request.app.state.world
        self.hub: Hub = request.app.state.hub

    def text(self, name: str) -> str:
        """A required text.

        Raises:
            ControlError: it is missing.
        """
        value = self.body.get(name)
        if not isinstance(value, str) or not value:
            raise ControlError("missing_field", f"the field {name!r} is needed, as a text")
        return value

    def user(self, name: str = "user") -> User:
        """The acting person."""
        return self.world.person(self.body.get(name))

    def room(self, user: User, *, member: bool = True) -> Channel:
        """The channel meant, as this person sees it.

        Raises:
            ControlError: not seen, or `member` is asked for and they are not in it.
        """
        channel = self.world.room(self.body.get("channel"), user)
        if member and user.id not in channel.members:
            raise ControlError(
                "not_in_channel", f"{user.name} is not in {channel.name}; join or be invited first"
            )
        return channel

    def message(self, channel: Channel, user: User) -> Message:
        """The message meant by `ts`, ephemerals for this person included."""
        found = self.world.message_at(channel, self.text("ts"), user.id)
        if found is None:
            raise ControlError("message_not_found", SENTENCES["message_not_found"], 404)
        return found


Act = Callable[[Asked], Awaitable[Json | Response]]


def endpoint(act: Act) -> Callable[[Request], Awaitable[Response]]:
    """Turn an act into an HTTP endpoint: JSON (or query) in, JSON out, refusals with a sentence."""

    async def answer(request: Request) -> Response:
        try:
            result = await act(Asked(request, await _fields(request)))
        except ControlError as error:
            body = {"ok": False, "error": error.code, "detail": error.detail}
            return JSONResponse(body, error.status)
        except SlackError as error:
            said = "; ".join(error.messages) or SENTENCES.get(error.code, error.code)
            return JSONResponse({"ok": False, "error": error.code, "detail": said}, 400)
        return result if isinstance(result, Response) else JSONResponse({"ok": True, **result})

    return answer


async def _fields(request: Request) -> Json:
    if request.method in {"GET", "DELETE"}:
        return dict(request.query_params)
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError as error:
        raise ControlError("invalid_json", f"the body is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise ControlError("invalid_json", "the body must be a JSON object")
    return body


def shown_message(world: World, message: Message) -> Json:
    """A message with what a window shows beside it."""
    channel = world.channels[message.channel]
    author = world.users.get(message.user)
    return message_json(world, message, metadata=True) | {
        "channel": channel.id,
        "author": message.username or (author.real_name if author else message.user),
        "author_is_app": message.user == world.app.bot_user_id,
        "ephemeral": message.ephemeral_for is not None,
        "pinned": any(pin.ts == message.ts for pin in channel.pins),
    }


def shown_channel(world: World, channel: Channel, viewer: User) -> Json:
    """A channel as a person's side bar knows it."""
    last = next(reversed(channel.messages), None)
    return {
        "id": channel.id,
        "name": channel.name,
        "title": _title(world, channel, viewer),
        "kind": channel.kind,
        "is_archived": channel.is_archived,
        "is_general": channel.is_general,
        "topic": channel.topic.value,
        "purpose": channel.purpose.value,
        "creator": channel.creator,
        "created": channel.created,
        "members": list(channel.members),
        "is_member": viewer.id in channel.members,
        "pins": [pin.ts for pin in channel.pins],
        "bookmarks": list(channel.bookmarks),
        "last_ts": last,
    }


def shown_user(user: User) -> Json:
    """A person."""
    return {
        "id": user.id,
        "name": user.name,
        "real_name": user.real_name,
        "email": user.email,
        "is_admin": user.is_admin,
        "is_bot": user.is_bot,
        "tz": user.tz,
        "member": user.member,
    }


def shown_view(world: World, view: View | None) -> Json | None:
    """A view with its person and the app's last refusals."""
    if view is None:
        return None
    return view_json(world, view) | {"user": view.user, "errors": view.errors}


def _title(world: World, channel: Channel, viewer: User) -> str:
    if channel.kind in {"public", "private"}:
        return f"#{channel.name}"
    others = [world.users[ident].real_name for ident in channel.members if ident != viewer.id]
    return ", ".join(others) or viewer.real_name
