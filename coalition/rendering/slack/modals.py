"""Forms as modals, and the page a modal ends with."""

from __future__ import annotations

import json
from typing import Any

from coalition.rendering.slack.blocks import (
    OPTIONS,
    PLACEHOLDER,
    VIEW_TITLE,
    actions,
    button,
    options,
    plain,
    section,
)
from coalition.rendering.slack.fields import Field, Form
from coalition.rendering.slack.rendered import Block, Rendered, View
from coalition.rendering.slack.text import clip

ELEMENT = "value"
"""action_id of every input; its block_id is the field's name."""

LINK = "link"
"""action_id of buttons that only lead to an address."""

SEARCH_MEMBERS = "search_members"
"""action_id of the member picker of coalitions too large for a plain list."""


def form_modal(form: Form) -> View:
    """The form as a modal, with what is already known filled in."""
    blocks: list[Block] = [section(form.intro)] if form.intro else []
    asked = [field for field in form.fields if not field.typed_only]
    blocks += [_input(field, form.values.get(field.name, ())) for field in asked]
    return {
        "type": "modal",
        "callback_id": form.callback,
        "title": plain(form.title, VIEW_TITLE),
        "submit": plain(form.submit, VIEW_TITLE),
        "close": plain("Cancel", VIEW_TITLE),
        "private_metadata": json.dumps(form.metadata, separators=(",", ":")),
        "blocks": blocks,
    }


def done_modal(title: str, outcome: Rendered) -> View:
    """The last page: what happened, and what to do next."""
    return {
        "type": "modal",
        "callback_id": "done",
        "title": plain(title, VIEW_TITLE),
        "close": plain("Close", VIEW_TITLE),
        "blocks": [block for block in outcome.blocks if block["type"] != "actions"],
    }


def link_modal(address: str, number: str = "") -> View:
    """A personal way into the board."""
    where = f"{number} on the board" if number else "the board"
    return {
        "type": "modal",
        "callback_id": "done",
        "title": plain("Board", VIEW_TITLE),
        "close": plain("Close", VIEW_TITLE),
        "blocks": [
            section(f"This link to {where} is yours alone: good once, for ten minutes."),
            actions(button(f"Go to {where}", LINK, url=address, style="primary")),
        ],
    }


def state_values(view: View) -> dict[str, tuple[str, ...]]:
    """What was filled in, by field name; what was left empty is absent."""
    given: dict[str, tuple[str, ...]] = {}
    for name, elements in view.get("state", {}).get("values", {}).items():
        for element in elements.values():
            if values := _entered(element):
                given[name] = values
    return given


def _entered(element: dict[str, Any]) -> tuple[str, ...]:
    chosen = element.get("selected_options")
    if chosen is not None:
        return tuple(option["value"] for option in chosen)
    if option := element.get("selected_option"):
        return (option["value"],)
    single = element.get("selected_user") or element.get("value")
    return (single,) if single else ()


def _input(field: Field, known: tuple[str, ...]) -> Block:
    made: Block = {
        "type": "input",
        "block_id": field.name,
        "label": plain(field.label, 2000),
        "element": _element(field, known),
        "optional": not field.required or field.derived,
    }
    if field.hint:
        made["hint"] = plain(field.hint, 2000)
    return made


def _element(field: Field, known: tuple[str, ...]) -> Block:
    if field.kind == "members":
        return _members(field, known)
    if field.kind == "choice":
        return _choice(field, known)
    if field.kind == "person":
        return _person(known)
    element: Block = {
        "type": "plain_text_input",
        "action_id": ELEMENT,
        "multiline": field.kind == "text",
        "max_length": min(field.longest, 3000),
    }
    if known:
        element["initial_value"] = clip(" ".join(known), min(field.longest, 3000), "")
    return element


def _choice(field: Field, known: tuple[str, ...]) -> Block:
    offered = options(field.choices)
    element: Block = {
        "type": "static_select",
        "action_id": ELEMENT,
        "placeholder": plain(f"Choose: {field.label}", PLACEHOLDER),
        "options": offered,
    }
    initial = [option for option in offered if option["value"] in known]
    if initial:
        element["initial_option"] = initial[0]
    return element


def _members(field: Field, known: tuple[str, ...]) -> Block:
    element: Block = {"placeholder": plain("Choose members", PLACEHOLDER)}
    if len(field.choices) > OPTIONS:
        element |= {
            "type": "multi_external_select",
            "action_id": SEARCH_MEMBERS,
            "min_query_length": 1,
        }
    else:
        element |= {
            "type": "multi_static_select",
            "action_id": ELEMENT,
            "options": options(field.choices),
        }
    initial = options(choice for choice in field.choices if choice[0] in known)
    if initial:
        element["initial_options"] = initial
    return element


def _person(known: tuple[str, ...]) -> Block:
    element: Block = {
        "type": "users_select",
        "action_id": ELEMENT,
        "placeholder": plain("Choose a person", PLACEHOLDER),
    }
    if known and known[0][:1] in ("U", "W"):
        element["initial_user"] = known[0]
    return element
