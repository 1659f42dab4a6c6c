"""Everything twice: commands delivered again, effects repeated after a crash, logs replayed.

The real engine carries out the same story as the rehearsal, but every command is given twice and
every effect is performed twice before it counts as done, as when a worker dies in between. Nothing
may come of the second time; and the log up to any record gives the state that stood after it.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coalition.adapters.clock_files import bundled_clocks
from coalition.application.aggregates import AGGREGATES
from coalition.application.ports import Appended, Claim
from coalition.application.verify import verify
from coalition.domain.errors import TocsinError
from coalition.domain.messages import Command
from coalition.domain.playbook import Playbook
from coalition.rehearsal.script import Script
from coalition.rehearsal.simulate import simulate
from tests.domain_run.random_playbooks import CHILD, OUTSIDE, VERBS, playbooks
from tests.rehearsal.real_engine import RealEngine
from tests.rehearsal.test_same_as_the_engine import LONGEST, SIX, told
from workers.running import Running

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
EXAMPLES = int(os.environ.get("REHEARSAL_EXAMPLES", "8"))
ENDS = {"completed", "stopped", "cancelled"}
WAITS = {"running", "needs_decision"}
KINDS = (*VERBS, *OUTSIDE)


class Twice(RealEngine):
    """The real engine, told and asked everything twice; it notes what stood at each version."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.stood: dict[tuple[str, str, int], bytes] = {}
        self._once = self.tocsin.dispatcher.execute
        vars(self.tocsin.dispatcher)["execute"] = self._again

    def _again(self, command: Command) -> Appended:
        done = self._once(command)
        stored = self.tocsin.log.load(done.aggregate, done.id)
        self.stood[done.aggregate, done.id, stored.version] = stored.state
        again = self._once(command)
        assert again.duplicate
        after = self.tocsin.log.load(done.aggregate, done.id)
        assert (after.version, after.state) == (stored.version, stored.state)
        return done

    async def _handle(self, claim: Claim, running: Running) -> dict[str, Any]:
        with suppress(TocsinError):
            await super()._handle(claim, running)  # and then the worker dies
        return await super()._handle(claim, running)

    def check_replay(self) -> None:
        """The log up to each record gives the state that stood there."""
        assert verify(self.tocsin.log) == []
        for aggregate, id in {(aggregate, id) for aggregate, id, _ in self.stood}:
            state = None
            for record, _ in self.tocsin.log.records(aggregate, id):
                state = AGGREGATES[aggregate].apply(state, record, record.event())
                stood = self.stood.get((aggregate, id, record.version))
                if stood is not None:
                    assert state.model_dump_json().encode() == stood


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=SLOW)
@given(playbooks(KINDS), st.integers(0, 1_000_000))
def test_commands_given_twice_and_effects_done_twice_change_nothing(
    playbook: Playbook, seed: int
) -> None:
    incident = {"severity": "S2", "participants": ["ee", "lv", "lt"], "affected": ["lv"]}
    script = Script.model_validate({"incident": incident, "until": "5d"})
    library = {CHILD.playbook: CHILD}
    rehearsed = simulate(playbook, script, SIX, seed, bundled_clocks(), library)
    if len(rehearsed.records) > LONGEST // 3:
        return  # a jump back that nothing ends; the engine's own bound is tried elsewhere
    with TemporaryDirectory() as folder:
        engine = Twice(Path(folder), playbook, script, SIX, seed, library)
        real = engine.play()
        engine.check_replay()
    assert told(rehearsed.run_records) == told(real)
    assert engine.run.status in ENDS | WAITS
    if engine.run.status in ENDS:  # defined: nothing is open, nothing is due
        assert not [*engine.run.open, *engine.run.stuck, *engine.run.delayed, *engine.run.ready]
        assert not AGGREGATES["run"].timers(engine.run)
