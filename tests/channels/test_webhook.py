"""Webhooks to a real receiver that verifies with the reference library, and to bad endpoints."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from standardwebhooks import Webhook

from coalition.adapters.coalition_file import remarks
from coalition.domain.errors import PermanentError, TransientError
from tests.notices.servers import receiver
from tests.notices.stage import INCIDENT, SECRET, TEXT, Stage, coalition, member, stage, webhook

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LV_SECRET", SECRET)


async def test_point_17_a_notice_arrives_signed_with_its_effect_id_and_becomes_a_delivery(
    tmp_path: Path,
) -> None:
    async with receiver() as partner, stage(tmp_path, [member("lv", [webhook(partner.url)])]) as on:
        (claim,) = on.issue()
        receipt = await on.send(claim)
        (message,) = partner.accepted
        assert message["type"] == "notice.alert"
        assert message["data"]["text"] == TEXT
        assert message["data"]["answer_url"].startswith("http://127.0.0.1:8470/n/")
        assert partner.headers[0]["webhook-id"] == f"{INCIDENT}-n1-lv-1" == claim.id
        assert receipt["stage"] == "delivered"
        assert receipt["evidence"]["status"] == 200
        assert TEXT not in json.dumps(receipt)


async def test_point_18_a_repeat_keeps_the_id_and_renews_the_time(tmp_path: Path) -> None:
    async with receiver() as partner, stage(tmp_path, [member("lv", [webhook(partner.url)])]) as on:
        (claim,) = on.issue()
        await on.send(claim)
        on.clock.move(timedelta(seconds=7))
        await on.send(claim._replace(attempt=2, in_doubt=True))
        first, second = partner.headers
        assert first["webhook-id"] == second["webhook-id"]
        assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 7
        assert len(partner.accepted) == 2


async def test_point_19_while_a_secret_is_replaced_both_the_old_and_the_new_one_sign(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = "whsec_" + base64.b64encode(b"the-new-secret-of-32-random-byte").decode()
    monkeypatch.setenv("LV_NEW", new)
    async with receiver() as partner:
        rotating = webhook(partner.url, env="LV_NEW") | {"old_secret": {"env": "LV_SECRET"}}
        async with stage(tmp_path, [member("lv", [rotating])]) as on:
            await on.send(on.issue()[0])
        assert len(partner.accepted) == 1  # by whom knows only the old one
        (headers,), (body,) = partner.headers, partner.bodies
        assert Webhook(new).verify(body, headers)["type"] == "notice.alert"
        first, second = headers["webhook-signature"].split(" ")
        assert first != second
        assert first.startswith("v1,")
        assert second.startswith("v1,")


async def test_point_21_an_address_that_asked_for_a_pause_is_left_alone_by_every_sending(
    tmp_path: Path,
) -> None:
    async with receiver() as partner:
        members = [member("lv", [webhook(partner.url)]), member("lt", [webhook(partner.url)])]
        async with stage(tmp_path, members) as on:
            first, second = on.issue("lv", "lt")
            partner.replies = [web.Response(status=429, headers={"Retry-After": "60"})]
            with pytest.raises(TransientError):
                await on.send(first)
            with pytest.raises(TransientError, match="asked for a pause") as caught:
                await on.send(second)
            assert caught.value.retry_after == pytest.approx(60, abs=5)
            assert len(partner.bodies) == 1


async def test_point_34_an_exercise_says_so(tmp_path: Path) -> None:
    async with (
        receiver() as partner,
        stage(tmp_path, [member("lv", [webhook(partner.url)])], exercise=True) as on,
    ):
        await on.send(on.issue()[0])
        assert partner.accepted[0]["data"]["exercise"] is True


async def refused(on: Stage) -> str:
    with pytest.raises(PermanentError) as caught:
        await on.send(on.issue()[0])
    return str(caught.value)


async def delayed(on: Stage) -> TransientError:
    with pytest.raises(TransientError) as caught:
        await on.send(on.issue()[0])
    return caught.value


@pytest.mark.parametrize("status", [400, 401, 404, 413])
async def test_a_refusal_is_final(tmp_path: Path, status: int) -> None:
    async with receiver() as partner, stage(tmp_path, [member("lv", [webhook(partner.url)])]) as on:
        partner.replies = [web.Response(status=status, text="your notice said: " + TEXT)]
        said = await refused(on)
        assert str(status) in said
        assert TEXT not in said


async def test_point_21_gone_says_that_the_endpoint_is_disabled(tmp_path: Path) -> None:
    async with receiver() as partner, stage(tmp_path, [member("lv", [webhook(partner.url)])]) as on:
        partner.replies = [web.Response(status=410)]
        assert "disabled" in await refused(on)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_point_21_a_redirect_is_never_followed(tmp_path: Path, status: int) -> None:
    async with (
        receiver() as partner,
        receiver() as elsewhere,
        stage(tmp_path, [member("lv", [webhook(partner.url)])]) as on,
    ):
        partner.replies = [web.Response(status=status, headers={"Location": elsewhere.url})]
        assert "redirects are never followed" in await refused(on)
        assert len(partner.bodies) == 1
        assert elsewhere.bodies == []


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
async def test_a_passing_failure_is_tried_again(tmp_path: Path, status: int) -> None:
    async with receiver() as partner, stage(tmp_path, [member("lv", [webhook(partner.url)])]) as on:
        partner.replies = [web.Response(status=status)]
        (claim,) = on.issue()
        with pytest.raises(TransientError) as caught:
            await on.send(claim)
        assert caught.value.retry_after is None
        assert (await on.send(claim._replace(attempt=2)))["stage"] == "delivered"


@pytest.mark.parametrize(
    ("said", "heard"),
    [("7", 7.0), ("99999", 3600.0), ("soon", None), ("-5", None), ("9" * 400, None)],
)
async def test_the_other_sides_pause_is_kept_up_to_an_hour(
    tmp_path: Path, said: str, heard: float | None
) -> None:
    async with receiver() as partner, stage(tmp_path, [member("lv", [webhook(partner.url)])]) as on:
        partner.replies = [web.Response(status=429, headers={"Retry-After": said})]
        assert (await delayed(on)).retry_after == heard


async def test_the_other_sides_pause_may_be_a_date(tmp_path: Path) -> None:
    async with receiver() as partner, stage(tmp_path, [member("lv", [webhook(partner.url)])]) as on:
        until = on.clock.now() + timedelta(seconds=90)
        date = until.strftime("%a, %d %b %Y %H:%M:%S GMT")
        partner.replies = [web.Response(status=503, headers={"Retry-After": date})]
        assert (await delayed(on)).retry_after == 90


async def test_a_secret_that_is_not_there_sends_nothing_and_names_where_it_was_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with receiver() as partner, stage(tmp_path, [member("lv", [webhook(partner.url)])]) as on:
        monkeypatch.delenv("LV_SECRET")
        assert "LV_SECRET" in await refused(on)
        monkeypatch.setenv("LV_SECRET", "whsec_c2hvcnQ=")
        said = await refused(on)
        assert "LV_SECRET" in said
        assert "c2hvcnQ" not in said
        assert partner.bodies == []


async def test_point_23_what_is_over_20_kb_goes_as_a_link(tmp_path: Path) -> None:
    async with receiver() as partner, stage(tmp_path, [member("lv", [webhook(partner.url)])]) as on:
        many = [{"type": "domain", "value": f"{n:03}.{'x' * 50}.example"} for n in range(400)]
        await on.send(on.issue(text=TEXT, details={"indicators": many})[0])
        assert len(partner.bodies[0]) < 20_000
        data = partner.accepted[0]["data"]
        assert data["thin"] is True
        assert TEXT not in json.dumps(data)


async def test_point_34_an_exercise_whose_channels_are_not_marked_is_remarked() -> None:
    plain = webhook("https://cert.example/tocsin")
    marked = plain | {"exercise": True}
    assert (
        "1 channels are not marked" in remarks(coalition(member("lv", [plain]), exercise=True))[0]
    )
    said = remarks(coalition(member("lv", [marked]), exercise=True))
    assert not any("not marked" in one for one in said)


@pytest.mark.parametrize("marked", [True, False])
async def test_point_34_an_exercise_never_reaches_an_endpoint_that_is_not_for_one(
    tmp_path: Path, *, marked: bool
) -> None:
    async with receiver() as meant, receiver() as other:
        both = [
            webhook(other.url) | {"exercise": not marked},
            webhook(meant.url) | {"exercise": marked},
        ]
        async with stage(tmp_path, [member("lv", both)], exercise=marked) as on:
            for claim in on.issue():
                await on.send(claim)
            assert len(meant.accepted) == 1
            assert other.bodies == []
