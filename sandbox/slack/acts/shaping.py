"""Users, channels, messages, views and files as Slack's JSON shows them."""

import hashlib
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sandbox.slack.model import Channel, FileRecord, Json, Label, Message, User, View, without_none
from sandbox.slack.world import World

IMAGE_SIZES = (24, 32, 48, 72, 192, 512)


def user_json(world: World, user: User, *, with_email: bool = True) -> Json:
    """A user object; the e-mail address only for tokens that may read it."""
    offset = _tz_offset(user.tz, world.clock())
    return {
        "id": user.id,
        "team_id": world.workspace.id,
        "name": user.name,
        "deleted": user.deleted,
        "color": hashlib.sha256(user.id.encode()).hexdigest()[:6],
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": offset,
        "profile": profile_json(world, user, with_email=with_email),
        "is_admin": user.is_admin,
        "is_owner": user.is_admin,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "has_2fa": False,
        "updated": user.updated,
    }


def profile_json(world: World, user: User, *, with_email: bool = True) -> Json:
    """The profile inside a user object."""
    first, _, last = user.real_name.partition(" ")
    avatar = hashlib.sha256(user.name.encode()).hexdigest()[:12]
    profile: Json = {
        "avatar_hash": avatar,
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": user.name,
        "display_name_normalized": user.name,
        "first_name": first,
        "last_name": last,
        "status_text": "",
        "status_emoji": "",
        "status_emoji_display_info": [],
        "status_expiration": 0,
        "title": "",
        "phone": "",
        "skype": "",
        "team": world.workspace.id,
        "fields": {},
    }
    for size in IMAGE_SIZES:
        profile[f"image_{size}"] = f"{world.base_url}/_files/avatar/{user.id}-{size}.svg"
    if with_email and not user.is_bot:
        profile["email"] = user.email
    if user.is_bot:
        profile |= {"bot_id": world.app.bot_id, "api_app_id": world.app.app_id}
    return profile


def channel_json(world: World, channel: Channel, viewer: str) -> Json:
    """A conversation object as `viewer` (usually the bot) gets it."""
    common: Json = {
        "id": channel.id,
        "created": channel.created,
        "is_archived": channel.is_archived,
        "is_im": channel.kind == "im",
        "is_org_shared": False,
        "context_team_id": world.workspace.id,
        "updated": channel.updated,
    }
    if channel.kind == "im":
        others = [member for member in channel.members if member != viewer] or [viewer]
        return common | {"user": others[0], "is_user_deleted": False, "priority": 0}
    return common | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind == "public",
        "is_group": channel.kind == "private",
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.kind != "public",
        "is_general": channel.is_general,
        "is_shared": False,
        "is_ext_shared": False,
        "is_pending_ext_shared": False,
        "is_frozen": False,
        "is_read_only": False,
        "is_member": viewer in channel.members,
        "creator": channel.creator,
        "unlinked": 0,
        "parent_conversation": None,
        "pending_shared": [],
        "pending_connected_team_ids": [],
        "shared_team_ids": [world.workspace.id],
        "previous_names": list(channel.previous_names),
        "priority": 0,
        "last_read": "0000000000.000000",
        "topic": _label(channel.topic),
        "purpose": _label(channel.purpose),
        "properties": {"tabs": []},
    }


def message_json(world: World, message: Message, *, metadata: bool = False) -> Json:
    """A message object. Metadata is left out unless asked for, as in `conversations.history`."""
    shaped: Json = {
        "type": "message",
        "subtype": message.subtype,
        "user": message.user,
        "team": None if message.subtype else world.workspace.id,
        "text": message.text,
        "ts": message.ts,
        "client_msg_id": message.client_msg_id,
        "thread_ts": message.thread_ts,
        "blocks": message.blocks or None,
        "attachments": message.attachments or None,
        "edited": message.edited,
        "username": message.username,
        "icons": message.icons,
        **message.extra,
    }
    if message.bot_id:
        shaped |= {
            "bot_id": message.bot_id,
            "app_id": world.app.app_id,
            "bot_profile": bot_profile(world),
        }
    if message.files:
        shaped["files"] = [file_json(world, world.files[ident]) for ident in message.files]
        shaped["upload"] = False
    if message.reactions:
        shaped["reactions"] = [
            {"name": name, "users": list(users), "count": len(users)}
            for name, users in message.reactions.items()
        ]
    if message.metadata and metadata:
        shaped["metadata"] = message.metadata
    channel = world.channels[message.channel]
    if any(pin.ts == message.ts for pin in channel.pins):
        shaped["pinned_to"] = [channel.id]
    shaped |= _thread_facts(channel, message)
    return without_none(shaped)


