"""A communications check from its command to its result, over real endpoints and real links."""

from __future__ import annotations

import json
import re
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from coalition.adapters.key_findings import key_findings
from coalition.adapters.openpgp import Keyring
from coalition.application.comms import schedule_checks, start_check
from coalition.application.policies import react
from coalition.domain.errors import PermanentError
from coalition.domain.incident.commands import PassDeadline, RecordReceipts
from coalition.domain.messages import SYSTEM
from coalition.domain.reach import ENDPOINTS, PassReachTimer
from coalition.domain.receipts import Receipt
from coalition.rendering.comms import Findings, findings
from tests.answer.serving import served
from tests.channels.chats import chat, mattermost_says
from tests.notices.servers import receiver
from tests.notices.stage import ALICE, SECRET, Stage, coalition, member, stage, webhook
from workers import comms
from workers.relay import timer_effect

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from coalition.application.ports import Claim
    from coalition.domain.incident.state import Incident

pytestmark = pytest.mark.anyio
HOURS = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LV_SECRET", SECRET)


class Check:
    """One check in a coalition on a stage."""

    def __init__(self, on: Stage) -> None:
        self.on = on
        self.id = start_check(on.tocsin, "check-1", ALICE, within=4 * HOURS).id

    @property
    def incident(self) -> Incident:
        state: Incident = self.on.tocsin.dispatcher.read("incident", self.id)
        return state

    @property
    def found(self) -> Findings:
        result = findings(self.incident, self.on.tocsin.coalition)
        assert result is not None
        return result

    def claims(self) -> list[Claim]:
        tocsin = self.on.tocsin
        for record, _ in tocsin.log.records("incident", self.id):
            effects = [one for one in react(record, tocsin.view) if one.kind == "notice.send"]
            tocsin.ledger.plan(effects)
        claims = tocsin.ledger.claim("token", 100, 60_000)
        return [claim for claim in claims if claim.payload.get("incident") == self.id]

    async def ring(self) -> None:
        """Carry out every sending and record what came of it."""
        receipts = []
        for claim in self.claims():
            try:
                done = await self.on.send(claim)
            except PermanentError as error:
                known = {key: claim.payload[key] for key in ("notice", "member", "attempt")}
                done = {**known, "channel": claim.payload["channel"], "stage": "failed",
                        "at": self.on.clock.now(), "evidence": {"error": str(error)}}  # fmt: skip
            receipts.append(Receipt.model_validate(done))
        self.tell(RecordReceipts, receipts=tuple(receipts))

    def tell(self, command: type[Any], **fields: Any) -> None:
        self.on.commands += 1
        about = {"id": f"k{self.on.commands}", "at": self.on.clock.now(), "actor": SYSTEM}
        made = command.model_validate({**about, "incident": self.id, **fields})
        self.on.tocsin.dispatcher.execute(made)

    async def follow(self, link: str) -> None:
        """Open a link and press the only button there is, as a partner does."""
        path = link[link.index("/n/") :]
        async with served(self.on.tocsin) as client:
            page = await client.get(path)
            assert 'value="acknowledge"' in page.text
            assert (await client.post(path, {"answer": "acknowledge"})).status == 303
            assert 'value="acknowledge"' not in (await client.get(path)).text


@asynccontextmanager
async def checking(folder: Path, *members: dict[str, Any]) -> AsyncIterator[Check]:
    async with stage(folder, members) as on:
        yield Check(on)


async def test_each_channel_gets_a_link_of_its_own_and_its_own_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with receiver() as server, chat(mattermost_says) as room:
        monkeypatch.setenv("LV_HOOK", room.url)
        hook = {"kind": "mattermost", "hook": {"env": "LV_HOOK"}, "ceiling": "TLP:GREEN"}
        async with checking(tmp_path, member("lv", [webhook(server.url), hook])) as check:
            await check.ring()
            body = server.accepted[0]["data"]
            assert (body["kind"], body["tlp"]) == ("comms_check", "TLP:CLEAR")
            first = body["answer_url"]
            (second,) = re.findall(r"Read and answer\]\((\S+)\)", room.posts[0]["text"])
            assert first != second
            check.on.clock.move(timedelta(minutes=2))
            await check.follow(second)
            check.on.clock.move(timedelta(minutes=5))
            await check.follow(first)
            lv = next(one for one in check.found.members if one.member == "lv")
            assert lv.line == (
                "CERT-LV: webhook acknowledged after 7m; mattermost acknowledged after 2m."
            )


