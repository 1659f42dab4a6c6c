"""The payloads of commands, clicks, shortcuts, submissions: a person's act as the app sees it."""

from dataclasses import dataclass

from sandbox.slack.acts.shaping import message_json, view_json
from sandbox.slack.model import Channel, Json, Message, User, View, without_none
from sandbox.slack.world import World


@dataclass(frozen=True, slots=True)
class Surface:
    """Where an element stands: in a message of a channel, or in a view."""

    blocks: list[Json]
    view: View | None = None
    channel: Channel | None = None
    message: Message | None = None


def slash_command(
    world: World, user: User, channel: Channel, command: str, text: str, trigger_id: str
) -> Json:
    """The form fields of a slash command. Private places do not tell their names, as in Slack."""
    return {
        "token": world.app.verification_token,
        "team_id": world.workspace.id,
        "team_domain": world.workspace.domain,
        "channel_id": channel.id,
        "channel_name": _discreet_name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": world.app.app_id,
        "is_enterprise_install": "false",
        "response_url": world.issue_response_url(user.id, channel.id),
        "trigger_id": trigger_id,
    }


def block_actions(
    world: World, user: User, surface: Surface, actions: list[Json], values: Json
) -> Json:
    """A click or choice. `values` is the state of a message's inputs; a view knows its own."""
    payload = _common(world, "block_actions", user)
    view_id = surface.view.id if surface.view else None
    payload |= {
        "container": _container(surface),
        "trigger_id": world.issue_trigger(user.id, view_id).id,
        "actions": actions,
    }
    payload |= _place(world, surface)
    if surface.channel is not None:
        payload["state"] = {"values": values}
        source = surface.message
        payload["response_url"] = world.issue_response_url(user.id, surface.channel.id, source)
    return payload


def block_suggestion(
    world: World, user: User, surface: Surface, block: Json, action_id: str, query: str
) -> Json:
    """A person types into a select whose options the app supplies."""
    payload = _common(world, "block_suggestion", user)
    payload |= {
        "container": _container(surface),
        "action_id": action_id,
        "block_id": block["block_id"],
        "value": query,
    }
    return payload | _place(world, surface)


def message_shortcut(
    world: World, user: User, channel: Channel, message: Message, callback_id: str
) -> Json:
    """A shortcut from a message's menu."""
    payload = _common(world, "message_action", user)
    del payload["api_app_id"], payload["user"]["username"]  # Slack leaves them out here
    return payload | {
        "action_ts": world.new_ts(),
        "callback_id": callback_id,
        "trigger_id": world.issue_trigger(user.id).id,
        "response_url": world.issue_response_url(user.id, channel.id, message),
        "message_ts": message.ts,
        "channel": {"id": channel.id, "name": _discreet_name(channel)},
        "message": message_json(world, message),
    }


def global_shortcut(world: World, user: User, callback_id: str) -> Json:
    """A shortcut from the composer's menu."""
    payload = _common(world, "shortcut", user)
    return payload | {
        "action_ts": world.new_ts(),
        "callback_id": callback_id,
        "trigger_id": world.issue_trigger(user.id).id,
    }


def view_submission(world: World, user: User, view: View) -> Json:
    """A modal was submitted."""
    payload = _common(world, "view_submission", user)
    return payload | {
        "trigger_id": world.issue_trigger(user.id, view.id).id,
        "view": view_json(world, view),
        "response_urls": [],
    }


def view_closed(world: World, user: User, view: View, *, cleared: bool) -> Json:
    """A modal was dismissed; `cleared` when the whole stack was."""
    payload = _common(world, "view_closed", user)
    return payload | {"view": view_json(world, view), "is_cleared": cleared}


def _common(world: World, kind: str, user: User) -> Json:
    return {
        "type": kind,
        "team": {"id": world.workspace.id, "domain": world.workspace.domain},
        "enterprise": None,
        "user": {
            "id": user.id,
            "username": user.name,
            "name": user.name,
            "team_id": world.workspace.id,
        },
        "api_app_id": world.app.app_id,
        "token": world.app.verification_token,
        "is_enterprise_install": False,
    }


def _container(surface: Surface) -> Json:
    if surface.view is not None:
        return {"type": "view", "view_id": surface.view.id}
    message, channel = surface.message, surface.channel
    return without_none(
        {
            "type": "message",
            "message_ts": message.ts if message else None,
            "channel_id": channel.id if channel else None,
            "is_ephemeral": bool(message and message.ephemeral_for),
            "thread_ts": message.thread_ts if message else None,
        }
    )


def _place(world: World, surface: Surface) -> Json:
    if surface.view is not None:
        return {"view": view_json(world, surface.view)}
    place: Json = {}
    if surface.channel is not None:
        place["channel"] = {"id": surface.channel.id, "name": _discreet_name(surface.channel)}
    if surface.message is not None and not surface.message.ephemeral_for:
        place["message"] = message_json(world, surface.message)
    return place


def _discreet_name(channel: Channel) -> str:
    if channel.kind == "im":
        return "directmessage"
    return "privategroup" if channel.kind == "private" else channel.name
