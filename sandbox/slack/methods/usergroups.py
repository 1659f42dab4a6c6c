"""The methods usergroups.*."""

import re

from sandbox.slack.errors import SlackError
from sandbox.slack.methods.registry import Call, method
from sandbox.slack.model import Json

HANDLE = re.compile(r"^[a-z0-9._-]{1,21}$")
NAME_LIMIT = 255


def _paid(call: Call, code: str) -> None:
    if not call.world.paid:
        raise SlackError(code)


@method(
    "usergroups.create",
    args="name handle description channels:list include_count:bool team_id",
    required="name",
    scopes="usergroups:write",
    errors="bad_handle handle_already_exists invalid_channel_provided name_already_exists "
    "name_too_long paid_teams_only",
    tier=2,
)
def usergroups_create(call: Call) -> Json:
    """A group that can be mentioned."""
    _paid(call, "paid_teams_only")
    name = call.text("name")
    handle = call.text("handle") or re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if len(name) > NAME_LIMIT:
        raise SlackError("name_too_long")
    if not HANDLE.match(handle):
        raise SlackError("bad_handle")
    for group in call.world.usergroups.values():
        if group["name"] == name:
            raise SlackError("name_already_exists")
        if group["handle"] == handle:
            raise SlackError("handle_already_exists")
    channels = call.args.get("channels") or []
    if not set(channels) <= set(call.world.channels):
        raise SlackError("invalid_channel_provided")
    group = _new(call, name, handle, channels)
    call.world.usergroups[group["id"]] = group
    call.world.changed("usergroup", usergroup=group)
    return {"usergroup": group}


@method(
    "usergroups.list",
    args="include_count:bool include_disabled:bool include_users:bool team_id",
    scopes="usergroups:read",
    errors="plan_upgrade_required",
    tier=2,
)
def usergroups_list(call: Call) -> Json:
    """Every group."""
    _paid(call, "plan_upgrade_required")
    hidden = set() if call.args.get("include_users") else {"users"}
    groups = [
        {key: value for key, value in group.items() if key not in hidden}
        for group in call.world.usergroups.values()
    ]
    return {"usergroups": groups}


@method(
    "usergroups.users.list",
    args="usergroup include_disabled:bool team_id",
    required="usergroup",
    scopes="usergroups:read",
    errors="no_such_subteam plan_upgrade_required",
    tier=2,
)
def usergroups_users_list(call: Call) -> Json:
    """Who is in a group."""
    _paid(call, "plan_upgrade_required")
    group = call.world.usergroups.get(call.text("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return {"users": list(group["users"])}


@method(
    "usergroups.users.update",
    args="usergroup users:list include_count:bool team_id",
    required="usergroup users",
    scopes="usergroups:write",
    errors="invalid_users no_users_provided permission_denied plan_upgrade_required",
    tier=2,
)
def usergroups_users_update(call: Call) -> Json:
    """Replace a group's people."""
    _paid(call, "plan_upgrade_required")
    group = call.world.usergroups.get(call.text("usergroup"))
    if group is None:
        raise SlackError("permission_denied")
    users = list(dict.fromkeys(call.args["users"]))
    if not users:
        raise SlackError("no_users_provided")
    if not set(users) <= set(call.world.users):
        raise SlackError("invalid_users")
    group |= {"users": users, "user_count": len(users), "date_update": call.world.now()}
    call.world.changed("usergroup", usergroup=group)
    return {"usergroup": group}


def _new(call: Call, name: str, handle: str, channels: list[str]) -> Json:
    now = call.world.now()
    return {
        "id": call.world.new_id("S"),
        "team_id": call.world.workspace.id,
        "is_usergroup": True,
        "is_external": False,
        "name": name,
        "handle": handle,
        "description": call.text("description"),
        "date_create": now,
        "date_update": now,
        "date_delete": 0,
        "auto_type": None,
        "created_by": call.bot,
        "updated_by": call.bot,
        "deleted_by": None,
        "prefs": {"channels": channels, "groups": []},
        "users": [],
        "user_count": 0,
    }
