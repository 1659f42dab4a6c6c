"""What the answer page does not show and does not take, and whom it says to phone then."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.web.answer.forms import LARGEST_FORM, LONGEST_NOTE
from coalition.application.answer_tokens import ANSWER_LINK_LIFE
from coalition.domain.errors import TransientError
from coalition.domain.incident.commands import CloseIncident
from tests.answer.page import PARTNER, answered, link, path_of, version, words
from tests.notices.stage import TEXT, coalition, member

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.anyio


async def test_a_forged_link_is_not_found_and_says_whom_to_phone(tmp_path: Path) -> None:
    async with link(tmp_path) as (on, client, path):
        before = version(on)
        for forged in (path[:-8] + "AAAAAAAA", "/n/nonsense", "/n/" + "x" * 2000):
            for reply in (
                await client.get(forged),
                await client.post(forged, {"answer": "acknowledge"}),
            ):
                assert reply.status == 404
                assert "phone the duty number" in words(reply)
                assert TEXT not in reply.text
        assert version(on) == before


async def test_a_link_to_another_notice_or_member_opens_nothing(tmp_path: Path) -> None:
    async with link(tmp_path) as (on, client, _):
        for path in (path_of(on, member="ee"), path_of(on, notice=2), path_of(on, member="xx")):
            reply = await client.get(path)
            assert reply.status == 410
            assert TEXT not in reply.text


async def test_an_expired_link_is_gone_and_names_the_phone(tmp_path: Path) -> None:
    async with link(tmp_path) as (on, client, path):
        on.clock.move(ANSWER_LINK_LIFE + timedelta(hours=2))
        for reply in (await client.get(path), await client.post(path, {"answer": "acknowledge"})):
            assert reply.status == 410
            assert "This link has expired" in words(reply)
            assert "Phone CERT-EE, +372 555 0100" in words(reply)
        assert answered(on) == []


async def test_after_the_incident_nothing_is_asked_of_who_never_answered(tmp_path: Path) -> None:
    async with link(tmp_path) as (on, client, path):
        on.tell(CloseIncident)
        reply = await client.get(path)
        assert reply.status == 410
        assert "Nothing is asked any more" in words(reply)
        assert "Phone CERT-EE, +372 555 0100" in words(reply)


async def test_who_had_acknowledged_may_still_speak_after_the_incident(tmp_path: Path) -> None:
    async with link(tmp_path) as (on, client, path):
        await client.post(path, {"answer": "acknowledge"})
        on.tell(CloseIncident)
        page = await client.get(path)
        assert page.status == 200
        assert "The incident is closed." in words(page)
        assert (await client.post(path, {"answer": "need_info", "note": "Which?"})).status == 303


async def test_the_page_shows_nothing_that_the_gate_refuses(tmp_path: Path) -> None:
    async with link(tmp_path) as (on, client, path):
        on.tocsin.coalition = coalition(member("lv", PARTNER["channels"], status="suspended"))
        for reply in (await client.get(path), await client.post(path, {"answer": "acknowledge"})):
            assert reply.status in (409, 410)
            assert TEXT not in reply.text
            assert "Phone CERT-EE" in words(reply)
        assert answered(on) == []


async def test_what_a_delegate_wrote_cannot_become_markup(tmp_path: Path) -> None:
    async with link(tmp_path, text="<script>alert(1)</script>", ask="<b>now</b>") as (_, c, path):
        page = await c.get(path)
        assert "<script>" not in page.text
        assert "&lt;script&gt;alert(1)" in page.text
        assert "<b>now" not in page.text


async def test_an_oversized_answer_is_refused_with_413(tmp_path: Path) -> None:
    async with link(tmp_path) as (on, client, path):

        async def endless() -> AsyncIterator[bytes]:
            for _ in range(LARGEST_FORM // 1024 + 8):
                yield b"note=" + b"x" * 1024

        whole = await client.post(path, b"x" * (LARGEST_FORM + 1))
        chunked = await client.post(path, endless())
        assert (whole.status, chunked.status) == (413, 413)
        assert answered(on) == []


async def test_a_note_that_is_too_long_is_given_back_to_be_shortened(tmp_path: Path) -> None:
    async with link(tmp_path) as (on, client, path):
        form = {"answer": "acknowledge", "note": "ž" * (LONGEST_NOTE + 1)}
        reply = await client.post(path, form)
        assert reply.status == 422
        assert "shorten it" in words(reply)
        assert "ž" * 100 in reply.text
        assert answered(on) == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"answer=acknowledge", "text/plain"), (b"\xff=\xfe", "application/x-www-form-urlencoded"),
     (b"&".join(b"a=b" for _ in range(50)), "application/x-www-form-urlencoded"),
     (b'{"answer":"acknowledge"}', "application/json")],
)  # fmt: skip
async def test_what_is_not_the_form_is_refused(tmp_path: Path, body: bytes, kind: str) -> None:
    async with link(tmp_path) as (on, client, path):
        reply = await client.post(path, body, headers={"Content-Type": kind})
        assert reply.status == 422
        assert "Nothing was recorded." in words(reply)
        assert answered(on) == []


async def test_when_the_record_cannot_be_reached_the_page_says_so(tmp_path: Path) -> None:
    async with link(tmp_path) as (on, client, path):

        def fail(*_args: object) -> None:
            raise TransientError("Redis does not answer")

        on.tocsin.dispatcher.read = fail  # type: ignore[method-assign,assignment]
        reply = await client.get(path)
        assert reply.status == 503
        assert "Try again in a minute" in words(reply)
