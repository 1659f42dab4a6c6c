"""`apply(state, record, event)`: replaying a run's log gives the same JSON bytes."""

from __future__ import annotations

from coalition.domain.messages import Event, Record
from coalition.domain.run.draft import freeze, started, thaw
from coalition.domain.run.events import RunStarted
from coalition.domain.run.fold import fold
from coalition.domain.run.state import Run


def apply(state: Run | None, record: Record, event: Event) -> Run:
    """Return the run after the event. Raises ValueError for a log that has no beginning."""
    if isinstance(event, RunStarted):
        return freeze(started(event, record.at, record.actor))
    if state is None:
        msg = f"run {record.id} does not begin with RunStarted but with {record.type}"
        raise ValueError(msg)
    draft = thaw(state)
    fold(draft, event, record.at, record.actor)
    return freeze(draft)
