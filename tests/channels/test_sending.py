"""What every sending asks first: the gate, the incident, and whether it is still needed."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, cast

import pytest

from coalition.application.ports import Claim, Stored
from coalition.domain.errors import PermanentError, TransientError
from coalition.domain.gate import ToLog, ToRoom, release
from coalition.domain.incident.commands import (
    AnswerNotice,
    ChangeTlp,
    CloseIncident,
    EscalateRecipients,
    RecordReceipts,
    RemindRecipients,
)
from coalition.domain.labels import Tlp
from coalition.domain.members import Coalition
from coalition.domain.messages import SYSTEM, Actor, canonical
from coalition.domain.receipts import Receipt
from tests.notices.sample import outward
from tests.notices.servers import mail_server, receiver
from tests.notices.stage import SECRET, coalition, email, member, stage, webhook
from workers.channels import channel_module, deliver
from workers.desk import GLANCE_SECONDS, _desks
from workers.schedule import retry_after

if TYPE_CHECKING:
    from pathlib import Path

    from workers.context import WorkerContext

pytestmark = pytest.mark.anyio
PARTNER = Actor(kind="partner", member="lv", via="link")


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LV_SECRET", SECRET)


async def test_the_gate_is_asked_again_when_the_member_has_been_suspended_since(
    tmp_path: Path,
) -> None:
    async with receiver() as partner, stage(tmp_path, [member("lv", [webhook(partner.url)])]) as on:
        (claim,) = on.issue()
        suspended = member("lv", [webhook(partner.url)], status="suspended")
        on.tocsin.coalition = coalition(suspended)
        with pytest.raises(PermanentError, match="CERT-LV is suspended and is sent nothing"):
            await on.send(claim)
        assert partner.bodies == []


async def test_the_gate_is_asked_again_when_the_channels_ceiling_was_lowered(
    tmp_path: Path,
) -> None:
    async with receiver() as partner, stage(tmp_path, [member("lv", [webhook(partner.url)])]) as on:
        (claim,) = on.issue()
        on.tocsin.coalition = coalition(member("lv", [webhook(partner.url, "TLP:CLEAR")]))
        done = await on.send(claim)
        assert done["evidence"]["nudge"] is True
        (nudge,) = partner.accepted
        assert (nudge["data"]["thin"], nudge["data"]["tlp"]) == (True, "TLP:GREEN")
        assert "DDoS" not in str(nudge)


async def test_a_label_that_was_raised_since_counts_for_what_has_not_left_yet(
    tmp_path: Path,
) -> None:
    async with (
        receiver() as partner,
        mail_server() as server,
        stage(
            tmp_path,
            [member("lv", [webhook(partner.url)]), member("lt", [email("cert@cert.lt.example")])],
            smtp_url=server.url,
        ) as on,
    ):
        claims = {one.payload["member"]: one for one in on.issue("lv", "lt")}
        on.tell(ChangeTlp, tlp=Tlp.AMBER, reason="names of victims")
        await on.send(claims["lv"])
        assert partner.accepted[0]["data"]["tlp"] == "TLP:AMBER"
        await on.send(claims["lt"])
        (nudge,) = server.messages
        text = cast("bytes", nudge.content)
        assert b"Subject: [TLP:AMBER] INC-2026-0007-n1-lt" in text
        assert b"DDoS" not in text


async def test_who_has_answered_meanwhile_is_sent_nothing_more(tmp_path: Path) -> None:
    async with receiver() as partner, stage(tmp_path, [member("lv", [webhook(partner.url)])]) as on:
        (claim,) = on.issue()
        on.tell(AnswerNotice, PARTNER, notice=1, member="lv", answer="acknowledge")
        receipt = await on.send(claim)
        assert receipt["stage"] == "superseded"
        assert "acknowledged" in receipt["evidence"]["reason"]
        assert partner.bodies == []


@pytest.mark.parametrize(
    ("kind", "stage_reached"),
    [("alert", "superseded"), ("mutual_aid_request", "superseded"),
     ("sitrep", "delivered"), ("withdrawal", "delivered"), ("correction", "delivered")],
)  # fmt: skip
async def test_when_the_incident_is_over_nothing_is_asked_but_its_end_is_still_told(
    tmp_path: Path, kind: str, stage_reached: str
) -> None:
    async with receiver() as partner, stage(tmp_path, [member("lv", [webhook(partner.url)])]) as on:
        if kind in ("withdrawal", "correction"):
            on.issue("lv")
            (claim,) = on.issue("lv", kind=kind, supersedes=1)
        else:
            (claim,) = on.issue("lv", kind=kind)
        on.tell(CloseIncident)
        assert (await on.send(claim))["stage"] == stage_reached


async def test_a_reminder_replaces_a_first_sending_that_is_still_being_tried(
    tmp_path: Path,
) -> None:
    async with receiver() as partner, stage(tmp_path, [member("lv", [webhook(partner.url)])]) as on:
        (first,) = on.issue()
        sent = Receipt(notice=1, member="lv", attempt=1, channel=0, stage="sent", at=on.clock.now())
        on.tell(RecordReceipts, SYSTEM, receipts=(sent,))
        on.tell(RemindRecipients, notice=1)
        (second,) = on.claims()
        assert (await on.send(first))["stage"] == "superseded"
        assert (await on.send(second))["stage"] == "delivered"
        assert [one["data"]["attempt"] for one in partner.accepted] == [2]


async def test_the_next_channel_does_not_stop_the_first_one_from_being_tried(
    tmp_path: Path,
) -> None:
    async with (
        receiver() as partner,
        mail_server() as server,
        stage(tmp_path, [member("lv", [webhook(partner.url), email()])], smtp_url=server.url) as on,
    ):
        (first,) = on.issue()
        on.tell(EscalateRecipients, notice=1)
        (second,) = on.claims()
        assert (await on.send(second))["stage"] == "delivered"
        assert (await on.send(first))["stage"] == "delivered"
        assert len(server.messages) == len(partner.accepted) == 1


async def test_the_deadline_named_is_that_of_the_attempt(tmp_path: Path) -> None:
    async with (
        receiver() as partner,
        receiver() as other,
        stage(tmp_path, [member("lv", [webhook(partner.url), webhook(other.url)])]) as on,
    ):
        (first,) = on.issue()
        await on.send(first)
        on.clock.move(timedelta(minutes=1))
        on.tell(EscalateRecipients, notice=1)
        (second,) = on.claims()
        await on.send(second)
        named = [one.accepted[0]["data"]["ask"]["due"]["utc"] for one in (partner, other)]
        assert named[0] < named[1]
        links = {one.accepted[0]["data"]["answer_url"] for one in (partner, other)}
        assert len(links) == 1


async def test_a_notice_of_the_other_world_is_never_sent(tmp_path: Path) -> None:
    async with receiver() as partner, stage(tmp_path, [member("lv", [webhook(partner.url)])]) as on:
        (claim,) = on.issue()
        on.tocsin.coalition = coalition(member("lv", [webhook(partner.url)]), exercise=True)
        with pytest.raises(PermanentError, match="Exercise and live are kept apart"):
            await on.send(claim)
        assert partner.bodies == []


async def test_a_notice_whose_sender_has_left_the_file_is_not_sent(tmp_path: Path) -> None:
    async with receiver() as partner, stage(tmp_path, [member("lv", [webhook(partner.url)])]) as on:
        (claim,) = on.issue()
        known = on.tocsin.coalition.model_dump(mode="json")
        known["members"] = [one for one in known["members"] if one["id"] != "ee"]
        on.tocsin.coalition = Coalition.model_validate_json(canonical(known))
        with pytest.raises(PermanentError, match="No member is called 'ee'"):
            await on.send(claim)
        assert partner.bodies == []


async def test_a_sending_that_the_incident_does_not_know_is_refused(tmp_path: Path) -> None:
    async with receiver() as partner, stage(tmp_path, [member("lv", [webhook(partner.url)])]) as on:
        (claim,) = on.issue()
        strange = claim._replace(payload={**claim.payload, "attempt": 9})
        with pytest.raises(PermanentError, match="knows nothing of this sending"):
            await on.send(strange)
        assert partner.bodies == []


async def test_many_sendings_of_one_notice_read_the_incident_once(tmp_path: Path) -> None:
    async with receiver() as partner:
        names = [f"m{number}" for number in range(20)]
        members = [member(name, [webhook(partner.url)], country="LV") for name in names]
        async with stage(tmp_path, members) as on:
            claims = on.issue(*names)
            reads: list[str] = []
            load = on.tocsin.log.load

            def counted(aggregate: str, id: str) -> Stored:
                reads.append(id)
                return load(aggregate, id)

            on.tocsin.log.load = counted  # type: ignore[method-assign]
            receipts = await asyncio.gather(*(on.send(claim) for claim in claims))
            assert {one["stage"] for one in receipts} == {"delivered"}
            assert sorted(reads) == ["INC-2026-0007", "endpoints"]


async def test_a_sending_planned_after_the_last_look_is_found_by_looking_again(
    tmp_path: Path,
) -> None:
    assert GLANCE_SECONDS <= 1.0
    async with receiver() as partner, stage(tmp_path, [member("lv", [webhook(partner.url)])]) as on:
        await on.send(on.issue()[0])
        assert (await on.send(on.issue()[0]))["stage"] == "delivered"
        assert [one["data"]["number"] for one in partner.accepted] == [1, 2]


async def test_what_was_cleared_for_something_else_goes_by_no_channel(tmp_path: Path) -> None:
    async with receiver() as partner, stage(tmp_path, [member("lv", [webhook(partner.url)])]) as on:
        (claim,) = on.issue("lv", tlp=Tlp.GREEN)
        context: WorkerContext = on.running.context(claim, "token")
        incident = on.tocsin.dispatcher.read("incident", "INC-2026-0007")
        for audience, tlp in ((ToRoom(incident), Tlp.GREEN), (ToLog(), Tlp.CLEAR)):
            cleared = release(
                outward(tlp=tlp), tlp=tlp, audience=audience, coalition=on.tocsin.coalition
            )
            with pytest.raises(PermanentError, match="not for a partner's channel"):
                await deliver(context, cleared, claim.id)
        assert partner.bodies == []


async def test_a_kind_without_a_folder_is_refused_with_those_that_have_one() -> None:
    with pytest.raises(PermanentError, match=r"'pigeon'; there are email, .*webhook"):
        channel_module("pigeon")


def test_point_22_retries_keep_the_schedule_and_are_never_early() -> None:
    minutes, hours = 60, 3600
    expected = [5, 5 * minutes, 30 * minutes, *(n * hours for n in (2, 5, 10, 14, 20, 24))]
    for attempt, pause in enumerate(expected, start=1):
        claim = Claim("e", "notice.send", {}, attempt, in_doubt=False)
        plain = retry_after(claim, TransientError("down"), 0.0)
        late = retry_after(claim, TransientError("down"), 0.999)
        assert plain == pause
        assert late is not None
        assert pause < late <= 1.25 * pause
    last = Claim("e", "notice.send", {}, len(expected) + 1, in_doubt=False)
    assert retry_after(last, TransientError("down"), 0.5) is None


def test_point_22_a_pause_that_the_partner_names_is_kept_where_it_is_longer() -> None:
    claim = Claim("e", "notice.send", {}, 1, in_doubt=False)
    assert retry_after(claim, TransientError("429", retry_after=90), 0.0) == 90
    assert retry_after(claim, TransientError("429", retry_after=1), 0.0) == 5


def test_what_the_sendings_of_a_loop_shared_goes_with_the_loop(tmp_path: Path) -> None:
    async def drain() -> None:
        async with (
            receiver() as partner,
            stage(tmp_path, [member("lv", [webhook(partner.url)])]) as on,
        ):
            assert (await on.send(on.issue()[0]))["stage"] == "delivered"

    for _ in range(4):
        asyncio.run(drain())
    assert len([loop for loop in _desks if loop.is_closed()]) == 1
