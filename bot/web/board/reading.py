"""Reads what the board shows. It never waits long, and keeps the last reading for bad times."""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from coalition.domain.errors import TransientError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from coalition.bootstrap import Tocsin
    from coalition.domain.incident.state import Incident
    from coalition.domain.messages import Record
    from coalition.domain.playbook.model import Playbook
    from coalition.domain.run.state import Run

T = TypeVar("T")

PATIENCE_SECONDS = 3.0
"""How long a page waits for the store before it shows the last reading instead."""

KEEP = timedelta(minutes=15)
"""How old a reading may be and still be shown, marked as stale. Labels may have risen since."""

TIMELINE_LENGTH = 200
AID = "AID-"
_ID = re.compile(r"[A-Z]{2,8}-[0-9]{4}-[0-9]{1,8}")
_RUN = re.compile(rf"({_ID.pattern})-.+")
_REMEMBERED = 64


class Everything(NamedTuple):
    """All incidents, the newest first, and their versions by id."""

    incidents: list[Incident]
    versions: dict[str, int]


class Whole(NamedTuple):
    """One incident with its runs and the newest records of its log, and what may be named in it."""

    incident: Incident | None
    others: list[Incident]
    runs: list[tuple[Run, Playbook]]
    records: list[Record]  # the last ones, oldest first
    more: bool  # there are older records than these
    versions: dict[str, int]  # of the incident and its runs, by id


_NOTHING = Whole(None, [], [], [], more=False, versions={})


class Reading(NamedTuple):
    """What was read, when, and whether that is the last that could be read."""

    found: Any
    as_of: datetime
    stale: bool


class Reader:
    """One for the web server; reads in threads, so that a slow store blocks nobody."""

    def __init__(self, tocsin: Tocsin) -> None:
        self._tocsin = tocsin
        self._last: OrderedDict[str, Reading] = OrderedDict()

    async def everything(self) -> Reading:
        """Read all incidents; raises `TransientError` when there is nothing to show instead."""
        return await self._read("", self._everything)

    async def whole(self, incident: str) -> Reading:
        """Read one incident; raises `TransientError` when there is nothing to show instead."""
        if not _ID.fullmatch(incident):
            return Reading(_NOTHING, self._tocsin.clock.now(), stale=False)
        return await self._read(incident, lambda: self._whole(incident))

    async def versions(self, watched: set[str | None]) -> dict[str, int]:
        """Return versions by id: of these incidents and their runs; None: of all incidents.

        Raises `TransientError` when the store does not answer in time.
        """
        return await in_time(lambda: self._versions(watched))

    async def _read(self, key: str, read: Callable[[], Any]) -> Reading:
        now = self._tocsin.clock.now()
        try:
            reading = Reading(await in_time(read), now, stale=False)
        except TransientError:
            last = self._last.get(key)
            if last is None or now - last.as_of > KEEP:
                raise
            return last._replace(stale=True)
        if reading.found is _NOTHING:  # asking for what is not there must not push out what is
            return reading
        self._last[key] = reading
        self._last.move_to_end(key)
        if len(self._last) > _REMEMBERED:
            self._last.popitem(last=False)
        return reading

    def _everything(self) -> Everything:
        # Versions first: what is told to be at version 7 must show at least that.
        versions = self._versions({None})
        ids = [id for id in versions if not id.startswith(AID)]
        found = (self._tocsin.dispatcher.read("incident", id) for id in reversed(ids))
        return Everything([incident for incident in found if incident is not None], versions)

    def _whole(self, id: str) -> Whole:
        tocsin = self._tocsin
        versions = self._versions({id})
        incident: Incident | None = tocsin.dispatcher.read("incident", id)
        if incident is None:
            return _NOTHING
        named = [*incident.linked, *([incident.merged_into] if incident.merged_into else [])]
        others = [tocsin.dispatcher.read("incident", other) for other in named]
        runs = [tocsin.dispatcher.read("run", run) for run in versions if run != id]
        records = tocsin.log.tail("incident", id, TIMELINE_LENGTH + 1)
        return Whole(
            incident,
            [other for other in others if other is not None],
            [(run, tocsin.playbooks.pinned(run.playbook)) for run in runs if run is not None],
            records[TIMELINE_LENGTH - 1 :: -1],
            more=len(records) > TIMELINE_LENGTH,
            versions=versions,
        )

    def _versions(self, watched: set[str | None]) -> dict[str, int]:
        log = self._tocsin.log
        wanted = [id for id in watched if id is not None]
        if None in watched:
            wanted = list(dict.fromkeys([*log.ids("incident"), *wanted]))
        found = {id: log.load("incident", id).version for id in wanted}
        if None in watched:  # requests for aid have pages of their own, which watch everything
            found |= {id: log.load("aid", id).version for id in log.ids("aid")}
        for incident in filter(None, watched):
            found |= {run: log.load("run", run).version for run in log.ids("run", of=incident)}
        return found


def incident_of(run: str) -> str:
    """Return the incident of a run, whose id begins with it; empty for what is no run."""
    found = _RUN.fullmatch(run)
    return found[1] if found else ""


async def in_time(read: Callable[[], T]) -> T:
    """Return what `read` returns, in a thread; `TransientError` when it takes too long."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await asyncio.to_thread(read)
    except TimeoutError as error:
        msg = f"the store did not answer within {PATIENCE_SECONDS:g} s"
        raise TransientError(msg) from error
