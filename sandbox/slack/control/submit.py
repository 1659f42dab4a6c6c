"""`POST view/submit`: a person submits the modal in front of them."""

from sandbox.slack import blocks, elements
from sandbox.slack.acts import views
from sandbox.slack.control import surfaces
from sandbox.slack.control.common import Asked, shown_view
from sandbox.slack.control.interact import open_modal
from sandbox.slack.control.seen import Watch
from sandbox.slack.dispatch import interactions
from sandbox.slack.dispatch.delivery import Delivery, Parcel
from sandbox.slack.errors import SlackError
from sandbox.slack.model import Json, View
from sandbox.slack.world import World

TROUBLE = "We had some trouble connecting. Try again?"


async def submit(asked: Asked) -> Json:
    """Check as Slack's form does, ask the app, do what it answers."""
    user, world = asked.user(), asked.world
    view = open_modal(asked, user.id)
    surfaces.enter(asked, interactions.Surface(view.definition["blocks"], view=view))
    watch = Watch(asked, user)
    if refused := _form_refusals(view):
        views.refuse(world, view, refused)
        return _answer(world, watch, view.user, "invalid", refused, None)
    view.errors = {}
    payload = interactions.view_submission(world, user, view)
    parcel = Parcel("interactive", "interactive:view_submission", payload)
    delivery = await asked.hub.deliver(parcel)
    result, errors = "trouble", dict[str, str]()
    if delivery.acked:
        try:
            result, errors = _obey(world, view, delivery.body)
        except SlackError as error:
            watch.explain(f"the app's answer was refused: {error.code} {error.messages}")
    if result == "trouble":
        watch.notice(TROUBLE)
    return _answer(world, watch, user.id, result, errors, delivery)


def _obey(world: World, view: View, body: object) -> tuple[str, dict[str, str]]:
    """Do what the app answered to a submission.

    Raises:
        SlackError: the answer makes no sense, or its view is refused.
    """
    if body in (None, {}, {"text": ""}):
        if view.id in world.views:
            views.pop(world, view)
        return "closed", {}
    if not isinstance(body, dict):
        raise SlackError("invalid_arguments", "an acknowledgement must be a JSON object")
    wanted = body.get("response_action")
    if wanted == "errors":
        return "errors", _errors(world, view, body.get("errors"))
    if wanted == "clear":
        views.clear(world, view.user)
        return "cleared", {}
    if wanted == "update":
        views.update(world, view, body.get("view"))
        return "updated", {}
    if wanted == "push":
        views.push_modal(world, view.user, body.get("view"))
        return "pushed", {}
    raise SlackError("invalid_arguments", f"unknown response_action {wanted!r}")


def _errors(world: World, view: View, given: object) -> dict[str, str]:
    known = views.input_blocks(view)
    if not isinstance(given, dict) or not given or not set(given) <= known:
        raise SlackError(
            "invalid_arguments",
            f"errors must name input blocks of the view ({sorted(known)}), got {given!r}",
        )
    errors = {str(key): str(value) for key, value in given.items()}
    views.refuse(world, view, errors)
    return errors


def _form_refusals(view: View) -> dict[str, str]:
    found = {}
    for block, element in blocks.elements(view.definition["blocks"]):
        if block["type"] != "input":
            continue
        given = view.values[block["block_id"]][element["action_id"]]
        if why := elements.refusal(block, element, given):
            found[block["block_id"]] = why
    return found


def _answer(
    world: World,
    watch: Watch,
    user: str,
    result: str,
    errors: dict[str, str],
    delivery: Delivery | None,
) -> Json:
    shown = shown_view(world, views.top(world, user))
    return {"result": result, "errors": errors, "view": shown} | watch.result(delivery)
