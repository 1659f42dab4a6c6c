"""From a plain dict (a JSON file, a demo's own data, an app manifest) to a workspace."""

from collections.abc import Iterable

from sandbox.slack.model import (
    AppConfig,
    Channel,
    Grant,
    Json,
    Label,
    Timing,
    User,
    Workspace,
)
from sandbox.slack.world import World

APP_DEFAULTS: Json = {
    "app_id": "A0TOCSIN",
    "name": "tocsin",
    "bot_id": "B0TOCSIN",
    "bot_user_id": "U0TOCSIN",
    "bot_token": "xoxb-sandbox",
    "app_token": "xapp-sandbox",
    "signing_secret": "sandbox-signing-secret",
    "client_id": "1.2",
    "client_secret": "sandbox-client-secret",
    "verification_token": "sandbox-verification",
    "scopes": None,
    "bot_events": None,
    "slash_commands": [],
    "shortcuts": [],
    "socket_mode": True,
    "request_url": None,
}
ALL_SCOPES = frozenset(
    {
        "app_mentions:read",
        "bookmarks:read",
        "bookmarks:write",
        "channels:history",
        "channels:join",
        "channels:manage",
        "channels:read",
        "chat:write",
        "chat:write.public",
        "commands",
        "conversations.connect:write",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "groups:write",
        "im:history",
        "im:read",
        "im:write",
        "mpim:history",
        "mpim:read",
        "mpim:write",
        "pins:read",
        "pins:write",
        "reactions:read",
        "reactions:write",
        "team:read",
        "usergroups:read",
        "usergroups:write",
        "users:read",
        "users:read.email",
        "users.profile:read",
    }
)


def default_seed() -> Json:
    """A small workspace: three people of two CERTs, an administrator, and `#general`."""
    return {
        "workspace": {"id": "T0SANDBOX", "name": "Sandbox", "domain": "sandbox"},
        "app": {
            "slash_commands": [
                {"command": "/incident", "description": "Open and run incidents"},
                {"command": "/aid", "description": "Ask for help and offer it"},
            ],
        },
        "users": [
            {
                "id": "U01ALICE",
                "name": "alice",
                "real_name": "Alice Tamm",
                "email": "alice@cert-ee.example",
                "tz": "Europe/Tallinn",
                "member": "ee",
            },
            {
                "id": "U02BRUNO",
                "name": "bruno",
                "real_name": "Bruno Ozols",
                "email": "bruno@cert-lv.example",
                "tz": "Europe/Riga",
                "member": "lv",
            },
            {
                "id": "U03CARLA",
                "name": "carla",
                "real_name": "Carla Kask",
                "email": "carla@cert-ee.example",
                "tz": "Europe/Tallinn",
                "member": "ee",
            },
            {
                "id": "U09ADMIN",
                "name": "admin",
                "real_name": "Workspace Admin",
                "email": "admin@sandbox.example",
                "is_admin": True,
            },
        ],
        "channels": [
            {"id": "C0GENERAL", "name": "general", "is_general": True, "members": None},
        ],
    }


def build_world(seed: Json) -> World:
    """The world for a seed.

    Raises:
        ValueError: names the field that is wrong.
    """
    known = {"workspace", "app", "manifest", "users", "channels", "tokens", "paid", "timing"}
    _only(seed, known, "seed")
    team = {"id": "T0SANDBOX", "name": "Sandbox", "domain": "sandbox", **seed.get("workspace", {})}
    _only(team, {"id", "name", "domain"}, "workspace")
    timing = dict(seed.get("timing", {}))
    if "redelivery_delays" in timing:
        timing["redelivery_delays"] = tuple(timing["redelivery_delays"])
    _only(timing, set(Timing.__dataclass_fields__), "timing")
    app = _app({**from_manifest(seed.get("manifest", {})), **seed.get("app", {})})
    world = World(Workspace(**team), app, timing=Timing(**timing))
    world.paid = bool(seed.get("paid", True))
    world.grants[app.bot_token] = Grant(app.bot_token, "bot", app.scopes)
    world.grants[app.app_token] = Grant(app.app_token, "app", frozenset({"connections:write"}))
    for extra in seed.get("tokens", []):
        grant = Grant(extra["token"], "bot", frozenset(extra["scopes"]))
        world.grants[grant.token] = grant
    _people(world, seed.get("users", []))
    _rooms(world, seed.get("channels", []))
    return world


