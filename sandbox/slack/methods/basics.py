"""api.test, auth.*, team.info, bots.info, apps.connections.open."""

import secrets

from sandbox.slack.errors import SlackError
from sandbox.slack.methods.registry import Call, method
from sandbox.slack.model import Json

IMAGE_SIZES = (34, 44, 68, 88, 102, 132)


@method("api.test", args="error", tier=4, holder=None)
def api_test(call: Call) -> Json:
    """Echo; fails on request."""
    if error := call.text("error"):
        raise SlackError(error, args=call.args)
    return {"args": call.args} if call.args else {}


@method("auth.test", tier=5)
def auth_test(call: Call) -> Json:
    """Who the token is."""
    world = call.world
    return {
        "url": f"{world.base_url}/",
        "team": world.workspace.name,
        "team_id": world.workspace.id,
        "user": world.bot.name,
        "user_id": world.bot.id,
        "bot_id": world.app.bot_id,
        "is_enterprise_install": False,
    }


@method("auth.revoke", args="test:bool", tier=3)
def auth_revoke(call: Call) -> Json:
    """Make the token worthless; the app hears `tokens_revoked`."""
    if call.args.get("test"):
        return {"revoked": False}
    del call.world.grants[call.grant.token]
    call.world.publish({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [call.bot]}})
    return {"revoked": True}


@method("team.info", args="team domain", scopes="team:read", errors="team_not_found", tier=3)
def team_info(call: Call) -> Json:
    """The workspace."""
    world = call.world
    if call.text("team") not in {"", world.workspace.id}:
        raise SlackError("team_not_found")
    icon: Json = {f"image_{size}": f"{world.base_url}/_files/team.svg" for size in IMAGE_SIZES}
    return {
        "team": {
            "id": world.workspace.id,
            "name": world.workspace.name,
            "domain": world.workspace.domain,
            "email_domain": "",
            "icon": icon | {"image_default": True},
        }
    }


@method("bots.info", args="bot team_id", scopes="users:read", errors="bot_not_found", tier=3)
def bots_info(call: Call) -> Json:
    """The app's bot."""
    app = call.world.app
    if call.text("bot") not in {"", app.bot_id}:
        raise SlackError("bot_not_found")
    icon = f"{call.world.base_url}/_files/avatar/{app.bot_user_id}-48.svg"
    return {
        "bot": {
            "id": app.bot_id,
            "deleted": False,
            "name": app.name,
            "updated": call.world.bot.updated,
            "app_id": app.app_id,
            "user_id": app.bot_user_id,
            "icons": {f"image_{size}": icon for size in (36, 48, 72)},
        }
    }


@method("apps.connections.open", scopes="connections:write", tier=3, holder="app")
def apps_connections_open(call: Call) -> Json:
    """A web socket address, good for one connection."""
    world = call.world
    ticket = secrets.token_urlsafe(16)
    world.socket_tickets.add(ticket)
    base = world.base_url.replace("http", "ws", 1)
    return {"url": f"{base}/_socket/?ticket={ticket}&app_id={world.app.app_id}"}
