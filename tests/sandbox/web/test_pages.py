"""What the pages answer, read without a browser."""

import re
from typing import Any

import pytest

from sandbox.app import build, example_seed
from sandbox.partners.seed import SeedError
from sandbox.web.drawing import environment, initials, pretty
from sandbox.web.mrkdwn import Names
from sandbox.web.rooms import folded
from sandbox.web.widgets import Directory, widget
from tests.sandbox.partners.serving import call
from tests.sandbox.web.conftest import Served

OPTIONS = [{"text": {"type": "plain_text", "text": f"Number {n}"}, "value": str(n)} for n in (1, 2)]


def draw(blocks: list[dict[str, Any]], values: Any = None, errors: Any = None) -> str:
    """Blocks as the pages draw them, on one line."""
    template = environment().from_string(
        '{% from "blocks.html" import render with context %}{{ render(blocks, ctx) }}'
    )
    directory = Directory(users=[("U1", "Alice")], channels=[("C1", "#general")])
    ctx = {
        "names": Names(),
        "state": values or {},
        "errors": errors or {},
        "directory": directory,
    }
    return re.sub(r"\s+", " ", template.render(blocks=blocks, ctx=ctx))


def element(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "action_id": "act"} | more


def asked(kind: str, **more: Any) -> dict[str, Any]:
    label = {"type": "plain_text", "text": "A label"}
    return {"type": "input", "block_id": "b", "label": label, "element": element(kind, **more)}


@pytest.mark.parametrize(
    ("kind", "more", "drawn"),
    [
        ("plain_text_input", {"max_length": 9}, '<input id="b--act" type="text"'),
        ("plain_text_input", {"multiline": True}, "<textarea"),
        ("rich_text_input", {}, "<textarea"),
        ("number_input", {"is_decimal_allowed": True}, 'inputmode="decimal"'),
        ("email_text_input", {}, 'type="email"'),
        ("url_text_input", {}, 'type="url"'),
        ("datepicker", {"initial_date": "2007-04-27"}, 'value="2007-04-27"'),
        ("timepicker", {"initial_time": "22:30"}, 'type="time"'),
        ("datetimepicker", {"initial_date_time": 1177711800}, 'value="2007-04-27T22:10"'),
        ("static_select", {"options": OPTIONS, "initial_option": OPTIONS[1]},
         '<option value="2" selected>Number 2</option>'),
        ("static_select", {"option_groups": [{"label": {"type": "plain_text", "text": "G"},
                                              "options": OPTIONS}]}, '<optgroup label="G">'),
        ("users_select", {"initial_user": "U1"}, '<option value="U1" selected>Alice</option>'),
        ("conversations_select", {}, '<option value="C1">#general</option>'),
        ("multi_channels_select", {"initial_channels": ["C1"]}, 'value="C1" checked'),
        ("multi_static_select", {"options": OPTIONS, "initial_options": OPTIONS[:1]},
         'value="1" checked'),
        ("external_select", {"initial_option": OPTIONS[0]}, 'class="chip" data-value="1"'),
        ("radio_buttons", {"options": OPTIONS}, 'type="radio" name="b--act" value="1"'),
        ("checkboxes", {"options": OPTIONS}, 'type="checkbox" name="b--act" value="2"'),
        ("file_input", {}, "[file_input is not drawn here]"),
    ],
)  # fmt: skip
def test_every_kind_of_input_is_drawn_or_named(kind: str, more: Any, drawn: str) -> None:
    page = draw([asked(kind, **more)])
    assert drawn in page
    assert "A label" in page


def test_what_a_person_entered_goes_before_what_the_app_began_with() -> None:
    block = asked("plain_text_input", initial_value="begun")
    assert 'value="begun"' in draw([block])
    entered = {"b": {"act": {"type": "plain_text_input", "value": "mine"}}}
    assert 'value="mine"' in draw([block], entered)
    emptied = {"b": {"act": {"type": "plain_text_input", "value": None}}}
    assert 'value=""' in draw([block], emptied)


def test_an_error_stands_at_its_field_and_the_field_says_so() -> None:
    page = draw([asked("plain_text_input")], errors={"b": "Say <what>."})
    assert 'id="error-b" data-error-for="b">Say &lt;what&gt;.<' in page
    assert 'aria-invalid="true"' in page
    assert 'aria-describedby="hint-b error-b"' in page


