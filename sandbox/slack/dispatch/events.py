"""The envelope of the Events API."""

import base64
import json

from sandbox.slack.model import Json
from sandbox.slack.world import World


def wrapped(world: World, event: Json) -> Json:
    """An event as delivered; one event has one `event_id` however often it is delivered."""
    app, team = world.app, world.workspace.id
    context = json.dumps({"et": event["type"], "tid": team, "aid": app.app_id})
    return {
        "token": app.verification_token,
        "team_id": team,
        "context_team_id": team,
        "context_enterprise_id": None,
        "enterprise_id": None,
        "api_app_id": app.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": world.new_id("Ev"),
        "event_time": world.now(),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": team,
                "user_id": app.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": f"4-{base64.urlsafe_b64encode(context.encode()).decode()}",
    }
