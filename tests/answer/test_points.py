"""Points 30 to 33 of the acceptance list, on a running server: links, tokens, proof, evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from coalition.domain.incident.commands import ChangeTlp, IssueNotice
from coalition.domain.labels import Tlp
from tests.answer.page import PARTNER, answered, link, path_of, recipient, version, words
from tests.answer.serving import served
from tests.notices.stage import TEXT, email, member, stage

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio

ALL = ("acknowledge", "accept", "decline", "need_info", "offer", "affected")
AID: dict[str, Any] = {"kind": "mutual_aid_request", "answers": ALL}


async def test_point_30_only_a_deliberate_post_changes_anything_and_the_first_stands(
    tmp_path: Path,
) -> None:
    async with link(tmp_path, answers=ALL) as (on, client, path):
        before = version(on)
        for method in ("GET", "HEAD"):
            await client.get(path, method)
        assert (await client.post(path, {})).status == 422  # a scanner that presses the button
        assert version(on) == before
        first = {"answer": "decline", "by": "Ilze"}
        assert (await client.post(path, first)).status == 303
        assert (await client.post(path, {**first, "by": "Juris"})).status == 303
        assert [event.by for event in answered(on)] == ["Ilze"]
        assert "Answered by Ilze" in words(await client.get(path))


async def test_point_31_a_superseded_link_says_so_and_takes_nothing(tmp_path: Path) -> None:
    async with link(tmp_path) as (on, client, path):
        on.tell(IssueNotice, kind="correction", to=("lv",), text="It was three banks", supersedes=1)
        before = version(on)
        for reply in (await client.get(path), await client.post(path, {"answer": "acknowledge"})):
            assert reply.status == 410
            assert "This notice was superseded" in words(reply)
            assert TEXT not in reply.text
        assert version(on) == before
        assert (await client.get(path_of(on, notice=2))).status == 200


async def test_point_31_the_page_tells_nobody_where_it_was_and_holds_no_token(
    tmp_path: Path,
) -> None:
    async with link(tmp_path) as (on, client, path):
        page = await client.get(path)
        assert page.headers["referrer-policy"] == "no-referrer"
        assert path.removeprefix("/n/") not in page.text
        await client.post(path, {"answer": "acknowledge"})
        token = path.removeprefix("/n/")
        records = [record for record, _ in on.tocsin.log.records("incident", "INC-2026-0007")]
        assert all(token not in record.to_bytes().decode() for record in records)


@pytest.mark.parametrize("answer", ["accept", "offer"])
async def test_point_32_help_promised_by_link_is_an_acknowledgement_until_it_is_proven(
    tmp_path: Path, answer: str
) -> None:
    async with link(tmp_path, **AID) as (on, client, path):
        offer = {"answer": answer, "size": "2", "days": "14", "cost": "0", "currency": "EUR"}
        await client.post(path, offer)
        one = recipient(on)
        assert (one.stage, one.unconfirmed, one.verified) == ("acknowledged", True, False)
        assert one.details == {"size": "2", "days": "14", "cost": "0", "currency": "EUR"}
        said = words(await client.get(path))
        assert "mail signed with your OpenPGP key" in said
        assert "/api/v1/inbox/lv" in said
        assert "delegates in Slack" in said


async def test_point_33_every_answer_has_who_by_what_way_with_what_evidence_and_when(
    tmp_path: Path,
) -> None:
    async with link(tmp_path, answers=ALL) as (on, client, path):
        form = {"answer": "affected", "count": "3", "services": "mail", "by": "Ilze"}
        await client.post(path, form)
        one = recipient(on)
        assert (one.answered_by, one.answered_via, one.affected) == (
            "Ilze", "link", {"count": "3", "services": "mail"},
        )  # fmt: skip
        assert one.proof == "ip 127.0.0.1"
        assert one.answered_at == on.clock.now()


async def test_we_are_not_affected_is_an_answer_of_its_own_and_silence_is_none(
    tmp_path: Path,
) -> None:
    async with link(tmp_path, answers=ALL) as (on, client, path):
        assert recipient(on).affected is None
        await client.post(path, {"answer": "unaffected"})
        assert recipient(on).affected == {"count": "0"}
        page = await client.get(path)
        assert "We have checked: we are not affected." in words(page)
        assert 'value="offer" required' in page.text  # and may still help


async def test_a_question_needs_words_and_a_number_is_one(tmp_path: Path) -> None:
    async with link(tmp_path, answers=ALL) as (on, client, path):
        empty = await client.post(path, {"answer": "need_info"})
        assert (empty.status, "The question is missing." in words(empty)) == (422, True)
        many = await client.post(path, {"answer": "affected", "count": "a lot"})
        assert (many.status, "Count is not a number" in words(many)) == (409, True)
        assert 'value="a lot"' in many.text  # what was typed is given back
        assert answered(on) == []


async def test_the_page_speaks_the_partners_language_and_english_on_request(
    tmp_path: Path,
) -> None:
    latvian = member("lv", PARTNER["channels"], languages=["lv", "en"])
    async with stage(tmp_path, [latvian]) as on:
        on.issue("lv", answers=ALL)
        async with served(on.tocsin) as client:
            page = await client.get(path_of(on))
            assert '<html lang="lv">' in page.text
            assert "Mēs piedāvājam palīdzību." in page.text
            assert "TLP:GREEN" in page.text  # a label is never translated
            english = await client.get(path_of(on) + "?lang=en")
            assert "We offer help." in english.text
            sent = await client.post(path_of(on) + "?lang=en", {"answer": "acknowledge"})
            assert sent.headers["location"].endswith("?lang=en")


async def test_what_the_links_channel_may_not_carry_does_not_stand_on_its_page(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path, [member("lv", [email()])]) as on:
        on.issue("lv", answers=ALL)
        on.tell(ChangeTlp, tlp=Tlp.AMBER, reason="names of victims")
        async with served(on.tocsin) as client:
            page = await client.get(path_of(on))
            assert page.status == 200
            assert "TLP:AMBER" in page.text
            assert TEXT not in page.text
            assert "Its content may not stand on this page." in words(page)
            assert "Phone CERT-EE" in words(page)
            await client.post(path_of(on), {"answer": "acknowledge", "by": "Ilze"})
            assert recipient(on).acknowledged_at is not None
