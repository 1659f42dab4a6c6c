"""The relay: what has happened becomes work wanted, once, whoever dies in between."""

from __future__ import annotations

import asyncio
import json
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from coalition.adapters.coalition_file import read_coalition
from coalition.adapters.memory import ManualClock
from coalition.application.policies import REACTIONS
from coalition.application.ports import Entry
from coalition.bootstrap import Tocsin, assemble_memory
from coalition.domain.errors import PermanentError
from coalition.domain.incident.commands import IssueNotice, OpenIncident
from coalition.domain.messages import Actor, Event
from workers import commands, runs
from workers.drain import Drain
from workers.queue import NoQueue
from workers.relay import Relay

if TYPE_CHECKING:
    from pathlib import Path

ALICE = Actor(kind="delegate", member="ee", delegate="ee-alice", via="test")
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def member(id: str, *channels: dict[str, Any]) -> dict[str, Any]:
    """A member with one delegate."""
    names = {"ee": "alice", "lv": "inga"}
    delegate = {
        "id": f"{id}-{names[id]}",
        "name": names[id].title(),
        "slack": f"U0{id.upper()}",
        "roles": ["operator"],
    }
    return {
        "id": id,
        "name": f"CERT-{id.upper()}",
        "country": id.upper(),
        "timezone": "Europe/Riga",
        "languages": ["en"],
        "status": "active",
        "trust": "T3",
        "duty_phone": "+371 555 0100",
        "delegates": [delegate],
        "channels": list(channels),
    }


@pytest.fixture
def hub(tmp_path: Path) -> Tocsin:
    """Two members; the second has a webhook and mail."""
    hook = {
        "kind": "webhook",
        "url": "https://cert.example/in",
        "secret": {"env": "X"},
        "ceiling": "TLP:AMBER",
    }
    mail = {"kind": "email", "to": "cert@cert.example", "ceiling": "TLP:GREEN"}
    text = json.dumps(
        {
            "coalition": {"name": "Two", "exercise": False},
            "charter": {
                "quorum": "2/3",
                "activation_sunset": "30d",
                "vote_window": "24h",
                "silence_window": "48h",
                "ack_deadline": {f"S{n}": "1h" for n in range(5)},
            },
            "members": [member("ee", mail), member("lv", hook, mail)],
        }
    )
    hub = assemble_memory(read_coalition(text, tmp_path), ManualClock(NOON))
    hub.outbox.read("first", 1, 1)
    return hub


@pytest.fixture
def relay(hub: Tocsin) -> Relay:
    """A relay that is turned by hand."""
    return Relay(hub, NoQueue(), threading.Event())


def open_and_notify(hub: Tocsin) -> None:
    """An incident, and a notice to lv."""
    hub.dispatcher.execute(
        OpenIncident(
            id="open", at=NOON, actor=ALICE, incident="INC-2026-0001", title="Flood",
            severity="S1", tlp="TLP:GREEN", invite=("lv",),
        )
    )  # fmt: skip
    hub.dispatcher.execute(
        IssueNotice(
            id="notify", at=NOON, actor=ALICE, incident="INC-2026-0001", kind="alert", to=("lv",),
            text="Look for sources.",
        )
    )  # fmt: skip


def turn(hub: Tocsin, relay: Relay, **handlers: Any) -> None:
    """Let the relay see to everything, then carry out what is due; twice, so that it settles."""
    known: dict[str, Any] = {
        "command": commands.handle,
        "run.start": runs.start,
        "run.tell": runs.tell,
    }
    for kind in ("room.open", "room.headline", "room.post", "notice.send"):
        known[kind] = _ok
    known |= {kind.replace("_", "."): handler for kind, handler in handlers.items()}
    for _ in range(4):
        relay.see_to(hub.outbox.read("relay", 100, 1))
        asyncio.run(Drain(hub, known, linger=0).run())


async def _ok(ctx: Any, claim: Any) -> dict[str, Any]:
    if claim.kind != "notice.send":
        return {}
    return {"stage": "delivered", "at": ctx.now().isoformat(), "evidence": {"status": 200}}


def test_every_event_has_a_row_in_the_table_of_reactions() -> None:
    """Also those that call for nothing: forgetting one must not look like wanting nothing."""
    ours = {name for name, one in Event.registry.items() if one.__module__.startswith("coalition.")}
    assert ours == set(REACTIONS)


