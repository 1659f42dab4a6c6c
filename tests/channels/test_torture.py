"""One notice to a dozen partners whose endpoints misbehave, through relay, ledger and drains.

Each has a second channel that works. None keeps the others waiting, and each ends as it should:
delivered, delivered by the next channel, or with a human on the phone.
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web

from coalition.domain.incident.commands import IssueNotice
from tests.notices.servers import Receiver, raw_server, receiver
from tests.notices.stage import ALICE, INCIDENT, SECRET, Stage, member, stage, webhook
from workers import commands, http, notices
from workers.channels import calling
from workers.drain import Drain
from workers.queue import NoQueue
from workers.relay import Relay

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from pathlib import Path

    from coalition.domain.incident.state import Incident

pytestmark = pytest.mark.anyio
KINDS: Mapping[str, Any] = {"notice.send": notices.handle, "command": commands.handle}
ACK = timedelta(hours=1)  # the charter's for S2


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LV_SECRET", SECRET)
    monkeypatch.setattr("workers.drain.LISTEN_MS", 5)
    monkeypatch.setattr(calling, "TIMEOUT", aiohttp.ClientTimeout(total=0.4))


@pytest.fixture(autouse=True)
def _names(monkeypatch: pytest.MonkeyPatch) -> None:
    """`inside.example` is private; `rebound.example` is allowed when asked first, then inside."""
    answers = {"inside.example": ["10.1.2.3"], "rebound.example": ["127.0.0.1"]}

    async def lookup(host: str, port: int) -> Sequence[str]:
        found = answers[host]
        answers[host] = ["169.254.169.254"]
        return found

    monkeypatch.setattr(http, "_system_lookup", lookup)
    monkeypatch.setattr(http, "REMEMBERED_SECONDS", -1.0)


async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
        await writer.drain()


async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 this is no web server\r\n\x00\xff" * 20)
    await writer.drain()
    await reader.read()


class Night:
    """The members by what their first endpoint does, and what has become of them."""

    def __init__(self, on: Stage) -> None:
        self.on = on
        self.relay = Relay(on.tocsin, NoQueue(), threading.Event())

    async def go_on(self) -> None:
        """Let relay and drains work until nothing is due."""
        for _ in range(4):
            while entries := self.on.tocsin.outbox.read("relay", 100, 1):
                await asyncio.to_thread(self.relay.see_to, entries)
            self.on.looked_again()
            kinds = {**dict.fromkeys(OTHERS, _ok), **KINDS}
            await Drain(self.on.tocsin, kinds, linger=0.0).run()

    async def later(self, by: timedelta) -> None:
        self.on.clock.move(by)
        self.on.tocsin.timers.fire(100)
        await self.go_on()

    @property
    def incident(self) -> Incident:
        state: Incident = self.on.tocsin.dispatcher.read("incident", INCIDENT)
        return state

    def stages(self, who: str) -> list[str]:
        recipient = self.incident.notices["1"].recipients[who]
        return [attempt.stage for attempt in recipient.attempts]


OTHERS = ("room.open", "room.post", "room.headline", "run.start", "run.tell")


async def _ok(_ctx: Any, _claim: Any) -> dict[str, Any]:
    return {}


@dataclass
class Endpoints:
    """What the first endpoint of each member is; `good` is everybody's second."""

    good: Receiver
    busy: Receiver
    moved: Receiver
    gone: Receiver
    first: dict[str, str]

    @property
    def members(self) -> list[dict[str, Any]]:
        both = {name: [webhook(url), webhook(self.good.url)] for name, url in self.first.items()}
        both["alone"] = [webhook("https://inside.example/tocsin")]
        return [member(name, ways, country="LV") for name, ways in both.items()]


@asynccontextmanager
async def endpoints() -> AsyncIterator[Endpoints]:
    async with (
        raw_server(hang) as hanging,
        raw_server(endless) as talking,
        raw_server(babble) as babbling,
        receiver() as busy,
        receiver() as moved,
        receiver() as gone,
        receiver() as hiccup,
        receiver() as good,
    ):
        busy.replies = [web.Response(status=429, headers={"Retry-After": "7200"})]
        moved.replies = [web.Response(status=307, headers={"Location": good.url})]
        gone.replies = [web.Response(status=410)]
        hiccup.replies = [web.Response(status=500)]
        for one in (good, hiccup):  # their clocks stand still, ours is moved by an hour
            one.replies += [web.Response() for _ in range(50)]
        first = {
            "good": good.url,
            "down": "http://127.0.0.1:1/tocsin",
            "hang": f"http://127.0.0.1:{hanging}/tocsin",
            "huge": f"http://127.0.0.1:{talking}/tocsin",
            "tls": f"https://127.0.0.1:{babbling}/tocsin",
            "busy": busy.url,
            "moved": moved.url,
            "gone": gone.url,
            "hiccup": hiccup.url,
            "inside": "https://inside.example/tocsin",
        }
        yield Endpoints(good, busy, moved, gone, first)


async def test_each_bad_endpoint_ends_as_it_should_and_none_keeps_the_others_waiting(
    tmp_path: Path,
) -> None:
    async with endpoints() as ends, stage(tmp_path, ends.members) as on:
        night = Night(on)
        on.tell(IssueNotice, ALICE, kind="alert", to=(*ends.first, "alone"), text="Look at this")
        await night.go_on()

        for name in ("good", "huge"):
            assert night.stages(name) == ["delivered"], name
        for name in ("tls", "moved", "gone", "inside"):
            assert night.stages(name) == ["failed", "delivered"], name
        for name in ("down", "hang", "busy", "hiccup"):
            assert night.stages(name) == ["queued"], name  # to be tried again
        assert night.stages("alone") == ["failed"]
        alarms = night.incident.alarms
        assert "Phone the duty officer of CERT-ALONE" in alarms["silent:1:alone"].fallback
        assert "tocsin endpoint enable gone" in alarms["endpoint:gone:webhook"].fallback

        await night.later(timedelta(seconds=7))
        assert night.stages("hiccup") == ["delivered"]
        for name in ("down", "hang"):  # failed twice: the next channel does not wait for more
            assert night.stages(name) == ["failed", "delivered"], name
        assert len(ends.busy.bodies) == 1  # it asked for two hours of quiet
        assert night.stages("busy") == ["queued"]

        await night.later(ACK)
        assert night.stages("busy") == ["queued", "delivered"]
        assert len(ends.gone.bodies) == len(ends.moved.bodies) == 1


async def test_a_name_that_means_something_else_the_second_time_reaches_nothing_inside(
    tmp_path: Path,
) -> None:
    async with receiver() as outside, receiver() as good:
        port = outside.url.split(":")[2].split("/")[0]
        outside.replies = [web.Response(status=503)]
        rebound = webhook(f"http://rebound.example:{port}/tocsin")
        partner = member("rebound", [rebound, webhook(good.url)], country="LV")
        async with stage(tmp_path, [partner]) as on:
            night = Night(on)
            on.tell(IssueNotice, ALICE, kind="alert", to=("rebound",), text="Look at this")
            await night.go_on()
            assert night.stages("rebound") == ["queued"]
            await night.later(timedelta(seconds=7))
            assert night.stages("rebound") == ["failed", "delivered"]
            assert len(outside.bodies) == 1
            evidence = [
                receipt["evidence"]["error"]
                for record, _ in on.tocsin.log.records("incident", INCIDENT)
                if record.type == "ReceiptsRecorded"
                for receipt in record.data["receipts"]
                if receipt["stage"] == "failed"
            ]
            assert ["169.254.169.254" in one for one in evidence] == [True]
