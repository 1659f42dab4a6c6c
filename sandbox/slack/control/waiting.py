"""`wait`: hold until something is so. Looks at what is there first, then at every change."""

import re
import time
from collections.abc import Callable, Iterable, Iterator

from starlette.responses import JSONResponse, Response

from sandbox.slack import blocks
from sandbox.slack.control.common import Asked, shown_channel, shown_message, shown_view
from sandbox.slack.control.reads import visible
from sandbox.slack.errors import ControlError
from sandbox.slack.model import Channel, Json, Message, User, View

LONGEST = 600.0
NEAR = 5


async def wait(asked: Asked) -> Json | Response:
    """`POST wait`."""
    find = FINDERS.get(str(asked.body.get("for")))
    if find is None:
        raise ControlError("unknown_wait", f"'for' must be one of: {', '.join(FINDERS)}")
    try:
        timeout = min(float(asked.body.get("timeout") or 10.0), LONGEST)
        after = int(asked.body.get("after") or 0)
    except ValueError as error:
        raise ControlError("bad_number", "timeout and after must be numbers") from error
    ends = time.monotonic() + timeout
    while True:
        seq = asked.world.changes.seq
        match = next(iter(find(asked, after)), None)
        if match is not None:
            return {"match": match, "seq": seq}
        left = ends - time.monotonic()
        if left <= 0 or not await asked.world.changes.changed(seq, left):
            return _gave_up(asked, timeout)


def _gave_up(asked: Asked, timeout: float) -> Response:
    near = NEARBY[str(asked.body["for"])](asked)
    wanted = {k: v for k, v in asked.body.items() if k not in {"timeout", "after"}}
    detail = f"nothing matched {wanted} within {timeout:g} s"
    body = {"ok": False, "error": "timeout", "detail": detail, "near": near}
    return JSONResponse(body, 408)


def _pattern(asked: Asked) -> re.Pattern[str] | None:
    try:
        return re.compile(str(asked.body["pattern"])) if asked.body.get("pattern") else None
    except re.error as error:
        said = f"pattern is not a regular expression: {error}"
        raise ControlError("bad_pattern", said) from error


def _texts(asked: Asked) -> Callable[[Iterable[str]], bool]:
    text, pattern = asked.body.get("text"), _pattern(asked)

    def fits(texts: Iterable[str]) -> bool:
        whole = "\n".join(texts)
        if text and str(text).casefold() not in whole.casefold():
            return False
        return pattern is None or bool(pattern.search(whole))

    return fits


def _message_texts(message: Message) -> Iterator[str]:
    yield message.text
    yield from blocks.texts(message.blocks)
    yield from blocks.texts(message.attachments)


def _view_texts(view: View) -> Iterator[str]:
    yield from blocks.texts(view.definition.get("title") or {})
    yield from blocks.texts(view.definition["blocks"])


def _fresh(asked: Asked, after: int) -> Callable[[str, str], bool]:
    """Whether a message or view was touched after the change `after`; always, when that is 0."""
    if not after:
        return lambda _key, _value: True
    changes = list(asked.world.changes.since(after))
    return lambda key, value: any(change.data.get(key) == value for change in changes)


def _messages(asked: Asked, after: int) -> Iterator[Json]:
    fits, fresh, given = _texts(asked), _fresh(asked, after), asked.body
    author = asked.world.person(given["author"]).id if given.get("author") else None
    for message in _readable(asked):
        pinned = any(p.ts == message.ts for p in asked.world.channels[message.channel].pins)
        wanted = (
            given.get("ts") in {None, message.ts}
            and given.get("thread_ts") in {None, message.thread_ts}
            and author in {None, message.user}
            and (given.get("pinned") is None or _yes(given["pinned"]) == pinned)
            and (
                given.get("ephemeral") is None
                or _yes(given["ephemeral"]) == bool(message.ephemeral_for)
            )
        )
        if wanted and fits(_message_texts(message)) and fresh("ts", message.ts):
            yield shown_message(asked.world, message)


def _readable(asked: Asked) -> Iterator[Message]:
    """Newest first: of one channel or all; as one person sees them, or all."""
    world, given = asked.world, asked.body
    reader = world.person(given["user"]) if given.get("user") else None
    rooms = list(world.channels.values())
    if given.get("channel"):
        found = _room_if_there(asked, reader)
        rooms = [found] if found else []
    for channel in rooms:
        if reader is not None and not world.sees(channel, reader.id):
            continue
        if reader is None:
            mine = [m for m in world.ephemerals.values() if m.channel == channel.id]
            yield from sorted([*channel.messages.values(), *mine], key=_by_ts, reverse=True)
        else:
            top = visible(world, channel, reader)
            threads = [m for m in channel.messages.values() if m.thread_ts not in {None, m.ts}]
            aside = [
                m
                for m in world.ephemerals.values()
                if m.channel == channel.id and m.ephemeral_for == reader.id and m.thread_ts
            ]
            yield from sorted(
                {m.ts: m for m in [*top, *threads, *aside]}.values(), key=_by_ts, reverse=True
            )


