"""Interactive elements: what a person chose, in the shapes that Slack sends and keeps.

A *plain* value is what a person would say: text, an option's value, an id, a date, or a list of
them. A *state* is Slack's form of it, as in `view.state.values`.
"""

import re
from collections.abc import Callable

from sandbox.slack.errors import ControlError
from sandbox.slack.model import Json

Options = Callable[[Json], list[Json]]

TEXT = frozenset({"plain_text_input", "email_text_input", "url_text_input", "number_input"})
ONE_OF = frozenset({"static_select", "external_select", "radio_buttons", "overflow"})
MANY_OF = frozenset({"multi_static_select", "multi_external_select", "checkboxes"})
ID_KEYS = {
    "users_select": "user",
    "conversations_select": "conversation",
    "channels_select": "channel",
    "datepicker": "date",
    "timepicker": "time",
    "datetimepicker": "date_time",
}
MULTI_ID_KEYS = {
    "multi_users_select": "users",
    "multi_conversations_select": "conversations",
    "multi_channels_select": "channels",
}
CLICKED = frozenset({"button", "overflow", "workflow_button"})
DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")
TIME = re.compile(r"^\d{2}:\d{2}$")
NUMBER = re.compile(r"^-?\d+(\.\d+)?$")
EMAIL = re.compile(r"^[^@\s]+@[^@\s]+$")


def options_of(element: Json) -> list[Json]:
    """The options an element declares, groups flattened."""
    declared = list(element.get("options") or [])
    for group in element.get("option_groups") or []:
        declared += group["options"]
    return declared


def state_key(kind: str) -> str:
    """The key under which an element type keeps its choice.

    Raises:
        ControlError: the element takes no input.
    """
    if kind in TEXT:
        return "value"
    if kind in ONE_OF:
        return "selected_option"
    if kind in MANY_OF:
        return "selected_options"
    if kind in ID_KEYS or kind in MULTI_ID_KEYS:
        return f"selected_{ID_KEYS.get(kind) or MULTI_ID_KEYS[kind]}"
    if kind == "rich_text_input":
        return "rich_text_value"
    if kind == "file_input":
        return "files"
    raise ControlError("no_input", f"an element of type {kind} takes no value")


def initial(element: Json) -> Json:
    """The state of an untouched element."""
    kind = str(element["type"])
    key = state_key(kind)
    source = {
        "value": "initial_value",
        "selected_option": "initial_option",
        "selected_options": "initial_options",
        "rich_text_value": "initial_value",
    }.get(key, key.replace("selected_", "initial_"))
    empty: object = [] if kind in MANY_OF or kind in MULTI_ID_KEYS else None
    return {"type": kind, key: element.get(source, empty)}


def state(element: Json, plain: object, offered: list[Json]) -> Json:
    """The state after a person chose `plain`; `offered` are the options they could see.

    Raises:
        ControlError: not one of the options, or not of the element's shape.
    """
    kind = str(element["type"])
    if isinstance(plain, dict) and plain.get("type") == kind:
        return plain
    key = state_key(kind)
    if plain is None or plain in ("", []):
        return {"type": kind, key: [] if isinstance(initial(element)[key], list) else None}
    return {"type": kind, key: _chosen(element, kind, plain, offered)}


def _chosen(element: Json, kind: str, plain: object, offered: list[Json]) -> object:
    chosen: object = str(plain)
    if kind in ONE_OF:
        chosen = _option(plain, offered, element)
    elif kind in MANY_OF:
        chosen = [_option(one, offered, element) for one in _many(plain)]
    elif kind in MULTI_ID_KEYS:
        chosen = [str(one) for one in _many(plain)]
    elif kind == "datetimepicker":
        if not str(plain).isdigit():
            raise ControlError("bad_value", f"{element['action_id']} takes seconds since 1970")
        chosen = int(str(plain))
    elif kind == "rich_text_input":
        chosen = plain if isinstance(plain, dict) else _rich(str(plain))
    return chosen


def refusal(block: Json, element: Json, given: Json) -> str | None:
    """Why Slack's own form would not let this input go; None when it would."""
    kind = str(element["type"])
    value = given.get(state_key(kind))
    if value is None or value in ("", []):
        return None if block.get("optional") else "Please complete this required field."
    text = value if isinstance(value, str) else ""
    if kind in TEXT:
        return _text_refusal(element, kind, text)
    if kind == "datepicker" and not DATE.match(text):
        return "Please enter a date as YYYY-MM-DD."
    if kind == "timepicker" and not TIME.match(text):
        return "Please enter a time as HH:MM."
    most = element.get("max_selected_items")
    if most and isinstance(value, list) and len(value) > most:
        return f"Please choose at most {most}."
    return None


def action(element: Json, block: Json, chosen: Json | None, action_ts: str) -> Json:
    """One item of a `block_actions` payload's `actions`."""
    body: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": action_ts,
    }
    for key in ("text", "value", "style", "confirm", "url", "placeholder"):
        if key in element and not (key == "value" and chosen is not None):
            body[key] = element[key]
    for key, value in element.items():
        if key.startswith("initial_"):
            body[key] = value
    if chosen is not None:
        body |= {key: value for key, value in chosen.items() if key != "type"}
    return body


def _text_refusal(element: Json, kind: str, text: str) -> str | None:
    if len(text) < int(element.get("min_length") or 0):
        return f"Please enter at least {element['min_length']} characters."
    if len(text) > int(element.get("max_length") or 3000):
        return f"Please enter at most {element.get('max_length') or 3000} characters."
    if kind == "number_input":
        return _number_refusal(element, text)
    if kind == "email_text_input" and not EMAIL.match(text):
        return "Please enter a valid email address."
    if kind == "url_text_input" and not text.startswith(("http://", "https://")):
        return "Please enter a valid URL."
    return None


def _number_refusal(element: Json, text: str) -> str | None:
    if not NUMBER.match(text) or ("." in text and not element.get("is_decimal_allowed")):
        return "Please enter a valid number."
    if element.get("min_value") is not None and float(text) < float(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if element.get("max_value") is not None and float(text) > float(element["max_value"]):
        return f"Please enter a number of at most {element['max_value']}."
    return None


def _option(plain: object, offered: list[Json], element: Json) -> Json:
    wanted = plain.get("value") if isinstance(plain, dict) else plain
    for option in offered:
        if option.get("value") == wanted:
            return {key: option[key] for key in ("text", "value", "description") if key in option}
    choices = ", ".join(str(option.get("value")) for option in offered) or "none"
    raise ControlError(
        "no_such_option", f"{element['action_id']} does not offer {wanted!r}; it offers: {choices}"
    )


def _many(plain: object) -> list[object]:
    return list(plain) if isinstance(plain, list) else [plain]


def _rich(text: str) -> Json:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}