@pytest.mark.parametrize(
    ("block", "drawn"),
    [
        ({"type": "header", "text": {"type": "plain_text", "text": "A <b>"}}, "A &lt;b&gt;"),
        ({"type": "divider"}, "<hr>"),
        ({"type": "section", "text": {"type": "mrkdwn", "text": "*x* <https://h|y>",
          "verbatim": True}}, "<strong>x</strong> <a href"),
        ({"type": "context", "elements": [element("image", alt_text="a map")]}, "a map"),
        ({"type": "image", "alt_text": "a chart", "image_url": "https://x/y"}, "a chart"),
        ({"type": "markdown", "text": "**x** <i>"}, "**x** &lt;i&gt;"),
        ({"type": "video"}, "A “video” block is not drawn here"),
        ({"type": "actions", "elements": [element("button", url="javascript:alert(1)",
          text={"type": "plain_text", "text": "Go"})]}, 'href="#"'),
        ({"type": "rich_text", "elements": []}, "block-rich_text"),
    ],
)  # fmt: skip
def test_every_kind_of_block_is_drawn_or_named(block: dict[str, Any], drawn: str) -> None:
    assert drawn in draw([block])


def test_an_input_dispatches_only_when_told_to() -> None:
    state: dict[str, Any] = {}
    nobody = Directory()
    quiet = asked("static_select", options=OPTIONS)
    assert not widget(quiet["element"], quiet, state, nobody).dispatches
    assert widget(quiet["element"], quiet | {"dispatch_action": True}, state, nobody).dispatches
    assert widget(quiet["element"], {"type": "section"}, state, nobody).dispatches


def test_pages_carry_a_policy_that_allows_no_foreign_script(sandbox: Served) -> None:
    for path in ("/u/alice/c/C0GENERAL", "/inspector", "/inbox/lv", "/u/nobody"):
        page = call("GET", sandbox.url + path)
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]
        assert page.headers["Referrer-Policy"] == "no-referrer"


def test_another_site_s_page_cannot_write_but_programs_can(sandbox: Served) -> None:
    url = f"{sandbox.url}/_control/message"
    body = {"user": "alice", "channel": "general", "text": "hello"}
    assert call("POST", url, body, Origin="https://evil.example").status == 403
    assert call("POST", url, body, Origin="null").status == 403
    assert call("POST", url, body, Origin=sandbox.url).status == 200
    assert call("POST", url, body).status == 200
    assert call("GET", f"{sandbox.url}/_control/state", Host="rebound.example").status == 400


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/u/nobody", "nobody here is called"),
        ("/u/alice/c/CNOTHING", "cannot see this room"),
        ("/u/nobody/home", "nobody here is called"),
        ("/inbox/xx", "no partner"),
        ("/u/alice/part/nothing", "no such part"),
        ("/u/alice/part/messages?channel=CNOTHING", "not visible"),
        ("/inspector/part/nothing", "no such part"),
        ("/inbox/lv/part/nothing", "no such part"),
        ("/inbox/xx/part/items", "no such partner"),
        ("/inbox/lv/d9/mail.html", "no such mail"),
    ],
)
def test_what_is_not_there_is_said_plainly(sandbox: Served, path: str, words: str) -> None:
    page = call("GET", sandbox.url + path)
    assert page.status == 404
    assert words in page.text


def test_a_private_room_is_not_shown_to_others(sandbox: Served) -> None:
    body = {"user": "alice", "name": "quiet-room", "is_private": True}
    room = sandbox.control("channel/create", body)["channel"]["id"]
    assert call("GET", f"{sandbox.url}/u/alice/c/{room}").status == 200
    assert call("GET", f"{sandbox.url}/u/bruno/c/{room}").status == 404
    assert "quiet-room" not in call("GET", f"{sandbox.url}/u/bruno/c/C0GENERAL").text


@pytest.mark.parametrize(
    ("seed", "words"),
    [
        ({"colour": 1}, "unknown field"),
        ({"speed": 0}, "speed: must be a number above 0"),
        ({"speed": True}, "speed"),
        ({"slack": {"users": [{"real_name": "x"}]}}, "slack: users"),
        ({"partners": [{"id": "lv"}]}, "partners.0.name"),
    ],
)
def test_a_seed_that_cannot_be_used_is_refused_with_the_field(
    seed: dict[str, Any], words: str
) -> None:
    with pytest.raises(SeedError, match=re.escape(words)):
        build(seed)


def test_the_example_seed_is_one_that_can_be_used() -> None:
    assert {"slack", "partners"} == set(example_seed())


@pytest.mark.parametrize(
    ("name", "letters"), [("Alice Tamm", "AT"), ("tocsin", "T"), ("CERT-LV", "CL"), ("", "")]
)
def test_initials_come_from_first_and_last_name(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_json_is_opened_for_reading() -> None:
    assert pretty('{"a":"ä"}') == '{\n  "a": "ä"\n}'
    assert pretty("not json") == "not json"


def test_people_who_join_one_after_another_take_one_line() -> None:
    def join(user: str) -> dict[str, Any]:
        return {"subtype": "channel_join", "user": user, "text": f"<@{user}> has joined"}

    said = {"user": "U1", "text": "hello"}
    lines = folded([join("U1"), join("U2"), join("U3"), said, join("U4")])
    assert [line["text"] for line in lines] == [
        "<@U1>, <@U2> and <@U3> have joined the channel",
        "hello",
        "<@U4> has joined",
    ]
