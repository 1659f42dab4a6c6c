"""What a partner wrote, told from what it quotes; and what was written by no person."""

from __future__ import annotations

import email
import email.policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalition.domain.incident.words import Answer
from coalition.rendering.notices.languages import LANGUAGES
from tests.docs.pages import REPOSITORY, blocks
from tests.inbound.letters import NOTICE, QUOTE, reply, returned
from tests.inbound.letters import automatic as automatic_mail
from workers.inbound import automatic, mime, reading, words


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("accept", "accept"),
        ("Accepted.", "accept"),
        ("ACKNOWLEDGE", "acknowledge"),
        ("need_info: which hosts?", "need_info"),
        ("Need more information, please", "need_info"),
        ("offer", "offer"),
        ("Decline – no staff tonight", "decline"),
        ("Oleme nõus", "accept"),
        ("Kätte saadud", "acknowledge"),
        ("Piekrītam.", "accept"),
        ("Saņemts", "acknowledge"),
        ("Sutinkame", "accept"),
        ("Gauta", "acknowledge"),
        ("Приймаємо", "accept"),
        ("Отримано", "acknowledge"),
        ("Nous acceptons", "accept"),
        ("Bien reçu", "acknowledge"),
        ("D’accord", "accept"),
    ],
)
def test_the_first_words_answer_in_every_language(line: str, answer: Answer) -> None:
    assert reading.read(f"\n{line}\nmore\n").answer == answer


def test_every_answer_can_be_given_in_every_language_of_the_notices() -> None:
    said = words._PHRASES
    assert all(len(phrases) >= len(LANGUAGES) for phrases in said.values())


@pytest.mark.parametrize(
    "text",
    ["", "\n\n", "Hello,\naccept", "Yes", "not accept", "We do not accept", "acceptance",
     "> accept", ">accept\n> accept\n", "-- \naccept", QUOTE, "Tere\n" + QUOTE],
)  # fmt: skip
def test_what_does_not_begin_with_an_answer_gives_none(text: str) -> None:
    assert reading.read(text).answer is None


@pytest.mark.parametrize(
    "text",
    [
        f"accept\n\n{QUOTE}",
        f"{QUOTE}\naccept\n",
        f"> decline\n\n{QUOTE}\naccept\n",
        "accept\n\n-----Original Message-----\ndecline",
        "accept\n-- \nInga\ndecline",
        "\u00a0accept\r\n",
    ],
)
def test_above_and_below_a_quotation_what_was_written_counts(text: str) -> None:
    assert reading.read(text.replace("\r\n", "\n")).answer == "accept"


def test_the_lines_below_the_answer_say_more() -> None:
    text = f"offer\nSize: 4\nstarts: 2026-11-23\nphone: 112\nsize: 9\n\n{QUOTE}count: 3\n"
    found = reading.read(text)
    assert found.details == {"size": "4", "starts": "2026-11-23"}
    assert found.note.startswith("Size: 4")
    assert "Notice" not in found.note


def test_the_reply_that_partners_are_shown_is_understood() -> None:
    page = (REPOSITORY / "docs" / "partners.md").read_text(encoding="utf-8")
    (sample,) = blocks(page, "mail")
    found = reading.read(sample)
    assert found.answer == "offer"
    assert found.details == {"capability": "lv-ddos-team", "size": "4", "starts": "2026-11-23"}


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("affected\ncount: 3", "3"),
        ("not affected", "0"),
        ("Ei ole mõjutatud", "0"),
        ("skarti", None),
    ],
)
def test_being_affected_says_how_many_or_none(line: str, count: str | None) -> None:
    found = reading.read(line)
    assert (found.answer, found.details.get("count")) == ("affected", count)


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"},
        {"Auto-Submitted": "auto-generated; x=y"},
        {"Precedence": "bulk"},
        {"X-Autoreply": "yes"},
        {"Return-Path": "<>"},
    ],
)
def test_point_14_what_a_machine_sent_is_known_by_its_headers(headers: dict[str, str]) -> None:
    assert automatic.is_automatic(mime.parse(automatic_mail(**headers)))