def _by_ts(message: Message) -> str:
    return message.ts


def _room_if_there(asked: Asked, reader: User | None) -> Channel | None:
    wanted = str(asked.body["channel"])
    for channel in asked.world.channels.values():
        if wanted == channel.id or wanted.removeprefix("#") == channel.name:
            return channel if reader is None or asked.world.sees(channel, reader.id) else None
    return None


def _channels(asked: Asked, after: int) -> Iterator[Json]:
    given, world, fresh = asked.body, asked.world, _fresh(asked, after)
    member = world.person(given["user"]) if given.get("user") else None
    pattern = _pattern(asked)
    for channel in world.channels.values():
        if (
            given.get("name") in {None, channel.name}
            and channel.name.startswith(str(given.get("prefix") or ""))
            and (pattern is None or pattern.search(channel.name))
            and (member is None or member.id in channel.members)
            and (given.get("archived") is None or _yes(given["archived"]) == channel.is_archived)
            and fresh("channel", channel.id)
        ):
            yield shown_channel(world, channel, member or world.bot)


def _views(asked: Asked, after: int) -> Iterator[Json]:
    user, fits, fresh = asked.user(), _texts(asked), _fresh(asked, after)
    for ident in reversed(asked.world.modals.get(user.id, [])):
        view = asked.world.views[ident]
        callback = view.definition.get("callback_id")
        wanted = asked.body.get("callback_id") in {None, callback}
        if wanted and fits(_view_texts(view)) and fresh("view_id", ident):
            yield shown_view(asked.world, view) or {}


def _homes(asked: Asked, after: int) -> Iterator[Json]:
    user, fits, fresh = asked.user(), _texts(asked), _fresh(asked, after)
    view = asked.world.views.get(asked.world.homes.get(user.id, ""))
    if view is not None and fits(_view_texts(view)) and fresh("view_id", view.id):
        yield shown_view(asked.world, view) or {}


def _reactions(asked: Asked, after: int) -> Iterator[Json]:
    world, name, ts = asked.world, asked.text("name").strip(":"), asked.text("ts")
    user = world.person(asked.body["user"]).id if asked.body.get("user") else None
    channel = _room_if_there(asked, None)
    message = channel.messages.get(ts) if channel else None
    users = message.reactions.get(name, []) if message else []
    if message and users and user in {None, *users} and _fresh(asked, after)("ts", ts):
        yield shown_message(world, message)


def _traffic(asked: Asked, after: int) -> Iterator[Json]:
    given = asked.body
    recent: set[int] | None = None
    if after:
        found = (change.data.get("entry") for change in asked.world.changes.since(after))
        recent = {entry["id"] for entry in found if entry}
    for entry in reversed(asked.world.traffic.entries):
        if (
            given.get("kind") in {None, entry.kind}
            and given.get("name") in {None, entry.name}
            and str(given.get("status") or entry.status) == str(entry.status)
            and given.get("error") in {None, entry.error}
            and int(given.get("attempt") or entry.attempt) == entry.attempt
            and (recent is None or entry.id in recent)
        ):
            yield entry.to_json()


def _sockets(asked: Asked, after: int) -> Iterator[Json]:
    del after
    if len(asked.hub.sockets) >= int(asked.body.get("count") or 1):
        yield {"sockets": len(asked.hub.sockets)}


def _yes(value: object) -> bool:
    return value in {True, "true", "1"}


def _near_messages(asked: Asked) -> list[str]:
    return [message.text[:200] for _, message in zip(range(NEAR), _readable(asked), strict=False)]


FINDERS: dict[str, Callable[[Asked, int], Iterator[Json]]] = {
    "message": _messages,
    "channel": _channels,
    "view": _views,
    "home": _homes,
    "reaction": _reactions,
    "traffic": _traffic,
    "socket": _sockets,
}
NEARBY: dict[str, Callable[[Asked], list[str]]] = {
    "message": _near_messages,
    "channel": lambda asked: [channel.name for channel in asked.world.channels.values()],
    "view": lambda asked: [
        str(asked.world.views[ident].definition.get("callback_id"))
        for ident in asked.world.modals.get(asked.user().id, [])
    ],
    "home": lambda asked: list(asked.world.homes),
    "reaction": _near_messages,
    "traffic": lambda asked: [
        f"{entry.name} {entry.status} {entry.error or ''}".strip()
        for entry in list(asked.world.traffic.entries)[-NEAR:]
    ],
    "socket": lambda asked: [f"{len(asked.hub.sockets)} open"],
}
