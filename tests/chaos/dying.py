"""A worker that is killed in the middle of every verb at once.

`python -m tests.chaos.dying REDIS_URL FOLDER ORIGIN MOMENT`: works until the step in question of
every run has come to the moment, holds each there, and then kills itself with signal 9.

`begun`    the first command of the step stands in the log (or nothing yet, where it has none)
`reported` the run has been told, and the ledger does not know it yet
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

from coalition.domain.run.commands import PassRunTimer, ReportStep, SignalRun
from tests.chaos.ward import HANDLERS, ROUSED, rows, tocsin_at
from workers.drain import Drain
from workers.running import Context

TOLD = (ReportStep, SignalRun, PassRunTimer)
"""What a run is told when its step goes on; everything before is the step's own doing."""


class Dying:
    """Holds each step at the moment; the last one to come ends the process."""

    def __init__(self, moment: str, verbs: list[str]) -> None:
        self.moment = moment
        self.runs = {f"INC-2026-{n:04d}-r1": verb for n, verb in enumerate(verbs, 1)}
        self.left = set(verbs)
        self.carry_out = Context.execute

    def verb_of(self, context: Context, command: Any) -> str | None:
        """The verb whose step in question this is about; None for all other work."""
        about = getattr(command, "run", None) or context.claim.payload.get("run")
        verb = self.runs.get(str(about))
        if verb in ROUSED:
            return verb if isinstance(command, SignalRun | PassRunTimer) else None
        mine = context.claim.kind == "step.perform" and context.claim.payload["step"] == "it"
        return self.runs[context.claim.payload["run"]] if mine else None

    async def execute(self, context: Context, command: Any) -> Any:
        """In place of the worker's own."""
        verb = self.verb_of(context, command)
        told = isinstance(command, TOLD)
        if verb is None or (self.moment == "reported" and not told):
            return await self.carry_out(context, command)
        if not (self.moment == "begun" and told):
            await self.carry_out(context, command)
        self.left.discard(verb)
        print(f"{verb} is {self.moment}; left: {' '.join(sorted(self.left))}", flush=True)
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)
        await asyncio.Event().wait()
        return None


def main(url: str, folder: str, origin: str, moment: str) -> None:
    """Work, and die."""
    dying = Dying(moment, sorted(rows(origin)))

    async def execute(context: Context, command: Any) -> Any:
        return await dying.execute(context, command)

    # Every context of the process goes through here; product code has no place for this.
    type.__setattr__(Context, "execute", execute)
    tocsin = tocsin_at(url, Path(folder), origin)
    asyncio.run(Drain(tocsin, HANDLERS, linger=120).run())


if __name__ == "__main__":
    main(*sys.argv[1:])