async def test_what_cannot_be_reached_is_named_and_nobody_is_chased_for_it(tmp_path: Path) -> None:
    async with receiver() as server:
        server.replies = [web.Response(status=404)]
        phone = {"kind": "phone", "ceiling": "TLP:GREEN"}
        members = member("lv", [webhook(server.url), phone]), member("lt")
        async with checking(tmp_path, *members) as check:
            await check.ring()
            check.on.clock.move(4 * HOURS)
            check.tell(PassDeadline, timer="check")
            assert check.incident.status == "closed"
            assert check.found.summary.startswith("0 of 2 channels of 3 members answered;")
            assert [one.name for one in check.found.members if one.unreachable] == [
                "CERT-EE", "CERT-LV", "CERT-LT",
            ]  # fmt: skip
            lines = {one.member: one.line for one in check.found.members}
            assert lines["lv"] == "CERT-LV: webhook NOT HEARD (failed); phone NOT HEARD (sent)."
            assert lines["lt"] == "CERT-LT: NO CHANNEL."


def scheduled(on: Stage, every: timedelta) -> None:
    charter = on.tocsin.coalition.charter.model_copy(update={"comms_check": every})
    on.tocsin.coalition = on.tocsin.coalition.model_copy(update={"charter": charter})
    schedule_checks(on.tocsin)


async def test_the_schedule_starts_one_check_when_it_is_due_however_often_it_is_told(
    tmp_path: Path,
) -> None:
    async with receiver() as server, stage(tmp_path, [member("lv", [webhook(server.url)])]) as on:
        scheduled(on, timedelta(days=90))
        scheduled(on, timedelta(days=90))  # another relay, or the same one after a restart
        tocsin = on.tocsin
        on.clock.move(timedelta(days=200))  # nothing ran for a while
        assert tocsin.timers.fire(10) == 1
        (timer,) = [one for one in tocsin.outbox.read("r", 99, 1) if one.kind == "timer"]
        assert timer_effect(json.loads(timer.body)).payload["type"] == "PassReachTimer"
        for number in range(3):
            command = PassReachTimer(
                id=f"t{number}", at=on.clock.now(), actor=SYSTEM, timer="check"
            )
            tocsin.dispatcher.execute(command)
        (due,) = [one for one in tocsin.log.tail("reach", ENDPOINTS, 9) if one.type == "CheckDue"]
        (effect,) = react(due, tocsin.view)
        tocsin.ledger.plan([effect])
        (claim,) = tocsin.ledger.claim("token", 10, 60_000)
        context: Any = on.running.context(claim, "token")
        first = await comms.check(context, claim)
        again = await comms.check(context, claim._replace(attempt=2, in_doubt=True))
        assert first == again
        started = [id for id in tocsin.log.ids("incident") if id != "INC-2026-0007"]
        assert started == [first["check"]]
        state = tocsin.dispatcher.read("reach", ENDPOINTS)
        assert state.next_check - due.at > timedelta(days=60)


async def test_taking_the_schedule_out_of_the_charter_ends_it(tmp_path: Path) -> None:
    async with stage(tmp_path, [member("lv")]) as on:
        scheduled(on, timedelta(days=90))
        on.tocsin.coalition = coalition(member("lv"))
        schedule_checks(on.tocsin)
        assert on.tocsin.dispatcher.read("reach", ENDPOINTS).next_check is None


def test_a_key_file_that_is_not_there_is_a_finding(tmp_path: Path) -> None:
    mail = {"kind": "email", "to": "cert@cert.lv.example", "openpgp": "A" * 40, "key": "lv.asc",
            "ceiling": "TLP:AMBER"}  # fmt: skip
    found = key_findings(
        Keyring(tmp_path / "gnupg"), coalition(member("lv", [mail])), tmp_path, datetime.now(UTC)
    )
    (one,) = found
    assert (one.whose, one.fingerprint) == ("lv", "A" * 40)
    assert "lv.asc cannot be read" in one.what
