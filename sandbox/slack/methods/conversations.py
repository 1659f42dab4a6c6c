"""conversations.* that change something."""

from sandbox.slack.acts import rooms
from sandbox.slack.errors import SlackError
from sandbox.slack.methods.registry import INVITE, MANAGE, TOPIC, Call, method
from sandbox.slack.model import Channel, Json

INVITE_LIMIT = 100
OPEN_LIMIT = 8
NAMES = (
    "invalid_name_maxlength invalid_name_punctuation invalid_name_required invalid_name_specials "
    "name_taken"
)
WRONG_KIND = "method_not_supported_for_channel_type"


def _named_room(call: Call, *, member: bool = False) -> Channel:
    channel = call.channel(member=member)
    if channel.kind not in {"public", "private"}:
        raise SlackError(WRONG_KIND)
    return channel


@method(
    "conversations.create",
    args="name is_private:bool team_id",
    required="name",
    by_kind={kind: MANAGE[kind] for kind in ("public", "private")},
    errors=NAMES,
    tier=2,
)
def conversations_create(call: Call) -> Json:
    """A new channel; the bot is its first member."""
    private = bool(call.args.get("is_private"))
    call.need(*MANAGE["private" if private else "public"])
    channel = rooms.create(call.world, call.text("name"), call.bot, private=private)
    return {"channel": call.shape(channel)}


@method(
    "conversations.invite",
    args="channel users:list force:bool",
    required="channel users",
    by_kind=INVITE,
    errors="already_in_channel cant_invite_self channel_not_found is_archived no_user "
    "not_in_channel user_not_found",
    tier=3,
)
def conversations_invite(call: Call) -> Json:
    """Bring up to 100 people in: all of them, or with `force` those who can be."""
    channel = _named_room(call, member=True)
    if channel.is_archived:
        raise SlackError("is_archived")
    wanted = list(dict.fromkeys(call.args["users"]))
    if not wanted:
        raise SlackError("no_user")
    if len(wanted) > INVITE_LIMIT:
        raise SlackError("invalid_arguments", f"[ERROR] no more than {INVITE_LIMIT} users allowed")
    refused = [
        {"user": user, "ok": False, "error": why}
        for user in wanted
        if (why := _uninvitable(call, channel, user))
    ]
    able = [user for user in wanted if not any(item["user"] == user for item in refused)]
    if refused and not (call.args.get("force") and able):
        raise SlackError(str(refused[0]["error"]), errors=refused)
    for user in able:
        rooms.join(call.world, channel, user, inviter=call.bot)
    answer: Json = {"channel": call.shape(channel)}
    return answer | {"errors": refused} if refused else answer


def _uninvitable(call: Call, channel: Channel, user: str) -> str | None:
    if user == call.bot:
        return "cant_invite_self"
    if user not in call.world.users:
        return "user_not_found"
    return "already_in_channel" if user in channel.members else None


@method(
    "conversations.inviteShared",
    args="channel emails:list user_ids:list external_limited:bool",
    required="channel",
    scopes="conversations.connect:write",
    errors="channel_archived channel_not_found invalid_email not_in_channel not_paid "
    "recipients_not_specified too_many_emails",
    tier=2,
)
def conversations_invite_shared(call: Call) -> Json:
    """Invite one person of another organisation. Nobody accepts: that side is not simulated."""
    channel = call.channel(member=True)
    if channel.is_archived:
        raise SlackError("channel_archived")
    if not call.world.paid:
        raise SlackError("not_paid")
    emails = call.args.get("emails") or []
    recipients = [*emails, *(call.args.get("user_ids") or [])]
    if not recipients:
        raise SlackError("recipients_not_specified")
    if len(recipients) > 1:
        raise SlackError("too_many_emails")
    if any("@" not in email for email in emails):
        raise SlackError("invalid_email")
    return {"invite_id": call.world.new_id("I"), "is_legacy_shared_channel": False}


@method(
    "conversations.kick",
    args="channel user",
    required="channel",
    by_kind={"public": ("channels:manage",), "private": ("groups:write",)},
    errors="cant_kick_from_general cant_kick_self channel_not_found not_in_channel user_not_found",
    tier=3,
)
def conversations_kick(call: Call) -> Json:
    """Remove somebody from a channel."""
    channel = _kickable(call)
    user = call.world.user(call.text("user"))
    if user.id == call.bot:
        raise SlackError("cant_kick_self")
    if user.id not in channel.members:
        raise SlackError("not_in_channel")
    rooms.leave(call.world, channel, user.id, kicked_by=call.bot)
    return {"errors": {}}


