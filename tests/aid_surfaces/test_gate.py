"""Mutual aid goes through the gate like everything else, and an exercise says so everywhere."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from bot.web.app import build_app
from coalition.application.signin import issue
from coalition.domain.labels import Tlp
from coalition.domain.members import Coalition
from coalition.rendering.slack.aid_panel import panel_blocks
from tests.aid_surfaces.cast import ALICE, INGA, MART, MIKKO
from tests.aid_surfaces.helping import AID, REQUEST, TERMS, Helping
from tests.web.asgi import Browser, Loop
from workers.handlers import HANDLERS
from workers.rooms.headline import panels

CONTENT = ("58 sites", "banks", "Filter upstream", "scrubbing", "lv-ir-team", "incident response")


def leaks(text: str) -> list[str]:
    return [word for word in CONTENT if word in text]


@pytest.fixture
def amber(make: Callable[..., Helping]) -> Helping:
    """TLP:AMBER: Slack may show it to those who take part, and to nobody else."""
    helping = make(tlp="AMBER")
    helping.requested()
    return helping


@pytest.mark.parametrize(
    "text",
    [
        f"/aid list {AID}",
        "/aid list",
        f"/aid match {AID}",
        f"/aid offer {AID}",
        f"/aid accept {AID}",
        f"/aid decline {AID}",
        f"/aid deploy {AID}",
    ],
)
def test_slack_shows_an_outsider_that_was_asked_nothing_above_green(
    amber: Helping, text: str
) -> None:
    amber.offered()
    said = amber.types(text, MIKKO, "C0GENERAL")
    assert leaks(said.replace("fi-scrubbing", "").replace("fi-old-team", "")) == []
    assert leaks(amber.types(f"/aid list {AID}", INGA))  # who takes part sees it


def test_an_outsider_can_still_offer_and_is_told_that_it_is_recorded(amber: Helping) -> None:
    said = amber.types(f"/aid offer {AID} --capability fi-scrubbing", MIKKO, "C0GENERAL")
    assert amber.aid.offers["1"].member == "fi"
    assert "Done." in said
    assert leaks(said) == []


def test_above_slacks_ceiling_nobody_is_shown_anything_in_slack(
    make: Callable[..., Helping],
) -> None:
    helping = make(slack_ceiling="TLP:GREEN", tlp="AMBER")
    helping.types(REQUEST)
    said = helping.types(f"/aid accept {AID} --approve", MART)
    said += helping.types(f"/aid list {AID}", ALICE)
    said += helping.types(f"/aid offer {AID} --size 4", INGA)
    said += helping.types(f"/aid accept {AID} --offer 1 {TERMS}", ALICE)
    assert leaks(said) == []
    assert helping.aid.offers["1"].terms is not None
    tocsin, incident = helping.slack.tocsin, helping.slack.incident()
    assert [one.shown for one in panels(tocsin, incident)] == [False]
    blocks = panel_blocks(tocsin.coalition, panels(tocsin, incident), "")
    assert leaks(json.dumps(blocks)) == []


def test_people_are_told_directly_no_more_than_they_may_see(amber: Helping) -> None:
    amber.handlers["aid.tell"] = HANDLERS["aid.tell"]
    amber.slack.api.answers["conversations.open"] = [{"ok": True, "channel": {"id": "D1"}}] * 9
    amber.slack.api.answers["chat.postMessage"] = [{"ok": True, "ts": "1.1"}] * 9
    amber.types(f"/aid offer {AID} --capability fi-scrubbing --days 5", MIKKO, "C0GENERAL")
    amber.types(f"/aid accept {AID} --offer 1 {TERMS.replace('--cap 5000', '--cap 9000')}")
    told = amber.slack.api.asked("chat.postMessage")
    assert told
    for message in told:
        assert "it is your move" in message["text"]
        assert leaks(str(message)) == []


def test_the_board_shows_it_to_those_who_take_part_and_to_those_who_were_asked(
    amber: Helping, runner: Loop
) -> None:
    app = build_app(amber.slack.tocsin)
    seen = {}
    for delegate in ("ee-alice", "lv-inga", "fi-mikko", "lt-jonas"):
        browser = Browser(app, runner)
        browser.post(issue(amber.slack.tocsin, delegate))
        seen[delegate] = browser.get(f"/board/aid/{AID}").status
        listed = browser.get("/board/aid").text
        assert (AID in listed) is (seen[delegate] == 200)
    assert seen == {"ee-alice": 200, "lv-inga": 200, "fi-mikko": 200, "lt-jonas": 200}


def test_a_label_that_rises_closes_the_page_to_who_may_not_see_it_any_more(
    amber: Helping, runner: Loop
) -> None:
    app = build_app(amber.slack.tocsin)
    amber.types("/incident tlp AMBER+STRICT Names of victims", ALICE)
    for delegate, status in (("ee-alice", 200), ("fi-mikko", 404)):
        browser = Browser(app, runner)
        browser.post(issue(amber.slack.tocsin, delegate))
        assert browser.get(f"/board/aid/{AID}").status == status


def test_every_surface_of_an_exercise_says_so(make: Callable[..., Helping], runner: Loop) -> None:
    helping = make(exercise=True)
    said = [helping.types(REQUEST), helping.types(f"/aid accept {AID} --approve", MART)]
    said += [helping.types(f"/aid list {AID}"), helping.types(f"/aid offer {AID}", INGA)]
    for text in said:
        assert "EXERCISE" in text
    browser = Browser(build_app(helping.slack.tocsin), runner)
    browser.post(issue(helping.slack.tocsin, "ee-alice"))
    for path in ("/board/aid", f"/board/aid/{AID}"):
        assert "EXERCISE" in browser.get(path).text
    assert helping.aid.exercise
    assert helping.aid.tlp is Tlp.GREEN


def test_a_member_that_is_trusted_with_nothing_but_clear_sees_neither_map_nor_burden(
    helping: Helping, runner: Loop
) -> None:
    raw = helping.slack.tocsin.coalition.model_dump(mode="json")
    next(one for one in raw["members"] if one["id"] == "lt")["trust"] = "T0"
    helping.slack.tocsin.coalition = Coalition.model_validate_json(json.dumps(raw))
    for delegate, sees in (("lt-jonas", False), ("fi-mikko", True)):
        browser = Browser(build_app(helping.slack.tocsin), runner)
        browser.post(issue(helping.slack.tocsin, delegate))
        page = browser.get("/board/aid")
        assert page.status == 200
        assert ("Mitigation and recovery" in page.text) is sees
