"""A correction overtakes the notice it corrects, on the real way to a partner's endpoint."""

from __future__ import annotations

from pathlib import Path

import pytest

from coalition.domain.incident.commands import AnswerNotice
from coalition.domain.messages import Actor
from coalition.domain.notice.details import NoticeDetails
from tests.notices.sample import DETAILS
from tests.notices.servers import receiver
from tests.notices.stage import SECRET, member, stage, webhook

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LV_SECRET", SECRET)


async def test_26_what_was_superseded_before_it_left_never_leaves_and_the_partner_gets_the_new_one(
    tmp_path: Path,
) -> None:
    kept = DETAILS.indicators[:1]
    async with receiver() as partner, stage(tmp_path, [member("lv", [webhook(partner.url)])]) as on:
        (first,) = on.issue("lv", details=DETAILS)
        (second,) = on.issue(
            "lv", kind="correction", supersedes=1, details=NoticeDetails(indicators=kept)
        )
        lapsed = await on.send(first)
        assert lapsed["stage"] == "superseded"
        assert lapsed["evidence"] == {"reason": "notice 2 has taken its place"}
        assert partner.bodies == []
        assert (await on.send(second))["stage"] == "delivered"
    (sent,) = partner.accepted
    data = sent["data"]
    assert sent["type"] == "notice.correction"
    assert (data["notice_id"], data["supersedes"]) == ("INC-2026-0007-n2-lv", "INC-2026-0007-n1-lv")
    assert (data["update"], data["thread"]["id"]) == (1, "INC-2026-0007-n1")
    assert [one["value"] for one in data["indicators"]] == ["198.51.100.0/24"]
    assert [one["value"] for one in data["dropped"]] == ["https://panel.example/login.php"]


async def test_a_notice_by_every_channel_leaves_by_each_though_one_has_been_answered(
    tmp_path: Path,
) -> None:
    async with receiver() as one, receiver() as two:
        channels = [webhook(one.url), webhook(two.url)]
        async with stage(tmp_path, [member("lv", channels)]) as on:
            claims = on.issue("lv", kind="comms_check", every_channel=True)
            assert [claim.payload["channel"] for claim in claims] == [0, 1]
            assert (await on.send(claims[0]))["stage"] == "delivered"
            lv = Actor(kind="partner", member="lv", via="link")
            on.tell(AnswerNotice, lv, notice=1, member="lv", answer="acknowledge")
            assert (await on.send(claims[1]))["stage"] == "delivered"
    (first,), (second,) = one.accepted, two.accepted
    assert (first["data"]["attempt"], second["data"]["attempt"]) == (1, 2)
    assert first["data"]["at_once"] is second["data"]["at_once"] is True