def test_a_notice_becomes_a_sending_and_its_outcome_a_receipt(hub: Tocsin, relay: Relay) -> None:
    open_and_notify(hub)
    turn(hub, relay)
    incident = hub.dispatcher.read("incident", "INC-2026-0001")
    [attempt] = incident.notices["1"].recipients["lv"].attempts
    assert (attempt.stage, attempt.channel) == ("delivered", 0)
    assert hub.outbox.lag()[0] == 0


def test_a_relay_that_dies_before_it_acknowledges_is_relieved_without_a_double(
    hub: Tocsin, relay: Relay
) -> None:
    open_and_notify(hub)
    dead = Relay(hub, NoQueue(), threading.Event())
    entries = hub.outbox.read("dead", 100, 1)
    dead_outbox, dead.tocsin.outbox = hub.outbox, _Deaf(hub.outbox)  # type: ignore[assignment]
    dead.see_to(entries)
    hub.outbox = dead_outbox
    planned = len(sendings(hub))
    relay.see_to(hub.outbox.reclaim("relay", 0, 100))
    assert len(sendings(hub)) == planned == 1
    assert hub.outbox.lag()[0] == 0


class _Deaf:
    """An outbox that hears no acknowledgement: the relay died just before it."""

    def __init__(self, outbox: Any) -> None:
        self._outbox = outbox

    def ack(self, positions: list[str]) -> None:
        """Lost."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._outbox, name)


def sendings(hub: Tocsin) -> list[str]:
    """Ids of the sendings in the ledger."""
    effects: dict[str, Any] = hub.ledger._store.effects  # type: ignore[attr-defined]
    return [id for id, row in effects.items() if row["kind"] == "notice.send"]


def test_a_failed_sending_goes_to_the_next_channel_and_then_to_a_human(
    hub: Tocsin, relay: Relay
) -> None:
    async def refuse(_ctx: Any, _claim: Any) -> dict[str, Any]:
        raise PermanentError("cert.example answered 410: disabled for good.")

    open_and_notify(hub)
    turn(hub, relay, notice_send=refuse)
    incident = hub.dispatcher.read("incident", "INC-2026-0001")
    attempts = incident.notices["1"].recipients["lv"].attempts
    assert [(a.channel, a.stage) for a in attempts] == [(0, "failed"), (1, "failed")]
    [alarm] = incident.alarms.values()
    assert "+371 555 0100" in alarm.text + alarm.fallback


def test_work_that_fails_for_good_becomes_an_alarm_and_never_silence(
    hub: Tocsin, relay: Relay
) -> None:
    async def refuse(_ctx: Any, _claim: Any) -> dict[str, Any]:
        raise PermanentError("Slack refused: not_allowed", fallback="Create the room by hand.")

    open_and_notify(hub)
    turn(hub, relay, room_open=refuse)
    incident = hub.dispatcher.read("incident", "INC-2026-0001")
    alarm = incident.alarms["effect:room.open"]
    assert "room could not be opened" in alarm.text
    assert alarm.fallback == "Create the room by hand."


def test_a_deadline_that_passes_becomes_the_next_channel(hub: Tocsin, relay: Relay) -> None:
    open_and_notify(hub)
    turn(hub, relay)
    clock: Any = hub.clock
    clock.time = NOON + timedelta(minutes=61)
    assert hub.timers.fire(10) == 1
    turn(hub, relay)
    incident = hub.dispatcher.read("incident", "INC-2026-0001")
    attempts = incident.notices["1"].recipients["lv"].attempts
    assert [(a.channel, a.stage) for a in attempts] == [(0, "delivered"), (1, "delivered")]


def test_a_timer_fired_by_a_server_whose_clock_is_ahead_is_not_lost(
    hub: Tocsin, relay: Relay
) -> None:
    """The worker's own clock says that it is early; the timer would never come again."""
    open_and_notify(hub)
    turn(hub, relay)
    clock: Any = hub.clock
    clock.time = NOON + timedelta(minutes=61)
    assert hub.timers.fire(10) == 1
    clock.time = NOON + timedelta(minutes=59)
    turn(hub, relay)
    incident = hub.dispatcher.read("incident", "INC-2026-0001")
    assert len(incident.notices["1"].recipients["lv"].attempts) == 2


def test_an_entry_that_nobody_understands_stays_and_stops_no_other(
    hub: Tocsin, relay: Relay, caplog: pytest.LogCaptureFixture
) -> None:
    """It shows as relay lag, and is tried again: perhaps by a newer version of this program."""
    open_and_notify(hub)
    entries = hub.outbox.read("relay", 100, 1)
    relay.see_to([Entry("999-0", "records", b'[{"type": "FromTheFuture"}]'), *entries])
    assert hub.outbox.lag()[0] == 0
    assert sendings(hub)
