from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage

import pytest

from coalition.rendering.notices.hub import greeting_of, hub_of, parse_mail_server, sender_of
from coalition.rendering.notices.mail import mail
from coalition.rendering.notices.model import OutwardNotice
from coalition.rendering.notices.text import plain_text
from tests.notices.sample import ISSUED, LINK, outward


def received(notice: OutwardNotice, attempt: int = 1) -> EmailMessage:
    """The message as the other side parses it from the bytes."""
    sent = mail(
        notice,
        effect=f"{notice.notice_id}-{attempt}",
        host="tocsin.example",
        sender="hub@tocsin.example",
        to="cert@cert.lv.example",
        at=ISSUED,
    )
    return email.message_from_bytes(sent.as_bytes(), policy=email.policy.default)


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
    message = received(notice)
    assert message.get_content_type() == "text/plain"
    assert message.get_content().replace("\r\n", "\n") == plain_text(notice)
    assert LINK in message.get_content()


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
    assert greeting_of("http://127.0.0.1:80") == "[127.0.0.1]"
    assert greeting_of("https://t.example") == "t.example"
