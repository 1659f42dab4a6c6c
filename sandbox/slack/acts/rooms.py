"""Making, naming, filling and archiving rooms."""

from sandbox.slack.acts.messages import CHANNEL_TYPE, announce
from sandbox.slack.acts.shaping import channel_json
from sandbox.slack.errors import SlackError
from sandbox.slack.model import Channel, Json, Kind, Label
from sandbox.slack.world import World

NAME_LIMIT = 80
LABEL_LIMIT = 250


def valid_name(world: World, name: str, *, itself: Channel | None = None) -> str:
    """A name that a channel may have.

    Raises:
        SlackError: `invalid_name_required`, `_maxlength`, `_punctuation`, `_specials`, `name_taken`
            (archived channels keep their names).
    """
    name = name.removeprefix("#")
    if not name.strip():
        raise SlackError("invalid_name_required")
    if len(name) > NAME_LIMIT:
        raise SlackError("invalid_name_maxlength")
    if not any(character.isalnum() for character in name):
        raise SlackError("invalid_name_punctuation")
    if any(not (c.isalnum() or c in "-_") or c != c.lower() for c in name):
        raise SlackError("invalid_name_specials")
    for channel in world.channels.values():
        if channel.name == name and channel is not itself:
            raise SlackError("name_taken")
    return name


def create(world: World, name: str, creator: str, *, private: bool) -> Channel:
    """A new channel with its creator as the only member.

    Raises:
        SlackError: as `valid_name`.
    """
    channel = Channel(
        id=world.new_id("C"),
        name=valid_name(world, name),
        kind="private" if private else "public",
        creator=creator,
        created=world.now(),
        members=[creator],
        updated=world.now(),
    )
    world.channels[channel.id] = channel
    _tell(world, channel, "channel.created", creator)
    if channel.kind == "public":
        world.publish(
            {
                "type": "channel_created",
                "channel": {
                    "id": channel.id,
                    "is_channel": True,
                    "name": channel.name,
                    "name_normalized": channel.name,
                    "created": channel.created,
                    "creator": creator,
                    "is_shared": False,
                    "is_org_shared": False,
                    "context_team_id": world.workspace.id,
                },
                "event_ts": world.new_ts(),
            }
        )
    _joined(world, channel, creator, None)
    return channel


def open_direct(world: World, members: list[str]) -> tuple[Channel, bool]:
    """The direct or group message between these people, and whether it is new."""
    members = list(dict.fromkeys(members))
    found = world.direct(members)
    if found is not None:
        return found, False
    kind: Kind = "im" if len(members) <= 2 else "mpim"  # noqa: PLR2004 - two make a pair
    names = "--".join(world.users[member].name for member in members)
    channel = Channel(
        id=world.new_id("D" if kind == "im" else "G"),
        name="" if kind == "im" else f"mpdm-{names}-1",
        kind=kind,
        creator=members[0],
        created=world.now(),
        members=members,
        updated=world.now(),
    )
    world.channels[channel.id] = channel
    _tell(world, channel, "channel.created", members[0])
    return channel, True


def join(world: World, channel: Channel, user: str, inviter: str | None = None) -> None:
    """A person (or the bot) becomes a member; nothing happens if they already are."""
    if user in channel.members:
        return
    channel.members.append(user)
    _tell(world, channel, "channel.joined", user)
    _joined(world, channel, user, inviter)


def leave(world: World, channel: Channel, user: str, kicked_by: str | None = None) -> None:
    """A member goes, or is removed by `kicked_by`.

    Raises:
        SlackError: `cant_leave_general`, or `last_member` of a private channel.
    """
    if channel.is_general:
        raise SlackError("cant_kick_from_general" if kicked_by else "cant_leave_general")
    if channel.kind == "private" and channel.members == [user] and not kicked_by:
        raise SlackError("last_member")
    event = {
        "type": "member_left_channel",
        "user": user,
        "channel": channel.id,
        "channel_type": _letter(channel),
        "team": world.workspace.id,
        "event_ts": world.new_ts(),
    }
    subtype = "channel_leave" if channel.kind == "public" else "group_leave"
    announce(world, channel, user, subtype, f"<@{user}> has left the channel")
    world.publish(event, channel)
    _tell(world, channel, "channel.left", user)
    channel.members.remove(user)
    if user == world.app.bot_user_id:
        gone = "channel_left" if channel.kind == "public" else "group_left"
        event = {"type": gone, "channel": channel.id, "actor_id": kicked_by or user}
        world.publish(event | {"event_ts": world.new_ts()})


