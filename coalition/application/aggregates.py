"""The aggregates that exist, each as four pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from coalition.domain import reach
from coalition.domain.aid.apply import apply as apply_aid
from coalition.domain.aid.clocks import timers as aid_timers
from coalition.domain.aid.decide import decide as decide_aid
from coalition.domain.aid.state import Aid
from coalition.domain.incident.apply import apply as apply_incident
from coalition.domain.incident.decide import decide as decide_incident
from coalition.domain.incident.state import Incident
from coalition.domain.incident.timers import timers as incident_timers
from coalition.domain.pool.apply import apply as apply_pool
from coalition.domain.pool.decide import decide as decide_pool
from coalition.domain.pool.state import Pool
from coalition.domain.pool.timers import timers as pool_timers
from coalition.domain.run.apply import apply as apply_run
from coalition.domain.run.decide import decide as decide_run
from coalition.domain.run.state import Run
from coalition.domain.run.timers import timers as run_timers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from pydantic import BaseModel

    from coalition.domain.messages import Command, Event, Record
    from coalition.domain.world import World


@dataclass(frozen=True, slots=True)
class Aggregate:
    """`decide` asks, `apply` folds, `timers` says which waits are open."""

    state: type[BaseModel]
    decide: Callable[[Any, Command, World], list[Event]]
    apply: Callable[[Any, Record, Event], Any]
    timers: Callable[[Any], Mapping[str, datetime]]


AGGREGATES: dict[str, Aggregate] = {
    "aid": Aggregate(Aid, decide_aid, apply_aid, aid_timers),
    "incident": Aggregate(Incident, decide_incident, apply_incident, incident_timers),
    "pool": Aggregate(Pool, decide_pool, apply_pool, pool_timers),
    "reach": Aggregate(reach.Reach, reach.decide, reach.apply, reach.timers),
    "run": Aggregate(Run, decide_run, apply_run, run_timers),
}

PASS_TIMER = {
    "aid": "PassAidTimer",
    "incident": "PassDeadline",
    "pool": "PassPoolTimer",
    "reach": "PassReachTimer",
    "run": "PassRunTimer",
}
"""The command by which an aggregate hears that its timer is due."""
