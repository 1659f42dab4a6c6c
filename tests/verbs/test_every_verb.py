"""Every verb: what success, failure, lateness, cancelling and a crash in the middle come to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from coalition.domain.aid.commands import ApproveRequest
from coalition.domain.incident.commands import (
    AssignLead,
    ChangeSeverity,
    CloseIncident,
    CompleteTask,
)
from coalition.domain.incident.words import Severity
from coalition.domain.messages import SYSTEM
from coalition.domain.playbook.step import REGISTRY
from tests.domain.cast import NUMBER
from tests.domain_run.stage import playbook
from tests.verbs.stage import House
from workers import steps

Step = dict[str, Any]


@dataclass
class Row:
    """One verb. `finish` is what makes it succeed after it has been performed."""

    step: Step
    finish: Callable[[House], None] = lambda house: None
    tells: str = ""  # the event it leaves in the incident
    fails: Step | None = None  # the same, so that it fails (None: by closing the incident)
    by: Any = "ee-op"  # who starts the run that fails
    waits: bool = False  # has a deadline
    late: str = "late"
    prepare: Callable[[House], None] = lambda house: None
    before: list[Step] = field(default_factory=list)


def answered(**values: Any) -> Callable[[House], None]:
    return lambda house: house.answer("it", "lv-op", **values)


def filed(house: House) -> None:
    for task in house.incident.tasks.values():
        house.tell(CompleteTask, "ee-op", incident=NUMBER, task=task.task)
    house.settle()


def graver(house: House) -> None:
    house.tell(ChangeSeverity, "ee-op", incident=NUMBER, severity=Severity.S3)
    house.settle()


def help_approved(house: House) -> None:
    house.tell(ApproveRequest, "ee-ap", aid="AID-2026-0001")
    house.settle()


def approving(house: House) -> None:
    house.answer("it", "ee-ap", decision="approve")


ROWS: dict[str, Row] = {
    "approve": Row(
        {"text": "Cut it?", "within": "10m"},
        approving,
        fails={"text": "Cut it?", "within": "10m", "need": 5},
        waits=True,
    ),
    "ask": Row(
        {"text": "Over?", "save": "over", "within": "10m"},
        answered(over="yes"),
        waits=True,
    ),
    "vote": Row(
        {"to": "all", "text": "Blackhole?", "within": "10m", "save": "hole"},
        answered(result="passed"),
        tells="TaskAdded",
        waits=True,
    ),
    "request_aid": Row(
        {
            "text": "incident-response x2 3d",
            "impact": "Banks are down",
            "use": "Filter",
            "mitigation": "Own filters are full",
            "within": "10m",
        },
        help_approved,
        by=SYSTEM,
        waits=True,
    ),
    "share": Row(
        {"to": "partners", "text": "Seen here"},
        tells="NoticeIssued",
        fails={"to": "partners", "text": "Seen here", "tlp": "red"},
    ),
    "wait_for_event": Row({"until": "severity >= 'S3'", "within": "10m"}, graver, waits=True),
    "update_incident": Row(
        {"status": "contained", "note": "Filters hold"},
        tells="NoteAdded",
        by=SYSTEM,
    ),
    "open_room": Row({"invite": "pl"}, tells="MembersAdded", by=SYSTEM, prepare=House.room),
    "handover": Row({"to": "lv", "note": "Night shift"}, tells="LeadAssigned", by=SYSTEM),
    "report": Row(
        {"clock": "gdpr"},
        filed,
        tells="TaskAdded",
        fails={"clock": "lex_atlantis"},
    ),
}
APART = {
    "notify", "remind", "escalate", "task", "close", "set", "wait", "wait_for_acks", "playbook",
}  # fmt: skip
"""Tried in tests/playbooks and tests/domain_run."""
NEVER_ALONE = {"ask", "wait_for_event"}
"""They fail only by what a variable holds; the tests for that stand below."""
WITH_FILES = {"call": "test_call.py", "wait_for_aid": "../aid_surfaces/test_playbook_steps.py"}


def the(row: str, fields: Step | None = None) -> Any:
    step = {"id": "it", "do": row, **(fields or ROWS[row].step)}
    return playbook(step, {"id": "after", "do": "wait", "for": "1d"})


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_the_table_holds_every_verb() -> None:
    verbs = {word for word, kind in REGISTRY.items() if ".verbs." in kind.__module__}
    assert verbs - APART == {*ROWS, *WITH_FILES}
    assert all((Path(__file__).parent / one).exists() for one in WITH_FILES.values())


@pytest.mark.parametrize("verb", ROWS)
def test_success_ends_the_step_and_the_run_goes_on(house: House, verb: str) -> None:
    row = ROWS[verb]
    row.prepare(house)
    house.start(the(verb)).settle()
    row.finish(house)
    house.settle()
    assert house.outcome("it") == "ok"
    assert "after:1" in house.run.open
    if row.tells:
        assert house.types()[row.tells] >= 1


@pytest.mark.parametrize("verb", [verb for verb in ROWS if verb not in NEVER_ALONE])
def test_failure_waits_for_a_human_and_says_why(house: House, verb: str) -> None:
    row = ROWS[verb]
    row.prepare(house)
    if row.fails is None and row.by == "ee-op":  # verbs that fail in an incident that is over
        house.start(the(verb))
        house.tell(CloseIncident, "ee-op", incident=NUMBER)
        house.perform("it")
    else:
        house.start(the(verb, row.fails), row.by).settle()
    assert house.run.status == "needs_decision"
    assert len(house.stuck()) > 20


@pytest.mark.parametrize("verb", [verb for verb, row in ROWS.items() if row.waits])
def test_late_is_late_and_never_an_answer(house: House, verb: str) -> None:
    house.start(the(verb)).settle()
    house.wait(minutes=10)
    assert house.outcome("it") == "late"
    for name in ("over", "hole"):
        assert house.run.variables.get(name, "") == ""
    assert house.run.steps["it"].output.get("decision", "") == ""


@pytest.mark.parametrize("verb", ROWS)
def test_what_has_been_cancelled_tells_nobody(house: House, verb: str) -> None:
    ROWS[verb].prepare(house)
    house.start(the(verb))
    before = house.types()
    house.cancel()
    house.settle()
    assert house.outcome("it") == "cancelled"
    assert house.types() == before


@pytest.mark.parametrize("verb", [verb for verb in ROWS if verb in steps.VERBS])
def test_a_crash_between_performing_and_reporting_does_it_once(
    house: House, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ROWS[verb].prepare(house)
    house.start(the(verb))

    async def crash(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(steps, "_report", crash)
        with pytest.raises(KeyboardInterrupt):
            house.perform("it")
    done = house.types()
    assert house.perform("it") == {"reported": "performed"}
    assert house.types() == done
    assert house.perform("it") == {"skipped": "this attempt is not open any more"}
    assert house.types() == done


def test_asking_somebody_who_does_not_exist_fails(house: House) -> None:
    ask = {"id": "it", "do": "ask", "to": "{{whom}}", "text": "Over?", "save": "over"}
    whom = {"whom": {"type": "member", "default": "atlantis"}}
    house.start(playbook(ask, inputs=whom)).settle()
    assert "No member is called 'atlantis'" in house.stuck()


def test_waiting_for_what_has_no_order_fails_instead_of_waiting_for_ever(house: House) -> None:
    row = {"until": "severity = 'S3' AND what < 3", "within": "1h"}
    what = {"id": "what_is", "do": "set", "values": {"what": "{{title}}"}}
    house.start(playbook(what, {"id": "it", "do": "wait_for_event", **row})).settle()
    graver(house)
    assert "has no order" in house.stuck()


def test_a_handover_gives_the_note_to_whoever_leads_next(house: House) -> None:
    house.start(the("handover")).settle()
    assert house.incident.lead == "lv-op"
    assert house.run.steps["it"].output == {"lead": "lv-op"}


def test_a_playbook_never_lowers_a_label(house: House) -> None:
    house.start(the("update_incident", {"raise_tlp": "clear"})).settle()
    assert "a playbook never lowers a label" in house.stuck()


def test_a_change_is_made_in_the_name_and_with_the_authority_of_the_starter(house: House) -> None:
    house.start(the("update_incident", {"raise_tlp": "amber", "severity": "S3"})).settle()
    records = [record for record, _ in house.tocsin.log.records("incident", NUMBER)]
    changes = [one for one in records if one.type in {"TlpChanged", "SeverityChanged"}]
    assert [one.actor.delegate for one in changes] == ["ee-op", "ee-op"]
    assert {one.actor.via for one in changes} == {"playbook"}


def test_waiting_for_an_event_that_has_come_already_is_over_at_once(house: House) -> None:
    house.start(the("wait_for_event", {"until": "status = 'open'", "within": "1h"}))
    assert house.outcome("it") == "ok"


def test_a_change_of_another_kind_does_not_end_the_wait_for_an_event(house: House) -> None:
    house.start(the("wait_for_event")).settle()
    house.tell(AssignLead, "ee-op", incident=NUMBER, delegate="lv-op")
    house.settle()
    assert "it:1" in house.run.open
