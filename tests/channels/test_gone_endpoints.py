"""An endpoint that answers 410 is left alone from then on, and people are told how to mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from coalition.application.verify import verify
from coalition.domain.errors import NotAllowed, NotFound, PermanentError
from coalition.domain.messages import SYSTEM, Actor
from coalition.domain.reach import ENDPOINTS, EnableEndpoints
from tests.notices.servers import receiver
from tests.notices.stage import ALICE, INCIDENT, SECRET, Stage, coalition, member, stage, webhook

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio
GONE = "answered 410"


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LV_SECRET", SECRET)


async def fails(on: Stage, saying: str) -> None:
    on.looked_again()
    with pytest.raises(PermanentError, match=saying):
        await on.send(on.issue()[0])


def enable(on: Stage, actor: Actor = SYSTEM) -> None:
    at = on.clock.now()
    command = EnableEndpoints(id=f"enable-{actor.label}", at=at, actor=actor, member="lv")
    on.tocsin.dispatcher.execute(command)


async def test_point_21_an_endpoint_that_is_gone_is_never_called_again_and_people_are_told(
    tmp_path: Path,
) -> None:
    async with receiver() as partner, stage(tmp_path, [member("lv", [webhook(partner.url)])]) as on:
        partner.replies = [web.Response(status=410)]
        await fails(on, GONE)
        await fails(on, "is disabled since .*answered 410 Gone")
        await fails(on, "is disabled since")
        assert len(partner.bodies) == 1
        alarm = on.tocsin.dispatcher.read("incident", INCIDENT).alarms["endpoint:lv:webhook"]
        assert "CERT-LV" in alarm.text
        assert "tocsin endpoint enable lv" in alarm.fallback
        (dead,) = on.tocsin.dispatcher.read("reach", ENDPOINTS).disabled.values()
        assert (dead.member, dead.kind) == ("lv", "webhook")
        assert partner.url.endswith(f"{dead.host}/tocsin")
        assert verify(on.tocsin.log) == []


async def test_a_new_address_in_the_coalition_file_is_another_endpoint(tmp_path: Path) -> None:
    async with (
        receiver() as gone,
        receiver() as partner,
        stage(tmp_path, [member("lv", [webhook(gone.url)])]) as on,
    ):
        gone.replies = [web.Response(status=410)]
        await fails(on, GONE)
        on.tocsin.coalition = coalition(member("lv", [webhook(partner.url)]))
        assert (await on.send(on.issue()[0]))["stage"] == "delivered"


async def test_an_operator_can_have_it_tried_again(tmp_path: Path) -> None:
    async with receiver() as partner, stage(tmp_path, [member("lv", [webhook(partner.url)])]) as on:
        partner.replies = [web.Response(status=410)]
        await fails(on, GONE)
        enable(on, ALICE)
        on.looked_again()
        assert (await on.send(on.issue()[0]))["stage"] == "delivered"
        with pytest.raises(NotFound, match="No endpoint of CERT-LV is disabled"):
            enable(on)


async def test_who_is_no_operator_cannot(tmp_path: Path) -> None:
    async with receiver() as partner, stage(tmp_path, [member("lv", [webhook(partner.url)])]) as on:
        with pytest.raises(NotAllowed):
            enable(on, Actor(kind="partner", member="lv", via="link"))
