"""The languages of notices: complete, and no label, id or person's own words translated."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from coalition.domain.labels import Tlp
from coalition.domain.notice.pap import Pap
from coalition.rendering.notices.blocks import notice_message
from coalition.rendering.notices.languages import LANGUAGES, language_of, say_in
from coalition.rendering.notices.model import ThinNotice
from coalition.rendering.notices.nudge import nudge
from coalition.rendering.notices.text import plain_text
from coalition.rendering.notices.wording import ANSWERS, KINDS
from tests.notices import catalogs
from tests.notices.sample import DETAILS, LINK, outward
from tests.notices.stage import TEXT

OTHERS = [tag for tag in LANGUAGES if tag != "en"]
GOLDEN = Path(__file__).parent / "golden"
SAME_EVERYWHERE = {
    "Contact", "CONTACT", "Impact", "Incident", "Restriction: %(text)s", "routine",
}  # fmt: skip
"""What another language happens to write the same way."""

WANTED = catalogs.texts()


def placeholders(text: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)s|%(?!\()", text))


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated_and_keeps_its_placeholders(language: str) -> None:
    say = say_in(language)
    assert len(WANTED) > 80
    untranslated = [text for text in WANTED if say(text) == text]
    assert set(untranslated) <= SAME_EVERYWHERE
    assert [text for text in WANTED if placeholders(say(text)) != placeholders(text)] == []
    assert [text for text in WANTED if text.strip() != text or say(text).strip() != say(text)] == []


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_read_while_running_is_made_of_the_texts_that_people_edit(language: str) -> None:
    folder = catalogs.folder_of(language)
    made = catalogs.catalog(language, WANTED)
    assert (folder / "tocsin.po").read_bytes() == catalogs.as_po(made)
    assert (folder / "tocsin.mo").read_bytes() == catalogs.as_mo(made)


@pytest.mark.parametrize("language", OTHERS)
def test_a_text_ends_like_its_original(language: str) -> None:
    """A colon leads to something, a full stop ends something: both matter at 03:00."""
    say = say_in(language)
    assert [text for text in WANTED if text[-1] in ".:" and say(text)[-1] != text[-1]] == []


@pytest.mark.parametrize("language", OTHERS)
def test_headings_stay_headings(language: str) -> None:
    say = say_in(language)
    assert [text for text in WANTED if text.isupper() and not say(text).isupper()] == []


@pytest.mark.parametrize(
    ("languages", "spoken"),
    [(("et", "en"), "et"), (("ru", "lv"), "lv"), (("fr-CA",), "fr"), (("de",), "en"), ((), "en"),
     (("en", "et"), "en"), (("UK",), "uk")],
)  # fmt: skip
def test_a_member_is_spoken_to_in_the_first_of_its_languages_that_we_speak(
    languages: tuple[str, ...], spoken: str
) -> None:
    assert language_of(languages) == spoken
    assert outward(languages=languages or ("en",)).language == spoken
    said = say_in(language_of(languages))("WHY YOU")
    assert (said == "WHY YOU") is (spoken == "en")


@pytest.mark.parametrize("language", OTHERS)
def test_a_text_is_in_the_members_language_first_and_in_english_below(language: str) -> None:
    say = say_in(language)
    text = plain_text(outward(languages=(language, "en"), details=DETAILS, attempt=2))
    local, mark, english = text.partition(f"{'=' * 30} ENGLISH {'=' * 30}")
    assert mark
    assert say("WHAT WE ASK") in local
    assert "WHAT WE ASK" not in local
    assert "WHAT WE ASK" in english
    for part in (local, english):  # whoever reads only one of them misses nothing to act on
        assert LINK in part
        assert "2026-01-21 04:12 UTC" in part
        assert "Two banks are under an HTTP flood" in part
        assert "+372 555 0100" in part
        assert "Not to be shared with suppliers." in part
    assert text.count("198[.]51[.]100[.]0/24") == 1
    assert max(map(len, text.splitlines())) <= 80
    lines = text.splitlines()
    assert lines[0] == lines[-1] == "TLP:GREEN"


@pytest.mark.parametrize("language", OTHERS)
def test_labels_ids_and_names_of_answers_are_never_translated(language: str) -> None:
    notice = outward(languages=(language,), exercise=True, details=DETAILS, tlp=Tlp.AMBER_STRICT)
    for text in (plain_text(notice), nudge(ThinNotice.of(notice)), notice_message(notice).text):
        assert "TLP:AMBER+STRICT" in text
        assert "EXERCISE" in text
        assert "INC-2026-0007-n1-lv" in text
    text = plain_text(notice)
    assert Pap.GREEN.value in text
    for answer in ("acknowledge", "accept", "decline", "need_info"):
        assert f"- {answer}: {say_in(language)(ANSWERS[answer])[:20]}" in text
    assert "availability:ddos" in text


@pytest.mark.parametrize("language", OTHERS)
def test_a_nudge_and_a_slack_message_speak_it_too(language: str) -> None:
    notice = outward(languages=(language,))
    kind = say_in(language)(KINDS["alert"])
    assert kind in nudge(ThinNotice.of(notice))
    assert kind in notice_message(notice).text
    assert kind in notice_message(ThinNotice.of(notice)).text


def test_what_people_wrote_stands_as_they_wrote_it_even_where_it_is_one_of_our_words() -> None:
    notice = outward(languages=("et",), title="Alert", text=f"WHY YOU. {TEXT}")
    local, _, _ = plain_text(notice).partition("ENGLISH")
    assert "WHY YOU. Two banks are under an HTTP flood" in " ".join(local.split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_of_each_language_reads_as_it_did(language: str) -> None:
    expected = (GOLDEN / f"notice.{language}.txt").read_text(encoding="utf-8")
    assert plain_text(outward(languages=(language,), details=DETAILS)) == expected
