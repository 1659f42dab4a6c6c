"""Block Kit: what Slack would refuse is refused, with the place; what it takes is taken."""

from typing import Any

import pytest

from sandbox.slack import blocks
from tests.sandbox.slack.harness import Json, button, modal, plain, text_input

MRKDWN = {"type": "mrkdwn", "text": "x"}
OPTION = {"text": plain("One"), "value": "1"}


def _select(**more: Any) -> Json:
    element = {"type": "static_select", "action_id": "a", "options": [OPTION], **more}
    return {"type": "section", "text": MRKDWN, "accessory": element}


@pytest.mark.parametrize(
    "block",
    [
        {"type": "divider"},
        {"type": "header", "text": plain("x" * 150)},
        {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}},
        {"type": "section", "fields": [MRKDWN] * 10},
        {"type": "context", "elements": [MRKDWN, {**plain("y"), "emoji": True}]},
        {"type": "image", "image_url": "https://x.example/i.png", "alt_text": "a map"},
        {"type": "markdown", "text": "**bold**"},
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": []}],
        },
        _select(initial_option=OPTION, placeholder=plain("Choose")),
        _select(option_groups=[{"label": plain("G"), "options": [OPTION]}], options=None),
        button("go", style="danger", value="v", confirm={"title": plain("Sure?"), "text": MRKDWN}),
        text_input("note", multiline=True, min_length=0, max_length=3000),
        {
            "type": "actions",
            "elements": [
                {"type": "overflow", "action_id": "o", "options": [OPTION]},
                {"type": "multi_users_select", "action_id": "u", "placeholder": plain("Who")},
                {"type": "external_select", "action_id": "e", "min_query_length": 0},
                {"type": "datepicker", "action_id": "d", "initial_date": "2007-04-27"},
                {"type": "radio_buttons", "action_id": "r", "options": [OPTION]},
                {"type": "checkboxes", "action_id": "c", "options": [OPTION]},
            ],
        },
    ],
    ids=lambda block: block["type"],
)
def test_a_good_block_is_taken(block: Json) -> None:
    assert blocks.message_problems([block]) == []


@pytest.mark.parametrize(
    ("block", "place"),
    [
        ({"type": "marquee"}, "/blocks/0/type"),
        ({"text": MRKDWN}, "/blocks/0"),
        ("text", "/blocks/0"),
        ({"type": "section"}, "/blocks/0"),
        ({"type": "section", "text": "bare text"}, "/blocks/0/text"),
        ({"type": "section", "text": {"type": "mrkdwn", "text": ""}}, "/blocks/0/text/text"),
        ({"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}, "/blocks/0"),
        ({"type": "section", "text": {"text": "x"}}, "/blocks/0"),
        ({"type": "section", "text": MRKDWN, "colour": "red"}, "/blocks/0/colour"),
        ({"type": "section", "fields": [MRKDWN] * 11}, "/blocks/0"),
        (
            {"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * 2001}]},
            "/blocks/0/fields/0",
        ),
        ({"type": "header", "text": plain("x" * 151)}, "/blocks/0"),
        ({"type": "header", "text": MRKDWN}, "/blocks/0/text/type"),
        ({"type": "context", "elements": [MRKDWN] * 11}, "/blocks/0"),
        ({"type": "actions", "elements": []}, "/blocks/0/elements"),
        ({"type": "actions", "elements": [{"type": "lever", "action_id": "x"}]}, "/blocks/0"),
        ({"type": "image", "image_url": "https://x.example/i.png"}, "/blocks/0"),
        (button("x" * 256), "/blocks/0"),
        (button("go", value="x" * 2001), "/blocks/0"),
        (button("go", text=plain("x" * 76)), "/blocks/0"),
        (button("go", style="huge"), "/blocks/0"),
        (_select(options=[OPTION] * 101), "/blocks/0"),
        (_select(options=[]), "/blocks/0"),
        (_select(initial_option={"text": plain("Two"), "value": "2"}), "/blocks/0"),
        ({"type": "input", "label": plain("L"), "element": {"type": "knob"}}, "/blocks/0"),
        ({"type": "divider", "block_id": "x" * 256}, "/blocks/0"),
    ],
)
def test_a_bad_block_is_refused_with_its_place(block: object, place: str) -> None:
    problems = blocks.message_problems([block])
    assert problems
    assert all(problem.startswith("[ERROR] ") for problem in problems)
    assert any(f"[json-pointer:{place}" in problem for problem in problems), problems


def test_fifty_blocks_are_enough_for_a_message() -> None:
    assert blocks.message_problems([{"type": "divider"}] * 50) == []
    assert blocks.message_problems([{"type": "divider"}] * 51) != []
    assert blocks.message_problems({"type": "divider"}) != []


def test_ids_are_not_used_twice() -> None:
    twice = [{"type": "divider", "block_id": "b"}] * 2
    assert "used twice" in blocks.message_problems(twice)[0]
    same = {"type": "actions", "elements": [button("go")["elements"][0]] * 2}
    assert "action_id 'go' is used twice" in blocks.message_problems([same])[0]
    apart = [button("go"), {**button("go"), "block_id": "other"}]
    assert blocks.message_problems(apart) == []


@pytest.mark.parametrize(
    ("view", "said"),
    [
        (modal(text_input("t"), submit=None), "submit is required"),
        (modal({"type": "divider"}, title=None), "missing required field: title"),
        (modal({"type": "divider"}, title=plain("x" * 25)), "between 1 and 24"),
        (modal({"type": "divider"}, title="bare"), "json-pointer:/view/title"),
        (modal({"type": "divider"}, private_metadata="x" * 3001), "private_metadata"),
        (modal(*[{"type": "divider"}] * 101), "no more than 100"),
        (modal({"type": "divider"}, size="large"), "unknown field 'size'"),
        (modal({"type": "markdown", "text": "x"}), "for messages only"),
        ({"type": "modal", "title": plain("x")}, "missing required field: blocks"),
        ({"type": "home", "blocks": [{"type": "divider"}], "submit": plain("x")}, "home view"),
        ({"type": "page", "blocks": []}, "type must be"),
        ("view", "must be an object"),
    ],
)
def test_a_bad_view_is_refused(view: object, said: str) -> None:
    assert any(said in problem for problem in blocks.view_problems(view))


def test_a_good_view_is_taken() -> None:
    assert blocks.view_problems(modal(text_input("t"), *[{"type": "divider"}] * 99)) == []
    assert blocks.view_problems({"type": "home", "blocks": [button("go")]}) == []


def test_ids_left_out_are_filled_in_and_given_ones_stay() -> None:
    filled = blocks.with_ids([{"type": "actions", "elements": [{"type": "button"}]}, button("go")])
    assert filled[0]["block_id"]
    assert filled[0]["elements"][0]["action_id"]
    assert filled[1] == button("go")
