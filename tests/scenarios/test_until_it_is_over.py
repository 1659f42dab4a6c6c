"""Handing over, merging, closing with what was learned, and opening again."""

from __future__ import annotations

import pytest

from tests.scenarios.acting import Stage
from tests.scenarios.coalition import ALICE, INGA, MART

# What happens here is the workers' doing; how Slack delivers makes no difference.
pytestmark = pytest.mark.parametrize("house", ["socket"], indirect=True)


def test_the_lead_is_handed_over_with_a_note_that_stays(stage: Stage) -> None:
    incident = stage.opens()
    said = incident.types(ALICE, f"/incident lead @{MART} Scrubbing runs until 06:00")
    assert "The lead is now Mart Saar" in said
    incident.headline_says("Lead:* Mart Saar")
    incident.says("Scrubbing runs until 06:00")
    assert "Scrubbing runs until 06:00" in stage.board(ALICE, incident).reads()


def test_from_s3_an_incident_closes_only_with_cause_and_lessons(stage: Stage) -> None:
    incident = stage.opens(options="--severity S3")
    refused = incident.types(ALICE, "/incident close --cause Rented botnet")
    assert "Missing: lessons" in refused
    assert "closed" not in incident.headline().lower()

    form = stage.form(ALICE, "/incident close", incident.room)
    assert form["callback_id"] == "form:incident:close"
    wrong = stage.submits(ALICE, cause="Rented botnet")
    assert wrong["result"] == "errors"
    assert "Missing: lessons" in wrong["errors"]["lessons"]
    done = stage.submits(ALICE, cause="Rented botnet", lessons="Filter earlier")
    assert done["result"] == "updated"
    incident.headline_says("Closed")
    report = incident.types(ALICE, "/incident report")
    assert "Rented botnet" in report
    assert "Filter earlier" in report


def test_a_closed_incident_takes_nothing_until_it_is_opened_again(stage: Stage) -> None:
    incident = stage.opens()
    incident.types(ALICE, "/incident close --cause A fibre cut")
    refused = incident.types(ALICE, "/incident note One more thing")
    assert f"{incident.number} is closed" in refused
    assert "/incident reopen" in refused
    incident.types(ALICE, "/incident reopen The flood is back")
    incident.headline_says("Status:* Open")
    assert "Not done" not in incident.types(ALICE, "/incident note One more thing")
    incident.says("The flood is back")


def test_one_incident_goes_on_in_another(stage: Stage) -> None:
    incident, other = stage.opens(), stage.opens()
    said = incident.types(ALICE, f"/incident merge {other.number}")
    assert f"It goes on in {other.number}" in said
    incident.headline_says(f"Goes on in:* {other.number}")
    assert "Not done" in incident.types(ALICE, "/incident note Lost?")
    stage.workspace.until(
        lambda: incident.number in stage.board(ALICE, other).reads(), "the other to name it"
    )


def test_two_affected_members_make_it_a_campaign_unless_somebody_says_why_not(
    stage: Stage,
) -> None:
    incident = stage.opens(options="--severity S1 --members lv")
    incident.headline_says("S3 cross-border")
    assert "Not done" in incident.types(ALICE, "/incident severity S1")
    incident.types(ALICE, "/incident severity S1 Two test systems only")
    incident.headline_says("S1 single entity")


def test_a_promised_update_that_does_not_come_calls_the_lead(stage: Stage) -> None:
    incident = stage.opens(options="--invite lv")
    said = incident.types(INGA, "/incident update Filters are in --next 1s")
    assert "promised in 1s" in said
    alarm = incident.says("ALARM")
    assert "has not come" in alarm["text"]
    assert "+372 555 0100" in alarm["text"]


def test_a_task_is_given_and_ticked_off(stage: Stage) -> None:
    incident = stage.opens()
    said = incident.types(ALICE, f"/incident task Call the provider --assignee @{MART}")
    assert "Task 1 is on the list for Mart Saar" in said
    incident.headline_says("1 open task", "Call the provider")
    assert "Task 1 is done" in incident.types(MART, "/incident task done 1")
    stage.workspace.until(lambda: "open task" not in incident.headline(), "no task to be open")
