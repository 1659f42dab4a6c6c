"""Block Kit rules, checked as Slack would before it accepts a message or view.

`slack_sdk.models` knows the limits of each block; it is silent about unknown types and fields,
input without submit, ids used twice, too many blocks, and empty texts. Those are checked here.
"""

import secrets
from collections.abc import Iterator
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from sandbox.slack.model import Json

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MESSAGE_CHARACTERS = 13_000  # undocumented total over blocks; seen as msg_blocks_too_long
VIEW_BYTES = 250_000
FIELD_CHARACTERS = 2_000
MESSAGE_ONLY = frozenset({"markdown", "table"})
EMPTY_LIST_ALLOWED = frozenset({"elements"})  # in rich text sections, lists, quotes
TEXT_DEFAULTS = {"plain_text": {"emoji": True}, "mrkdwn": {"verbatim": False}}
VIEW_KEYS = View.attributes | {"submit_disabled"}


def message_problems(blocks: object) -> list[str]:
    """What is wrong with a message's blocks; each sentence names the place. Empty: fine."""
    if not isinstance(blocks, list):
        return ["[ERROR] blocks must be an array [json-pointer:/blocks]"]
    found = _block_problems(blocks, surface="message")
    if len(blocks) > MESSAGE_BLOCKS:
        found.append(f"[ERROR] no more than {MESSAGE_BLOCKS} items allowed [json-pointer:/blocks]")
    return found


def view_problems(view: object) -> list[str]:
    """What is wrong with a view. Empty: fine."""
    if not isinstance(view, dict):
        return ["[ERROR] view must be an object [json-pointer:/view]"]
    if view.get("type") not in {"modal", "home"}:
        return ["[ERROR] type must be modal or home [json-pointer:/view/type]"]
    found = [
        f"[ERROR] unknown field {key!r} [json-pointer:/view/{key}]"
        for key in sorted(set(view) - VIEW_KEYS)
    ]
    blocks = view.get("blocks")
    if not isinstance(blocks, list):
        return [*found, "[ERROR] missing required field: blocks [json-pointer:/view/blocks]"]
    if len(blocks) > VIEW_BLOCKS:
        found.append(
            f"[ERROR] no more than {VIEW_BLOCKS} items allowed [json-pointer:/view/blocks]"
        )
    if view["type"] == "modal":
        found += _modal_problems(view, blocks)
    found += _block_problems(blocks, surface=str(view["type"]))
    shell = {key: value for key, value in view.items() if key != "blocks"}
    try:
        parsed = View(**shell, blocks=[{"type": "divider"}]).to_dict()
    except (SlackObjectFormationError, TypeError, KeyError, AttributeError, ValueError) as error:
        return [*found, f"[ERROR] {error} [json-pointer:/view]"]
    shell = {key: shell[key] for key in ("title", "submit", "close") if key in shell}
    return found + list(_differences(shell, parsed, "/view"))


def with_ids(blocks: list[Json]) -> list[Json]:
    """The blocks as Slack keeps them: ids and the defaults of texts filled in where left out."""
    return [_with_ids(with_defaults(block)) for block in blocks]


def with_defaults(value: Any) -> Any:
    """A copy in which every text object has its `emoji` or `verbatim`."""
    if isinstance(value, list):
        return [with_defaults(item) for item in value]
    if not isinstance(value, dict):
        return value
    default = TEXT_DEFAULTS.get(str(value.get("type")), {})
    return default | {key: with_defaults(item) for key, item in value.items()}


def elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every (block, interactive element) of a surface."""
    for block in blocks:
        if block.get("type") == "input":
            yield block, block["element"]
        elif block.get("type") == "actions":
            for element in block["elements"]:
                yield block, element
        elif (block.get("accessory") or {}).get("action_id"):
            yield block, block["accessory"]


def characters(blocks: list[Json]) -> int:
    """How much text a message's blocks carry in all."""
    return sum(len(text) for text in texts(blocks))


def texts(value: object) -> Iterator[str]:
    """Every text a reader would see in blocks, in order."""
    if isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in {"text", "alt_text", "fallback"} and isinstance(item, str):
                yield item
            elif key != "private_metadata":
                yield from texts(item)


def _with_ids(block: Json) -> Json:
    block = {**block, "block_id": block.get("block_id") or secrets.token_urlsafe(4)}
    if block["type"] == "input":
        block["element"] = _named(block["element"])
    elif block["type"] == "actions":
        block["elements"] = [_named(element) for element in block["elements"]]
    elif block.get("accessory") and block["accessory"]["type"] != "image":
        block["accessory"] = _named(block["accessory"])
    return block


def _named(element: Json) -> Json:
    return {**element, "action_id": element.get("action_id") or secrets.token_urlsafe(4)}


