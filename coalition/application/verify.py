"""Audit: walk every hash chain, replay every log, compare with what is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.application.aggregates import AGGREGATES
from coalition.domain.messages import GENESIS, digest

if TYPE_CHECKING:
    from coalition.application.ports import EventLog
    from coalition.domain.messages import Record


def verify(log: EventLog) -> list[str]:
    """Return findings, one a line (`aggregate id: what`); an empty list means all is as it was.

    Checks versions without gaps, the chain of hashes, and that replaying gives the stored state
    byte for byte (design, invariants 5 and 7).
    """
    findings: list[str] = []
    for aggregate in AGGREGATES:
        for id in log.ids(aggregate):
            findings += [f"{aggregate} {id}: {what}" for what in verify_one(log, aggregate, id)]
    return findings


def verify_one(log: EventLog, aggregate: str, id: str) -> list[str]:
    """Return findings about one aggregate."""
    kind = AGGREGATES[aggregate]
    stored = log.load(aggregate, id)
    state, prev, version = None, GENESIS, 0
    for record, body in log.records(aggregate, id):
        version += 1
        wrong = _misplaced(record, body, (aggregate, id, version, prev))
        if wrong:
            return [wrong]
        prev = digest(body)
        state = kind.apply(state, record, record.event())
        if version == stored.version:
            break  # what was appended since the state was read is not this walk's business
    if (version, prev) != (stored.version, stored.hash or GENESIS):
        return [f"the log ends at record {version}, the state says {stored.version}"]
    if state is not None and state.model_dump_json().encode() != stored.state:
        return ["replaying the log does not give the stored state"]
    return []


def _misplaced(record: Record, body: bytes, place: tuple[str, str, int, str]) -> str | None:
    """Say what is wrong with a record for its place: (aggregate, id, version, previous hash)."""
    aggregate, id, version, prev = place
    if (record.aggregate, record.id) != (aggregate, id):
        return f"record {version} belongs to {record.aggregate} {record.id}"
    if record.version != version:
        return f"record {version} is missing; record {record.version} follows"
    if record.prev != prev:
        return f"record {version} does not follow from the one before: the chain is broken"
    if record.to_bytes() != body:
        return f"record {version} is not in canonical form: something else wrote it"
    return None
