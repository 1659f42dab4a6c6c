"""The request: approved by four eyes, put to others in waves, ended by people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from coalition.domain.aid import commands as c
from coalition.domain.aid import mission_commands as m
from coalition.domain.errors import GateRefusal, NotFound, UserError
from coalition.domain.incident import commands as i
from coalition.domain.incident.words import Severity
from coalition.domain.labels import Tlp
from tests.aid.stage import AID, INCIDENT, NEEDS, NOW, Stage, coalition, supply


def notices(stage: Stage) -> list[dict[str, Any]]:
    return [one.data for one in stage.records("NoticeIssued", "incident", INCIDENT)]


def test_those_who_have_something_that_fits_are_asked_first_and_the_others_later() -> None:
    stage = Stage().ask()
    assert stage.aid.waves == (("lv", "lt", "pl"), ("fi",))
    first = notices(stage)[0]
    assert [one["member"] for one in first["recipients"]] == ["lv", "lt", "pl"]
    assert (first["kind"], first["aid"], first["member"]) == ("mutual_aid_request", AID, "ee")
    assert set(first["answers"]) == {"acknowledge", "accept", "offer", "decline", "need_info"}
    stage.wait(timedelta(minutes=29))
    assert len(notices(stage)) == 1
    stage.wait(timedelta(minutes=1))
    assert [one["member"] for one in notices(stage)[1]["recipients"]] == ["fi"]
    assert stage.aid.asked == ("lv", "lt", "pl", "fi")
    assert stage.aid.notices == (1, 2)


def test_the_notice_says_what_is_needed_and_why() -> None:
    text = notices(Stage().ask())[0]["text"]
    for said in (
        "CERT-EE asks for help (AID-2026-0003), needed by 22 Nov 2026 03:00 UTC.",
        "1. Mitigation and recovery: 40 for 5 days, infrastructure, Gbit/s",
        "2. Artifact and forensic analysis: 4 for 10 days, team",
        "Impact: Two banks are down.",
        "Done so far: Rate limits at both providers.",
    ):
        assert said in text


def test_who_is_hit_suspended_or_trusted_too_little_is_not_asked() -> None:
    stage = Stage()
    stage.tell(i.AddMembers, "ee-op", incident=INCIDENT, affected=("lt",))
    stage.ask()
    asked = {id for wave in stage.aid.waves for id in wave}
    assert asked == {"lv", "pl", "fi"}


def test_all_are_asked_at_once_where_the_charter_gives_no_time_between() -> None:
    stage = Stage(coalition({"aid": {"clocks": {"second_wave": "0s"}}})).ask()
    assert stage.aid.waves == (("lv", "lt", "pl", "fi"),)


def test_no_second_wave_goes_out_once_the_need_is_covered() -> None:
    stage = Stage().ask(needs=NEEDS[:1])
    stage.offer()
    stage.agree()
    stage.wait(timedelta(hours=2))
    assert len(notices(stage)) == 1
    assert "fi" not in stage.aid.asked


def test_a_request_that_may_be_sent_to_nobody_is_not_approved() -> None:
    low = {id: {"trust": "T1"} for id in ("lv", "lt", "pl", "fi")}
    stage = Stage(coalition(**low), invite=()).ask(submit=False)
    stage.tell(c.SubmitRequest, "ee-op")
    with pytest.raises(GateRefusal, match="may go to no member that could help") as refused:
        stage.tell(c.ApproveRequest, "ee-ap")
    assert "CERT-LV is active with trust T1" in refused.value.message
    assert stage.aid.status == "submitted"


def test_who_may_know_but_has_no_channel_for_it_is_told_that_a_notice_waits() -> None:
    stage = Stage(tlp=Tlp.AMBER_STRICT).ask()
    recipients = notices(stage)[0]["recipients"]
    assert [one["member"] for one in recipients] == ["lv", "lt", "pl"]
    assert all(one["nudged"] for one in recipients)


def test_a_request_sent_back_says_why_and_can_be_submitted_again() -> None:
    stage = Stage().ask(submit=False)
    stage.tell(c.SubmitRequest, "ee-op")
    stage.tell(c.ReturnRequest, "ee-ap", reason="How much exactly?")
    assert (stage.aid.status, stage.aid.return_reason) == ("draft", "How much exactly?")
    stage.tell(c.ChangeRequest, "ee-op", needs=NEEDS[:1])
    stage.tell(c.SubmitRequest, "ee-op")
    stage.tell(c.ApproveRequest, "ee-ap")
    assert len(stage.aid.needs) == 1
    assert (stage.aid.drafted_by, stage.aid.submitted_by) == ("ee-op", "ee-op")
    assert stage.aid.approved_by == "ee-ap"


def test_the_request_carries_the_label_and_severity_of_the_moment_it_is_opened() -> None:
    stage = Stage(severity=Severity.S1, tlp=Tlp.GREEN).ask(submit=False)
    stage.tell(c.SubmitRequest, "ee-op")
    stage.tell(i.ChangeTlp, "ee-op", incident=INCIDENT, tlp=Tlp.AMBER)
    stage.tell(i.ChangeSeverity, "ee-op", incident=INCIDENT, severity=Severity.S4)
    stage.tell(c.ApproveRequest, "ee-ap")
    assert (stage.aid.tlp, stage.aid.severity) == (Tlp.AMBER, "S4")
    assert stage.aid.answer_by == NOW + timedelta(hours=4)


@pytest.mark.parametrize(
    ("severity", "hours"),
    [(Severity.S0, 48), (Severity.S1, 48), (Severity.S2, 24), (Severity.S3, 8), (Severity.S4, 4)],
)
def test_the_answer_clock_is_48_hours_and_shorter_by_severity(
    severity: Severity, hours: int
) -> None:
    stage = Stage(severity=severity).ask(needed_by=NOW + timedelta(days=5))
    stage.wait(timedelta(hours=hours) - timedelta(minutes=1))
    assert "answer" not in stage.alarms
    stage.wait(timedelta(minutes=1))
    assert "The time to answer AID-2026-0003 is over" in stage.alarms["answer"]


def test_the_alarm_about_silence_names_whom_to_phone() -> None:
    stage = Stage().ask()
    stage.tell(c.DeclineRequest, "pl-op", reason="no_capacity")
    stage.offer()
    stage.wait(timedelta(hours=24))
    fallback = stage.incident.alarms[f"aid:{AID}:answer"].fallback
    assert "CERT-LT, +372 555 01" in fallback
    assert "CERT-FI, +372 555 01" in fallback
    assert "CERT-PL" not in fallback
    assert "CERT-LV" not in fallback


def test_a_request_not_approved_in_time_rings_once_for_the_approvers() -> None:
    stage = Stage().ask(submit=False)
    stage.tell(c.SubmitRequest, "ee-op")
    stage.wait(timedelta(hours=1))
    assert "still waits for approval" in stage.alarms["approval"]
    assert "EE ap, EE ap2, EE both" in stage.incident.alarms[f"aid:{AID}:approval"].fallback
    stage.wait(timedelta(hours=9))
    assert len(stage.records("ClockPassed")) == 1
    stage.tell(c.ApproveRequest, "ee-ap")
    assert "approval" not in stage.alarms


def test_a_request_expires_with_what_is_missing_and_missions_go_on() -> None:
    stage = Stage().deployed()
    stage.offer("lt-op", supply={"capability": "lt-scrub", "size": 1, "days": 1})
    stage.wait(timedelta(hours=24 + 72))
    assert (stage.aid.status, stage.mission().status) == ("expired", "deployed")
    assert stage.records("RequestExpired")[0].data["uncovered"] == {"2": 4}
    assert stage.at_offer(2).status == "expired"
    assert "help still missing (item 2: 4)" in stage.alarms["expiry"]
    assert "answer" not in stage.alarms


def test_a_recall_opens_the_need_again() -> None:
    stage = Stage().ask(needs=NEEDS[:1])
    stage.offer()
    stage.agree()
    assert stage.aid.covered(1) == 40
    stage.tell(m.RecallMission, "lv-ap", mission=1, reason="We are hit ourselves.")
    assert (stage.aid.status, stage.aid.remaining(1)) == ("open", 40)
    stage.tell(m.ConfirmHome, "lv-op", mission=1)
    stage.offer("lt-op", supply={"capability": "lt-scrub", "days": 2})
    stage.agree(2)
    assert stage.aid.covered(1) == 40


def test_a_request_is_not_closed_while_somebody_is_away() -> None:
    stage = Stage().deployed()
    with pytest.raises(UserError, match="mission 1 is not home yet"):
        stage.tell(c.CloseRequest, "ee-op")
    stage.tell(m.StandDownMission, "ee-op", mission=1)
    stage.tell(m.ConfirmHome, "lv-op", mission=1)
    stage.offer("lt-op", supply={"capability": "lt-scrub", "size": 1, "days": 1})
    stage.tell(c.CloseRequest, "ee-op", note="Thank you all.")
    assert (stage.aid.status, stage.at_offer(2).status) == ("closed", "expired")
    stage.tell(m.ReportMission, "ee-op", mission=1, text="All is well.")


@pytest.mark.parametrize("ending", [i.CloseIncident, i.MergeIncident])
def test_the_end_of_the_incident_asks_about_the_request_and_closes_nothing(
    ending: type[i.IncidentCommand],
) -> None:
    stage = Stage().ask()
    fields = {"into": "INC-2026-0001"} if ending is i.MergeIncident else {}
    stage.tell(ending, "ee-op", incident=INCIDENT, **fields)
    assert stage.aid.status == "open"
    assert "still looks for help, but INC-2026-0007 is" in stage.alarms["questioned"]
    stage.tell(c.WithdrawRequest, "ee-op", reason="The incident is over.")
    assert stage.alarms == {}


def test_nobody_else_knows_of_a_request_before_it_is_approved() -> None:
    stage = Stage().ask(submit=False)
    with pytest.raises(NotFound):
        stage.tell(c.SubmitOffer, "lv-op", supply=supply())
