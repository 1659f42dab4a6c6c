"""The change feed: everything that happens in the workspace, in order, for whoever watches."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from itertools import islice

from sandbox.slack.model import Json

KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `audience` None: everybody may see it; else only these user ids."""

    seq: int
    at: float
    type: str
    data: Json
    audience: frozenset[str] | None

    def visible_to(self, user: str | None) -> bool:
        """Whether `user` would notice it in Slack's window; None means an onlooker who sees all."""
        return user is None or self.audience is None or user in self.audience

    def to_json(self) -> Json:
        """The form sent over the feed."""
        return {"seq": self.seq, "at": self.at, "type": self.type, **self.data}


class ChangeFeed:
    """Keeps the last 10 000 changes and wakes those who wait. Belongs to one event loop."""

    def __init__(self) -> None:
        self.seq = 0
        self._kept: deque[Change] = deque(maxlen=KEPT)
        self._waiting: set[asyncio.Event] = set()

    def add(self, at: float, kind: str, data: Json, audience: frozenset[str] | None) -> None:
        """Append a change and wake every watcher."""
        self.seq += 1
        self._kept.append(Change(self.seq, at, kind, data, audience))
        for event in self._waiting:
            event.set()

    def since(self, after: int) -> Iterator[Change]:
        """The kept changes with a higher number than `after`, oldest first."""
        if not self._kept:
            return iter(())
        start = max(0, after + 1 - self._kept[0].seq)
        return islice(tuple(self._kept), start, None)

    async def changed(self, after: int, timeout: float) -> bool:  # noqa: ASYNC109 - the long poll's
        """Wait until something newer than `after` exists; False when `timeout` seconds passed."""
        if self.seq > after:
            return True
        event = asyncio.Event()
        self._waiting.add(event)
        try:
            await asyncio.wait_for(event.wait(), timeout)
        except TimeoutError:
            return False
        finally:
            self._waiting.discard(event)
        return True

    async def follow(self, after: int, idle: float) -> AsyncIterator[Change | None]:
        """Changes after `after` for ever; None after each `idle` seconds of silence."""
        while True:
            if not await self.changed(after, idle):
                yield None
                continue
            for change in self.since(after):
                after = change.seq
                yield change