def from_manifest(manifest: Json) -> Json:
    """The app settings that a Slack app manifest declares; absent parts stay absent."""
    features = manifest.get("features", {})
    settings = manifest.get("settings", {})
    found: Json = {}
    if "display_information" in manifest:
        found["name"] = manifest["display_information"]["name"]
    if "slash_commands" in features:
        found["slash_commands"] = features["slash_commands"]
    if "shortcuts" in features:
        found["shortcuts"] = features["shortcuts"]
    if scopes := manifest.get("oauth_config", {}).get("scopes", {}).get("bot"):
        found["scopes"] = scopes
    if manifest:
        found["bot_events"] = settings.get("event_subscriptions", {}).get("bot_events", [])
    if "socket_mode_enabled" in settings:
        found["socket_mode"] = settings["socket_mode_enabled"]
    return found


def _app(given: Json) -> AppConfig:
    _only(given, set(APP_DEFAULTS), "app")
    values = {**APP_DEFAULTS, **given}
    scopes, events = values["scopes"], values["bot_events"]
    values["scopes"] = ALL_SCOPES if scopes is None else frozenset(scopes)
    values["bot_events"] = None if events is None else frozenset(events)
    for command in values["slash_commands"]:
        if not str(command.get("command", "")).startswith("/"):
            raise ValueError(f"app.slash_commands: {command!r} has no command starting with /")
    for shortcut in values["shortcuts"]:
        if shortcut.get("type") not in {"message", "global"} or "callback_id" not in shortcut:
            raise ValueError(f"app.shortcuts: {shortcut!r} needs type and callback_id")
    return AppConfig(**values)


def _people(world: World, users: Iterable[Json]) -> None:
    app = world.app
    for given in users:
        _only(given, set(User.__dataclass_fields__), "users")
        if "name" not in given:
            raise ValueError(f"users: {given!r} has no name")
        values = {"real_name": given["name"], "updated": world.now(), **given}
        values.setdefault("id", "U0" + "".join(filter(str.isalnum, given["name"].upper())))
        if values["id"] in {app.bot_user_id, *world.users}:
            raise ValueError(f"users: the id {values['id']} is given twice")
        world.users[values["id"]] = User(**values)
    bot = User(app.bot_user_id, app.name, app.name, is_bot=True, updated=world.now())
    world.users[bot.id] = bot


def _rooms(world: World, channels: Iterable[Json]) -> None:
    people = [user.id for user in world.users.values() if not user.is_bot]
    by_name = {user.name: user.id for user in world.users.values()}
    fields = {"id", "name", "is_private", "is_general", "members", "topic", "purpose", "creator"}
    for given in channels:
        _only(given, fields, "channels")
        if "name" not in given:
            raise ValueError(f"channels: {given!r} has no name")
        wanted = given.get("members")
        members = people if wanted is None else [by_name.get(ref, ref) for ref in wanted]
        if strangers := set(members) - set(world.users):
            raise ValueError(f"channels: {given['name']}: unknown members {sorted(strangers)}")
        ident = given.get("id") or world.new_id("C")
        if ident in world.channels:
            raise ValueError(f"channels: the id {ident} is given twice")
        world.channels[ident] = Channel(
            id=ident,
            name=given["name"],
            kind="private" if given.get("is_private") else "public",
            creator=given.get("creator") or (members[0] if members else world.app.bot_user_id),
            created=world.now(),
            members=list(members),
            is_general=bool(given.get("is_general")),
            topic=Label(given.get("topic", "")),
            purpose=Label(given.get("purpose", "")),
            updated=world.now(),
        )


def _only(given: Json, known: set[str], where: str) -> None:
    if unknown := set(given) - known:
        raise ValueError(f"{where}: unknown field {sorted(unknown)}; known: {sorted(known)}")
