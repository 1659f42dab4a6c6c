"""Sleep until somebody says that there is something to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.adapters.redis_scripts import redis_errors
from coalition.domain.errors import TransientError

if TYPE_CHECKING:
    from redis import Redis
    from redis.client import PubSub


class Wake:
    """A subscription whose waits end on time.

    The wait is on our side: a server's own blocking reads end up to 100 ms late (its `hz`). A
    message that is lost with a connection is no matter, because every wait has an end after which
    the caller looks for itself. One thread waits at a time.
    """

    def __init__(self, redis: Redis, channel: str) -> None:
        self._redis = redis
        self._channel = channel
        self._pubsub: PubSub | None = None

    def listen(self) -> PubSub:
        """Subscribe, if not yet; from here on nothing is missed. Raises `TransientError`."""
        if self._pubsub is None:
            pubsub = self._redis.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
            with redis_errors():
                pubsub.subscribe(self._channel)
                pubsub.get_message(timeout=1)  # the confirmation
            self._pubsub = pubsub
        return self._pubsub

    def wait(self, seconds: float) -> None:
        """Sleep until a message or for that long; what has piled up counts as one message."""
        pubsub = self.listen()
        try:
            with redis_errors():
                found = pubsub.get_message(timeout=max(seconds, 0.0))
                while found is not None:
                    found = pubsub.get_message(timeout=0)
        except TransientError:
            self._pubsub = None
            pubsub.close()
            raise
