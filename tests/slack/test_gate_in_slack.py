"""Nothing above a ceiling is shown in Slack: replies, forms, lists, home, rooms."""

from __future__ import annotations

import json
import re

import pytest

from coalition.domain.labels import Tlp
from coalition.rendering.slack.rendered import Rendered
from tests.conftest import REPOSITORY
from tests.slack.api import SlackApi
from tests.slack.cast import coalition
from tests.slack.stage import Stage, body_of, said, stage
from workers.rooms.clearing import for_person, for_room

SECRET_TITLE = "Implant in the registry of births"


@pytest.fixture
def strict(api: SlackApi) -> Stage:
    """A room whose incident is TLP:AMBER+STRICT: more than Slack may carry."""
    slack = stage(api)
    slack.open_room(f"{SECRET_TITLE} --severity S2 --tlp AMBER+STRICT --invite lv")
    return slack


def test_a_reply_is_a_pointer_with_label_number_and_a_personal_link(strict: Stage) -> None:
    answer = strict.here("/incident status contained")
    assert strict.incident().status == "contained"
    assert SECRET_TITLE not in answer
    for shown in ("TLP:AMBER+STRICT", "INC-2026-0001", "/board/signin/"):
        assert shown in answer


@pytest.mark.parametrize("verb", ["report", "list", "status", "task", "update", "notify"])
def test_no_verb_shows_the_content(strict: Stage, verb: str) -> None:
    strict.here(f"/incident note {SECRET_TITLE} is worse")
    strict.here(f"/incident task {SECRET_TITLE} must be told")
    answer = strict.here(f"/incident {verb}")
    shown = answer + json.dumps(strict.api.asked("views.open"))
    assert SECRET_TITLE not in shown


def test_app_home_and_the_choice_of_incidents_say_only_that_it_exists(strict: Stage) -> None:
    event = {"type": "app_home_opened", "user": "U02BRUNO", "tab": "home"}
    assert strict.event(event).status == 200
    said(strict.command("/incident update"))
    shown = json.dumps([asked["view"] for _, asked in strict.api.calls if "view" in asked])
    assert "INC-2026-0001" in shown
    assert SECRET_TITLE not in shown


def test_the_charter_may_set_the_ceiling_lower(api: SlackApi) -> None:
    slack = stage(api, lambda: coalition(slack_ceiling="GREEN"))
    slack.open_room(f"{SECRET_TITLE} --severity S2 --tlp AMBER --invite lv")
    assert SECRET_TITLE not in slack.here("/incident report")


def test_red_is_shown_to_nobody_in_slack(api: SlackApi) -> None:
    slack = stage(api)
    answer = slack.command(f"/incident open {SECRET_TITLE} --severity S2 --tlp RED")
    assert SECRET_TITLE not in json.dumps(body_of(answer))


def test_a_room_gets_the_content_up_to_its_ceiling_and_a_pointer_above(strict: Stage) -> None:
    incident = strict.incident()
    whole = Rendered(SECRET_TITLE, ())
    shown = for_room(strict.tocsin, incident, whole, incident.tlp)
    assert SECRET_TITLE not in json.dumps(shown.content.arguments)
    assert "INC-2026-0001" in shown.content.text
    assert for_room(strict.tocsin, incident, whole, Tlp.AMBER).content == whole
    direct = for_person(strict.tocsin, incident, "lv-bruno", whole, incident.tlp)
    assert SECRET_TITLE not in json.dumps(direct.content.arguments)


def test_a_room_with_a_member_of_low_trust_gets_pointers_only(slack: Stage) -> None:
    incident = slack.open_room("Flood --severity S2 --tlp AMBER").model_copy(
        update={"participants": ("ee", "fi")}
    )
    shown = for_room(slack.tocsin, incident, Rendered(SECRET_TITLE, ()), Tlp.AMBER)
    assert shown.content.text != SECRET_TITLE


def test_an_exercise_says_so_everywhere(api: SlackApi) -> None:
    slack = stage(api, lambda: coalition(exercise=True))
    slack.open_room()
    assert "EXERCISE" in slack.here("/incident note x")
    slack.here("/incident update")
    assert "EXERCISE" in json.dumps(slack.opened)
    assert "exercise-inc-2026-0002" in said(
        slack.command("/incident open Second --severity S1 --tlp GREEN")
    )
    event = {"type": "app_home_opened", "user": "U01ALICE", "tab": "home"}
    slack.event(event)
    assert "nothing here is real" in json.dumps(slack.api.asked("views.publish"))


POSTS = re.compile(r"chat_postMessage|chat_update|views_open|views_publish|\back\((?!\))")


def test_posting_and_answering_happen_in_the_few_places_that_take_cleared_content() -> None:
    places = {
        str(path.relative_to(REPOSITORY))
        for folder in ("bot/slack", "workers/rooms", "workers/steps")
        for path in (REPOSITORY / folder).rglob("*.py")
        if POSTS.search(path.read_text(encoding="utf-8"))
    }
    assert places == {
        "bot/slack/delivery.py",
        "bot/slack/listeners/views.py",  # ack(options=…): names of members, for the picker
        "workers/rooms/headline.py",
        "workers/rooms/posting.py",
    }
