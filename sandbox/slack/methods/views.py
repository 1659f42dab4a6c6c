"""The methods views.*."""

from sandbox.slack.acts import views
from sandbox.slack.acts.shaping import view_json
from sandbox.slack.errors import SlackError
from sandbox.slack.methods.registry import Call, method
from sandbox.slack.model import Json, View

TRIGGER = "exchanged_trigger_id expired_trigger_id invalid_trigger_id"


@method(
    "views.open",
    args="trigger_id interactivity_pointer view:json",
    required="view",
    errors=f"{TRIGGER} duplicate_external_id view_too_large",
    tier=4,
)
def views_open(call: Call) -> Json:
    """Open a modal for the person who caused the trigger."""
    definition = views.accepted(call.world, call.args["view"], "modal")
    user = call.world.spend_trigger(_pointer(call)).user
    return {"view": view_json(call.world, views.open_modal(call.world, user, definition))}


@method(
    "views.push",
    args="trigger_id interactivity_pointer view:json",
    required="view",
    errors=f"{TRIGGER} duplicate_external_id not_found push_limit_reached view_too_large",
    tier=4,
)
def views_push(call: Call) -> Json:
    """Put a modal on top of the one the trigger came from."""
    definition = views.accepted(call.world, call.args["view"], "modal")
    user = call.world.spend_trigger(_pointer(call)).user
    return {"view": view_json(call.world, views.push_modal(call.world, user, definition))}


@method(
    "views.update",
    args="view_id external_id hash view:json",
    required="view",
    errors="duplicate_external_id hash_conflict not_found view_too_large",
    tier=4,
)
def views_update(call: Call) -> Json:
    """Change an open modal."""
    view = _open_view(call)
    given_hash = call.text("hash") or None
    views.update(call.world, view, call.args["view"], given_hash)
    return {"view": view_json(call.world, view)}


@method(
    "views.publish",
    args="user_id hash interactivity_pointer view:json",
    required="user_id view",
    errors="duplicate_external_id hash_conflict view_too_large",
    tier=4,
)
def views_publish(call: Call) -> Json:
    """Set a person's home tab."""
    user = call.world.user(call.text("user_id"), error="invalid_arguments")
    given_hash = call.text("hash") or None
    view = views.publish_home(call.world, user.id, call.args["view"], given_hash)
    return {"view": view_json(call.world, view)}


def _pointer(call: Call) -> str:
    return call.text("trigger_id") or call.text("interactivity_pointer")


def _open_view(call: Call) -> View:
    if ident := call.text("view_id"):
        view = call.world.views.get(ident)
        if view is None:
            raise SlackError("not_found")
        return view
    if external := call.text("external_id"):
        for view in call.world.views.values():
            if view.definition.get("external_id") == external:
                return view
        raise SlackError("not_found")
    raise SlackError("invalid_arguments", "[ERROR] missing required field: view_id")
