"""A clock that runs: when each report is due, which have been filed, which comes next. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from coalition.domain.clocks.model import AWARE, Clock, Stage, after
from coalition.domain.messages import Message, Utc


class StageState(Message):
    """One report of a running clock. `start` is when its time began, `after` whose filing moves it.

    Before the report it follows has been filed, `due` counts from when that one is due: the
    latest it can become.
    """

    id: str
    name: str
    within: str
    after: str
    due: Utc
    task: int = 0
    filed_at: Utc | None = None
    filed_by: str = ""


def begun(clock: Clock, chosen: Iterable[Stage], aware: datetime) -> list[StageState]:
    """The reports of a clock that started at `aware`."""
    due: dict[str, datetime] = {AWARE: aware}
    for stage in clock.stages:
        due[stage.id] = after(due[stage.after], stage.within)
    return [
        StageState(id=one.id, name=one.name, within=one.within, after=one.after, due=due[one.id])
        for one in chosen
    ]


def filed(stages: Sequence[StageState], id: str, at: datetime, by: str) -> list[StageState]:
    """The stages after one has been filed; those that follow from it are due from now."""
    found = []
    for stage in stages:
        if stage.id == id and stage.filed_at is None:
            found.append(stage.model_copy(update={"filed_at": at, "filed_by": by}))
        elif stage.after == id and stage.filed_at is None:
            due = min(stage.due, after(at, stage.within))
            found.append(stage.model_copy(update={"due": due}))
        else:
            found.append(stage)
    return found


def next_due(stages: Iterable[StageState]) -> datetime | None:
    """When the next report that is not filed is due."""
    return min((one.due for one in stages if one.filed_at is None), default=None)


def due_of(stages: Iterable[StageState], now: datetime) -> datetime | None:
    """The next deadline after `now` that is still open; None where all have passed."""
    return min((one.due for one in stages if not one.filed_at and one.due > now), default=None)
