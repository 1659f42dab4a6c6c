"""The answer page as a partner meets it: from the link in the notice, on a real server."""

from __future__ import annotations

import html
import re
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.web.answer.forms import LARGEST_FORM, LONGEST_NOTE
from coalition.application.answer_tokens import ANSWER_LINK_LIFE, make
from coalition.domain.errors import TransientError
from coalition.domain.incident.commands import CloseIncident
from coalition.domain.incident.events import NoticeAnswered
from tests.answer.serving import Client, Reply, served
from tests.notices.stage import INCIDENT, TEXT, Stage, coalition, member, stage, webhook

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from coalition.domain.incident.state import RecipientState

pytestmark = pytest.mark.anyio

PARTNER = member("lv", [webhook("https://cert.lv.example/tocsin")])


@asynccontextmanager
async def link(
    folder: Path, *, exercise: bool = False, tlp: str = "TLP:GREEN", **notice: Any
) -> AsyncIterator[tuple[Stage, Client, str]]:
    """A notice to CERT-LV, and the path of its answer link on a running server."""
    async with stage(folder, [PARTNER], exercise=exercise, tlp=tlp) as on:
        on.issue("lv", **notice)
        async with served(on.tocsin) as client:
            yield on, client, path_of(on, exercise=exercise)


def path_of(on: Stage, *, exercise: bool = False, member: str = "lv", notice: int = 1) -> str:
    expires = on.clock.now() + timedelta(hours=1) + ANSWER_LINK_LIFE
    key = on.tocsin.secret_key
    return "/n/" + make(key, INCIDENT, notice, member, expires, exercise=exercise)


def recipient(on: Stage) -> RecipientState:
    found: RecipientState = (
        on.tocsin.dispatcher.read("incident", INCIDENT).notices["1"].recipients["lv"]
    )
    return found


def version(on: Stage) -> int:
    return on.tocsin.log.load("incident", INCIDENT).version


def answered(on: Stage) -> list[NoticeAnswered]:
    records = [record for record, _ in on.tocsin.log.records("incident", INCIDENT)]
    events = [record.event() for record in records]
    return [event for event in events if isinstance(event, NoticeAnswered)]


