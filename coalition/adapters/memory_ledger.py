"""In-memory twin of the ledger of effects."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from coalition.adapters.redis_log import outcome_body
from coalition.application.ports import Claim, LedgerStats

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from coalition.adapters.memory_store import MemoryStore
    from coalition.application.ports import Effect, Outcome


class MemoryLedger:
    """`Ledger` in memory."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    def plan(self, effects: Sequence[Effect]) -> int:
        """Record intents; those already known are left alone (refresh: re-armed). Returns new."""
        store, new = self._store, 0
        with store.changed:
            for effect in effects:
                due = effect.due.timestamp() if effect.due else store.now()
                row = store.effects.get(effect.id)
                if row is None:
                    row = store.effects[effect.id] = {"status": "", "doubt": False, "error": ""}
                elif not effect.refresh or row["status"] == "planned":
                    continue
                elif row["status"] == "sending":
                    row["again"] = due
                    continue
                row |= {"kind": effect.kind, "payload": effect.payload, "attempts": 0}
                row |= {"status": "planned", "due": due, "detail": row.get("detail", {})}
                new += 1
            store.changed.notify_all()
        return new

    def claim(self, token: str, limit: int, lease_ms: int) -> list[Claim]:
        """Lease due effects to the holder `token`."""
        store = self._store
        with store.changed:
            now = store.now()
            store.holders[token] = now + lease_ms / 1000
            due = sorted(
                (row["due"], id)
                for id, row in store.effects.items()
                if row["status"] == "planned" and row["due"] <= now
            )[:limit]
            claims = []
            for _, id in due:
                row = store.effects[id]
                row |= {"status": "sending", "token": token, "handed": False}
                row["attempts"] += 1
                payload = json.loads(json.dumps(row["payload"]))
                claims.append(Claim(id, row["kind"], payload, row["attempts"], row["doubt"]))
            return claims

    def _held(self, token: str, effect: str) -> dict[str, Any] | None:
        row = self._store.effects.get(effect)
        return row if row and row["status"] == "sending" and row["token"] == token else None

    def hand_over(self, token: str, effect: str) -> bool:
        """Note that bytes leave now; False when the lease is lost (then do not send)."""
        with self._store.changed:
            row = self._held(token, effect)
            if row:
                row["handed"] = True
            return row is not None

    def finish(self, token: str, outcomes: Sequence[Outcome]) -> list[str]:
        """End effects and put outcomes in the outbox, in one call; returns those accepted."""
        store, accepted, reports = self._store, [], []
        with store.changed:
            for outcome in outcomes:
                claim = outcome.claim
                row = self._held(token, claim.id)
                if row is None:
                    continue
                again = row.pop("again", None)
                row |= {"status": outcome.status, "detail": outcome.detail, "doubt": False}
                if again is not None:
                    row |= {"status": "planned", "due": again, "attempts": 0}
                accepted.append(claim.id)
                if outcome.report:
                    reports.append(
                        outcome_body(
                            claim.id, claim.kind, claim.payload, outcome.status, outcome.detail
                        )
                    )
            if reports:
                store.put_out("outcomes", f"[{','.join(reports)}]".encode())
        return accepted

    def postpone(self, token: str, effect: str, due: datetime, error: str) -> bool:
        """Give an effect back, to be claimed again at `due`."""
        with self._store.changed:
            row = self._held(token, effect)
            if row:
                row |= {"status": "planned", "due": due.timestamp(), "error": error}
            return row is not None

    def heartbeat(self, token: str, lease_ms: int) -> bool:
        """Renew the lease of everything the holder has; False when it has been reaped."""
        store = self._store
        with store.changed:
            if token not in store.holders:
                return False
            store.holders[token] = store.now() + lease_ms / 1000
            return True

    def reap(self) -> int:
        """Give back what dead holders held (in doubt, if handed over); returns how many."""
        with self._store.changed:
            now = self._store.now()
            dead = [token for token, until in self._store.holders.items() if until <= now]
            return sum(self.release(token) for token in dead)

    def release(self, token: str) -> int:
        """End a holder at once, in order: the same as dying, without the wait."""
        store, back = self._store, 0
        with store.changed:
            store.holders.pop(token, None)
            for row in store.effects.values():
                if row["status"] == "sending" and row["token"] == token:
                    row |= {"status": "planned", "due": store.now()}
                    row["doubt"] = row["doubt"] or row["handed"]
                    back += 1
            store.changed.notify_all()
        return back

    def next_due(self) -> float | None:
        """Return seconds until the earliest planned effect (0 or less: now), None if none."""
        with self._store.changed:
            due = [r["due"] for r in self._store.effects.values() if r["status"] == "planned"]
            return min(due) - self._store.now() if due else None

    def wait(self, block_ms: int) -> None:
        """Sleep until something changes or `block_ms` has passed."""
        with self._store.changed:
            self._store.changed.wait(block_ms / 1000)

    def stats(self) -> LedgerStats:
        """Return how much is waiting and who is at work."""
        store = self._store
        with store.changed:
            now = store.now()
            rows = store.effects.values()
            due = [r["due"] for r in rows if r["status"] == "planned" and r["due"] <= now]
            held = sum(1 for row in rows if row["status"] == "sending")
            return LedgerStats(len(due), now - min(due) if due else 0.0, held, len(store.holders))

    def outcome(self, effect: str) -> dict[str, Any]:
        """Return what is known of one effect: `status`, `attempts`, `detail`, `error`."""
        row = self._store.effects.get(effect, {})
        return {
            "status": row.get("status"),
            "attempts": row.get("attempts", 0),
            "detail": row.get("detail", {}),
            "error": row.get("error", ""),
        }
