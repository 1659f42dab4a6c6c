"""The answer page as a partner meets it: from the link in the notice, on a real server."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from coalition.application.answer_tokens import ANSWER_LINK_LIFE, make
from coalition.domain.incident.commands import RaiseWarning
from tests.answer.page import answered, link, recipient, version, words
from tests.notices.stage import TEXT

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio


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
        assert " checked>" not in (await client.get(path)).text
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
        assert 'value="need_info" required' not in page.text  # a decision may still follow
        assert 'value="offer"' in page.text


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
        assert "Help promised here is recorded as not verified." in words(await client.get(path))
        await client.post(path, {"answer": "accept", "by": "Ilze"})
        said = words(await client.get(path))
        assert "Recorded as NOT VERIFIED" in said
        assert "signed to /api/v1/inbox/lv of the hub" in said
        assert (recipient(on).verified, recipient(on).unconfirmed) == (False, True)


async def test_a_name_is_wanted_and_not_demanded(tmp_path: Path) -> None:
    async with link(tmp_path) as (_, client, path):
        await client.post(path, {"answer": "acknowledge"})
        assert "Answered by CERT-LV (no name given) on" in words(await client.get(path))


async def test_what_happened_is_read_before_the_answer_which_is_one_press_away(
    tmp_path: Path,
) -> None:
    async with link(tmp_path) as (_, client, path):
        page = (await client.get(path)).text
    parts = ("What we ask", 'href="#answer"', "What happened", 'id="answer"', "Why you get this")
    order = [page.index(part) for part in parts]
    assert order == sorted(order)


async def test_the_page_of_a_warning_shows_its_text_once_and_no_severity(tmp_path: Path) -> None:
    async with link(tmp_path) as (on, client, _):
        on.tell(
            RaiseWarning, incident="INC-2026-0008", what="Wiper mails from a ministry",
            members=("lv",), tlp="TLP:GREEN", exercise=False,
        )  # fmt: skip
        expires = on.clock.now() + ANSWER_LINK_LIFE
        page = (
            await client.get(
                "/n/"
                + make(on.tocsin.secret_key, "INC-2026-0008", 1, "lv", expires, exercise=False)
            )
        ).text
    assert page.count("Wiper mails") == 1
    assert "Early warning, severity not assessed." in page
    assert not re.search(r"Severity S\d|significant", page)