def replies(channel: Channel, ts: str) -> list[Message]:
    """The replies of a thread, oldest first, without its parent."""
    return [m for m in channel.messages.values() if m.thread_ts == ts and m.ts != ts]


def view_json(world: World, view: View) -> Json:
    """A view object, with what the person has entered under `state.values`."""
    given = view.definition
    return {
        "id": view.id,
        "team_id": world.workspace.id,
        "type": view.type,
        "title": given.get("title"),
        "submit": given.get("submit"),
        "close": given.get("close"),
        "blocks": given["blocks"],
        "private_metadata": given.get("private_metadata") or "",
        "callback_id": given.get("callback_id") or "",
        "external_id": given.get("external_id") or "",
        "state": {"values": view.values},
        "hash": view.hash,
        "clear_on_close": bool(given.get("clear_on_close")),
        "notify_on_close": bool(given.get("notify_on_close")),
        "submit_disabled": bool(given.get("submit_disabled")),
        "root_view_id": view.root_view_id,
        "previous_view_id": view.previous_view_id,
        "app_id": world.app.app_id,
        "app_installed_team_id": world.workspace.id,
        "bot_id": world.app.bot_id,
    }


def file_json(world: World, record: FileRecord) -> Json:
    """A file object."""
    suffix = record.name.rpartition(".")[2].lower()
    return {
        "id": record.id,
        "created": record.created,
        "timestamp": record.created,
        "name": record.name,
        "title": record.title or record.name,
        "filetype": suffix,
        "pretty_type": suffix.upper(),
        "mimetype": "application/octet-stream",
        "mode": "hosted",
        "user": record.user,
        "size": record.length,
        "editable": False,
        "is_external": False,
        "external_type": "",
        "is_public": False,
        "channels": list(record.channels),
        "groups": [],
        "ims": [],
        "url_private": f"{world.base_url}/_files/{record.id}/{record.name}",
        "url_private_download": f"{world.base_url}/_files/{record.id}/{record.name}",
        "permalink": f"{world.base_url}/files/{record.user}/{record.id}",
        "comments_count": 0,
    }


def bot_profile(world: World) -> Json:
    """The `bot_profile` beside a message of the app."""
    return {
        "id": world.app.bot_id,
        "deleted": False,
        "name": world.app.name,
        "updated": world.bot.updated,
        "app_id": world.app.app_id,
        "icons": {
            f"image_{size}": f"{world.base_url}/_files/avatar/{world.app.bot_user_id}-{size}.svg"
            for size in (36, 48, 72)
        },
        "team_id": world.workspace.id,
    }


def permalink(world: World, channel: Channel, message: Message) -> str:
    """The web address of a message."""
    address = f"{world.base_url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts and message.thread_ts != message.ts:
        address += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return address


def _thread_facts(channel: Channel, message: Message) -> Json:
    if message.thread_ts and message.thread_ts != message.ts:
        parent = channel.messages.get(message.thread_ts)
        return {"parent_user_id": parent.user} if parent else {}
    if message.thread_ts != message.ts:
        return {}
    answers = replies(channel, message.ts)
    if not answers:
        return {}
    users = list(dict.fromkeys(answer.user for answer in answers))
    return {
        "reply_count": len(answers),
        "reply_users": users,
        "reply_users_count": len(users),
        "latest_reply": answers[-1].ts,
        "is_locked": False,
        "subscribed": True,
    }


def _label(label: Label) -> Json:
    return {"value": label.value, "creator": label.creator, "last_set": label.last_set}


def _tz_offset(name: str, now: float) -> int:
    try:
        offset = datetime.fromtimestamp(now, ZoneInfo(name)).utcoffset()
    except (ZoneInfoNotFoundError, ValueError):
        return 0
    return int(offset.total_seconds()) if offset else 0
