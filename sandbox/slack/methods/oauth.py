"""oauth.v2.access: from a code (made by `/_control/oauth`) to the bot token."""

from sandbox.slack.errors import SlackError
from sandbox.slack.methods.registry import Call, method
from sandbox.slack.model import Json


@method(
    "oauth.v2.access",
    args="client_id client_secret code redirect_uri grant_type refresh_token code_verifier "
    "assertion",
    errors="bad_client_secret bad_redirect_uri invalid_client_id invalid_code invalid_grant_type",
    tier=5,
    holder=None,
)
def oauth_v2_access(call: Call) -> Json:
    """Exchange a code, once."""
    world, app = call.world, call.world.app
    if call.text("grant_type") not in {"", "authorization_code"}:
        raise SlackError("invalid_grant_type")
    if call.text("client_id") != app.client_id:
        raise SlackError("invalid_client_id")
    if call.text("client_secret") != app.client_secret:
        raise SlackError("bad_client_secret")
    granted = world.oauth_codes.get(call.text("code"))
    if granted is None:
        raise SlackError("invalid_code")
    if granted["redirect_uri"] and granted["redirect_uri"] != call.text("redirect_uri"):
        raise SlackError("bad_redirect_uri")
    del world.oauth_codes[call.text("code")]
    return {
        "access_token": app.bot_token,
        "token_type": "bot",
        "scope": ",".join(sorted(app.scopes)),
        "bot_user_id": app.bot_user_id,
        "app_id": app.app_id,
        "team": {"id": world.workspace.id, "name": world.workspace.name},
        "enterprise": None,
        "is_enterprise_install": False,
        "authed_user": {"id": granted["user"]},
    }
