import smtplib
from email.message import EmailMessage

import pytest

from tests.sandbox.partners.harness import Partners, StartPartners, partner


def mail(to: str = "cert@lv.example", message_id: str = "<e1-lv@hub.example>") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "hub@hub.example", to
    message["Subject"] = "EXERCISE TLP:AMBER+STRICT NT-0042"
    message["Message-ID"] = message_id
    message.set_content(
        "TLP:AMBER+STRICT\nNotice: NT-0042\nIncident: INC-9\n"
        "Überlastung in Tallinn.\nAnswer here: http://127.0.0.1:1/n/abc.def_1.\nTLP:AMBER+STRICT\n"
    )
    message.add_alternative("<p>TLP:AMBER+STRICT <b>Überlastung</b></p>", subtype="html")
    return message


def deliver(partners: Partners, message: EmailMessage) -> None:
    with smtplib.SMTP("127.0.0.1", partners.smtp_port, timeout=10) as smtp:
        smtp.send_message(message)


def test_a_mail_is_kept_parsed_and_raw(start_partners: StartPartners) -> None:
    partners = start_partners()
    deliver(partners, mail())
    [item] = partners.get("/partners/lv/inbox")["items"]
    assert (item["channel"], item["signature"], item["status"]) == ("mail", "none", 250)
    assert item["delivery_id"] == "<e1-lv@hub.example>"
    assert (item["label"], item["exercise"]) == ("TLP:AMBER+STRICT", True)
    assert (item["notice_id"], item["incident_id"]) == ("NT-0042", "INC-9")
    assert item["answer_link"] == "http://127.0.0.1:1/n/abc.def_1"
    assert "Überlastung in Tallinn." in item["text"]
    assert "<b>Überlastung</b>" in item["html"]
    assert item["raw"].startswith("From: hub@hub.example")


def test_an_unknown_recipient_gets_550(start_partners: StartPartners) -> None:
    partners = start_partners()
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        deliver(partners, mail("nobody@lv.example"))
    assert refused.value.recipients["nobody@lv.example"][0] == 550
    assert partners.get("/partners/lv/inbox")["items"] == []


@pytest.mark.parametrize(("mode", "code"), [("tempfail", 451), ("refuse", 550)])
def test_a_mail_server_can_be_told_to_refuse_for_now_or_for_good(
    start_partners: StartPartners, mode: str, code: int
) -> None:
    partners = start_partners(partner(mail={"mode": mode}))
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        deliver(partners, mail())
    assert refused.value.recipients["cert@lv.example"][0] == code


def test_a_slow_mail_server_keeps_the_message_before_it_says_250(
    start_partners: StartPartners,
) -> None:
    partners = start_partners(partner(mail={"delay_seconds": 30}))
    with (
        smtplib.SMTP("127.0.0.1", partners.smtp_port, timeout=0.5) as smtp,
        pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"),
    ):
        smtp.send_message(mail())
    inbox = partners.inbox_when(lambda box: bool(box["items"]))
    assert inbox["items"][0]["accepted"]


def test_a_repeated_message_id_is_a_repeat_and_another_id_is_a_second_sight(
    start_partners: StartPartners,
) -> None:
    partners = start_partners()
    for message_id in ("<a@hub>", "<a@hub>"):
        deliver(partners, mail(message_id=message_id))
    judged = partners.get("/_control/partners/deliveries")
    assert judged["notices"][0]["ids"]["<a@hub>"]["accepted"] == 2
    assert judged["seen_twice"] == []
    deliver(partners, mail(message_id="<b@hub>"))
    [row] = partners.get("/_control/partners/deliveries")["seen_twice"]
    assert (row["channel"], row["shown"]) == ("mail", 2)


def test_a_mail_without_message_id_is_told_from_others_by_its_bytes(
    start_partners: StartPartners,
) -> None:
    partners = start_partners()
    with smtplib.SMTP("127.0.0.1", partners.smtp_port, timeout=10) as smtp:
        for number in (1, 1, 2):
            smtp.sendmail("hub@hub.example", ["cert@lv.example"], f"Subject: {number}\r\n\r\nx")
    newest, repeat, _ = partners.get("/partners/lv/inbox")["items"]
    assert "no Message-ID" in newest["problem"]
    assert (newest["repeat_of"] is None, repeat["repeat_of"] is None) == (True, False)


def test_one_message_to_two_partners_arrives_at_both(start_partners: StartPartners) -> None:
    partners = start_partners(partner("lv"), partner("lt"))
    deliver(partners, mail("cert@lv.example, CERT@LT.example"))
    for name in ("lv", "lt"):
        assert len(partners.get(f"/partners/{name}/inbox")["items"]) == 1


@pytest.mark.parametrize("charset", ["utf-8", "no-such-charset"])
def test_a_broken_mail_is_still_shown(start_partners: StartPartners, charset: str) -> None:
    partners = start_partners()
    raw = (
        f"Subject: TLP:GREEN x\r\nMessage-ID: <z@hub>\r\n"
        f"Content-Type: text/plain; charset={charset}\r\n\r\n\xff\xfe caf\xe9"
    ).encode("latin-1")
    with smtplib.SMTP("127.0.0.1", partners.smtp_port, timeout=10) as smtp:
        smtp.sendmail("hub@hub.example", ["cert@lv.example"], raw)
    [item] = partners.get("/partners/lv/inbox")["items"]
    assert item["label"] == "TLP:GREEN"
    assert "caf" in item["text"]
