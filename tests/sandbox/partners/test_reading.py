import json
from email.message import EmailMessage

import pytest

from sandbox.partners.reading import answer_link_in, read_mail, read_webhook


@pytest.mark.parametrize("body", ["", "not json", "[1]", "null", '{"data": 7}', '{"type": 3}'])
def test_a_body_that_is_no_notice_is_read_without_complaint(body: str) -> None:
    reading = read_webhook(body)
    assert (reading.notice_id, reading.label, reading.answer_link) == ("", "", "")


def test_the_answer_link_is_found_at_any_depth() -> None:
    deep = {"type": "notice.alert", "data": {"ask": {"links": [{"ack_url": "https://h/n/a"}]}}}
    assert read_webhook(json.dumps(deep)).answer_link == "https://h/n/a"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("TLP:AMBER+STRICT first", "TLP:AMBER+STRICT"),
        ("TLP:AMBER, then", "TLP:AMBER"),
        ("TLP:WHITE", ""),
        ("tlp:green", ""),
        ("TLP: RED", ""),
        ("TLP:REDDISH", ""),
    ],
)
def test_only_the_five_labels_of_tlp_2_are_labels(text: str, label: str) -> None:
    assert read_webhook(json.dumps({"data": {"note": text}})).label == label


def test_only_a_link_to_an_answer_page_is_an_answer_link() -> None:
    text = "see https://x.example/news, or (https://hub.example/t/n/tok-1_2.sig)."
    assert answer_link_in(text) == "https://hub.example/t/n/tok-1_2.sig"
    assert answer_link_in("https://x.example/n/") == ""


@pytest.mark.parametrize(
    ("headers", "text", "notice_id"),
    [
        ({"Message-ID": "<INC-2026-0007-n1-lv-2@hub>"}, "About INC-2026-0007-n1-lv.",
         "INC-2026-0007-n1-lv"),
        ({"Message-ID": "<abc-1@hub>"}, "Notice: NT-7", "NT-7"),
        ({"Message-ID": "<abc-1@hub>"}, "nothing named", "abc-1"),
        ({"X-Notice-Id": "NT-9", "Message-ID": "<abc-1@hub>"}, "Notice: NT-7", "NT-9"),
    ],
)  # fmt: skip
def test_a_mail_is_known_by_the_notice_it_names(
    headers: dict[str, str], text: str, notice_id: str
) -> None:
    message = EmailMessage()
    for name, value in headers.items():
        message[name] = value
    message.set_content(text)
    assert read_mail(message).notice_id == notice_id
