"""Modals and home tabs: triggers, stacks, hashes, what was entered."""

import time

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.sandbox.slack.harness import (
    App,
    Json,
    Refused,
    Workspace,
    button,
    code_of,
    modal,
    plain,
    text_input,
)


def _trigger(workspace: Workspace, user: str = "alice") -> str:
    asked = workspace.post("command", user=user, channel="general", text="/incident")
    return str(asked["trigger_id"])


def test_a_trigger_opens_one_modal_within_three_seconds(
    workspace: Workspace, client: WebClient, app: App
) -> None:
    trigger = _trigger(workspace)
    client.views_open(trigger_id=trigger, view=modal(text_input("t")))
    for given, error in [(trigger, "exchanged_trigger_id"), ("1.2.three", "invalid_trigger_id")]:
        with pytest.raises(SlackApiError) as caught:
            client.views_open(trigger_id=given, view=modal(text_input("t")))
        assert code_of(caught.value) == error
    late = _trigger(workspace)
    workspace.world.clock = lambda: time.time() + 3.1
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        client.views_open(trigger_id=late, view=modal(text_input("t")))


def test_a_view_that_is_refused_does_not_use_the_trigger_up(
    workspace: Workspace, client: WebClient, app: App
) -> None:
    trigger = _trigger(workspace)
    with pytest.raises(SlackApiError) as caught:
        client.views_open(trigger_id=trigger, view=modal(text_input("t"), submit=None))
    assert "submit" in caught.value.response["response_metadata"]["messages"][0]
    assert client.views_open(trigger_id=trigger, view=modal(text_input("t")))["ok"] is True


def test_an_update_needs_the_present_hash_and_keeps_what_was_entered(
    workspace: Workspace, client: WebClient, app: App
) -> None:
    view = client.views_open(trigger_id=_trigger(workspace), view=modal(text_input("t")))["view"]
    workspace.post("view/submit", user="alice", values={"t": "entered"})
    app.first("view_submission")
    view = client.views_open(
        trigger_id=_trigger(workspace), view=modal(text_input("t"), button("more"))
    )["view"]
    workspace.post("action", user="alice", action_id="more", values={"t": "half done"})
    wider = modal(text_input("t"), text_input("new", initial_value="given"))
    changed = client.views_update(view_id=view["id"], hash=view["hash"], view=wider)["view"]
    values = changed["state"]["values"]
    assert values["t"]["value"]["value"] == "half done"
    assert values["new"]["value"]["value"] == "given"
    with pytest.raises(SlackApiError, match="hash_conflict"):
        client.views_update(view_id=view["id"], hash=view["hash"], view=wider)
    assert client.views_update(view_id=view["id"], view=wider)["ok"] is True


def test_a_view_is_found_by_its_external_id(
    workspace: Workspace, client: WebClient, app: App
) -> None:
    named = modal(text_input("t"), external_id="open-1")
    client.views_open(trigger_id=_trigger(workspace), view=named)
    with pytest.raises(SlackApiError, match="duplicate_external_id"):
        client.views_open(trigger_id=_trigger(workspace, "bruno"), view=named)
    assert client.views_update(external_id="open-1", view=named)["ok"] is True
    with pytest.raises(SlackApiError, match="not_found"):
        client.views_update(external_id="open-2", view=named)
    with pytest.raises(SlackApiError, match="not_found"):
        client.views_update(view_id="V0NONE", view=named)


def test_three_modals_may_lie_on_each_other(
    workspace: Workspace, client: WebClient, app: App
) -> None:
    root = client.views_open(trigger_id=_trigger(workspace), view=modal(button("deeper")))["view"]
    ids = [root["id"]]
    for _ in range(2):
        clicked = workspace.post("action", user="alice", action_id="deeper")
        pushed = client.views_push(trigger_id=clicked["trigger_id"], view=modal(button("deeper")))
        assert (pushed["view"]["root_view_id"], pushed["view"]["previous_view_id"]) == (
            root["id"],
            ids[-1],
        )
        ids.append(pushed["view"]["id"])
    clicked = workspace.post("action", user="alice", action_id="deeper")
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        client.views_push(trigger_id=clicked["trigger_id"], view=modal(button("deeper")))
    stack = workspace.get("views", user="alice")["modals"]
    assert [view["id"] for view in stack] == ids
    workspace.post("view/close", user="alice")
    assert len(workspace.get("views", user="alice")["modals"]) == 2
    workspace.post("view/close", user="alice", all=True)
    assert workspace.get("views", user="alice")["modals"] == []


