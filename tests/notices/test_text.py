from __future__ import annotations

import re

import pytest
from pydantic import ValidationError

from coalition.domain.labels import Tlp
from coalition.rendering.notices.build import notice_id, parse_notice_id
from coalition.rendering.notices.model import OutwardNotice
from coalition.rendering.notices.text import plain_text
from coalition.rendering.notices.wording import first_reason
from tests.notices.sample import LINK, outward


@pytest.mark.parametrize("label", list(Tlp))
def test_the_label_stands_verbatim_directly_before_the_information_and_at_its_end(
    label: Tlp,
) -> None:
    lines = plain_text(outward(tlp=label)).splitlines()
    assert lines[0] == lines[-1] == label.value


def test_the_first_screen_says_who_why_what_by_when_and_where_to_answer() -> None:
    screen = "\n".join(plain_text(outward()).splitlines()[:24])
    assert "Notice    INC-2026-0007-n1-lv" in screen
    assert "From      CERT-EE (EE)" in screen
    assert "sectors energy; dependencies viasat-ka-sat" in screen
    assert "Block the listed sources" in screen
    assert "Acknowledge by 2026-01-21 04:12 UTC = 2026-01-21 06:12 EET (Europe/Riga)." in screen
    assert f"  {LINK}\n" in screen


def test_every_allowed_answer_is_said_as_a_sentence_and_no_other() -> None:
    text = " ".join(plain_text(outward(answers=("acknowledge", "need_info"))).split())
    assert "- acknowledge: We have received this notice and a person is looking at it." in text
    assert "- need_info: We need more information before we can answer." in text
    assert "- accept:" not in text


def test_the_contact_names_the_sender_its_phone_and_the_hub() -> None:
    text = " ".join(plain_text(outward()).split())
    assert "CERT-EE, duty phone +372 555 0100, day and night." in text
    assert "hub@tocsin.example, https://tocsin.example" in text


def test_no_line_is_wider_than_eighty_columns() -> None:
    text = plain_text(outward(attempt=3, exercise=True, text="Sources are many. " * 60))
    assert max(map(len, text.splitlines())) <= 80


def test_a_link_is_never_broken_however_long_it_is() -> None:
    link = "https://" + "long." * 30 + "example/list"
    assert link in plain_text(outward(text=f"See {link} for the sources."))


def test_an_exercise_says_so_in_its_second_line_and_again_before_the_end() -> None:
    lines = plain_text(outward(exercise=True)).splitlines()
    assert "EXERCISE" in lines[1]
    assert "EXERCISE" in lines[-3]
    assert "EXERCISE" not in plain_text(outward())


def test_a_second_attempt_says_that_it_is_a_reminder() -> None:
    assert "REMINDER (sent 2 times)" in plain_text(outward(attempt=2))
    assert "REMINDER" not in plain_text(outward())


def test_letters_that_turn_the_text_around_never_leave() -> None:
    notice = outward(title="Calm \u202egnihtemos", text="A\u2066B\x07C")
    assert "\u202e" not in plain_text(notice)
    assert notice.text == "ABC"


def test_a_notice_with_a_missing_or_unknown_field_is_an_error_not_a_blank() -> None:
    whole = outward().model_dump()
    assert OutwardNotice.model_validate(whole) == outward()
    for name in OutwardNotice.model_fields:
        partial = {key: value for key, value in whole.items() if key != name}
        with pytest.raises(ValidationError):
            OutwardNotice.model_validate(partial)
    with pytest.raises(ValidationError):
        OutwardNotice.model_validate({**whole, "surprise": 1})


@pytest.mark.parametrize("member", ["lv", "no", "xk-n1-b"])
def test_a_notice_id_is_read_back_as_it_was_made(member: str) -> None:
    made = notice_id("INC-2026-0007", 12, member)
    assert parse_notice_id(made) == ("INC-2026-0007", 12, member)


@pytest.mark.parametrize(
    "text",
    ["", "INC-2026-0007", "INC-2026-0007-n1", "INC-2026-0007-n1-", "INC-1-nX-lv", "n1-lv",
     "INC-2026-0007-n²-lv", "INC-2026-0007-n1234567-lv"],
)  # fmt: skip
def test_what_is_no_notice_id_is_read_as_none(text: str) -> None:
    assert parse_notice_id(text) is None


@pytest.mark.parametrize("warned", ["Wiper mails.", "Wiper mails " + "again and again " * 20])
def test_a_warning_says_what_happened_once_and_no_severity(warned: str) -> None:
    title = warned if len(warned) < 40 else f"{warned[:30]}…"
    notice = outward(kind="early_warning", title=title, text=warned, assessed=False)
    text = plain_text(notice)
    assert text.count("Wiper mails") == 1
    assert "  Severity  early warning, severity not assessed\n" in text
    assert not re.search(r"\bS[0-4]\b|significant", text)
    assert (notice.severity, notice.severity_means) == (
        "unknown", "early warning, severity not assessed",
    )  # fmt: skip


def test_an_early_warning_about_an_incident_that_was_assessed_says_its_severity() -> None:
    assert "  Severity  S2: significant, national\n" in plain_text(outward(kind="early_warning"))


def test_title_and_text_that_differ_are_both_said() -> None:
    text = plain_text(outward(title="Flood", text="Two banks are down."))
    assert "  Flood\n  Two banks are down.\n" in text


def test_of_many_reasons_for_not_sending_the_first_is_said() -> None:
    assert first_reason("It is too strict for CERT.LV's mail. It is too strict.") == (
        "It is too strict for CERT.LV's mail."
    )
    assert first_reason("It has no channel.") == "It has no channel."
