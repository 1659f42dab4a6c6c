"""Deciding and folding a note in an incident of up to 1,000 recipients, beside one append.

Target: at most the time of the append that follows, at 35 recipients and at 1,000.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from functools import partial

from bench import coalition as stage
from bench.append import Incident
from bench.common import Figure, client, interleaved, median, per_second, report, server
from coalition.adapters.redis_keys import Keys
from coalition.adapters.redis_log import RedisLog
from coalition.domain.incident.apply import apply
from coalition.domain.incident.commands import AddNote
from coalition.domain.incident.decide import decide
from coalition.domain.messages import GENESIS, Record
from coalition.domain.world import World


def note(size: int) -> float:
    """How often a second a note is decided and folded in an incident of `size` recipients."""
    coalition = stage.members(9, size)
    with stage.tocsin(coalition) as hub:
        stage.issue(hub, "INC-2026-0001", tuple(f"m{number}" for number in range(1, size + 1)))
        state = hub.dispatcher.read("incident", "INC-2026-0001")
    world, now = World(coalition), datetime.now(UTC)
    command = AddNote(id="n", at=now, actor=stage.OPERATOR, incident="INC-2026-0001", text="seen")

    def once() -> None:
        [event] = decide(state, command, world)
        record = Record(
            aggregate="incident", id="INC-2026-0001", version=9, at=now, actor=stage.OPERATOR,
            cause="n", type="NoteAdded", data=event.model_dump(mode="json"), prev=GENESIS,
        )  # fmt: skip
        apply(state, record, event)

    return per_second(once, 2_000)


def main() -> int:
    """Print one ratio for each size."""
    figures = []
    for size in (35, 1_000):
        with server() as running:
            incident = Incident(RedisLog(client(running), Keys()), "INC-A")
            found = interleaved(
                3,
                {
                    "append": partial(per_second, incident.append, 500),
                    "decide": partial(note, size),
                },
            )
        appends, decisions = median(found["append"]), median(found["decide"])
        detail = f"{1e6 / decisions:.0f} µs, append {1e6 / appends:.0f} µs"
        name = f"decide and fold, {size:,} recipients : append"
        figures.append(Figure(name, appends / decisions, 1.0, False, detail))
    return report(figures)


if __name__ == "__main__":
    sys.exit(main())
