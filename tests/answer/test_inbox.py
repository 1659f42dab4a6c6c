"""Signed answers from a partner's own system, signed with the reference library."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from standardwebhooks import Webhook

from bot.web.inbox import LARGEST_BODY
from coalition.domain.errors import TransientError
from coalition.domain.incident.events import NoticeAnswered
from tests.answer.page import path_of, recipient
from tests.answer.serving import Client, Reply, served
from tests.notices.stage import INCIDENT, SECRET, Stage, coalition, member, stage, webhook

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.anyio

NEW = "whsec_" + "QUFB" * 10
URL = "https://cert.lv.example/tocsin"
PARTNER = member("lv", [webhook(URL), webhook(URL, env="LV_NEW_SECRET")])
LT = member("lt", [webhook("https://cert.lt.example/tocsin", env="LT_SECRET")])
INBOX = "/api/v1/inbox/lv"
NOTICE = f"{INCIDENT}-n1-lv"
AID: dict[str, Any] = {
    "kind": "mutual_aid_request",
    "answers": ("acknowledge", "accept", "decline", "need_info"),
}


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LV_SECRET", SECRET)
    monkeypatch.setenv("LV_NEW_SECRET", NEW)
    monkeypatch.setenv("LT_SECRET", "whsec_" + "QkJC" * 10)


@asynccontextmanager
async def asked(folder: Path) -> AsyncIterator[tuple[Stage, Client]]:
    """CERT-LV and CERT-LT have been asked for aid."""
    async with stage(folder, [PARTNER, LT]) as on:
        on.issue("lv", "lt", **AID)
        async with served(on.tocsin) as client:
            yield on, client


def body(**changes: Any) -> str:
    data = {"notice_id": NOTICE, "answer": "accept", "note": "Two people.", "by": "Ilze"}
    data = {key: value for key, value in (data | changes).items() if value is not None}
    return json.dumps({"type": "notice.answer", "timestamp": "2026-11-05T03:12:00Z", "data": data})


def signed(on: Stage, text: str, id: str = "msg_1", secret: str = SECRET) -> dict[str, str]:
    now = on.clock.now()
    return {
        "Content-Type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(id, now, text),
    }


async def send(on: Stage, client: Client, text: str, path: str = INBOX, **more: Any) -> Reply:
    return await client.post(path, text.encode(), headers=signed(on, text, **more))


def answered(on: Stage) -> list[NoticeAnswered]:
    events = [record.event() for record, _ in on.tocsin.log.records("incident", INCIDENT)]
    return [event for event in events if isinstance(event, NoticeAnswered)]


async def test_a_signed_answer_is_recorded_as_verified_and_what_stands_is_said(
    tmp_path: Path,
) -> None:
    async with asked(tmp_path) as (on, client):
        reply = await send(on, client, body())
        said = json.loads(reply.text)
        assert reply.status == 200
        assert said["status"] == "recorded"
        assert said["stands"]["answer"] == "accept"
        assert said["stands"]["verified"] is True
        (event,) = answered(on)
        assert (event.member, event.answer, event.by, event.note, event.verified) == (
            "lv", "accept", "Ilze", "Two people.", True,
        )  # fmt: skip
        assert event.evidence["webhook_id"] == "msg_1"


async def test_a_repeat_is_recorded_once_and_answered_like_the_first(tmp_path: Path) -> None:
    async with asked(tmp_path) as (on, client):
        replies = [await send(on, client, body()) for _ in range(3)]
        assert [reply.status for reply in replies] == [200, 200, 200]
        assert json.loads(replies[2].text)["status"] == "known"
        assert len(answered(on)) == 1


async def test_an_id_that_is_used_again_for_another_answer_changes_nothing(tmp_path: Path) -> None:
    async with asked(tmp_path) as (on, client):
        assert (await send(on, client, body(answer="acknowledge"))).status == 200
        assert (await send(on, client, body(answer="decline"))).status == 409
        assert [event.answer for event in answered(on)] == ["acknowledge"]


async def test_the_first_answer_stands(tmp_path: Path) -> None:
    async with asked(tmp_path) as (on, client):
        await send(on, client, body(answer="decline"), id="msg_1")
        other = await send(on, client, body(answer="accept"), id="msg_2")
        assert other.status == 409
        assert json.loads(other.text)["error"] == "answered"
        assert [event.answer for event in answered(on)] == ["decline"]


async def test_an_acknowledgement_may_be_followed_by_an_answer(tmp_path: Path) -> None:
    async with asked(tmp_path) as (on, client):
        assert (await send(on, client, body(answer="acknowledge"), id="a")).status == 200
        assert (await send(on, client, body(answer="decline"), id="b")).status == 200
        assert [event.answer for event in answered(on)] == ["acknowledge", "decline"]


async def test_while_the_secret_is_replaced_both_are_good(tmp_path: Path) -> None:
    async with asked(tmp_path) as (on, client):
        assert (await send(on, client, body(answer="acknowledge"), secret=NEW)).status == 200
        assert (await send(on, client, body(answer="decline"), id="b")).status == 200


async def test_one_secret_that_cannot_be_read_does_not_close_the_inbox_and_none_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asked(tmp_path) as (on, client):
        monkeypatch.delenv("LV_NEW_SECRET")
        assert (await send(on, client, body(answer="acknowledge"))).status == 200
        monkeypatch.delenv("LV_SECRET")
        reply = await send(on, client, body(), id="b")
        nobody = await send(on, client, body(), id="b", path="/api/v1/inbox/nobody")
        assert reply.status == nobody.status == 401
        assert reply.text == nobody.text  # which members there are is nobody's business


async def test_another_members_signature_is_refused(tmp_path: Path) -> None:
    async with asked(tmp_path) as (on, client):
        text = body()
        reply = await send(on, client, text, path="/api/v1/inbox/lt")
        assert reply.status == 401
        assert answered(on) == []


async def test_an_unknown_member_hears_what_a_forger_hears(tmp_path: Path) -> None:
    async with asked(tmp_path) as (on, client):
        unknown = await send(on, client, body(), path="/api/v1/inbox/nobody")
        forger = await send(on, client, body(), secret="whsec_" + "Q0ND" * 10)
        assert unknown.status == forger.status == 401
        assert unknown.text == forger.text


@pytest.mark.parametrize("off", [timedelta(minutes=6), -timedelta(minutes=6)])
async def test_an_old_or_early_signature_is_refused(tmp_path: Path, off: timedelta) -> None:
    async with asked(tmp_path) as (on, client):
        text = body()
        headers = signed(on, text)
        on.clock.move(off)
        reply = await client.post(INBOX, text.encode(), headers=headers)
        assert reply.status == 401
        assert "5 minutes" in json.loads(reply.text)["message"]
        assert answered(on) == []


@pytest.mark.parametrize(
    "headers",
    [{"webhook-signature": "garbage"}, {"webhook-signature": "v1,ÿ"}, {"webhook-signature": ""},
     {"webhook-signature": "v1,a v1,b v1,!"}, {"webhook-timestamp": "soon"},
     {"webhook-timestamp": "1e9"}, {"webhook-timestamp": "-1"}, {"webhook-id": "a.b"},
     {"webhook-id": "x" * 200}],
)  # fmt: skip
async def test_malformed_headers_are_401_and_never_500(
    tmp_path: Path, headers: dict[str, str]
) -> None:
    async with asked(tmp_path) as (on, client):
        text = body()
        reply = await client.post(INBOX, text.encode(), headers={**signed(on, text), **headers})
        assert reply.status == 401
        assert json.loads(reply.text)["error"] == "signature"
        assert answered(on) == []


async def test_a_changed_body_is_refused(tmp_path: Path) -> None:
    async with asked(tmp_path) as (on, client):
        headers = signed(on, body())
        reply = await client.post(INBOX, body(answer="decline").encode(), headers=headers)
        assert reply.status == 401


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "{}", "not json", '{"type":"notice.answer"}', '{"data":{}}', "[" * 5000,
     '{"type":"other","data":{"notice_id":"x","answer":"accept"}}',
     body(answer="perhaps"), body(answer=None), body(notice_id=None), body(notice_id=7),
     body(surprise=1), body(note="x" * 2001), body(by="x" * 121), body(note=["a"])],
)  # fmt: skip
async def test_a_malformed_body_is_400_and_says_where(tmp_path: Path, text: str) -> None:
    async with asked(tmp_path) as (on, client):
        reply = await send(on, client, text)
        assert reply.status == 400
        said = json.loads(reply.text)
        assert said["error"] == "malformed"
        assert said["message"]
        assert answered(on) == []


@pytest.mark.parametrize(
    "notice", ["x", f"{INCIDENT}-n2-lv", f"{INCIDENT}-n1-lt", "INC-2020-0001-n1-lv", "INC-n1-lv"]
)
async def test_a_notice_that_was_not_sent_to_this_member_is_not_found(
    tmp_path: Path, notice: str
) -> None:
    async with asked(tmp_path) as (on, client):
        reply = await send(on, client, body(notice_id=notice))
        assert reply.status == 404
        assert json.loads(reply.text)["error"] == "unknown_notice"
        assert answered(on) == []


async def test_an_answer_that_the_notice_does_not_allow_is_refused(tmp_path: Path) -> None:
    async with stage(tmp_path, [PARTNER]) as on:
        on.issue("lv", answers=("acknowledge",))
        async with served(on.tocsin) as client:
            reply = await send(on, client, body())
            assert reply.status == 409
            assert "acknowledge" in json.loads(reply.text)["message"]


async def test_a_suspended_member_does_not_answer(tmp_path: Path) -> None:
    async with asked(tmp_path) as (on, client):
        on.tocsin.coalition = coalition(member("lv", PARTNER["channels"], status="suspended"))
        assert (await send(on, client, body())).status == 409
        assert answered(on) == []


async def test_an_oversized_body_is_413_before_anything_is_verified(tmp_path: Path) -> None:
    async with asked(tmp_path) as (on, client):
        reply = await send(on, client, "x" * (LARGEST_BODY + 1))
        assert reply.status == 413
        assert json.loads(reply.text)["error"] == "too_large"


async def test_when_it_cannot_be_recorded_the_sender_is_asked_to_send_it_again(
    tmp_path: Path,
) -> None:
    async with asked(tmp_path) as (on, client):

        def fail(*_args: object) -> None:
            raise TransientError("Redis does not answer")

        on.tocsin.dispatcher.execute = fail  # type: ignore[method-assign,assignment]
        reply = await send(on, client, body())
        assert reply.status == 503
        assert reply.headers["retry-after"] == "30"


async def test_a_signed_acceptance_confirms_one_that_came_by_link(tmp_path: Path) -> None:
    async with asked(tmp_path) as (on, client):
        await client.post(path_of(on, exercise=False), {"answer": "accept"})
        assert recipient(on).unconfirmed
        assert (await send(on, client, body())).status == 200
        assert not recipient(on).unconfirmed
        assert recipient(on).verified


async def test_details_of_an_offer_are_kept_and_shown_to_whoever_sent_them(tmp_path: Path) -> None:
    async with stage(tmp_path, [PARTNER, LT]) as on:
        on.issue("lv", **{**AID, "answers": ("acknowledge", "accept", "offer", "affected")})
        async with served(on.tocsin) as client:
            offer = {"capability": "lv-ddos", "size": 2, "days": "14", "cost": "0"}
            reply = await send(on, client, body(answer="offer", details=offer))
            stands = json.loads(reply.text)["stands"]
            assert (stands["answer"], stands["verified"]) == ("offer", True)
            assert stands["details"] == {
                "capability": "lv-ddos", "size": "2", "days": "14", "cost": "0",
            }  # fmt: skip
            hit = body(answer="affected", details={"count": 3, "services": "mail"})
            assert (await send(on, client, hit, id="b")).status == 200
            assert recipient(on).answer == "offer"  # being affected hides no decision
            assert recipient(on).affected == {"count": "3", "services": "mail"}


@pytest.mark.parametrize(
    ("answer", "details", "says"),
    [
        ("offer", {"size": "many"}, "Size is not a number that fits."),
        ("offer", {"colour": "blue"}, "has no detail 'colour'"),
        ("accept", {"cost": "1e9"}, "not an amount"),
        ("offer", {"note": "x" * 501}, "Note is too long"),
        ("decline", {"size": "1"}, "Known: none."),
    ],
)
async def test_details_that_do_not_fit_are_refused_with_what_does(
    tmp_path: Path, answer: str, details: dict[str, str], says: str
) -> None:
    async with stage(tmp_path, [PARTNER]) as on:
        on.issue("lv", **{**AID, "answers": ("acknowledge", "accept", "decline", "offer")})
        async with served(on.tocsin) as client:
            reply = await send(on, client, body(answer=answer, details=details))
            assert reply.status == 409
            assert says in json.loads(reply.text)["message"]
            assert answered(on) == []


async def test_point_19_while_a_secret_is_replaced_the_old_one_beside_it_is_good(
    tmp_path: Path,
) -> None:
    channel = {**webhook(URL, env="LV_NEW_SECRET"), "old_secret": {"env": "LV_SECRET"}}
    async with stage(tmp_path, [member("lv", [channel])]) as on:
        on.issue("lv", **AID)
        async with served(on.tocsin) as client:
            assert (await send(on, client, body(answer="acknowledge"))).status == 200
            assert (await send(on, client, body(), id="b", secret=NEW)).status == 200


async def test_point_20_a_repeat_is_known_for_as_long_as_its_signature_is_good(
    tmp_path: Path,
) -> None:
    async with asked(tmp_path) as (on, client):
        text = body(answer="need_info")
        headers = signed(on, text)
        for minutes in (0, 4):
            on.clock.move(timedelta(minutes=minutes))
            reply = await client.post(INBOX, text.encode(), headers=headers)
            assert reply.status == 200
        assert json.loads(reply.text)["status"] == "known"
        on.clock.move(timedelta(minutes=2))  # too old now, and still not taken for a new one
        assert (await client.post(INBOX, text.encode(), headers=headers)).status == 401
        renewed = await send(on, client, body(answer="decline"))  # the id of the first
        assert renewed.status == 409
        assert [event.answer for event in answered(on)] == ["need_info"]