def test_closing_tells_an_app_that_asked_to_be_told(
    workspace: Workspace, client: WebClient, app: App
) -> None:
    quiet = modal(text_input("t"))
    client.views_open(trigger_id=_trigger(workspace), view=quiet)
    assert workspace.post("view/close", user="alice")["delivery"] is None
    client.views_open(trigger_id=_trigger(workspace), view=quiet | {"notify_on_close": True})
    workspace.post("view/close", user="alice", all=True)
    assert app.first("view_closed")["is_cleared"] is True


def test_slacks_own_form_refuses_before_the_app_is_asked(
    workspace: Workspace, client: WebClient, app: App
) -> None:
    number = {
        "type": "input",
        "block_id": "n",
        "label": plain("n"),
        "element": {
            "type": "number_input",
            "action_id": "value",
            "is_decimal_allowed": False,
            "max_value": "10",
        },
    }
    view = modal(
        text_input("needed"),
        text_input("short", max_length=5),
        {**text_input("left"), "optional": True},
        number,
    )
    client.views_open(trigger_id=_trigger(workspace), view=view)
    answer = workspace.post("view/submit", user="alice", values={"short": "too long", "n": "11"})
    assert answer["result"] == "invalid"
    assert set(answer["errors"]) == {"needed", "short", "n"}
    assert "required" in answer["errors"]["needed"]
    assert answer["delivery"] is None
    good = {"needed": "x", "short": "short", "n": "10"}
    assert workspace.post("view/submit", user="alice", values=good)["result"] == "closed"
    state = app.first("view_submission")["view"]["state"]["values"]
    assert state["left"]["value"] == {"type": "plain_text_input", "value": None}


@pytest.mark.parametrize(
    ("answer", "result", "left"),
    [
        (None, "closed", 1),
        ({"response_action": "clear"}, "cleared", 0),
        ({"response_action": "errors", "errors": {"t": "no such member"}}, "errors", 2),
        ({"response_action": "update", "view": modal(text_input("u"))}, "updated", 2),
        ({"response_action": "push", "view": modal(text_input("u"))}, "pushed", 3),
        ({"response_action": "errors", "errors": {"nowhere": "x"}}, "trouble", 2),
        ({"response_action": "push", "view": modal(text_input("u"), submit=None)}, "trouble", 2),
        ({"response_action": "dance"}, "trouble", 2),
    ],
)
def test_the_apps_answer_to_a_submission_is_obeyed(
    workspace: Workspace, client: WebClient, app: App, answer: Json | None, result: str, left: int
) -> None:
    client.views_open(trigger_id=_trigger(workspace), view=modal(button("deeper")))
    clicked = workspace.post("action", user="alice", action_id="deeper")
    client.views_push(trigger_id=clicked["trigger_id"], view=modal(text_input("t")))
    app.answer = lambda _envelope: answer
    submitted = workspace.post("view/submit", user="alice", values={"t": "x"})
    assert submitted["result"] == result
    assert len(workspace.get("views", user="alice")["modals"]) == left
    if result == "errors":
        assert submitted["view"]["errors"] == {"t": "no such member"}
    if result == "trouble":
        assert submitted["seen"]["notice"] == "We had some trouble connecting. Try again?"
        assert submitted["explained"]


