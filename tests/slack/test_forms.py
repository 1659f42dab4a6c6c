"""Forms: opened with what is known, sent off, refused at the field, answered on the last page."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.slack.verbs import GROUPS
from coalition.domain.labels import Tlp
from coalition.domain.members import Coalition
from tests.slack.api import SlackApi
from tests.slack.cast import coalition
from tests.slack.stage import Stage, body_of, said, stage


def block(view: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(b for b in view["blocks"] if b.get("block_id") == name)
    return found


def test_a_warning_takes_three_fields(slack: Stage) -> None:
    said(slack.command("/incident warn"))
    asked = [b for b in slack.opened["blocks"] if b["type"] == "input"]
    assert [b["block_id"] for b in asked] == ["what", "members", "tlp"]
    answer = slack.submit(
        slack.opened, {"what": "Wiper mails", "members": ["lv", "lt"], "tlp": "TLP:AMBER"}
    )
    page = body_of(answer)
    assert page["response_action"] == "update"
    assert "INC-2026-0001 is on its way to CERT.LV, NKSC" in json.dumps(page)
    assert slack.incident().status == "warning"


def test_a_form_sent_twice_is_carried_out_once(slack: Stage) -> None:
    said(slack.command("/incident warn"))
    for _ in range(2):
        page = said(
            slack.submit(
                slack.opened,
                {"what": "W", "members": ["lv"], "tlp": "TLP:RED"} | {"tlp": "TLP:AMBER"},
            )
        )
        assert "INC-2026-0001" in page
    assert len(slack.incidents()) == 1


def test_a_bare_command_opens_a_menu_and_its_button_the_form(slack: Stage) -> None:
    answer = said(slack.command("/incident"))
    assert "menu:incident:warn" in answer
    assert "menu:incident:close" not in answer
    said(slack.press("menu:incident:warn", "warn"))
    assert slack.opened["callback_id"] == "form:incident:warn"


def test_in_a_room_the_menu_is_about_its_incident(slack: Stage) -> None:
    slack.open_room()
    answer = slack.here("/incident")
    assert "menu:incident:close" in answer
    assert "menu:incident:warn" not in answer


@pytest.mark.parametrize(
    "verb", [verb.name for verb in GROUPS["incident"].values() if verb.opens_form]
)
def test_every_verb_typed_bare_in_a_room_opens_its_form(slack: Stage, verb: str) -> None:
    slack.open_room()
    assert slack.here(f"/incident {verb}") == ""
    view = slack.opened
    assert view["callback_id"] == f"form:incident:{verb}"
    assert len(view["title"]["text"]) <= 24


def test_outside_a_room_the_form_asks_which_incident(slack: Stage) -> None:
    slack.open_room()
    said(slack.command("/incident update"))
    options = block(slack.opened, "incident")["element"]["options"]
    assert [option["value"] for option in options] == ["INC-2026-0001"]
    slack.submit(slack.opened, {"incident": "INC-2026-0001", "text": "All is well"})
    assert slack.tocsin.log.tail("incident", "INC-2026-0001", 1)[0].data["text"] == "All is well"


def test_what_the_domain_refuses_is_shown_at_its_field(slack: Stage) -> None:
    slack.open_room("Flood --severity S3 --tlp AMBER --reason Real")
    slack.here("/incident close")
    page = body_of(slack.submit(slack.opened, {"cause": "Botnet"}))
    assert page["response_action"] == "errors"
    assert "lessons" in json.dumps(page["errors"])
    assert slack.incident().status == "open"


def test_a_missing_severity_may_be_answered_by_the_questions(slack: Stage) -> None:
    said(slack.command("/incident open Flood --tlp AMBER"))
    empty = body_of(slack.submit(slack.opened, {}))
    assert empty["errors"] == {"severity": "Severity is missing. Fill it in."}
    said(slack.submit(slack.opened, {"harm": "yes"}, view_hash="2.b"))
    assert slack.incident().severity == "S4"


def test_a_warning_turned_into_an_incident_by_form_stays_one_incident(slack: Stage) -> None:
    said(slack.command("/incident warn Wiper mails --members lv --tlp AMBER"))
    said(slack.command("/incident open INC-2026-0001"))
    assert block(slack.opened, "title")["element"]["initial_value"] == "Wiper mails"
    said(slack.submit(slack.opened, {"severity": "S2"}))
    assert [incident.status for incident in slack.incidents()] == ["open"]


def test_a_lead_is_picked_as_a_person(slack: Stage) -> None:
    slack.open_room()
    slack.here("/incident lead")
    said(slack.submit(slack.opened, {"person": "U02BRUNO", "note": "Call the provider at six"}))
    assert slack.incident().lead == "lv-bruno"


def test_a_task_is_ticked_off_by_choosing_it(slack: Stage) -> None:
    slack.open_room()
    slack.here("/incident task Call the provider")
    slack.here("/incident task")
    assert block(slack.opened, "done")["element"]["options"][0]["text"]["text"].startswith(
        "1: Call"
    )
    said(slack.submit(slack.opened, {"done": "1"}))
    assert slack.incident().tasks["1"].done_by == "ee-alice"


def test_a_notice_is_previewed_before_it_goes(slack: Stage) -> None:
    slack.open_room()
    before = len(slack.incident().notices)
    slack.here("/incident notify Block it --members lv,fi")
    intro = slack.opened["blocks"][0]["text"]["text"]
    assert "nothing is sent yet" in intro
    assert "CERT.LV: by webhook" in intro
    assert "NCSC-FI: *not sent.*" in intro
    assert "+372 555 0100" in intro
    assert len(slack.incident().notices) == before
    page = said(slack.submit(slack.opened, {}))
    assert "on its way to 1 member" in page
    assert len(slack.incident().notices) == before + 1


def test_a_preview_that_was_changed_is_shown_again(slack: Stage) -> None:
    slack.open_room()
    before = len(slack.incident().notices)
    slack.here("/incident notify Block it --members lv")
    again = body_of(slack.submit(slack.opened, {"members": ["lv", "lt"]}))
    assert "NKSC: by webhook" in again["view"]["blocks"][0]["text"]["text"]
    assert len(slack.incident().notices) == before
    said(slack.submit(again["view"], {}, view_hash="2.b"))
    assert len(slack.incident().notices) == before + 1


def many_members() -> Coalition:
    small = coalition().model_dump(mode="json")
    more = [
        small["members"][3] | {"id": f"m{i}", "name": f"CERT number {i}", "delegates": []}
        for i in range(120)
    ]
    return Coalition.model_validate_json(json.dumps(small | {"members": small["members"] + more}))


def test_a_coalition_too_large_for_a_list_is_searched(api: SlackApi) -> None:
    slack = stage(api, many_members)
    said(slack.command("/incident warn Wiper --members m7"))
    element = block(slack.opened, "members")["element"]
    assert element["type"] == "multi_external_select"
    assert element["initial_options"][0]["value"] == "m7"
    found = slack.interaction(
        {"type": "block_suggestion", "action_id": "search_members", "block_id": "members",
         "value": "number 11"}
    )  # fmt: skip
    values = [option["value"] for option in body_of(found)["options"]]
    assert values == ["m11", *(f"m{i}" for i in range(110, 120))]


def test_the_board_button_gives_a_personal_link(slack: Stage) -> None:
    slack.open_room()
    said(slack.press("board", "INC-2026-0001", channel="C0ROOM"))
    url = slack.opened["blocks"][1]["elements"][0]["url"]
    assert url.startswith("https://tocsin.example/board/signin/")


def test_an_alarm_is_taken_in_hand_by_its_button(slack: Stage) -> None:
    slack.open_room()
    slack.event({"type": "member_joined_channel", "user": "U0STRANGER", "channel": "C0ROOM"})
    (subject,) = slack.incident().alarms
    said(slack.press("clear_alarm", f"INC-2026-0001|{subject}", channel="C0ROOM"))
    assert slack.incident().alarms == {}
    said(slack.press("clear_alarm", f"INC-2026-0001|{subject}", user="U02BRUNO"))
    assert "in hand already" in json.dumps(slack.opened)


def test_a_stranger_who_presses_a_button_is_told_so(slack: Stage) -> None:
    slack.open_room()
    said(slack.press("verb:incident:update", "INC-2026-0001", user="U0STRANGER"))
    assert "not a delegate" in json.dumps(slack.opened)


def test_labels_are_explained_where_one_is_chosen(slack: Stage) -> None:
    said(slack.command("/incident warn"))
    shown = {
        o["value"]: o["text"]["text"] for o in block(slack.opened, "tlp")["element"]["options"]
    }
    assert list(shown) == list(Tlp)
    assert shown["TLP:GREEN"] == "TLP:GREEN – the community, not the public"


def test_the_button_of_a_preview_says_that_it_sends(slack: Stage) -> None:
    slack.open_room()
    slack.here("/incident notify")
    assert slack.opened["submit"]["text"] == "Preview"
    answer = slack.submit(slack.opened, {"text": "Block it", "members": ["lv", "ee"]})
    shown = body_of(answer)["view"]
    assert shown["submit"]["text"] == "Send notice"
    assert "CERT-EE: nobody is sent their own notice" in json.dumps(shown)
