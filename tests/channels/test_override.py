"""What two people released is sent: that notice, to that recipient, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from coalition.domain.incident.commands import ChangeTlp
from coalition.domain.incident.release_messages import ApproveOverride, RequestOverride
from coalition.domain.labels import Tlp
from coalition.domain.messages import Actor
from tests.notices.servers import receiver
from tests.notices.stage import SECRET, TEXT, member, stage, webhook

if TYPE_CHECKING:
    from pathlib import Path

    from coalition.application.ports import Claim
    from tests.notices.stage import Stage

pytestmark = pytest.mark.anyio

LV_BOSS = Actor(kind="delegate", member="lv", delegate="lv-boss", via="slack")
BOSS = [{"id": "lv-boss", "name": "Boss", "roles": ["operator", "approver"]}]


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LV_SECRET", SECRET)


def released(on: Stage) -> Claim:
    """LT's endpoint takes GREEN only; CERT-EE and CERT-LV release an AMBER notice to it."""
    assert {one.payload["member"] for one in on.issue("lv", "lt")} == {"lv", "lt"}
    on.tell(RequestOverride, notice=1, members=("lt",), reason="its banks are next")
    on.tell(ApproveOverride, LV_BOSS, override=1)
    (claim,) = on.claims()
    return claim


async def test_the_notice_leaves_whole_and_the_receipt_stands_with_the_others(
    tmp_path: Path,
) -> None:
    async with receiver() as partner:
        members = [
            member("lv", [webhook(partner.url)], delegates=BOSS),
            member("lt", [webhook(partner.url, "TLP:GREEN")]),
        ]
        async with stage(tmp_path, members, tlp="TLP:AMBER") as on:
            claim = released(on)
            assert claim.payload["member"] == "lt"
            receipt = await on.send(claim)
            assert receipt["stage"] == "delivered"
            assert partner.accepted[0]["data"]["text"] == TEXT


async def test_a_label_that_is_raised_after_the_release_ends_it(tmp_path: Path) -> None:
    async with receiver() as partner:
        members = [
            member("lv", [webhook(partner.url)], delegates=BOSS),
            member("lt", [webhook(partner.url, "TLP:GREEN")]),
        ]
        async with stage(tmp_path, members, tlp="TLP:AMBER") as on:
            claim = released(on)
            on.tell(ChangeTlp, tlp=Tlp.AMBER_STRICT, reason="names of victims")
            assert (await on.send(claim))["evidence"]["nudge"] is True
            assert TEXT not in str(partner.bodies)