def test_every_kind_of_input_reaches_the_app_in_slacks_shape(
    workspace: Workspace, client: WebClient, app: App
) -> None:
    one, two = ({"text": plain(name), "value": name} for name in ("S1", "S2"))
    kinds: list[tuple[Json, object, Json]] = [
        ({"type": "plain_text_input"}, "text", {"value": "text"}),
        ({"type": "email_text_input"}, "a@b.example", {"value": "a@b.example"}),
        ({"type": "url_text_input"}, "https://x.example", {"value": "https://x.example"}),
        ({"type": "static_select", "options": [one, two]}, "S2", {"selected_option": two}),
        ({"type": "radio_buttons", "options": [one, two]}, "S1", {"selected_option": one}),
        (
            {"type": "multi_static_select", "options": [one, two]},
            ["S1", "S2"],
            {"selected_options": [one, two]},
        ),
        ({"type": "checkboxes", "options": [one, two]}, ["S2"], {"selected_options": [two]}),
        ({"type": "users_select"}, "U01ALICE", {"selected_user": "U01ALICE"}),
        ({"type": "multi_users_select"}, ["U01ALICE"], {"selected_users": ["U01ALICE"]}),
        ({"type": "channels_select"}, "C0GENERAL", {"selected_channel": "C0GENERAL"}),
        (
            {"type": "multi_conversations_select"},
            ["C0GENERAL"],
            {"selected_conversations": ["C0GENERAL"]},
        ),
        ({"type": "datepicker"}, "2007-04-27", {"selected_date": "2007-04-27"}),
        ({"type": "timepicker"}, "03:00", {"selected_time": "03:00"}),
        ({"type": "datetimepicker"}, 1177632000, {"selected_date_time": 1177632000}),
    ]
    inputs = [
        {
            "type": "input",
            "block_id": f"b{n}",
            "label": plain("x"),
            "element": {"action_id": "a", **element},
        }
        for n, (element, _, _) in enumerate(kinds)
    ]
    client.views_open(trigger_id=_trigger(workspace), view=modal(*inputs))
    values = {f"b{n}": said for n, (_, said, _) in enumerate(kinds)}
    assert workspace.post("view/submit", user="alice", values=values)["result"] == "closed"
    state = app.first("view_submission")["view"]["state"]["values"]
    for n, (element, _, expected) in enumerate(kinds):
        assert state[f"b{n}"]["a"] == {"type": element["type"], **expected}


def test_what_cannot_be_entered_is_refused_with_a_sentence(
    workspace: Workspace, client: WebClient, app: App
) -> None:
    with pytest.raises(Refused, match="no modal open"):
        workspace.post("view/submit", user="alice", values={})
    option = {"text": plain("One"), "value": "1"}
    select = {"type": "static_select", "action_id": "value", "options": [option]}
    block = {"type": "input", "block_id": "s", "label": plain("s"), "element": select}
    view = client.views_open(trigger_id=_trigger(workspace), view=modal(block))["view"]
    for values, said in [({"s": "2"}, "it offers: 1"), ({"t": "x"}, "there are: s/value")]:
        with pytest.raises(Refused, match=said):
            workspace.post("view/submit", user="alice", view_id=view["id"], values=values)
    with pytest.raises(Refused, match="on top"):
        workspace.post("view/submit", user="alice", view_id="V0OTHER", values={"s": "1"})


def test_a_home_tab_is_published_for_one_person_and_opened_with_an_event(
    workspace: Workspace, client: WebClient, app: App
) -> None:
    opened = workspace.post("home", user="alice")
    assert (opened["view"], opened["delivery"]["status"]) == (None, "acked")
    assert "view" not in app.first("app_home_opened")["event"]
    home = {"type": "home", "blocks": [button("open")]}
    published = client.views_publish(user_id="U01ALICE", view=home)["view"]
    with pytest.raises(SlackApiError, match="hash_conflict"):
        client.views_publish(user_id="U01ALICE", view=home, hash="0.old")
    client.views_publish(user_id="U01ALICE", view=home, hash=published["hash"])
    again = workspace.post("home", user="alice")
    assert again["view"]["id"] == published["id"]
    assert app.some("app_home_opened", 2)[1].payload["event"]["view"]["id"] == published["id"]
    assert workspace.get("views", user="bruno")["home"] is None
    workspace.post("action", user="alice", home=True, action_id="open")
    assert app.first("block_actions")["container"] == {"type": "view", "view_id": published["id"]}