def _modal_problems(view: Json, blocks: list[object]) -> list[str]:
    found = []
    if not view.get("title"):
        found.append("[ERROR] missing required field: title [json-pointer:/view/title]")
    inputs = any(isinstance(block, dict) and block.get("type") == "input" for block in blocks)
    if inputs and not view.get("submit"):
        found.append("[ERROR] submit is required when an input is used [json-pointer:/view/submit]")
    return found


def _block_problems(blocks: list[object], *, surface: str) -> list[str]:
    found: list[str] = []
    where = "/blocks" if surface == "message" else "/view/blocks"
    for index, block in enumerate(blocks):
        found += _one_block(block, f"{where}/{index}", surface)
    if not found:
        found += _repeated_ids([block for block in blocks if isinstance(block, dict)], where)
    return found


def _one_block(block: object, pointer: str, surface: str) -> list[str]:
    if not isinstance(block, dict) or "type" not in block:
        return [f"[ERROR] a block must be an object with a type [json-pointer:{pointer}]"]
    if block["type"] in MESSAGE_ONLY and surface != "message":
        return [f"[ERROR] {block['type']} is for messages only [json-pointer:{pointer}/type]"]
    try:
        parsed = Block.parse(block)
        if parsed is None:
            return [f"[ERROR] unsupported type: {block['type']} [json-pointer:{pointer}/type]"]
        known = parsed.to_dict()
    except (SlackObjectFormationError, TypeError, KeyError, AttributeError, ValueError) as error:
        return [f"[ERROR] {error} [json-pointer:{pointer}]"]
    return [*_differences(block, known, pointer), *_own_rules(block, pointer)]


def _differences(given: object, known: object, pointer: str) -> Iterator[str]:
    """Where the parsed form lost or reshaped what was given: unknown types, fields and shapes."""
    if isinstance(given, dict):
        if not isinstance(known, dict):
            yield f"[ERROR] must not be an object [json-pointer:{pointer}]"
            return
        for key, value in given.items():
            yield from _field_differences(key, value, known, f"{pointer}/{key}")
        if given.get("type") in {"plain_text", "mrkdwn"} and not given.get("text"):
            yield f"[ERROR] must be more than 0 characters [json-pointer:{pointer}/text]"
    elif isinstance(given, list):
        if not isinstance(known, list) or len(known) != len(given):
            yield f"[ERROR] has items of an unsupported type [json-pointer:{pointer}]"
            return
        for index, (item, seen) in enumerate(zip(given, known, strict=True)):
            yield from _differences(item, seen, f"{pointer}/{index}")
    elif given != known:
        yield f"[ERROR] invalid value {given!r} [json-pointer:{pointer}]"


def _field_differences(key: str, value: object, known: Json, here: str) -> Iterator[str]:
    if value is None or (value == [] and key in EMPTY_LIST_ALLOWED and key in known):
        return
    if value == []:
        yield f"[ERROR] must have at least 1 item [json-pointer:{here}]"
    elif key not in known:
        yield f"[ERROR] unknown field or unsupported type [json-pointer:{here}]"
    else:
        yield from _differences(value, known[key], here)


def _own_rules(block: Json, pointer: str) -> Iterator[str]:
    for index, text in enumerate(block.get("fields") or []):
        if len(text.get("text", "")) > FIELD_CHARACTERS:
            yield (
                f"[ERROR] must be less than {FIELD_CHARACTERS + 1} characters "
                f"[json-pointer:{pointer}/fields/{index}]"
            )
    if block["type"] == "header" and block["text"].get("type") != "plain_text":
        yield f"[ERROR] must be plain_text [json-pointer:{pointer}/text/type]"
    for _, element in elements([block]):
        chosen = [element["initial_option"]] if element.get("initial_option") else []
        chosen += element.get("initial_options") or []
        offered = list(element.get("options") or [])
        for group in element.get("option_groups") or []:
            offered += group["options"]
        if not str(element["type"]).endswith("external_select"):
            for option in chosen:
                if option not in offered:
                    yield f"[ERROR] the initial option is not offered [json-pointer:{pointer}]"


def _repeated_ids(blocks: list[Json], where: str) -> Iterator[str]:
    seen: set[str] = set()
    for block in blocks:
        ident = block.get("block_id")
        if ident and ident in seen:
            yield f"[ERROR] block_id {ident!r} is used twice [json-pointer:{where}]"
        seen.add(ident or "")
        actions = [e["action_id"] for _, e in elements([block]) if e.get("action_id")]
        for action in {name for name in actions if actions.count(name) > 1}:
            yield f"[ERROR] action_id {action!r} is used twice in a block [json-pointer:{where}]"