def _kickable(call: Call) -> Channel:
    known = call.world.channels.get(call.text("channel"))
    if known is not None and known.kind in {"im", "mpim"}:
        raise SlackError(WRONG_KIND)
    return call.channel(member=True)


@method(
    "conversations.join",
    args="channel",
    required="channel",
    scopes="channels:join",
    errors="channel_not_found is_archived",
    tier=3,
)
def conversations_join(call: Call) -> Json:
    """The bot joins a public channel."""
    channel = call.channel()
    if channel.kind != "public":
        raise SlackError(WRONG_KIND)
    if channel.is_archived:
        raise SlackError("is_archived")
    if call.bot in channel.members:
        call.warnings.append("already_in_channel")
    rooms.join(call.world, channel, call.bot)
    return {"channel": call.shape(channel)}


@method(
    "conversations.leave",
    args="channel",
    required="channel",
    by_kind=MANAGE,
    errors="cant_leave_general channel_not_found is_archived last_member",
    tier=3,
)
def conversations_leave(call: Call) -> Json:
    """The bot leaves a channel."""
    channel = _named_room(call)
    if channel.is_archived:
        raise SlackError("is_archived")
    if call.bot not in channel.members:
        return {"not_in_channel": True}
    rooms.leave(call.world, channel, call.bot)
    return {}


@method(
    "conversations.open",
    args="channel users:list return_im:bool prevent_creation:bool",
    by_kind={"im": ("im:write",), "mpim": ("mpim:write",)},
    errors="channel_not_found too_many_users user_not_found users_list_not_supplied",
    tier=3,
)
def conversations_open(call: Call) -> Json:
    """The direct message with one person, or the group message with up to eight."""
    if call.text("channel"):
        channel, new = call.channel(), False
        if channel.kind not in {"im", "mpim"}:
            raise SlackError(WRONG_KIND)
    else:
        people = [call.world.user(user).id for user in call.args.get("users") or []]
        if not people:
            raise SlackError("users_list_not_supplied")
        if len(people) > OPEN_LIMIT:
            raise SlackError("too_many_users")
        call.need("im:write" if len(people) == 1 else "mpim:write")
        channel, new = rooms.open_direct(call.world, [call.bot, *people])
    full = call.args.get("return_im")
    facts: Json = {"channel": call.shape(channel) if full else {"id": channel.id}}
    return facts if new else facts | {"no_op": True, "already_open": True}


@method(
    "conversations.setTopic",
    args="channel topic",
    required="channel topic",
    by_kind=TOPIC,
    errors="channel_not_found is_archived not_in_channel too_long",
    tier=2,
)
def conversations_set_topic(call: Call) -> Json:
    """Set the topic."""
    channel = call.channel(member=True)
    rooms.set_label(call.world, channel, "topic", call.text("topic"), call.bot)
    return {"channel": call.shape(channel)}


@method(
    "conversations.setPurpose",
    args="channel purpose",
    required="channel purpose",
    by_kind=TOPIC,
    errors="channel_not_found is_archived not_in_channel too_long",
    tier=2,
)
def conversations_set_purpose(call: Call) -> Json:
    """Set the purpose."""
    channel = call.channel(member=True)
    rooms.set_label(call.world, channel, "purpose", call.text("purpose"), call.bot)
    return {"channel": call.shape(channel), "purpose": channel.purpose.value}


@method(
    "conversations.rename",
    args="channel name",
    required="channel name",
    by_kind=MANAGE,
    errors=f"{NAMES} channel_not_found is_archived not_authorized not_in_channel",
    tier=2,
)
def conversations_rename(call: Call) -> Json:
    """Rename a channel that the bot made."""
    channel = _named_room(call, member=True)
    if channel.creator != call.bot:
        raise SlackError("not_authorized")
    rooms.rename(call.world, channel, call.text("name"), call.bot)
    return {"channel": call.shape(channel)}


@method(
    "conversations.archive",
    args="channel",
    required="channel",
    by_kind=MANAGE,
    errors="already_archived cant_archive_general channel_not_found not_in_channel",
    tier=2,
)
def conversations_archive(call: Call) -> Json:
    """Archive a channel."""
    rooms.archive(call.world, _named_room(call, member=True), call.bot)
    return {}


@method(
    "conversations.unarchive",
    args="channel",
    required="channel",
    by_kind=MANAGE,
    errors="channel_not_found not_archived",
    tier=2,
)
def conversations_unarchive(call: Call) -> Json:
    """Open an archived channel again."""
    rooms.unarchive(call.world, _named_room(call), call.bot)
    return {}
