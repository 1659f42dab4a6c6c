"""Requests and pools over a real Redis, with a relay and two workers at once.

Two members ask, and the same team is offered to both. Everything between a signature and a booking
goes by outbox, relay, ledger and drain, as it does in production.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from coalition.adapters.redis_client import connect
from coalition.application.matching import advise, ledger_now
from coalition.application.pools import pool_of
from coalition.application.verify import verify
from coalition.bootstrap import Tocsin, over_redis
from coalition.domain.aid import commands as c
from coalition.domain.aid import mission_commands as m
from coalition.domain.incident.commands import OpenIncident
from coalition.domain.pool.availability import lifecycle
from coalition.settings import load_settings
from tests.aid.stage import NEEDS, SITUATION, TERMS, coalition, person, supply
from workers import aid as aid_effects
from workers import commands
from workers.drain import Drain
from workers.queue import NoQueue
from workers.relay import Relay

if TYPE_CHECKING:
    from pathlib import Path

    from coalition.domain.messages import Command

ASKED = {"ee": ("INC-2026-0001", "AID-2026-0001"), "fi": ("INC-2026-0002", "AID-2026-0002")}


async def _ok(ctx: Any, claim: Any) -> dict[str, Any]:
    if claim.kind != "notice.send":
        return {}
    return {"stage": "delivered", "at": ctx.now().isoformat(), "evidence": {"status": 200}}


class _Others(dict[str, Any]):
    """Rooms, notices and posts are others' tests; here they have happened."""

    def get(self, key: str, default: Any = None) -> Any:
        return super().get(key, _ok)


HANDLERS = _Others(
    {
        "command": commands.handle,
        "aid.ask": aid_effects.ask,
        "aid.hear": aid_effects.hear,
        "aid.booked": aid_effects.booked,
    }
)


@contextmanager
def working(url: str, folder: Path) -> Iterator[Tocsin]:
    """One relay and two workers, each with its own connections; yields a third party's."""
    settings, stop = load_settings(data_dir=folder, redis_url=url), threading.Event()
    hubs = [over_redis(settings, coalition(), connect(url)) for _ in range(4)]
    threads = [threading.Thread(target=Relay(hubs[0], NoQueue(), stop).run)]
    for hub in hubs[1:3]:
        drain = Drain(hub, HANDLERS, linger=600, stopping=stop.is_set)
        threads.append(threading.Thread(target=lambda one=drain: asyncio.run(one.run())))
    for thread in threads:
        thread.start()
    try:
        yield hubs[3]
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)
        for hub in hubs:
            hub.redis.close()


def tell(hub: Tocsin, command: type[Command], who: str, **fields: Any) -> None:
    id = f"{command.__name__}-{who}-{fields.get('aid', fields.get('incident'))}-{len(fields)}"
    about = {"id": id, "at": datetime.now(UTC), "actor": person(who)}
    hub.dispatcher.execute(command.model_validate({**about, **fields}))


def offered(hub: Tocsin, asks: str) -> None:
    """A request that is open, with the same ten gigabits of Latvia's forty and its whole lab."""
    incident, aid = ASKED[asks]
    now = datetime.now(UTC)
    tell(hub, OpenIncident, f"{asks}-op", incident=incident, title="Flood", severity="S2",
         tlp="TLP:AMBER", invite=("lv",))  # fmt: skip
    tell(hub, c.DraftRequest, f"{asks}-op", aid=aid, incident=incident, needs=NEEDS,
         situation=SITUATION, needed_by=now + timedelta(hours=24), submit=True)  # fmt: skip
    tell(hub, c.ApproveRequest, f"{asks}-ap", aid=aid)
    given = {"capability": "lv-lab", "size": 4, "starts": now + timedelta(hours=4), "days": 10}
    tell(hub, c.SubmitOffer, "lv-op", aid=aid, item=2, supply=supply(**given))
    terms = TERMS.model_copy(update={"cost_bearer": asks})
    tell(hub, c.ProposeTerms, f"{asks}-op", aid=aid, offer=1, terms=terms)


def sign(hub: Tocsin, who: str, aid: str) -> None:
    state = hub.view.aid(aid)
    hash_ = state.agreement(state.offers["1"]).terms_hash
    tell(hub, c.SignTerms, who, aid=aid, offer=1, terms_hash=hash_)


def test_one_team_signed_for_twice_goes_once_and_comes_home(
    redis_url: str, tmp_path: Path, eventually: Callable[..., None]
) -> None:
    with working(redis_url, tmp_path) as hub:
        eventually(lambda: hub.log.ids("pool"), what="the relay to tell the pools of the file")
        for asks, (_, aid) in ASKED.items():
            offered(hub, asks)
            sign(hub, f"{asks}-ap", aid)
        found = advise(hub, "AID-2026-0001")
        assert sum(one.covered for one in found.needs) == 6, "the lab has six people for both"
        both = [
            threading.Thread(target=sign, args=(hub, "lv-ap", aid)) for _, aid in ASKED.values()
        ]
        for one in both:
            one.start()
        for one in both:
            one.join()

        def bookings() -> list[str]:
            return sorted(hub.view.aid(aid).offers["1"].booking for _, aid in ASKED.values())

        eventually(lambda: bookings() == ["refused", "reserved"], what="both pools' answers")
        [won] = [aid for _, aid in ASKED.values() if hub.view.aid(aid).missions]
        assert lifecycle(pool_of(hub, "lv"), "lv-lab") == "reserved"

        tell(hub, m.MobiliseMission, "lv-op", aid=won, mission=1)
        tell(hub, m.DeployMission, "lv-op", aid=won, mission=1)
        eventually(lambda: lifecycle(pool_of(hub, "lv"), "lv-lab") == "deployed", what="deployed")
        requester = hub.view.aid(won).member
        tell(hub, m.StandDownMission, f"{requester}-op", aid=won, mission=1)
        tell(hub, m.ConfirmHome, "lv-op", aid=won, mission=1)
        eventually(lambda: not _taken(hub), what="given back")
        assert ledger_now(hub).load("lv") == 4 * 1 * 8
        assert verify(hub.log) == []


def _taken(hub: Tocsin) -> bool:
    stages = {one.stage for one in pool_of(hub, "lv").bookings.values()}
    return bool(stages & {"reserved", "deployed"})
