"""What every ledger must do."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from coalition.application.ports import Effect, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.contracts.conftest import Ports

LEASE = 60_000
SHARED_BY_THREADS = pytest.mark.parametrize("ports", ["memory", "real_redis"], indirect=True)
"""Not fakeredis: there the one who waits holds up the one who writes."""


def effect(id: str = "e-1", **more: object) -> Effect:
    """An effect due at once."""
    return Effect.model_validate({"id": id, "kind": "notice.send", "payload": {"n": 1}} | more)


def test_an_effect_is_planned_once_and_claimed_once(ports: Ports, token: str) -> None:
    """However often it is wanted."""
    assert ports.ledger.plan([effect(), effect("e-2")]) == 2
    assert ports.ledger.plan([effect()]) == 0
    claims = ports.ledger.claim(token, 10, LEASE)
    assert sorted(c.id for c in claims) == ["e-1", "e-2"]
    assert claims[0][1:] == ("notice.send", {"n": 1}, 1, False)
    assert ports.ledger.claim("other", 10, LEASE) == []
    assert ports.ledger.plan([effect()]) == 0


def test_a_finished_effect_reports_to_the_outbox_and_is_never_planned_again(
    ports: Ports, token: str
) -> None:
    """Its outcome is remembered."""
    ports.outbox.read("a", 10, 1)
    ports.ledger.plan([effect()])
    [claim] = ports.ledger.claim(token, 10, LEASE)
    outcome = Outcome(claim, "done", {"stage": "delivered"})
    assert ports.ledger.finish(token, [outcome]) == ["e-1"]
    assert ports.ledger.plan([effect()]) == 0
    assert ports.ledger.claim(token, 10, LEASE) == []
    [entry] = ports.outbox.read("a", 10, 1)
    assert entry.kind == "outcomes"
    [said] = json.loads(entry.body)
    assert said == {
        "id": "e-1",
        "kind": "notice.send",
        "payload": {"n": 1},
        "status": "done",
        "detail": {"stage": "delivered"},
    }
    known = ports.ledger.outcome("e-1")
    assert (known["status"], known["detail"]) == ("done", {"stage": "delivered"})


def test_an_outcome_nobody_wants_to_hear_of_stays_out_of_the_outbox(
    ports: Ports, token: str
) -> None:
    """Success of a drawing, say."""
    ports.outbox.read("a", 10, 1)
    ports.ledger.plan([effect()])
    [claim] = ports.ledger.claim(token, 10, LEASE)
    ports.ledger.finish(token, [Outcome(claim, "done", {}, report=False)])
    assert ports.outbox.lag()[0] == 0


def test_the_token_fences_whoever_lost_the_lease(
    ports: Ports, token: str, eventually: Callable[..., None]
) -> None:
    """A worker that was thought dead can neither finish, hand over, postpone nor renew."""
    ports.ledger.plan([effect()])
    [claim] = ports.ledger.claim(token, 10, 20)
    eventually(lambda: ports.ledger.reap() == 1, what="the lease to end")
    assert ports.ledger.hand_over(token, "e-1") is False
    [again] = ports.ledger.claim("other", 10, LEASE)
    assert again.attempt == 2
    assert ports.ledger.finish(token, [Outcome(claim, "done", {})]) == []
    assert ports.ledger.postpone(token, "e-1", ports.now(), "late") is False
    assert ports.ledger.heartbeat(token, LEASE) is False
    assert ports.ledger.finish("other", [Outcome(again, "done", {})]) == ["e-1"]


def test_a_heartbeat_keeps_the_lease(ports: Ports, token: str) -> None:
    """Nothing is taken back from the living."""
    ports.ledger.plan([effect()])
    ports.ledger.claim(token, 10, 20)
    assert ports.ledger.heartbeat(token, LEASE) is True
    assert ports.ledger.reap() == 0


@pytest.mark.parametrize("handed", [False, True])
def test_what_had_been_handed_over_comes_back_in_doubt(
    ports: Ports, token: str, *, handed: bool
) -> None:
    """And stays in doubt through another postponement; what had not comes back as new."""
    ports.ledger.plan([effect()])
    ports.ledger.claim(token, 10, LEASE)
    if handed:
        assert ports.ledger.hand_over(token, "e-1") is True
    assert ports.ledger.release(token) == 1
    [claim] = ports.ledger.claim("b", 10, LEASE)
    assert claim.in_doubt is handed
    ports.ledger.postpone("b", "e-1", ports.now() - timedelta(seconds=1), "429")
    [claim] = ports.ledger.claim("c", 10, LEASE)
    assert (claim.in_doubt, claim.attempt) == (handed, 3)


def test_a_postponed_effect_comes_back_when_it_is_due_and_not_before(
    ports: Ports, token: str, eventually: Callable[..., None]
) -> None:
    """With the next attempt number."""
    ports.ledger.plan([effect()])
    ports.ledger.claim(token, 10, LEASE)
    due = ports.now() + timedelta(milliseconds=80)
    assert ports.ledger.postpone(token, "e-1", due, "HTTP 503") is True
    assert ports.ledger.claim(token, 10, LEASE) == []
    left = ports.ledger.next_due()
    assert left is not None
    assert 0 < left <= 0.081
    assert ports.ledger.outcome("e-1")["error"] == "HTTP 503"
    eventually(lambda: bool(ports.ledger.claim(token, 10, LEASE)), what="the second attempt")


def test_a_refresh_wanted_while_it_runs_runs_once_more_afterwards(ports: Ports, token: str) -> None:
    """So the last drawing shows the last state; wanted ten times, it is drawn once."""
    draw = effect("draw", refresh=True)
    assert [ports.ledger.plan([draw]) for _ in range(3)] == [1, 0, 0]
    [claim] = ports.ledger.claim(token, 10, LEASE)
    ports.ledger.plan([draw])
    assert ports.ledger.claim(token, 10, LEASE) == []
    ports.ledger.finish(token, [Outcome(claim, "done", {})])
    [claim] = ports.ledger.claim(token, 10, LEASE)
    ports.ledger.finish(token, [Outcome(claim, "done", {})])
    assert ports.ledger.claim(token, 10, LEASE) == []
    assert ports.ledger.plan([draw]) == 1


def test_the_ledger_tells_what_waits_and_who_works(ports: Ports, token: str) -> None:
    """For metrics, and for deciding whether a drain is missing."""
    assert ports.ledger.next_due() is None
    ports.ledger.plan([effect(str(n)) for n in range(3)])
    ports.ledger.claim(token, 1, LEASE)
    stats = ports.ledger.stats()
    assert (stats.due, stats.held, stats.holders) == (2, 1, 1)
    assert (ports.ledger.next_due() or 0) <= 0


@SHARED_BY_THREADS
def test_planning_wakes_a_waiting_drain(ports: Ports) -> None:
    """At once, not at the next look around."""
    ports.ledger.wait(1)
    woken = threading.Event()

    def sleep() -> None:
        ports.ledger.wait(5_000)
        woken.set()

    thread = threading.Thread(target=sleep, daemon=True)
    thread.start()
    ports.ledger.plan([effect()])
    assert woken.wait(4)
    thread.join()
