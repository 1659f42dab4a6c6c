"""The methods users.*."""

from sandbox.slack.acts.shaping import profile_json, user_json
from sandbox.slack.errors import SlackError
from sandbox.slack.methods.registry import READ, Call, method, page
from sandbox.slack.model import Json, Kind, User


def _shape(call: Call, user: User) -> Json:
    return user_json(call.world, user, with_email="users:read.email" in call.grant.scopes)


@method(
    "users.info",
    args="user include_locale:bool",
    required="user",
    scopes="users:read",
    errors="user_not_found",
    tier=4,
)
def users_info(call: Call) -> Json:
    """One person."""
    shaped = _shape(call, call.world.user(call.text("user")))
    if call.args.get("include_locale"):
        shaped["locale"] = "en-GB"
    return {"user": shaped}


@method(
    "users.list",
    args="cursor limit:int team_id include_locale:bool",
    scopes="users:read",
    errors="invalid_cursor",
    tier=2,
)
def users_list(call: Call) -> Json:
    """Everybody, the bot included."""
    people = [_shape(call, user) for user in call.world.users.values()]
    members, metadata = page(people, call, default=1000)
    return {"members": members, "cache_ts": call.world.now(), **metadata}


@method(
    "users.lookupByEmail",
    args="email",
    required="email",
    scopes="users:read.email",
    errors="users_not_found",
    tier=3,
)
def users_lookup_by_email(call: Call) -> Json:
    """The person with this address."""
    wanted = call.text("email").casefold()
    for user in call.world.users.values():
        if user.email and user.email.casefold() == wanted and not user.deleted:
            return {"user": _shape(call, user)}
    raise SlackError("users_not_found")


@method(
    "users.profile.get",
    args="user include_labels:bool",
    scopes="users.profile:read",
    errors="user_not_found",
    tier=4,
)
def users_profile_get(call: Call) -> Json:
    """A person's profile, or the bot's own."""
    user = call.world.user(call.text("user") or call.bot)
    with_email = "users:read.email" in call.grant.scopes
    return {"profile": profile_json(call.world, user, with_email=with_email)}


@method(
    "users.conversations",
    args="user types exclude_archived:bool cursor limit:int team_id",
    by_kind=READ,
    errors="invalid_cursor invalid_types user_not_found",
    tier=3,
)
def users_conversations(call: Call) -> Json:
    """The conversations a person is in, as far as the bot may know of them."""
    world = call.world
    user = world.user(call.text("user") or call.bot)
    kinds = wanted_kinds(call)
    found = [
        call.shape(channel)
        for channel in world.channels.values()
        if channel.kind in kinds
        and user.id in channel.members
        and world.sees(channel, call.bot)
        and not (call.args.get("exclude_archived") and channel.is_archived)
    ]
    channels, metadata = page(found, call, default=100)
    return {"channels": channels, **metadata}


def wanted_kinds(call: Call) -> set[str]:
    """The channel kinds that `types` asks for; each needs its own scope.

    Raises:
        SlackError: `invalid_types`, `missing_scope`.
    """
    words = [word.strip() for word in (call.text("types") or "public_channel").split(",")]
    if not set(words) <= set(TYPE_KINDS):
        raise SlackError("invalid_types")
    for word in words:
        call.need(*READ[TYPE_KINDS[word]])
    return {TYPE_KINDS[word] for word in words}


TYPE_KINDS: dict[str, Kind] = {
    "public_channel": "public",
    "private_channel": "private",
    "im": "im",
    "mpim": "mpim",
}
