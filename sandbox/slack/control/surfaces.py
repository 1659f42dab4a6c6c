"""Finding the element a person means, and turning what they say into what Slack would send."""

from sandbox.slack import blocks, elements
from sandbox.slack.acts.views import top
from sandbox.slack.control.common import Asked
from sandbox.slack.dispatch.interactions import Surface
from sandbox.slack.errors import ControlError
from sandbox.slack.model import Json, User
from sandbox.slack.world import World


def find(asked: Asked, user: User) -> Surface:
    """The message, modal or home tab that a request names.

    Raises:
        ControlError: it is not there, or not in front of this person.
    """
    world, body = asked.world, asked.body
    if body.get("home"):
        view = world.views.get(world.homes.get(user.id, ""))
        if view is None:
            raise ControlError("no_home", f"{user.name} has no home tab yet; open it first", 404)
        return Surface(view.definition["blocks"], view=view)
    if body.get("ts"):
        channel = asked.room(user)
        message = asked.message(channel, user)
        shown = list(message.blocks)
        for attachment in message.attachments:
            shown += attachment.get("blocks") or []
        return Surface(shown, channel=channel, message=message)
    view = world.views.get(str(body["view_id"])) if body.get("view_id") else top(world, user.id)
    if view is None or view.user != user.id:
        raise ControlError("no_open_view", "say where: channel and ts, view_id, or home", 404)
    return Surface(view.definition["blocks"], view=view)


def element(asked: Asked, surface: Surface) -> tuple[Json, Json]:
    """The (block, element) with the request's `action_id` and, if given, `block_id`.

    Raises:
        ControlError: there is none, or several and no block_id.
    """
    action_id, block_id = asked.text("action_id"), asked.body.get("block_id")
    found = [
        (block, item)
        for block, item in blocks.elements(surface.blocks)
        if item["action_id"] == action_id and block_id in {None, block["block_id"]}
    ]
    if not found:
        known = ", ".join(item["action_id"] for _, item in blocks.elements(surface.blocks))
        raise ControlError("no_such_element", f"no {action_id!r} here; there are: {known}", 404)
    if len(found) > 1:
        where = ", ".join(block["block_id"] for block, _ in found)
        raise ControlError(
            "ambiguous", f"{action_id!r} is in several blocks; give block_id: {where}"
        )
    return found[0]


def enter(asked: Asked, surface: Surface) -> Json:
    """Take over the request's `values` and give the state of all inputs of the surface.

    Raises:
        ControlError: a value that fits no element.
    """
    values = asked.body.get("values") or {}
    if not isinstance(values, dict):
        raise ControlError("bad_values", "values must be an object")
    state = surface.view.values if surface.view else _message_state(surface)
    known = [
        (block, item)
        for block, item in blocks.elements(surface.blocks)
        if item["type"] not in elements.CLICKED
    ]
    for key, given in values.items():
        for block, item, plain in _meant(known, key, given):
            state.setdefault(block["block_id"], {})[item["action_id"]] = elements.state(
                item, plain, _offered(asked, item)
            )
    return state


def choose(asked: Asked, surface: Surface, block: Json, item: Json) -> Json | None:
    """The state after the click or choice; None for a button, which has none.

    Raises:
        ControlError: not one of the options.
    """
    if item["type"] in {"button", "workflow_button"}:
        return None
    if item["type"] == "overflow":
        return elements.state(item, asked.body.get("value"), elements.options_of(item))
    if "value" in asked.body:
        chosen = elements.state(item, asked.body["value"], _offered(asked, item))
    else:
        kept = surface.view.values if surface.view else {}
        chosen = kept.get(block["block_id"], {}).get(item["action_id"]) or elements.initial(item)
    if surface.view is not None:
        surface.view.values.setdefault(block["block_id"], {})[item["action_id"]] = chosen
    return chosen


def described(asked: Asked, block: Json, item: Json, chosen: Json | None) -> Json:
    """The `actions` item."""
    return elements.action(item, block, chosen, asked.world.new_ts())


def remember(world: World, user: User, action_id: str, offered: Json) -> None:
    """Keep what an external select offered, so that a choice by value finds its text."""
    world.suggested[user.id, action_id] = elements.options_of(offered)


def _message_state(surface: Surface) -> dict[str, dict[str, Json]]:
    state: dict[str, dict[str, Json]] = {}
    for block, item in blocks.elements(surface.blocks):
        if item["type"] not in elements.CLICKED:
            state.setdefault(block["block_id"], {})[item["action_id"]] = elements.initial(item)
    return state


def _meant(
    known: list[tuple[Json, Json]], key: str, given: object
) -> list[tuple[Json, Json, object]]:
    in_block = [(block, item) for block, item in known if block["block_id"] == key]
    if in_block:
        ids = {item["action_id"] for _, item in in_block}
        if isinstance(given, dict) and given and set(given) <= ids:
            return [
                (b, item, given[item["action_id"]])
                for b, item in in_block
                if item["action_id"] in given
            ]
        if len(in_block) == 1:
            return [(*in_block[0], given)]
        raise ControlError("ambiguous", f"block {key!r} has several elements: {sorted(ids)}")
    by_action = [(block, item) for block, item in known if item["action_id"] == key]
    if len(by_action) == 1:
        return [(*by_action[0], given)]
    names = ", ".join(f"{b['block_id']}/{i['action_id']}" for b, i in known) or "none"
    raise ControlError("no_such_input", f"no input {key!r} here; there are: {names}", 404)


def _offered(asked: Asked, item: Json) -> list[Json]:
    if str(item["type"]).endswith("external_select"):
        user = asked.user()
        kept = list(item.get("initial_options") or [])
        kept += [item["initial_option"]] if item.get("initial_option") else []
        return kept + asked.world.suggested.get((user.id, item["action_id"]), [])
    return elements.options_of(item)
