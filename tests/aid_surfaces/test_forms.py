"""The same by forms and buttons: nothing is asked that is known, nothing signed that is unseen."""

from __future__ import annotations

import json
from typing import Any

from tests.aid_surfaces.cast import ALICE, INGA, JURIS, MART
from tests.aid_surfaces.helping import AID, ROOM, TERMS, Helping
from tests.slack.rules import valid_view
from tests.slack.stage import body_of, said
from workers.handlers import HANDLERS

Json = dict[str, Any]


def opened(helping: Helping, text: str, user: str = ALICE, channel: str = ROOM) -> Json:
    """The form that a command opens."""
    helping.slack.command(text, user, channel)
    view = helping.slack.opened
    valid_view(view)
    return view


def asked(view: Json) -> list[str]:
    return [block["block_id"] for block in view["blocks"] if block["type"] == "input"]


def sent(helping: Helping, view: Json, values: Json, user: str = ALICE, hash_: str = "1") -> Json:
    """What a form that was sent off is answered with; then everything follows."""
    answer = body_of(helping.slack.submit(view, values, user, view_hash=hash_))
    helping.settle()
    return answer


def test_bare_aid_opens_a_menu_of_every_verb_in_the_room_and_elsewhere(helping: Helping) -> None:
    for channel in (ROOM, "C0GENERAL"):
        menu = helping.types("/aid", ALICE, channel)
        for verb in ("request", "offer", "match", "accept", "decline", "recall", "deploy"):
            assert f"menu:aid:{verb}" in menu
    assert "menu:capability:add" in helping.types("/capability", ALICE, "C0GENERAL")


def test_a_request_is_made_by_form(helping: Helping) -> None:
    view = opened(helping, "/aid request")
    assert {"need", "impact", "use", "mitigation"} <= set(asked(view))
    need = "scrubbing x40 5d infrastructure\nincident-response x4 10d team"
    told = {"need": need, "impact": "58 sites", "use": "Filter", "mitigation": "Own filters"}
    answer = sent(helping, view, {**told, "impact-grade": "3", "entity": "essential"})
    assert "waits for an approver" in json.dumps(answer)
    assert helping.aid.situation.impact_grade == 3
    assert helping.aid.situation.entity == "essential"
    wrong = sent(helping, opened(helping, "/aid request"), {**told, "need": "magic"}, hash_="2")
    assert "is not a service" in wrong["errors"]["need"]


def test_an_approver_reads_the_request_before_agreeing(helping: Helping) -> None:
    helping.types("/aid request forensics x2 3d --impact Two servers --use b --mitigation c")
    view = opened(helping, f"/aid accept {AID}", MART)
    assert asked(view) == []
    assert "Two servers" in json.dumps(view)
    sent(helping, view, {}, MART)
    assert helping.aid.status == "open"


def test_a_request_that_was_sent_back_is_changed_and_submitted_again(helping: Helping) -> None:
    helping.types("/aid request forensics x2 3d --impact a --use b --mitigation c")
    helping.types(f"/aid decline {AID} Say how many servers", MART)
    assert helping.aid.return_reason == "Say how many servers"
    view = opened(helping, f"/aid request {AID}")
    assert "artifact-and-forensic-analysis x2 3d" in json.dumps(view)
    sent(helping, view, {"impact": "Six servers"})
    assert (helping.aid.status, helping.aid.situation.impact) == ("submitted", "Six servers")
    assert len(helping.aid.needs) == 1


def test_an_offer_is_made_by_the_button_in_the_room(helping: Helping) -> None:
    helping.requested()
    helping.slack.press("verb:panel:aid:offer", AID, INGA, ROOM)
    view = helping.slack.opened
    valid_view(view)
    assert "capability" in asked(view)
    assert "missing: 4" in json.dumps(view)
    sent(helping, view, {"capability": "lv-ir-team", "size": "3", "cost": "1200.50"}, INGA)
    supply = helping.aid.offers["1"].supply
    assert (supply.size, supply.days, supply.cost) == (3, 10, 120050)


def test_a_form_shows_the_terms_and_signs_exactly_these(helping: Helping) -> None:
    helping.requested()
    helping.offered()
    view = opened(helping, f"/aid accept {AID} --offer 1")
    assert "Still blank" in json.dumps(view)
    filled = {"liability": "Own", "confidentiality": "As labelled", "cap": "5000"}
    shown = sent(helping, view, filled)
    assert shown["response_action"] == "update"
    assert helping.hash_of()[:12] in json.dumps(shown)
    assert not helping.aid.offers["1"].signatures
    assert "You have signed" in json.dumps(sent(helping, shown["view"], {}, hash_="2"))
    assert [one.delegate for one in helping.aid.offers["1"].signatures] == ["ee-alice"]


