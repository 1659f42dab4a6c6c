"""The methods bookmarks.*."""

from sandbox.slack.errors import SlackError
from sandbox.slack.methods.registry import Call, method
from sandbox.slack.model import Channel, Json

LIMIT = 100
CHANNEL = "channel_not_found"


@method(
    "bookmarks.add",
    args="channel_id title type link emoji entity_id access_level parent_id",
    required="channel_id title type",
    scopes="bookmarks:write",
    errors=f"{CHANNEL} invalid_bookmark_type invalid_link permission_denied too_many_bookmarks",
    tier=2,
)
def bookmarks_add(call: Call) -> Json:
    """Put a link at the top of a channel."""
    channel = _writable(call)
    if call.text("type") != "link":
        raise SlackError("invalid_bookmark_type")
    if len(channel.bookmarks) >= LIMIT:
        raise SlackError("too_many_bookmarks")
    now = call.world.now()
    bookmark: Json = {
        "id": call.world.new_id("Bk"),
        "channel_id": channel.id,
        "title": call.text("title"),
        "link": _link(call),
        "emoji": call.text("emoji"),
        "icon_url": None,
        "type": "link",
        "entity_id": None,
        "date_created": now,
        "date_updated": 0,
        "rank": f"{len(channel.bookmarks):04d}",
        "last_updated_by_user_id": call.bot,
        "last_updated_by_team_id": call.world.workspace.id,
        "shortcut_id": None,
        "app_id": call.world.app.app_id,
    }
    channel.bookmarks.append(bookmark)
    call.world.changed_in(channel, "bookmark")
    return {"bookmark": bookmark}


@method(
    "bookmarks.edit",
    args="channel_id bookmark_id title link emoji",
    required="channel_id bookmark_id",
    scopes="bookmarks:write",
    errors=f"{CHANNEL} invalid_link not_found permission_denied",
    tier=2,
)
def bookmarks_edit(call: Call) -> Json:
    """Change a bookmark."""
    channel = _writable(call)
    bookmark = _found(call, channel)
    if "link" in call.args:
        bookmark["link"] = _link(call)
    bookmark |= {key: call.text(key) for key in ("title", "emoji") if key in call.args}
    bookmark |= {"date_updated": call.world.now(), "last_updated_by_user_id": call.bot}
    call.world.changed_in(channel, "bookmark")
    return {"bookmark": bookmark}


@method(
    "bookmarks.remove",
    args="channel_id bookmark_id quip_section_id",
    required="channel_id bookmark_id",
    scopes="bookmarks:write",
    errors=f"{CHANNEL} not_found permission_denied",
    tier=2,
)
def bookmarks_remove(call: Call) -> Json:
    """Take a bookmark away."""
    channel = _writable(call)
    channel.bookmarks.remove(_found(call, channel))
    call.world.changed_in(channel, "bookmark")
    return {}


@method(
    "bookmarks.list",
    args="channel_id",
    required="channel_id",
    scopes="bookmarks:read",
    errors=CHANNEL,
    tier=3,
)
def bookmarks_list(call: Call) -> Json:
    """A channel's bookmarks."""
    return {"bookmarks": list(call.channel("channel_id").bookmarks)}


def _writable(call: Call) -> Channel:
    channel = call.channel("channel_id")
    if call.bot not in channel.members:
        raise SlackError("permission_denied")
    return channel


def _found(call: Call, channel: Channel) -> Json:
    for bookmark in channel.bookmarks:
        if bookmark["id"] == call.text("bookmark_id"):
            return bookmark
    raise SlackError("not_found")


def _link(call: Call) -> str:
    link = call.text("link")
    if not link.startswith(("http://", "https://")):
        raise SlackError("invalid_link")
    return link
