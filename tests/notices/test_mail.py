from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalition.rendering.notices import mime
from coalition.rendering.notices.hub import greeting_of, hub_of, parse_mail_server, sender_of
from coalition.rendering.notices.mail import Posting, mail
from coalition.rendering.notices.model import OutwardNotice
from coalition.rendering.notices.stix import bundle
from coalition.rendering.notices.text import plain_text
from tests.notices.sample import ISSUED, LINK, outward


def received(notice: OutwardNotice, attempt: int = 1) -> EmailMessage:
    """The message as the other side parses it from the bytes."""
    return parsed(mail(notice, posting(notice, attempt)))


def parsed(sent: bytes) -> EmailMessage:
    return email.message_from_bytes(sent, policy=email.policy.default)


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def posting(notice: OutwardNotice, attempt: int = 1, *, takes_answers: bool = False) -> Posting:
    return Posting(
        effect=f"{notice.notice_id}-{attempt}",
        host="tocsin.example",
        sender="hub@tocsin.example",
        coalition="Baltic Shield",
        to="cert@cert.lv.example",
        at=ISSUED,
        trace="0123456789abcdef",
        takes_answers=takes_answers,
    )


def test_the_subject_holds_label_and_id_and_no_clear_header_holds_anything_else() -> None:
    message = received(outward())
    assert message["Subject"] == "[TLP:GREEN] INC-2026-0007-n1-lv"
    headers = "\n".join(f"{name}: {value}" for name, value in message.items())
    for secret in ("DDoS", "banks", "flood", "CERT-EE", "/n/"):
        assert secret not in headers


def test_an_exercise_says_so_in_the_subject() -> None:
    assert received(outward(exercise=True))["Subject"].startswith("EXERCISE [TLP:GREEN] ")


def test_a_mail_has_one_recipient_and_no_copies() -> None:
    message = received(outward())
    assert [one.addr_spec for one in message["To"].addresses] == ["cert@cert.lv.example"]
    assert message["Cc"] is None
    assert message["Bcc"] is None


def test_a_mail_says_that_a_machine_sent_it() -> None:
    assert received(outward())["Auto-Submitted"] == "auto-generated"


def test_message_ids_are_stable_and_threads_hang_on_the_incident() -> None:
    first, again = received(outward()), received(outward())
    assert first["Message-ID"] == again["Message-ID"] == "<INC-2026-0007-n1-lv-1@tocsin.example>"
    reminder = received(outward(attempt=2), attempt=2)
    assert reminder["Message-ID"] == "<INC-2026-0007-n1-lv-2@tocsin.example>"
    assert reminder["References"].split() == ["<INC-2026-0007@tocsin.example>", first["Message-ID"]]


@pytest.mark.parametrize("text", ["Plain.", "Põhja-Läti – “jah” 東京", "From here\n.\n..dots"])
def test_the_text_arrives_as_it_was_rendered(text: str) -> None:
    notice = outward(text=text)
    assert text_of(received(notice)) == plain_text(notice)
    assert LINK in text_of(received(notice))


def test_where_answers_are_read_the_mail_says_how_to_reply_below_its_end() -> None:
    notice = outward()
    sent = parsed(mail(notice, posting(notice, takes_answers=True)))
    text = text_of(sent)
    assert text.startswith(plain_text(notice))
    below = " ".join(text.removeprefix(plain_text(notice)).split())
    assert "acknowledge, accept, decline, need_info" in below
    assert "without that signature is shown to us and changes nothing" in below


WRITTEN = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"))


@given(WRITTEN)
def test_any_text_arrives_as_it_was_written(text: str) -> None:
    part = parsed(mime.text_part(text))
    assert part.get_content().replace("\r\n", "\n").rstrip("\n") == text.rstrip("\n")
    assert max(map(len, mime.text_part(text).split(b"\r\n"))) <= 998


@given(st.text())
def test_no_value_begins_another_header_or_gets_lost(value: str) -> None:
    raw = mime.header("Subject", value).encode() + b"X-After: kept\r\n\r\n"
    head = parsed(raw)
    assert [name for name, _ in head.items()] == ["Subject", "X-After"]
    shown = "".join(str(head["Subject"]).split())
    assert shown == "".join(value.split()) or not value.isprintable()


@pytest.mark.parametrize("name", ["Baltic Shield", 'The "Shield"', "Põhja kilp", "a\r\nBcc: x@y"])
def test_a_sender_has_one_name_and_one_address(name: str) -> None:
    raw = mime.header("From", mime.address(name, "hub@tocsin.example")).encode() + b"\r\n"
    (sender,) = parsed(raw)["From"].addresses
    assert sender.addr_spec == "hub@tocsin.example"
    assert sender.display_name.split() == name.split()