def test_a_change_in_the_form_proposes_other_terms_and_signs_nothing(helping: Helping) -> None:
    helping.requested()
    helping.offered()
    helping.types(f"/aid accept {AID} --offer 1 {TERMS}")
    view = opened(helping, f"/aid accept {AID} --offer 1", INGA)
    again = sent(helping, view, {"cap": "9000"}, INGA)
    assert not helping.aid.offers["1"].signatures
    assert "EUR 9,000" in json.dumps(again)
    sent(helping, again["view"], {}, INGA, "2")
    assert [one.delegate for one in helping.aid.offers["1"].signatures] == ["lv-inga"]


def test_terms_that_changed_after_they_were_shown_are_not_signed(helping: Helping) -> None:
    helping.requested()
    helping.offered()
    helping.types(f"/aid accept {AID} --offer 1 {TERMS}")
    view = opened(helping, f"/aid accept {AID} --offer 1")
    helping.types(f"/aid offer {AID} --offer 1 --size 2", INGA)
    answer = json.dumps(sent(helping, view, {}))
    assert "have changed" in answer
    assert not helping.aid.offers["1"].signatures


def test_a_counter_proposal_is_agreed_with_one_word(helping: Helping) -> None:
    helping.requested()
    helping.offered()
    assert "instead of" in helping.types(f"/aid offer {AID} --offer 1 --size 3 --days 7")
    assert "counter-proposal" in helping.types(f"/aid list {AID}", INGA)
    helping.types(f"/aid accept {AID} --offer 1 --hold 14", INGA)
    supply = helping.aid.offers["1"].supply
    assert (supply.size, supply.days) == (3, 7)


def test_whoever_must_approve_is_told_directly_with_a_button(helping: Helping) -> None:
    helping.handlers["aid.tell"] = HANDLERS["aid.tell"]
    helping.slack.api.answers["conversations.open"] = [{"ok": True, "channel": {"id": "D1"}}]
    helping.slack.api.answers["chat.postMessage"] = [{"ok": True, "ts": "1.1"}]
    helping.types("/aid request forensics x2 3d --impact a --use b --mitigation c")
    (message,) = helping.slack.api.asked("chat.postMessage")
    assert "Approve the request" in str(message["blocks"])
    assert helping.slack.api.asked("conversations.open")[-1]["users"] == "U02MARTTT"
    helping.slack.press("verb:0:aid:accept", AID, MART, "D1")
    sent(helping, helping.slack.opened, {}, MART)
    assert helping.aid.status == "open"


def test_the_same_click_twice_does_it_once(helping: Helping) -> None:
    helping.requested()
    helping.slack.press("verb:panel:aid:offer", AID, INGA, ROOM)
    view = helping.slack.opened
    for _ in range(2):
        said(helping.slack.submit(view, {"capability": "lv-ir-team"}, INGA))
    assert len(helping.aid.offers) == 1


def test_a_capability_is_listed_confirmed_and_withdrawn(helping: Helping) -> None:
    add = "/capability add lv-forensics forensics person --size 2 --notice 8h --max-days 7"
    assert "is a draft" in helping.types(add, JURIS)
    assert "available" in helping.types("/capability add lv-forensics", INGA)
    assert "lv-forensics" in helping.types("/capability list forensics", ALICE)
    for fitting in ("--kind person", "--ready 8h", "--type 4", "--languages en", "lv --ready 12h"):
        assert "lv-forensics" in helping.types(f"/capability list {fitting}", ALICE)
    for other in ("--kind tool", "--ready 7h", "--type 3", "--languages fr", "--clearance secret"):
        assert "lv-forensics" not in helping.types(f"/capability list {other}", ALICE)
    assert "team" in helping.types("/capability list --kind tema", ALICE)
    elsewhere = "/capability withdraw lv-forensics --elsewhere EU reserve --ends 14d --ref eu-1"
    assert "promised to EU reserve" in helping.types(elsewhere, INGA)
    assert "free again" in helping.types("/capability add --back eu-1", INGA)
    assert "is withdrawn" in helping.types("/capability withdraw lv-forensics", INGA)
    assert "lv-forensics" not in helping.types("/capability list", ALICE)