def rename(world: World, channel: Channel, name: str, user: str) -> None:
    """Give a channel another name.

    Raises:
        SlackError: as `valid_name`; `is_archived`.
    """
    if channel.is_archived:
        raise SlackError("is_archived")
    new, old = valid_name(world, name, itself=channel), channel.name
    if new == old:
        return
    channel.previous_names.append(old)
    channel.name = new
    _touch(world, channel)
    subtype = "channel_name" if channel.kind == "public" else "group_name"
    announce(
        world,
        channel,
        user,
        subtype,
        f'has renamed the channel from "{old}" to "{new}"',
        old_name=old,
        name=new,
    )
    event = "channel_rename" if channel.kind == "public" else "group_rename"
    facts = {"id": channel.id, "name": new, "name_normalized": new, "created": channel.created}
    world.publish({"type": event, "channel": facts, "event_ts": world.new_ts()}, channel)


def set_label(world: World, channel: Channel, which: str, value: str, user: str) -> None:
    """Set the `topic` or the `purpose`.

    Raises:
        SlackError: `too_long` (250 characters), `is_archived`.
    """
    if len(value) > LABEL_LIMIT:
        raise SlackError("too_long")
    if channel.is_archived:
        raise SlackError("is_archived")
    setattr(channel, which, Label(value, user, world.now()))
    _touch(world, channel)
    prefix = "channel" if channel.kind == "public" else "group"
    announce(
        world,
        channel,
        user,
        f"{prefix}_{which}",
        f"set the channel {which}: {value}",
        **{which: value},
    )


def archive(world: World, channel: Channel, user: str) -> None:
    """Close a channel for writing.

    Raises:
        SlackError: `cant_archive_general`, `already_archived`.
    """
    if channel.is_general:
        raise SlackError("cant_archive_general")
    if channel.is_archived:
        raise SlackError("already_archived")
    prefix = "channel" if channel.kind == "public" else "group"
    announce(world, channel, user, f"{prefix}_archive", "archived the channel")
    channel.is_archived = True
    _archiving(world, channel, f"{prefix}_archive", user)


def unarchive(world: World, channel: Channel, user: str) -> None:
    """Open an archived channel again.

    Raises:
        SlackError: `not_archived`.
    """
    if not channel.is_archived:
        raise SlackError("not_archived")
    channel.is_archived = False
    prefix = "channel" if channel.kind == "public" else "group"
    announce(world, channel, user, f"{prefix}_unarchive", "un-archived the channel")
    _archiving(world, channel, f"{prefix}_unarchive", user)


def _archiving(world: World, channel: Channel, event: str, user: str) -> None:
    _touch(world, channel)
    facts: Json = {"type": event, "channel": channel.id, "user": user}
    if event.endswith("_archive"):
        facts["is_moved"] = 0
    world.publish(facts | {"event_ts": world.new_ts()}, channel)


def _joined(world: World, channel: Channel, user: str, inviter: str | None) -> None:
    subtype = "channel_join" if channel.kind == "public" else "group_join"
    extra = {"inviter": inviter} if inviter else {}
    announce(world, channel, user, subtype, f"<@{user}> has joined the channel", **extra)
    event = {
        "type": "member_joined_channel",
        "user": user,
        "channel": channel.id,
        "channel_type": _letter(channel),
        "team": world.workspace.id,
        "event_ts": world.new_ts(),
        **extra,
    }
    world.publish(event, channel)


def _touch(world: World, channel: Channel) -> None:
    channel.updated = world.now()
    _tell(world, channel, "channel.changed", None)


def _tell(world: World, channel: Channel, kind: str, user: str | None) -> None:
    shaped = channel_json(world, channel, user or "") | {"type": CHANNEL_TYPE[channel.kind]}
    world.changed(kind, world.audience(channel), channel=channel.id, user=user, conversation=shaped)


def _letter(channel: Channel) -> str:
    return "C" if channel.kind == "public" else "G"
