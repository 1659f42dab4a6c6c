"""Block Kit's interactive elements as plain widgets that a template can draw.

The type names of Slack become a handful of kinds: button, link, select, many (several of a
list), search (options asked from the app), overflow, checks, radios, field, image, unknown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Json = Mapping[str, Any]

FIELD_TYPES = {
    "plain_text_input": "text",
    "rich_text_input": "textarea",
    "email_text_input": "email",
    "url_text_input": "url",
    "number_input": "number",
    "datepicker": "date",
    "timepicker": "time",
    "datetimepicker": "datetime-local",
}
KINDS = {
    "button": "button",
    "workflow_button": "button",
    "image": "image",
    "overflow": "overflow",
    "checkboxes": "checks",
    "radio_buttons": "radios",
    "external_select": "search",
    "multi_external_select": "search",
} | dict.fromkeys(FIELD_TYPES, "field")
# Slack keeps the choice under these keys; the element's own start value under initial_….
_STATE_KEYS = (
    "selected_options", "selected_option", "selected_users", "selected_user",
    "selected_conversations", "selected_conversation", "selected_channels", "selected_channel",
    "selected_date_time", "selected_date", "selected_time", "value", "rich_text_value",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """One option; `text` and `description` are Slack text objects."""

    value: str
    text: Json
    description: Json | None = None
    url: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class ChoiceGroup:
    """Options under a heading; None where there are no groups."""

    label: Json | None
    choices: list[Choice]


@dataclass(slots=True)
class Widget:
    """One interactive element, ready to draw. `names` of the element stay Slack's."""

    kind: str
    type: str
    element: Json
    block_id: str
    action_id: str
    dispatches: bool
    multiple: bool = False
    groups: list[ChoiceGroup] = field(default_factory=list)
    value: str = ""

    @property
    def ident(self) -> str:
        """An id that is unique on its surface."""
        return f"{self.block_id}--{self.action_id}"

    @property
    def choices(self) -> list[Choice]:
        """All options, groups flattened."""
        return [choice for group in self.groups for choice in group.choices]

    @property
    def chosen(self) -> list[Choice]:
        """The options that are selected."""
        return [choice for choice in self.choices if choice.chosen]


@dataclass(frozen=True, slots=True)
class Directory:
    """What the selects for people and rooms offer: (id, name) pairs."""

    users: Sequence[tuple[str, str]] = ()
    channels: Sequence[tuple[str, str]] = ()


def widget(element: Json, block: Json, state: Json, directory: Directory) -> Widget:
    """The widget for an element of `block`; `state` is the surface's `state.values`."""
    kind_name = str(element.get("type", ""))
    block_id, action_id = str(block.get("block_id", "")), str(element.get("action_id", ""))
    held = state.get(block_id, {}).get(action_id) or {}
    made = Widget(
        kind=_kind(kind_name, element),
        type=kind_name,
        element=element,
        block_id=block_id,
        action_id=action_id,
        dispatches=block.get("type") != "input" or bool(block.get("dispatch_action")),
        multiple=kind_name.startswith("multi_"),
    )
    selected = _selected(element, held)
    if made.kind == "field":
        made.value = _field_value(kind_name, selected)
    else:
        made.groups = _groups(kind_name, element, selected, directory)
    return made


def _kind(kind_name: str, element: Json) -> str:
    if kind_name == "button" and element.get("url"):
        return "link"
    if kind_name in KINDS:
        return KINDS[kind_name]
    if kind_name.startswith("multi_") and kind_name.endswith("_select"):
        return "many"
    return "select" if kind_name.endswith("_select") else "unknown"


def _selected(element: Json, held: Json) -> Any:
    """What the person entered, else what the element starts with."""
    for key in _STATE_KEYS:
        if key in held:
            return held[key]
    for key in _STATE_KEYS:
        start = "initial_value" if key.endswith("value") else key.replace("selected_", "initial_")
        if start in element:
            return element[start]
    return None


def _groups(
    kind_name: str, element: Json, selected: Any, directory: Directory
) -> list[ChoiceGroup]:
    picked = _values(selected)
    if "users" in kind_name:
        return [_directory_group(directory.users, picked)]
    if "conversations" in kind_name or "channels" in kind_name:
        return [_directory_group(directory.channels, picked)]
    if "external" in kind_name:
        chosen = selected if isinstance(selected, list) else [selected] if selected else []
        return [ChoiceGroup(None, [_choice(option, picked) for option in chosen])]
    if groups := element.get("option_groups"):
        return [
            ChoiceGroup(group["label"], [_choice(option, picked) for option in group["options"]])
            for group in groups
        ]
    return [ChoiceGroup(None, [_choice(option, picked) for option in element.get("options", ())])]


def _directory_group(pairs: Sequence[tuple[str, str]], picked: set[str]) -> ChoiceGroup:
    return ChoiceGroup(
        None,
        [
            Choice(ident, {"type": "plain_text", "text": name}, chosen=ident in picked)
            for ident, name in pairs
        ],
    )


def _choice(option: Json, picked: set[str]) -> Choice:
    value = str(option.get("value", ""))
    return Choice(
        value=value,
        text=option.get("text", {}),
        description=option.get("description"),
        url=str(option.get("url", "")),
        chosen=value in picked,
    )


def _values(selected: Any) -> set[str]:
    listed = selected if isinstance(selected, list) else [selected]
    return {
        str(one.get("value")) if isinstance(one, Mapping) else str(one)
        for one in listed
        if one is not None
    }


def _field_value(kind_name: str, selected: Any) -> str:
    if selected is None:
        return ""
    if kind_name == "datetimepicker":
        return f"{datetime.fromtimestamp(int(selected), UTC):%Y-%m-%dT%H:%M}"
    if isinstance(selected, Mapping):
        return _plain(selected)
    return str(selected)


def _plain(rich: Json) -> str:
    """The words of a rich_text object, styles dropped."""
    if "text" in rich and isinstance(rich["text"], str):
        return rich["text"]
    return "".join(_plain(part) for part in rich.get("elements", ()))