def sealed(notice: OutwardNotice) -> tuple[EmailMessage, EmailMessage, bytes]:
    """(outside, inside, the bytes that were sealed)."""
    bare: list[bytes] = []

    def seal(inside: bytes) -> bytes:
        bare.append(inside)
        return b"-----BEGIN PGP MESSAGE-----\n\nabc=\n-----END PGP MESSAGE-----\n"

    sent = mail(notice, posting(notice), seal=seal)
    return parsed(sent), parsed(bare[0]), bare[0]


def test_a_sealed_mail_has_exactly_the_two_parts_of_rfc_3156() -> None:
    outside, _, _ = sealed(outward())
    assert outside.get_content_type() == "multipart/encrypted"
    assert outside.get_param("protocol") == "application/pgp-encrypted"
    version, message = outside.iter_parts()
    assert version.get_content_type() == "application/pgp-encrypted"
    assert version.get_content() == b"Version: 1\r\n"
    assert message.get_content_type() == "application/octet-stream"
    assert message.get_content().startswith(b"-----BEGIN PGP MESSAGE-----")


def test_what_is_sealed_has_crlf_line_ends_the_text_and_the_bundle() -> None:
    notice = outward(text="Põhja-Läti")
    _, inside, data = sealed(notice)
    assert b"\n" not in data.replace(b"\r\n", b"")
    text, attached = inside.iter_parts()
    assert text.get_content().replace("\r\n", "\n") == plain_text(notice)
    assert attached.get_content_type() == "application/stix+json"
    assert attached.get_content() == bundle(notice)
    assert attached.get_filename() == "INC-2026-0007-n1-lv.stix.json"


def test_the_true_subject_stands_inside_alone_and_says_what_stands_outside() -> None:
    outside, inside, _ = sealed(outward(exercise=True))
    assert outside["Subject"] == "EXERCISE [TLP:GREEN] INC-2026-0007-n1-lv"
    assert inside["Subject"] == f"{outside['Subject']}: DDoS on two banks"
    assert inside.get_param("hp") == "cipher"
    told = [str(value) for value in inside.get_all("HP-Outer", [])]
    assert f"Subject: {outside['Subject']}" in told
    structure = {"MIME-Version", "Content-Type"}
    assert {one.split(":")[0] for one in told} == set(outside.keys()) - structure
    assert all(inside[name] == outside[name] for name in ("From", "To", "Date", "Message-ID"))
    assert "banks" not in "".join(f"{name}{value}" for name, value in outside.items())


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("smtp://mail.example", ("mail.example", 25, False, None)),
        ("smtp://mail.example:2525/?starttls=required", ("mail.example", 2525, False, True)),
        ("smtp://mail.example?starttls=never", ("mail.example", 25, False, False)),
        ("smtp://u:p@mail.example", ("mail.example", 587, False, True)),
        ("smtps://u:p@mail.example", ("mail.example", 465, True, False)),
    ],
)
def test_the_mail_servers_address_says_how_to_talk_to_it(
    url: str, meant: tuple[str, int, bool, bool | None]
) -> None:
    assert parse_mail_server(url)[:4] == meant


def test_user_and_password_are_unquoted() -> None:
    server = parse_mail_server("smtps://hub%40x:p%40ss%20word@mail.example")
    assert (server.user, server.password) == ("hub@x", "p@ss word")


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("smtp://u:pw123@h?startls=1", "startls"),
        ("smtp://u:pw123@h?starttls=perhaps", "perhaps"),
        ("smtp://u:pw123@", "host"),
        ("smtp://u:pw123@h:port", "ort"),
    ],
)
def test_a_wrong_mail_address_is_named_without_its_password(url: str, named: str) -> None:
    with pytest.raises(ValueError, match=named) as caught:
        parse_mail_server(url)
    assert "pw123" not in str(caught.value)


def test_the_hub_names_its_mail_address_only_when_it_has_one() -> None:
    assert hub_of("https://t.example", None).mail == ""
    assert hub_of("https://t.example", "smtp://m.example").mail == "tocsin@t.example"
    assert hub_of("https://t.example", "smtp://m.example?from=hub@x.example").mail == (
        "hub@x.example"
    )
    assert sender_of(parse_mail_server("smtp://m"), "http://[::1]:80") == "tocsin@localhost"
    assert hub_of("https://t.example", None).fingerprint == "unknown"
    assert hub_of("https://t.example", None, "ABCD").fingerprint == "ABCD"
    assert greeting_of("http://127.0.0.1:80") == "[127.0.0.1]"
    assert greeting_of("https://t.example") == "t.example"
