"""The catalogue of metrics: each a named constant with the sentence that says what it means.

docs/metrics.md lists every one of them; a test compares.
"""

from __future__ import annotations

from typing import Literal, NamedTuple


class Metric(NamedTuple):
    """A name, what kind of number it is, and the sentence that says what it means."""

    name: str
    kind: Literal["gauge", "counter"]
    sentence: str
    label: str = ""


STORE_UP = Metric(
    "tocsin_store_up",
    "gauge",
    "1 when the log could be read, 0 when it could not; then nothing else is told.",
)
RELAY_LAG = Metric(
    "tocsin_relay_lag_entries", "gauge", "Entries of the outbox that no relay has seen to yet."
)
RELAY_LAG_SECONDS = Metric(
    "tocsin_relay_lag_seconds",
    "gauge",
    "Age of the oldest entry of the outbox that no relay has seen to yet.",
)
EFFECTS_DUE = Metric(
    "tocsin_effects_due", "gauge", "Effects that are due and that no worker has taken yet."
)
QUEUE_AGE_SECONDS = Metric(
    "tocsin_queue_age_seconds", "gauge", "How long the oldest due effect has waited for a worker."
)
EFFECTS_HELD = Metric(
    "tocsin_effects_held", "gauge", "Effects that workers hold under a lease now."
)
LEASE_HOLDERS = Metric("tocsin_lease_holders", "gauge", "Workers that hold a lease on effects now.")
PROCESSES_ALIVE = Metric(
    "tocsin_processes_alive",
    "gauge",
    "Processes that have said they are alive in the last ten seconds, by role.",
    "role",
)
INCIDENTS_OPEN = Metric(
    "tocsin_incidents_open",
    "gauge",
    "Incidents that are neither closed nor merged, by severity.",
    "severity",
)
ACKS_WAITING = Metric(
    "tocsin_acknowledgements_waiting",
    "gauge",
    "Recipients in open incidents who have not acknowledged and are within the deadline.",
)
ACKS_OVERDUE = Metric(
    "tocsin_acknowledgements_overdue",
    "gauge",
    "Recipients of notices in open incidents who have not acknowledged by the deadline.",
)
ALARMS_OPEN = Metric("tocsin_alarms_open", "gauge", "Alarms that no human has taken in hand yet.")
ROOM_STEPS_FAILED = Metric(
    "tocsin_room_steps_failed",
    "gauge",
    "Lines of the room checklists of open incidents that failed and were not mended.",
)
SLACK_FAILURES = Metric(
    "tocsin_slack_failures_total",
    "counter",
    "Calls of the Slack Web API that failed, over all processes, since the store was set up.",
)
MAILS = Metric(
    "tocsin_mails_in_total",
    "counter",
    "Mails that came in, over all processes, by what they turned out to be.",
    "kind",
)
RUNS_ACTIVE = Metric("tocsin_runs_active", "gauge", "Runs of playbooks that have not ended.")
PLAYBOOKS_REFUSED = Metric(
    "tocsin_playbooks_refused",
    "gauge",
    "Files of playbooks that were changed and refused; what they last said stays in force.",
)
COALITION_REFUSED = Metric(
    "tocsin_coalition_refused",
    "gauge",
    "1 while the coalition file as it stands is refused and what it last said stays in force.",
)
STEPS_OVERDUE = Metric(
    "tocsin_steps_overdue",
    "gauge",
    "Waits of playbook steps whose time has come and that have not gone on.",
)
RECORDS = Metric(
    "tocsin_records_total",
    "counter",
    "Records appended to the log, by kind of aggregate.",
    "aggregate",
)

METRICS: tuple[Metric, ...] = tuple(
    value for value in list(globals().values()) if isinstance(value, Metric)
)
"""All of them, in the order above."""
