"""What a record of an incident amounts to for the runs in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coalition.domain.messages import Record


def signal_of(record: Record) -> tuple[Any, dict[str, Any]]:
    """Return topic and data of `SignalRun`; for topic `incident` the data are its facts, of now."""
    source = record.data.get("source") or {}
    at = {"step": source.get("step"), "attempt": source.get("attempt")}
    if record.type == "NoticeAnswered" and source:
        return "notice", {**at, "answers": {record.data["member"]: record.data["answer"]}}
    if record.type == "TaskCompleted" and source:
        return "task", {**at, "by": record.actor.label}
    return "incident", {}
