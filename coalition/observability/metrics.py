"""The metrics as they are scraped: everything is read from the store at that moment.

What is counted lives in Redis and in the states of incidents and runs, not in this process, so
any bot instance gives the same numbers and a restart loses none. Counts only: no titles, no
members.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Protocol

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from coalition.application.tallies import MAIL_TALLIES
from coalition.domain.errors import TransientError
from coalition.domain.incident.words import Severity
from coalition.domain.run.timers import timers as run_timers
from coalition.observability import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from coalition.application.ports import Clock, EventLog, Ledger, Outbox
    from coalition.application.presence import Presence
    from coalition.application.tallies import Tallies
    from coalition.domain.incident.state import Incident
    from coalition.domain.run.state import Run
    from coalition.observability.catalogue import Metric

Value = float | dict[str, float]
"""One number, or one for each value of the metric's label."""


class Reader(Protocol):
    """Reads states (`coalition/application/dispatcher.py`)."""

    def read_versioned(self, aggregate: str, id: str) -> tuple[int, Any]:
        """Return (version, state)."""
        ...


class Refusing(Protocol):
    """Knows which playbook files were refused (`coalition/application/playbook_shelf.py`)."""

    def refused(self) -> list[str]:
        """Return one line for each such file."""
        ...


class Measured(Protocol):
    """What the metrics are read from: the assembled Tocsin."""

    log: EventLog
    outbox: Outbox
    ledger: Ledger
    clock: Clock
    presence: Presence
    tallies: Tallies

    @property
    def dispatcher(self) -> Reader:
        """Reads states."""
        ...

    @property
    def playbooks(self) -> Refusing:
        """The playbooks in force."""
        ...

    def refusals(self) -> tuple[str, ...]:
        """Why the coalition file as it stands is not in force."""
        ...


class TocsinCollector(Collector):
    """Asked by the registry at every scrape. A store that does not answer is a number as well."""

    def __init__(self, tocsin: Measured) -> None:
        self._tocsin = tocsin

    def describe(self) -> Iterable[Any]:
        """Nothing: registering must not read the store."""
        return []

    def collect(self) -> Iterator[Any]:
        """Yield every metric, or the bad news alone."""
        try:
            values = measure(self._tocsin)
        except TransientError:
            values = {catalogue.STORE_UP: 0.0}
        for metric, value in values.items():
            yield _family(metric, value)


def registry(tocsin: Measured) -> CollectorRegistry:
    """Return a registry of our own; nothing of the process or of other libraries is in it."""
    made = CollectorRegistry(auto_describe=False)
    made.register(TocsinCollector(tocsin))
    return made


def measure(tocsin: Measured) -> dict[Metric, Value]:
    """Return every metric's value now; raises `TransientError` when the store does not answer."""
    now = tocsin.clock.now()
    incidents, incident_records = _states(tocsin, "incident")
    runs, run_records = _states(tocsin, "run")
    values: dict[Metric, Value] = {catalogue.STORE_UP: 1.0}
    values |= _of_queues(tocsin)
    values |= of_incidents(incidents, now)
    values |= of_runs(runs, now)
    values[catalogue.PLAYBOOKS_REFUSED] = float(len(tocsin.playbooks.refused()))
    tallies = tocsin.tallies.read()
    values[catalogue.COALITION_REFUSED] = float(bool(tocsin.refusals()))
    values[catalogue.SLACK_FAILURES] = float(tallies["slack_failures"])
    values[catalogue.MAILS] = {
        name.removeprefix("mail_"): float(tallies[name]) for name in MAIL_TALLIES
    }
    values[catalogue.RECORDS] = {"incident": incident_records, "run": run_records}
    return values


def _states(tocsin: Measured, aggregate: str) -> tuple[list[Any], float]:
    """Return all states of a kind, and how many records led to them."""
    found = [tocsin.dispatcher.read_versioned(aggregate, id) for id in tocsin.log.ids(aggregate)]
    states = [state for _, state in found if state is not None]
    return states, float(sum(version for version, _ in found))


def _of_queues(tocsin: Measured) -> dict[Metric, Value]:
    entries, age = tocsin.outbox.lag()
    stats = tocsin.ledger.stats()
    alive = tocsin.presence.alive()
    return {
        catalogue.RELAY_LAG: float(entries),
        catalogue.RELAY_LAG_SECONDS: age,
        catalogue.EFFECTS_DUE: float(stats.due),
        catalogue.QUEUE_AGE_SECONDS: stats.oldest_seconds,
        catalogue.EFFECTS_HELD: float(stats.held),
        catalogue.LEASE_HOLDERS: float(stats.holders),
        catalogue.PROCESSES_ALIVE: {role: float(count) for role, count in alive.items()},
    }


def of_incidents(incidents: Iterable[Incident], now: datetime) -> dict[Metric, Value]:
    """Return what the incidents that are not over say."""
    severities: Counter[str] = Counter({severity.value: 0 for severity in Severity})
    waiting = overdue = alarms = failed = 0
    for incident in incidents:
        alarms += len(incident.alarms)
        if incident.over:
            continue
        severities[incident.severity.value] += 1
        failed += sum(line.state == "failed" for line in incident.room.steps.values())
        for notice in incident.notices.values():
            for recipient in notice.recipients.values():
                if recipient.waiting:
                    late = recipient.attempts[-1].ack_by <= now
                    overdue += late
                    waiting += not late
    return {
        catalogue.INCIDENTS_OPEN: {name: float(count) for name, count in severities.items()},
        catalogue.ACKS_WAITING: float(waiting),
        catalogue.ACKS_OVERDUE: float(overdue),
        catalogue.ALARMS_OPEN: float(alarms),
        catalogue.ROOM_STEPS_FAILED: float(failed),
    }


def of_runs(runs: Iterable[Run], now: datetime) -> dict[Metric, Value]:
    """Return what the runs that are not over say."""
    active = [run for run in runs if not run.over]
    overdue = sum(due <= now for run in active for due in run_timers(run).values())
    return {
        catalogue.RUNS_ACTIVE: float(len(active)),
        catalogue.STEPS_OVERDUE: float(overdue),
    }


def _family(metric: Metric, value: Value) -> Any:
    kind = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
    labels = [metric.label] if metric.label else []
    family = kind(metric.name, metric.sentence, labels=labels)
    by_label: Mapping[str, float] = value if isinstance(value, dict) else {"": value}
    for label, number in by_label.items():
        family.add_metric([label] if labels else [], number)
    return family
