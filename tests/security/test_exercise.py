"""Every surface of an exercise says EXERCISE: each is made to show itself, and read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.applications import Starlette

from bot.slack.desk import Desk
from bot.web.app import build_app
from coalition.bootstrap import assemble_memory
from coalition.domain.incident import commands as c
from coalition.domain.messages import SYSTEM
from tests.slack.api import SlackApi
from tests.slack.cast import coalition
from tests.slack.stage import Stage, said, stage
from tests.slack.workspace import Workspace
from tests.web.asgi import Browser, Loop

SEEN_IN_SLACK = {"views.open", "views.publish", "chat.postMessage", "chat.update"}


@pytest.fixture
def slack(api: SlackApi) -> Stage:
    return stage(api, lambda: coalition(exercise=True))


def ack_says_so(answer: Any) -> None:
    """What is seen of an answer is its blocks; its text is what a notification shows."""
    body = json.loads(said(answer))
    shown = body.get("view", body)
    assert "EXERCISE" in json.dumps(shown["blocks"]), body
    if "text" in body:
        assert "EXERCISE" in body["text"]


@pytest.mark.parametrize(
    "typed",
    [
        "/incident",
        "/incident help",
        "/incident list",
        "/incident nonsense",
        "/incident note",
        "/incident report INC-2026-0009",
        "/incident open Flood --severity S1 --tlp GREEN",
        "/incident warn Wiper --members lv --tlp GREEN",
        "/incident warn Wiper --members nobody --tlp GREEN",
        "/coalition members",
        "/coalition reach",
        "/playbook list",
        "/playbook preview nothing",
    ],
)
@pytest.mark.parametrize("user", ["U01ALICE", "U0STRANGER"])
def test_replies_and_forms_say_so(slack: Stage, typed: str, user: str) -> None:
    answer = slack.command(typed, user)
    if answer.body:
        ack_says_so(answer)
    for view in slack.api.asked("views.open"):
        assert "EXERCISE" in json.dumps(view["view"]["blocks"])


def test_buttons_homes_and_failures_say_so(slack: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    for action, user in (("board", "U01ALICE"), ("verb:incident:open", "U01ALICE"),
                         ("board", "U0STRANGER")):  # fmt: skip
        slack.press(action, "", user)
    for user in ("U01ALICE", "U0STRANGER"):
        slack.event({"type": "app_home_opened", "user": user, "tab": "home"}, f"Ev{user}")
    for method, asked in slack.api.calls:
        if method in SEEN_IN_SLACK:
            assert "EXERCISE" in json.dumps(asked["view"]["blocks"]), (method, asked)

    def broken(*_: object) -> None:
        raise OSError

    monkeypatch.setattr("bot.slack.conversation.typed", broken)
    ack_says_so(slack.command("/incident list"))


def test_rooms_and_everything_posted_in_them_say_so() -> None:
    with Workspace() as workspace:
        live = workspace.tocsin
        workspace.tocsin = assemble_memory(coalition(exercise=True), workspace.clock, live.settings)
        channel = workspace.open_room(exercise=True)
        workspace.do(c.AddNote, text="4 Gbit/s")
        workspace.do(c.AddTask, text="Call the provider")
        workspace.do(c.PostUpdate, text="Quiet")
        workspace.do(c.IssueNotice, kind="alert", to=("lv",), text="Block it")
        workspace.do(c.RaiseAlarm, SYSTEM, subject="x", text="No answer", fallback="Phone")
        workspace.settle()
        posts = workspace.ours(channel)
        details = [one for post in posts for one in workspace.thread(channel, post["ts"])]
        assert details
        for post in [*posts, *details]:
            assert "EXERCISE" in json.dumps(post["blocks"]), post
            assert "EXERCISE" in post["text"], post
        room: Any = workspace.client.conversations_info(channel=channel)
        assert room["channel"]["name"].startswith("exercise-")
        assert "EXERCISE" in room["channel"]["topic"]["value"]
        assert "EXERCISE" in room["channel"]["purpose"]["value"]
        marks: Any = workspace.client.bookmarks_list(channel_id=channel)
        assert all("EXERCISE" in one["title"] for one in marks["bookmarks"])


@pytest.fixture
def loop() -> Iterator[Loop]:
    one = Loop()
    yield one
    one.close()


@pytest.fixture
def app(slack: Stage, loop: Loop) -> Iterator[Starlette]:
    one = build_app(slack.tocsin)
    context = one.router.lifespan_context(one)
    loop.run(context.__aenter__())
    yield one
    loop.run(context.__aexit__(None, None, None))


def test_every_page_says_so(slack: Stage, app: Starlette, loop: Loop) -> None:
    slack.open_room()
    path = slack.tocsin.settings.public_url
    link: Callable[[], str] = lambda: slack_link(slack).removeprefix(path)  # noqa: E731
    browser = Browser(app, loop, origin=path)
    answers = [browser.get(one) for one in ("/board", "/board/INC-2026-0001", "/n/x", "/x")]
    answers += [browser.get(link()), browser.post(link(), origin="https://evil.example")]
    answers.append(browser.get("/board/signin/used-up"))
    assert browser.post(link()).status == 303
    answers += [browser.get(one) for one in ("/board", "/board/INC-2026-0001", "/board/INC-1-1")]
    answers.append(browser.post("/n/x", {"answer": "acknowledge"}))
    answers.append(browser.post("/board/signout"))
    for answer in answers:
        assert "EXERCISE" in answer.text, answer


def slack_link(slack: Stage) -> str:
    """A new one-time link for Alice."""
    desk = Desk(slack.tocsin)
    return desk.link(desk.caller("U01ALICE"))
