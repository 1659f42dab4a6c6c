"""Tells open pages that something has changed. One look at the store serves all of them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from bot.web.board.reading import incident_of
from coalition.domain.errors import TransientError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bot.web.board.reading import Reader

LOOK_SECONDS = 1.0
"""How often the store is looked at while anybody watches."""


class Look(NamedTuple):
    """One look: which look it was, and the versions found (None: the store did not answer)."""

    number: int
    versions: dict[str, int] | None


class Watcher:
    """Looks for as long as somebody watches, and only at what is watched."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._watched: dict[object, str | None] = {}
        self._look = Look(0, None)
        self._looked = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None

    async def changes(
        self, incident: str | None, ending: Callable[[], bool]
    ) -> AsyncIterator[dict[str, int] | None]:
        """Yield versions by id, at first and whenever they differ; None: the store is silent.

        For one incident (with its runs), or for all incidents (None). Goes on until `ending`
        says so, which is asked at every look.
        """
        me = object()
        self._watched[me] = incident
        self._start()
        number, last = self._look.number, Look(0, {})
        try:
            while not ending():
                look = await self._next(number)
                number = look.number
                versions = None if look.versions is None else _of(look.versions, incident)
                if not last.number or versions != last.versions:
                    last = Look(number, versions)
                    yield versions
        finally:
            del self._watched[me]

    async def close(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _start(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._keep_looking())

    async def _next(self, seen: int) -> Look:
        async with self._looked:
            await self._looked.wait_for(lambda: self._look.number > seen)
            return self._look

    async def _keep_looking(self) -> None:
        while self._watched:
            try:
                versions = await self._reader.versions(set(self._watched.values()))
            except TransientError:
                versions = None
            async with self._looked:
                self._look = Look(self._look.number + 1, versions)
                self._looked.notify_all()
            await asyncio.sleep(LOOK_SECONDS)


def _of(versions: dict[str, int], incident: str | None) -> dict[str, int]:
    if incident is None:
        return {id: version for id, version in versions.items() if not incident_of(id)}
    return {
        id: version
        for id, version in versions.items()
        if id == incident or incident_of(id) == incident
    }
