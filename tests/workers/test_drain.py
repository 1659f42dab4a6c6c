"""A drain: many effects side by side, each ending once, whatever happens."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any

from coalition.domain.errors import PermanentError, TransientError
from workers import drain as drains

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from tests.workers.conftest import Bench


async def seen_within(seconds: float, condition: Callable[[], bool]) -> None:
    """Let the loop turn until the condition holds."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - the ledger has no event to wait for
            await asyncio.sleep(0.005)


def test_every_due_effect_is_carried_out_once(desk: Bench) -> None:
    seen: list[str] = []

    async def handle(_ctx: Any, claim: Any) -> dict[str, Any]:
        seen.append(claim.id)
        return {"ok": True}

    desk.plan(*(f"e{n}" for n in range(300)))
    assert desk.run({"test": handle}) == 300
    assert sorted(seen) == sorted(f"e{n}" for n in range(300))
    assert desk.ledger.outcome("e7")["detail"] == {"ok": True}


def test_a_slow_partner_does_not_hold_up_the_others(desk: Bench) -> None:
    ended: list[tuple[str, float]] = []
    start = time.monotonic()

    async def handle(_ctx: Any, claim: Any) -> dict[str, Any]:
        await asyncio.sleep(1.0 if claim.id == "slow" else 0.0)
        ended.append((claim.id, time.monotonic() - start))
        return {}

    desk.plan("slow", *(f"e{n}" for n in range(50)))
    desk.run({"test": handle})
    assert ended[-1][0] == "slow"
    assert max(at for id, at in ended if id != "slow") < 0.9


def test_more_than_the_window_is_carried_out_in_turn(desk: Bench) -> None:
    at_once = most = 0

    async def handle(_ctx: Any, _claim: Any) -> dict[str, Any]:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.002)
        at_once -= 1
        return {}

    desk.plan(*(f"e{n}" for n in range(40)))
    assert desk.run({"test": handle}, window=8) == 40
    assert most == 8


def test_a_transient_error_is_tried_again_and_the_time_asked_for_is_kept(desk: Bench) -> None:
    tries: list[tuple[int, float]] = []

    async def handle(_ctx: Any, claim: Any) -> dict[str, Any]:
        tries.append((claim.attempt, time.monotonic()))
        if claim.attempt == 1:
            raise TransientError("HTTP 429", retry_after=1.2)
        return {}

    desk.plan("e")
    desk.run({"test": handle}, linger=3.0)
    assert [n for n, _ in tries] == [1, 2]
    assert tries[1][1] - tries[0][1] >= 1.2


def test_a_permanent_error_fails_at_once_and_tells_the_policies(desk: Bench) -> None:
    async def handle(_ctx: Any, _claim: Any) -> dict[str, Any]:
        raise PermanentError("HTTP 410: the endpoint is gone", fallback="phone +372 555 0100")

    desk.outbox.read("a", 1, 1)
    desk.plan("e")
    desk.run({"test": handle})
    [entry] = desk.outbox.read("a", 1, 1)
    [said] = json.loads(entry.body)
    assert said["status"] == "failed"
    assert said["detail"]["fallback"] == "phone +372 555 0100"


def test_an_effect_nobody_knows_fails_loudly(desk: Bench) -> None:
    desk.plan("e", kind="unheard-of")
    desk.run({})
    assert "no handler" in desk.ledger.outcome("e")["detail"]["error"]


def test_a_bug_in_one_handler_does_not_stop_the_others(desk: Bench) -> None:
    async def handle(_ctx: Any, claim: Any) -> dict[str, Any]:
        if claim.id == "bad":
            raise KeyError("nothing")
        return {}

    desk.plan("bad", "good")
    desk.run({"test": handle})
    assert desk.ledger.outcome("good")["status"] == "done"
    assert desk.ledger.outcome("bad")["status"] == "planned"
    assert "KeyError" in desk.ledger.outcome("bad")["error"]


def test_what_a_dead_drain_held_is_carried_out_by_another(
    desk: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lease is short here; the wait is for the lease, not for RQ."""
    done: list[tuple[str, bool]] = []
    under_way: list[str] = []

    async def handle(ctx: Any, claim: Any) -> dict[str, Any]:
        if claim.attempt == 1:
            if claim.id == "mail":
                await ctx.hand_over()
            under_way.append(claim.id)
            await asyncio.sleep(3600)
        done.append((claim.id, claim.in_doubt))
        return {}

    monkeypatch.setattr(drains, "LEASE_MS", 300)
    monkeypatch.setattr(drains, "BEAT_S", 3600)

    async def scenario() -> None:
        first = asyncio.create_task(desk.drain({"test": handle}).run())
        await seen_within(5, lambda: len(under_way) == 2)
        first.cancel()  # dies without winding down
        await seen_within(5, lambda: desk.ledger.reap() > 0)
        await desk.drain({"test": handle}).run()

    desk.plan("mail", "hook")
    asyncio.run(scenario())
    assert sorted(done) == [("hook", False), ("mail", True)]


def test_a_drain_that_was_thought_dead_drops_its_work(
    desk: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its handlers are cancelled and it claims under a new name; nothing is recorded twice."""
    monkeypatch.setattr(drains, "BEAT_S", 0.02)
    runs: list[int] = []

    async def handle(_ctx: Any, claim: Any) -> dict[str, Any]:
        runs.append(claim.attempt)
        if claim.attempt == 1:
            await asyncio.sleep(3600)
        return {}

    async def scenario() -> None:
        drain = desk.drain({"test": handle}, linger=0.3)
        running = asyncio.create_task(drain.run())
        await seen_within(5, lambda: bool(runs))
        desk.ledger.release(drain._token)
        await running

    desk.plan("e")
    asyncio.run(scenario())
    assert runs == [1, 2]
    assert desk.ledger.outcome("e")["status"] == "done"


def test_told_to_stop_it_gives_back_what_it_cannot_finish(
    desk: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At once, without waiting for the lease to end."""
    monkeypatch.setattr(drains, "FINISH_S", 0.1)
    begun = False

    async def handle(_ctx: Any, _claim: Any) -> dict[str, Any]:
        nonlocal begun
        begun = True
        await asyncio.sleep(3600)
        return {}

    desk.plan("e")
    desk.run({"test": handle}, stopping=lambda: begun)
    assert desk.ledger.outcome("e")["status"] == "planned"
    assert desk.ledger.stats().holders == 0
