"""Modals and home tabs: opening, stacking, changing, closing."""

import json
import secrets

from sandbox.slack import blocks, elements
from sandbox.slack.acts.shaping import view_json
from sandbox.slack.errors import SlackError
from sandbox.slack.model import Json, View
from sandbox.slack.world import World

STACK_LIMIT = 3


def accepted(world: World, definition: object, kind: str, *, itself: View | None = None) -> Json:
    """The view as the workspace will keep it.

    Raises:
        SlackError: `invalid_arguments` with what is wrong and where, `view_too_large`,
            `duplicate_external_id`.
    """
    problems = blocks.view_problems(definition)
    if isinstance(definition, dict) and not problems and definition["type"] != kind:
        problems = [f"[ERROR] type must be {kind} [json-pointer:/view/type]"]
    if problems or not isinstance(definition, dict):
        raise SlackError("invalid_arguments", *problems)
    if len(json.dumps(definition).encode()) > blocks.VIEW_BYTES:
        raise SlackError("view_too_large")
    if external := definition.get("external_id"):
        for other in world.views.values():
            if other is not itself and other.definition.get("external_id") == external:
                raise SlackError("duplicate_external_id")
    shell = {key: value for key, value in definition.items() if key != "blocks"}
    return {**blocks.with_defaults(shell), "blocks": blocks.with_ids(definition["blocks"])}


def open_modal(world: World, user: str, definition: object) -> View:
    """Show a new modal, in place of whatever this person had open."""
    kept = accepted(world, definition, "modal")
    for ident in world.modals.pop(user, []):
        _closed(world, world.views.pop(ident))
    return _push(world, user, kept)


def push_modal(world: World, user: str, definition: object) -> View:
    """Show a modal on top of the open one.

    Raises:
        SlackError: `push_limit_reached` (three), `not_found` without an open modal.
    """
    kept = accepted(world, definition, "modal")
    stack = world.modals.get(user, [])
    if not stack:
        raise SlackError("not_found")
    if len(stack) >= STACK_LIMIT:
        raise SlackError("push_limit_reached")
    return _push(world, user, kept)


def update(world: World, view: View, definition: object, view_hash: str | None = None) -> View:
    """Change an open view in place; what was entered stays where block and action ids stay.

    Raises:
        SlackError: `hash_conflict` when `view_hash` is not the present one.
    """
    if view_hash is not None and view_hash != view.hash:
        raise SlackError("hash_conflict")
    view.definition = accepted(world, definition, view.type, itself=view)
    entered, view.values = view.values, {}
    view.errors = {}
    view.hash = _new_hash(world)
    _start_values(view)
    for block, element in blocks.elements(view.definition["blocks"]):
        known = entered.get(block["block_id"], {}).get(element["action_id"])
        if known is not None and known.get("type") == element["type"]:
            view.values[block["block_id"]][element["action_id"]] = known
    kind = "home" if view.type == "home" else "view.updated"
    _tell(world, view, kind)
    return view


def publish_home(world: World, user: str, definition: object, view_hash: str | None) -> View:
    """Set a person's home tab.

    Raises:
        SlackError: `hash_conflict`, and as `accepted`.
    """
    ident = world.homes.get(user)
    if ident is not None:
        return update(world, world.views[ident], definition, view_hash)
    if view_hash is not None:
        raise SlackError("hash_conflict")
    view = _new(world, user, accepted(world, definition, "home"))
    world.homes[user] = view.id
    _tell(world, view, "home")
    return view


def pop(world: World, view: View) -> None:
    """Take one modal off its person's stack."""
    world.modals[view.user].remove(view.id)
    del world.views[view.id]
    _closed(world, view)


def clear(world: World, user: str) -> list[View]:
    """Close every modal of a person; the top one first."""
    gone = [world.views.pop(ident) for ident in reversed(world.modals.pop(user, []))]
    for view in gone:
        _closed(world, view)
    return gone


def top(world: World, user: str) -> View | None:
    """The modal in front of a person."""
    stack = world.modals.get(user)
    return world.views[stack[-1]] if stack else None


def refuse(world: World, view: View, errors: dict[str, str]) -> None:
    """Show the app's errors beside the inputs."""
    view.errors = errors
    _tell(world, view, "view.updated")


def input_blocks(view: View) -> set[str]:
    """The block ids that an error may stand beside."""
    return {b["block_id"] for b in view.definition["blocks"] if b["type"] == "input"}


def _push(world: World, user: str, definition: Json) -> View:
    view = _new(world, user, definition)
    stack = world.modals.setdefault(user, [])
    if stack:
        view.previous_view_id = stack[-1]
        view.root_view_id = stack[0]
    stack.append(view.id)
    _tell(world, view, "view.opened")
    return view


def _new(world: World, user: str, definition: Json) -> View:
    ident = world.new_id("V")
    view = View(ident, user, definition, _new_hash(world), root_view_id=ident)
    _start_values(view)
    world.views[ident] = view
    return view


def _start_values(view: View) -> None:
    for block, element in blocks.elements(view.definition["blocks"]):
        if element["type"] in elements.CLICKED:
            continue
        values = view.values.setdefault(block["block_id"], {})
        values[element["action_id"]] = elements.initial(element)


def _new_hash(world: World) -> str:
    return f"{world.now()}.{secrets.token_hex(4)}"


def _tell(world: World, view: View, kind: str) -> None:
    shaped = view_json(world, view) | {"user": view.user, "errors": view.errors}
    world.changed(kind, frozenset({view.user}), user=view.user, view_id=view.id, view=shaped)


def _closed(world: World, view: View) -> None:
    audience = frozenset({view.user})
    world.changed("view.closed", audience, user=view.user, view_id=view.id, view=None)
