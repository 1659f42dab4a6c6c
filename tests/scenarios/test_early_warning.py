"""`/incident warn`: three fields, and the chosen members know at once. Nothing else happens."""

from __future__ import annotations

from tests.scenarios.acting import Incident, Stage, number_in
from tests.scenarios.coalition import ALICE, INGA, JONAS


def test_three_fields_reach_the_chosen_members_and_nobody_else(stage: Stage) -> None:
    form = stage.form(ALICE, "/incident warn")
    asked = [block["block_id"] for block in form["blocks"] if block["type"] == "input"]
    assert asked == ["what", "members", "tlp"]
    what = "Ping scripts against 18 targets are shared on forums"
    sent = stage.submits(ALICE, what=what, members=["lv", "lt"], tlp="TLP:GREEN")
    assert sent["result"] == "updated"  # the form's last page says what has happened
    said = str(sent["view"]["blocks"])
    assert "CERT-LV, NKSC-LT" in said
    assert "It has no legal status" in said

    warning = Incident(stage, number_in(said))
    by_webhook, by_mail = warning.arrives("lv", "webhook"), warning.arrives("lt", "mail")
    assert by_webhook["signature"] == "valid"
    assert by_webhook["kind"] == "notice.early_warning"
    assert "Early warning" in by_mail["text"]
    for item in (by_webhook, by_mail):
        assert item["label"] == "TLP:GREEN"
        assert what in item["text"]

    assert warning.items("fi") == []
    assert stage.rooms(warning) == []
    assert f"{warning.number}" in stage.types(ALICE, "/incident list")
    page = stage.board(ALICE, warning).reads()
    assert "Early warning" in page


def test_a_warning_becomes_an_incident_and_keeps_its_number(stage: Stage) -> None:
    said = stage.types(ALICE, "/incident warn Odd pings --members lv --tlp GREEN")
    warning = Incident(stage, number_in(said))
    form = stage.form(ALICE, f"/incident open {warning.number}")
    known = {block["block_id"]: block.get("element", {}) for block in form["blocks"]}
    assert known["title"]["initial_value"] == "Odd pings"
    assert known["tlp"]["initial_option"]["value"] == "TLP:GREEN"
    opened = stage.submits(ALICE, severity="S1")
    assert f"{warning.number} is open" in str(opened["view"]["blocks"])
    stage.finds_room(warning)
    stage.workspace.wait("channel", prefix=warning.number.lower(), user=INGA)
    assert "Odd pings" in warning.headline()


def test_the_warned_see_it_and_the_others_do_not(stage: Stage) -> None:
    said = stage.types(ALICE, "/incident warn Odd pings --members lv --tlp GREEN")
    number = number_in(said)
    assert number in stage.types(INGA, "/incident list")
    assert number not in stage.types(JONAS, "/incident list")
    refused = stage.types(JONAS, f"/incident note Me too --incident {number}")
    assert f"There is no incident {number} that you may see." in refused
