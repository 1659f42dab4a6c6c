"""What a playbook's notices state beside their text, and how one takes the place of another."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import ValidationError

from coalition.domain.incident.events import NoticeIssued
from coalition.domain.notice.reading import FIELDS
from coalition.domain.playbook.schema import playbook_schema
from tests.domain.cast import NOW, NUMBER
from tests.domain_run.stage import RUN, mark, notify, playbook
from tests.playbooks.stage import HANDLERS, Hall
from tests.playbooks.test_findings import findings

STATED: dict[str, Any] = {
    "rsit": "ddos",
    "pap": "PAP:GREEN",
    "malicious": True,
    "sectors": ["energy"],
    "indicators": ["203.0.113.5", {"value": "evil[.]example", "role": "c2"}],
    "contact": "{{lead}}",
    "impact": "{{title}} for {{v_hours}} hours",
}


async def _delivered(ctx: Any, claim: Any) -> dict[str, Any]:
    about = {name: claim.payload[name] for name in ("notice", "member", "attempt", "channel")}
    return {**about, "stage": "delivered", "at": NOW.isoformat()}


@pytest.fixture
def hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hall:
    monkeypatch.setitem(HANDLERS, "notice.send", _delivered)
    return Hall(tmp_path)


def issued(hall: Hall) -> list[NoticeIssued]:
    records = (record for record, _ in hall.tocsin.log.records("incident", NUMBER))
    return [cast("NoticeIssued", one.event()) for one in records if one.type == "NoticeIssued"]


def test_the_details_of_a_step_are_those_of_its_notice_with_every_name_replaced(hall: Hall) -> None:
    hall.start(playbook(mark("hours", 3), notify(details=STATED)))
    hall.settle()
    (notice,) = issued(hall)
    said = notice.details
    assert (said.rsit, said.pap, said.malicious) == ("availability:ddos", "PAP:GREEN", "yes")
    assert said.impact == "Flood for 3 hours"
    assert said.contact == "ee-op"
    assert [one.value for one in said.indicators] == ["203.0.113.5", "evil.example"]
    assert said.confidence == "unknown"
    assert hall.run().status == "completed"


def test_a_variable_that_does_not_fit_fails_the_step_and_says_why(hall: Hall) -> None:
    hall.start(playbook(mark("when", "soon"), notify(details={"started": "{{v_when}}"})))
    hall.settle()
    assert issued(hall) == []
    records = (record for record, _ in hall.tocsin.log.records("run", RUN))
    (reason,) = (one.data["error"] for one in records if one.data.get("outcome") == "failed")
    assert "started: 'soon' does not fit" in reason


def test_a_correction_takes_the_place_of_an_earlier_steps_notice(hall: Hall) -> None:
    shared = {"id": "shared", "do": "share", "to": "partners", "text": "Now", "supersedes": "fix"}
    hall.start(
        playbook(notify(), notify("fix", kind="correction", supersedes="tell", to="lv"), shared)
    )
    hall.settle()
    notices = hall.incident.notices
    assert [(one.supersedes, one.superseded_by) for one in notices.values()] == [
        (None, 2), (1, 3), (2, None),
    ]  # fmt: skip
    assert hall.run().status == "completed"


@pytest.mark.parametrize(
    ("details", "said"),
    [
        ("{rsit: flood}", "no RSIT type"),
        ("{colour: red}", "is no detail of a notice"),
        ("{impact: '{{title'}", "without a plain name"),
        ("{impact: '{{colour}}'}", "colour"),
        ("{victim: Bank A}", "permission of whoever told of it"),
        ("[rsit]", "details"),
    ],
)
def test_an_author_is_told_what_is_wrong_with_details(details: str, said: str) -> None:
    (finding,) = findings(f"- {{id: a, do: notify, to: partners, text: x, details: {details}}}")
    assert said in finding
    assert finding.startswith("@steps[a].details")


@pytest.mark.parametrize("kind", ["correction", "withdrawal"])
def test_a_correction_must_name_the_step_whose_notice_it_is_about(kind: str) -> None:
    step = f"{{id: a, do: notify, to: partners, text: x, kind: {kind}"
    (missing,) = findings(f"- {step}}}")
    assert "names the step of the earlier notice" in missing
    (unknown,) = findings(f"- {step}, supersedes: nowhere}}")
    assert "nowhere" in unknown
    with pytest.raises(ValidationError):
        playbook(notify(kind=kind))


def test_editors_are_told_every_detail() -> None:
    for verb in ("Notify", "Share"):
        details = playbook_schema()["$defs"][verb]["properties"]["details"]
        assert list(details["properties"]) == list(FIELDS)
        assert details["additionalProperties"] is False
