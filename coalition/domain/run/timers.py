"""A run's open waits by name; the name says which (step, attempt) it belongs to."""

from __future__ import annotations

from datetime import datetime

from coalition.domain.run.state import Run


def timers(state: Run) -> dict[str, datetime]:
    """`start:<step>:<attempt>`, `due:…` and `remind:<step>:<attempt>:<number>` with their times."""
    found = {f"start:{name}": step.due for name, step in state.delayed.items()}
    for name, step in state.open.items():
        if step.due is not None:
            found[f"due:{name}"] = step.due
        if step.remind_at is not None:
            found[f"remind:{name}:{step.reminders + 1}"] = step.remind_at
    return found
