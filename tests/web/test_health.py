"""What machines ask: alive, ready, and the numbers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.web.board import reading
from coalition.application.ports import Effect
from coalition.domain.incident import commands as c
from coalition.observability import catalogue
from coalition.observability.metrics import measure
from tests.web.asgi import Browser

if TYPE_CHECKING:
    from tests.web.stage import Stage

DOCS = Path(__file__).parents[2] / "docs" / "metrics.md"


def number(browser: Browser, name: str) -> float:
    """The value of a sample, by name and labels as they stand in the exposition."""
    text = browser.get("/metrics").text
    (found,) = re.findall(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    return float(found)


def seen_to(stage: Stage) -> None:
    """Let a relay see to everything in the outbox."""
    entries = stage.tocsin.outbox.read("relay", 1000, 0)
    stage.tocsin.outbox.ack([entry.position for entry in entries])


def test_a_process_is_healthy_even_when_its_store_is_not(browser: Browser, stage: Stage) -> None:
    stage.log.broken = True
    answer = browser.get("/healthz")
    assert (answer.status, answer.text) == (200, "ok\n")


def test_ready_needs_a_relay_and_a_worker(browser: Browser, stage: Stage) -> None:
    answer = browser.get("/readyz")
    assert answer.status == 503
    assert answer.json()["ready"] is False
    assert answer.json()["checks"]["relay"] == {"ok": False, "says": "0 alive"}

    stage.tocsin.presence.beat("relay", "relay-1")
    stage.tocsin.presence.beat("worker", "worker-1")
    assert browser.get("/readyz").status == 200

    stage.clock.wait(seconds=11)
    stage.tocsin.presence.beat("relay", "relay-1")
    checks = browser.get("/readyz").json()["checks"]
    assert [name for name, check in checks.items() if not check["ok"]] == ["worker"]


def test_ready_needs_the_outbox_to_be_seen_to(browser: Browser, stage: Stage) -> None:
    stage.open()
    stage.clock.wait(seconds=31)
    for role in ("relay", "worker"):
        stage.tocsin.presence.beat(role, "x")
    checks = browser.get("/readyz").json()["checks"]
    assert [name for name, check in checks.items() if not check["ok"]] == ["relay_lag"]
    seen_to(stage)
    assert browser.get("/readyz").status == 200


def test_ready_needs_due_effects_to_be_taken(browser: Browser, stage: Stage) -> None:
    stage.tocsin.ledger.plan([Effect(id="e1", kind="room.open", payload={})])
    stage.clock.wait(seconds=31)
    for role in ("relay", "worker"):
        stage.tocsin.presence.beat(role, "x")
    checks = browser.get("/readyz").json()["checks"]
    assert [name for name, check in checks.items() if not check["ok"]] == ["queue_age"]


def test_ready_says_when_the_store_does_not_answer(
    browser: Browser, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PATIENCE_SECONDS", 0.1)
    stage.log.broken = True
    monkeypatch.setattr(stage.tocsin.outbox, "lag", lambda: stage.log.ids("incident"))
    answer = browser.get("/readyz")
    assert answer.status == 503
    assert answer.json()["checks"]["store"]["ok"] is False


def test_the_numbers_are_those_of_the_store(browser: Browser, stage: Stage, incident: str) -> None:
    expected = {
        "tocsin_store_up": 1,
        'tocsin_incidents_open{severity="S2"}': 1,
        'tocsin_incidents_open{severity="S4"}': 0,
        "tocsin_acknowledgements_waiting": 1,  # fi, notice 2
        "tocsin_acknowledgements_overdue": 3,  # lt, no and se, notice 1
        "tocsin_alarms_open": 1,  # no; se is nudged by mail first
        "tocsin_room_steps_failed": 1,
        "tocsin_runs_active": 1,
        "tocsin_steps_overdue": 0,
    }
    assert {name: number(browser, name) for name in expected} == expected
    records = sum(1 for _ in stage.tocsin.log.records("incident", incident))
    assert number(browser, 'tocsin_records_total{aggregate="incident"}') == records
    lag = number(browser, "tocsin_relay_lag_entries")
    assert lag > 10
    seen_to(stage)
    assert number(browser, "tocsin_relay_lag_entries") == 0


def test_numbers_move_with_time_and_work(browser: Browser, stage: Stage, incident: str) -> None:
    stage.tocsin.tallies.add("slack_failures", 3)
    stage.tocsin.ledger.plan([Effect(id="e1", kind="room.open", payload={})])
    stage.clock.wait(minutes=20)
    assert number(browser, "tocsin_slack_failures_total") == 3
    assert number(browser, "tocsin_effects_due") == 1
    assert number(browser, "tocsin_queue_age_seconds") == 1200
    assert number(browser, "tocsin_steps_overdue") == 1  # the wait for acknowledgements
    stage.tocsin.ledger.claim("holder", 10, 60_000)
    assert number(browser, "tocsin_effects_held") == 1
    assert number(browser, "tocsin_lease_holders") == 1
    stage.tell(c.ClearAlarm, "ee-alice", incident=incident, subject="silent:1:no")
    assert number(browser, "tocsin_alarms_open") == 0


def test_a_closed_incident_waits_for_nobody(browser: Browser, stage: Stage, incident: str) -> None:
    stage.tell(c.CloseIncident, "ee-alice", incident=incident, cause="x", lessons="y")
    assert number(browser, "tocsin_acknowledgements_overdue") == 0
    assert number(browser, 'tocsin_incidents_open{severity="S2"}') == 0


def test_metrics_answer_also_when_the_store_does_not(browser: Browser, stage: Stage) -> None:
    stage.log.broken = True
    answer = browser.get("/metrics")
    assert answer.status == 200
    samples = [line for line in answer.text.splitlines() if not line.startswith("#")]
    assert samples == ["tocsin_store_up 0.0"]


def test_metrics_carry_no_content(browser: Browser, stage: Stage, incident: str) -> None:
    text = browser.get("/metrics").text
    coalition = stage.tocsin.coalition
    names = [coalition.name, *(member.name for member in coalition.members)]
    ids = [member.id for member in coalition.members]
    for secret in (*names, incident, "DDoS", "eesti", "Alice"):
        assert secret not in text
    labels = set(re.findall(r'="([^"]*)"', text))
    assert not labels & set(ids)


def test_every_metric_of_the_catalogue_is_measured_and_no_other(
    stage: Stage, incident: str
) -> None:
    assert set(measure(stage.tocsin)) == set(catalogue.METRICS)
    assert len(catalogue.METRICS) > 15


def test_every_metric_is_documented_with_its_sentence() -> None:
    written = [
        f"| `{metric.name}{{{metric.label}}}` | {metric.kind} | {metric.sentence} |"
        if metric.label
        else f"| `{metric.name}` | {metric.kind} | {metric.sentence} |"
        for metric in catalogue.METRICS
    ]
    text = DOCS.read_text(encoding="utf-8")
    table = text.split("## ", 1)[0]
    assert [line for line in table.splitlines() if line.startswith("| `")] == written


def test_the_documentation_names_no_metric_that_does_not_exist() -> None:
    named = set(re.findall(r"tocsin_[a-z_]+", DOCS.read_text(encoding="utf-8")))
    assert named == {metric.name for metric in catalogue.METRICS}