def words(reply: Reply) -> str:
    text = re.sub(r"<style>.*?</style>", " ", reply.text, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


async def test_the_page_shows_label_ask_deadline_in_both_zones_text_and_phone(
    tmp_path: Path,
) -> None:
    async with link(tmp_path, ask="Block the sources.") as (on, client, path):
        page = await client.get(path)
        said = words(page)
        due = on.clock.now() + timedelta(hours=1)
        assert page.status == 200
        assert "Block the sources." in said
        assert f"{due:%Y-%m-%d %H:%M} UTC" in said
        assert "(Europe/Riga)" in said
        assert TEXT in said
        assert "+372 555 0100" in said
        assert 'href="tel:+3725550100"' in page.text
        assert "CERT-LV (LV)" in said
        shown = re.findall(r'class="tlp green">(TLP:\S+?)<', page.text)
        assert shown == ["TLP:GREEN", "TLP:GREEN"]
        body = page.text[page.text.index("<body>") :]
        assert body.index("TLP:GREEN") < body.index("<main>") < body.rindex("</main>")
        assert body.rindex("TLP:GREEN") > body.rindex("</main>")


async def test_when_the_time_has_passed_the_page_says_so_and_still_takes_an_answer(
    tmp_path: Path,
) -> None:
    async with link(tmp_path) as (on, client, path):
        assert "This time has passed" not in words(await client.get(path))
        on.clock.move(timedelta(hours=1, minutes=1))
        assert "This time has passed" in words(await client.get(path))
        assert (await client.post(path, {"answer": "acknowledge"})).status == 303


async def test_an_exercise_has_its_banner_above_and_below(tmp_path: Path) -> None:
    async with link(tmp_path, exercise=True) as (_, client, path):
        page = await client.get(path)
        assert page.text.count("EXERCISE EXERCISE EXERCISE") == 2
        assert "<title>EXERCISE " in page.text
    async with link(tmp_path) as (_, client, path):
        assert "EXERCISE" not in (await client.get(path)).text


async def test_the_page_needs_no_script_and_tells_nobody_where_it_was(tmp_path: Path) -> None:
    async with link(tmp_path) as (_, client, path):
        page = await client.get(path)
        assert "<script" not in page.text
        assert page.headers["referrer-policy"] == "no-referrer"
        assert page.headers["cache-control"] == "no-store"
        policy = page.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "unsafe" not in policy
        assert path not in page.text


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_opening_the_page_changes_nothing(tmp_path: Path, method: str) -> None:
    async with link(tmp_path) as (on, client, path):
        before = version(on)
        for _ in range(3):
            assert (await client.get(path, method)).status == 200
        assert version(on) == before


async def test_no_answer_is_chosen_beforehand_and_none_is_taken_without_a_choice(
    tmp_path: Path,
) -> None:
    async with link(tmp_path) as (on, client, path):
        assert "checked" not in (await client.get(path)).text
        before = version(on)
        for data in ({}, {"answer": ""}, {"answer": "perhaps"}, {"note": "hello"}):
            reply = await client.post(path, data)
            assert reply.status == 422
            assert "No answer was chosen." in words(reply)
        assert version(on) == before


async def test_an_answer_is_recorded_with_who_and_how_and_leads_back_to_the_page(
    tmp_path: Path,
) -> None:
    async with link(tmp_path) as (on, client, path):
        form = {"answer": "need_info", "by": "Ilze <b>Kalniņa</b>", "note": "Which\r\nsources?"}
        reply = await client.post(path, form, headers={"User-Agent": "Browser/1"})
        assert (reply.status, reply.headers["location"]) == (303, path)
        (event,) = answered(on)
        assert (event.answer, event.by, event.verified) == (
            "need_info", "Ilze <b>Kalniņa</b>", False,
        )  # fmt: skip
        assert event.note == "Which\nsources?"
        assert event.evidence["ip"] == "127.0.0.1"
        assert event.evidence["user_agent"] == "Browser/1"
        assert path.removeprefix("/n/") not in str(event.model_dump())
        page = await client.get(path)
        assert "Answered by Ilze &lt;b&gt;Kalniņa&lt;/b&gt; on " in page.text
        assert "We need more information before we can answer." in words(page)
        assert "<form" not in page.text


async def test_the_first_answer_stands_and_is_shown_to_whoever_comes_second(
    tmp_path: Path,
) -> None:
    async with link(tmp_path, answers=("acknowledge", "accept", "decline")) as (on, client, path):
        await client.post(path, {"answer": "decline", "by": "Ilze"})
        again = await client.post(path, {"answer": "decline", "by": "Juris"})
        assert again.status == 303
        other = await client.post(path, {"answer": "accept", "by": "Juris"})
        assert other.status == 409
        assert "Yours was not recorded" in words(other)
        assert "Answered by Ilze" in words(other)
        assert [event.answer for event in answered(on)] == ["decline"]


async def test_an_acknowledgement_may_be_followed_by_one_further_answer(tmp_path: Path) -> None:
    async with link(tmp_path, answers=("acknowledge", "decline", "need_info")) as (
        on,
        client,
        path,
    ):
        await client.post(path, {"answer": "acknowledge", "by": "Ilze"})
        page = await client.get(path)
        assert "Answered by Ilze" in words(page)
        assert 'value="decline"' in page.text
        assert 'value="acknowledge"' not in page.text
        on.clock.move(timedelta(minutes=5))
        await client.post(path, {"answer": "decline", "by": "Juris"})
        last = await client.get(path)
        assert "Acknowledged on" in words(last)
        assert "Answered by Juris" in words(last)
        assert "<form" not in last.text
        assert [event.answer for event in answered(on)] == ["acknowledge", "decline"]


async def test_only_what_the_notice_allows_can_be_answered(tmp_path: Path) -> None:
    async with link(tmp_path, answers=("acknowledge",)) as (on, client, path):
        assert re.findall(r'value="(\w+)" required', (await client.get(path)).text) == [
            "acknowledge"
        ]
        reply = await client.post(path, {"answer": "accept"})
        assert reply.status == 409
        assert "Nothing was recorded." in words(reply)
        assert answered(on) == []


async def test_aid_accepted_by_link_is_not_verified_and_the_page_says_what_is_needed(
    tmp_path: Path,
) -> None:
    aid: dict[str, Any] = {
        "kind": "mutual_aid_request",
        "answers": ("acknowledge", "accept", "decline"),
    }
    async with link(tmp_path, **aid) as (on, client, path):
        assert "Accepting here is recorded as not verified." in words(await client.get(path))
        await client.post(path, {"answer": "accept", "by": "Ilze"})
        said = words(await client.get(path))
        assert "Recorded as NOT VERIFIED" in said
        assert "signed to /api/v1/inbox/lv of the hub" in said
        assert (recipient(on).verified, recipient(on).unconfirmed) == (False, True)


async def test_a_name_is_wanted_and_not_demanded(tmp_path: Path) -> None:
    async with link(tmp_path) as (_, client, path):
        await client.post(path, {"answer": "acknowledge"})
        assert "Answered by CERT-LV (no name given) on" in words(await client.get(path))


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
        assert (await client.post(path, {"answer": "need_info"})).status == 303


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
            for _ in range(40):
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
