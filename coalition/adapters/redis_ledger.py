"""The ledger of effects on Redis: who does what, fenced by lease (see lua/*.lua)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from coalition.adapters.redis_log import (
    milliseconds,
    outcome_body,
    seconds_to_first,
    server_seconds,
)
from coalition.adapters.redis_scripts import Scripts, redis_errors
from coalition.adapters.redis_wake import Wake
from coalition.application.ports import Claim, LedgerStats

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from redis import Redis

    from coalition.adapters.redis_keys import Keys
    from coalition.application.ports import Effect, Outcome

KEEP_S = 90 * 24 * 3600
"""Ended effects are remembered this long: far longer than anything could plan them again."""


class RedisLedger:
    """`Ledger` on Redis. Leases end by the server's clock, so skewed workers do no harm."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._scripts = Scripts(redis)
        self._wake = Wake(redis, keys.effects_wake)

    def plan(self, effects: Sequence[Effect]) -> int:
        """Record intents; those already known are left alone (refresh: re-armed). Returns new."""
        if not effects:
            return 0
        args: list[Any] = []
        for effect in effects:
            due = milliseconds(effect.due) if effect.due else 0
            payload = json.dumps(effect.payload, separators=(",", ":"))
            args += [effect.id, effect.kind, payload, due, "1" if effect.refresh else "0"]
        keys = self._keys
        return int(self._scripts("plan", [keys.due, keys.effects_wake, keys.effect], args))

    def claim(self, token: str, limit: int, lease_ms: int) -> list[Claim]:
        """Lease due effects to the holder `token`."""
        keys = self._keys
        found = self._scripts(
            "claim", [keys.due, keys.holders, keys.held, keys.effect], [token, limit, lease_ms]
        )
        return [
            Claim(id.decode(), kind.decode(), json.loads(payload), attempt, doubt == b"1")
            for id, kind, payload, attempt, doubt in found
        ]

    def hand_over(self, token: str, effect: str) -> bool:
        """Note that bytes leave now; False when the lease is lost (then do not send)."""
        return bool(self._scripts("hand_over", [self._keys.effect + effect], [token]))

    def finish(self, token: str, outcomes: Sequence[Outcome]) -> list[str]:
        """End effects and put outcomes in the outbox, in one call; returns those accepted."""
        if not outcomes:
            return []
        keys = self._keys
        args: list[Any] = [token, KEEP_S]
        for outcome in outcomes:
            claim = outcome.claim
            detail = json.dumps(outcome.detail, separators=(",", ":"))
            body = ""
            if outcome.report:
                body = outcome_body(
                    claim.id, claim.kind, claim.payload, outcome.status, outcome.detail
                )
            args += [claim.id, outcome.status, detail, body]
        found = self._scripts(
            "finish", [keys.due, keys.outbox, keys.held + token, keys.effect], args
        )
        return [id.decode() for id in found]

    def postpone(self, token: str, effect: str, due: datetime, error: str) -> bool:
        """Give an effect back, to be claimed again at `due`."""
        keys = self._keys
        return bool(
            self._scripts(
                "postpone",
                [keys.due, keys.held + token, keys.effect + effect],
                [token, effect, milliseconds(due), error],
            )
        )

    def heartbeat(self, token: str, lease_ms: int) -> bool:
        """Renew the lease of everything the holder has; False when it has been reaped."""
        return bool(self._scripts("heartbeat", [self._keys.holders], [token, lease_ms]))

    def reap(self) -> int:
        """Give back what dead holders held (in doubt, if handed over); returns how many."""
        return self._reap("")

    def release(self, token: str) -> int:
        """End a holder at once, in order: the same as dying, without the wait."""
        return self._reap(token)

    def _reap(self, token: str) -> int:
        keys = self._keys
        names = [keys.due, keys.holders, keys.held, keys.effect, keys.effects_wake]
        return int(self._scripts("reap", names, [token]))

    def next_due(self) -> float | None:
        """Return seconds until the earliest planned effect (0 or less: now), None if none."""
        with redis_errors():
            return seconds_to_first(self._redis, self._keys.due)

    def wait(self, block_ms: int) -> None:
        """Sleep until something is planned for at once, or `block_ms` has passed."""
        self._wake.wait(block_ms / 1000)

    def stats(self) -> LedgerStats:
        """Return how much is waiting and who is at work."""
        keys = self._keys
        with redis_errors():
            now = server_seconds(self._redis) * 1000
            due = self._redis.zcount(keys.due, "-inf", now)
            first: Any = self._redis.zrange(keys.due, 0, 0, withscores=True)
            holders: Any = self._redis.zrange(keys.holders, 0, -1)
            sizes: list[Any] = [self._redis.scard(keys.held + token.decode()) for token in holders]
        oldest = max(0.0, (now - float(first[0][1])) / 1000) if first and due else 0.0
        return LedgerStats(due, oldest, sum(sizes), len(holders))

    def outcome(self, effect: str) -> dict[str, Any]:
        """Return what the ledger knows of one effect (`status`, `attempts`, `detail`, `error`)."""
        with redis_errors():
            found: Any = self._redis.hmget(self._keys.effect + effect, ["s", "n", "o", "e"])
        status, attempts, detail, error = found
        return {
            "status": status.decode() if status else None,
            "attempts": int(attempts or 0),
            "detail": json.loads(detail) if detail else {},
            "error": (error or b"").decode(),
        }