def test_a_person_who_says_that_no_machine_sent_it_is_believed() -> None:
    assert not automatic.is_automatic(mime.parse(reply("accept").as_bytes()))
    assert not automatic.is_automatic(mime.parse(automatic_mail(**{"Auto-Submitted": "no"})))


@pytest.mark.parametrize("headers_alone", [True, False])
def test_a_report_says_which_mail_came_back_and_why(headers_alone: bool) -> None:  # noqa: FBT001
    sent = b"Message-ID: <a-1@tocsin.example>\r\nX-Tocsin-Trace: abc\r\n\r\ntext\r\n"
    report = mime.parse(returned(sent, headers_alone=headers_alone))
    bounce = automatic.bounce_of(report)
    assert bounce == ("<a-1@tocsin.example>", "abc", True, "5.1.1 smtp; 550 no such user")
    delayed = automatic.bounce_of(mime.parse(returned(sent, action="delayed")))
    assert delayed is not None
    assert not delayed.final


def test_a_message_id_names_the_sending_and_other_text_the_notice() -> None:
    (one,) = reading.sendings(f"<x@y> <{NOTICE}-12@tocsin.example>")
    assert one == reading.About("INC-2026-0007", 1, "lv", 12)
    (two,) = reading.sendings("<INC-2026-0007-n1-at-1-2@tocsin.example>")
    assert (two.member, two.attempt) == ("at-1", 2)
    assert reading.in_headers(mime.parse(f"Subject: Re: {NOTICE}: x\n\n".encode())) == [
        reading.About("INC-2026-0007", 1, "lv")
    ]


def test_html_alone_is_read_without_what_it_quotes() -> None:
    page = "<html><head><title>x</title></head><body><div>accept</div><div>size: 3</div>"
    page += "<blockquote>decline<br>size: 9</blockquote></body></html>"
    raw = f"Content-Type: text/html; charset=utf-8\n\n{page}".encode()
    found = reading.read(mime.text_of(mime.parse(raw)))
    assert (found.answer, found.details) == ("accept", {"size": "3"})


NESTED = b"".join(
    b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(500)
)


@pytest.mark.parametrize(
    "raw",
    [NESTED, b"Content-Type: message/rfc822\n\n" * 5000, b"x" * 10_000_001],
    ids=["multiparts", "mails", "large"],
)
def test_a_mail_made_to_break_us_is_refused(raw: bytes) -> None:
    with pytest.raises(mime.NotAMail):
        mime.parse(raw)


HEADERS = ("From", "Subject", "In-Reply-To", "Content-Type", "Auto-Submitted", "References")


@given(
    st.lists(st.tuples(st.sampled_from(HEADERS), st.binary(max_size=60)), max_size=6),
    st.binary(max_size=400),
)
def test_no_bytes_break_the_reading(headers: list[tuple[str, bytes]], body: bytes) -> None:
    raw = b"".join(name.encode() + b": " + value + b"\n" for name, value in headers) + b"\n" + body
    entity = mime.parse(raw)
    automatic.is_automatic(entity)
    automatic.bounce_of(entity)
    reading.in_headers(entity)
    reading.read(mime.text_of(entity))
    assert "\n" not in mime.header(entity, "Subject") + mime.header(entity, "From")


def test_a_header_of_several_lines_is_shown_on_one() -> None:
    raw = b"From: =?utf-8?q?a=0d=0aBcc:_x@y?= <a@b>\nSubject: one\n two\n\n"
    entity = email.message_from_bytes(raw, policy=email.policy.compat32)
    assert mime.header(entity, "Subject") == "one two"
    assert mime.header(entity, "From") == "a Bcc: x@y <a@b>"
