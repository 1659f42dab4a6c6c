import json
import re
import smtplib
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from playwright.sync_api import Browser, Page, expect
from standardwebhooks import Webhook

from tests.sandbox.partners.serving import call
from tests.sandbox.web.conftest import Served, seed

pytestmark = pytest.mark.browser

SECRET = seed()["partners"][0]["webhook"]["secret"]


def send_notice(served: Served, notice_id: str = "INC-1-n1-lv", secret: str = SECRET) -> None:
    data = {
        "notice_id": notice_id,
        "tlp": "TLP:AMBER",
        "subject": f"DDoS on two banks ({notice_id})",
        "text": "TLP:AMBER\nWhat we ask: acknowledge.\nTLP:AMBER",
        "impact": None,
        "indicators": ["203.0.113[.]7"],
        "ack_url": f"{served.hub.url}/n/tok-{notice_id}",
    }
    body = json.dumps({"type": "notice.alert", "timestamp": "2026-11-21T03:00:00Z", "data": data})
    now, sending = datetime.now(UTC), f"{notice_id}-1"
    call(
        "POST",
        f"{served.url}/partners/lv/webhook",
        raw=body.encode(),
        webhook_id=sending,
        webhook_timestamp=str(int(now.timestamp())),
        webhook_signature=Webhook(secret).sign(sending, now, body),
    )


def be_silent(served: Served) -> None:
    silent = {"ack_after_seconds": None}
    call("PATCH", f"{served.url}/_control/partners/lv/behaviour", silent)


def test_a_notice_appears_as_it_arrives_and_is_answered_on_the_hub_s_page(
    page: Page, sandbox: Served
) -> None:
    be_silent(sandbox)
    page.goto(f"{sandbox.url}/inbox/lv")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    expect(page.get_by_text("The inbox is empty.")).to_be_visible()
    send_notice(sandbox)
    notice = page.locator("article.notice")
    expect(notice.locator(".banner")).to_have_text("TLP:AMBER")
    expect(notice).to_contain_text("✓ valid: it is from the hub and unchanged")
    expect(notice.locator("dl.data").first).to_contain_text("What we ask: acknowledge.")
    expect(notice.locator("dl.data").first).to_contain_text(re.compile(r"impact\s*unknown"))
    with page.expect_popup() as opened:
        notice.get_by_role("link", name="Open answer link").click()
    expect(opened.value.get_by_role("heading", name="Answer notice")).to_be_visible()
    assert sandbox.hub.posts == []


def test_a_partner_can_be_driven_by_hand(page: Page, sandbox: Served) -> None:
    be_silent(sandbox)
    send_notice(sandbox)
    page.goto(f"{sandbox.url}/inbox/lv")
    page.get_by_role("button", name="Accept").click()
    expect(page.locator(".answering")).to_contain_text("✓ Answered: accept")
    expect(page.locator("#items")).to_contain_text("✓ answered: accept")
    expect(page.get_by_role("button", name="Decline")).to_have_count(0)
    assert [post["answer"] for post in sandbox.hub.posts] == ["accept"]


def test_repeats_and_forgeries_say_what_they_are(page: Page, sandbox: Served) -> None:
    be_silent(sandbox)
    for _ in range(2):
        send_notice(sandbox)
    send_notice(sandbox, "INC-2-n1-lv", secret="whsec_" + "QUJD" * 10)
    page.goto(f"{sandbox.url}/inbox/lv")
    items = page.locator("#items li")
    expect(items.nth(0)).to_contain_text("✕ refused: No matching signature found")
    expect(items.nth(1)).to_contain_text("repeat of d1, not shown again")
    items.nth(0).get_by_role("link").click()
    expect(page.locator("article.notice .sig")).to_contain_text("✕ invalid")
    expect(page.get_by_role("link", name="Open answer link")).to_have_count(0)
    assert len(sandbox.read("partners/deliveries")["notices"]) == 2


def test_behaviour_is_changed_with_a_form(page: Page, sandbox: Served) -> None:
    page.goto(f"{sandbox.url}/inbox/lv")
    page.get_by_text("How CERT-LV behaves").click()
    page.get_by_label("Answers after").fill("")
    page.get_by_label("Its answer").select_option("decline")
    page.get_by_label("Its webhook").select_option(label="is gone (410)")
    page.get_by_label("Its mail server").select_option(label="says try later (451)")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#toasts")).to_contain_text("Applied")
    behaviour = sandbox.read("partners/lv/behaviour")["behaviour"]
    assert (behaviour["ack_after_seconds"], behaviour["answer"]) == (None, "decline")
    assert behaviour["webhook_replies"][0]["status"] == 410
    assert behaviour["mail"]["mode"] == "tempfail"


def test_a_mail_s_own_html_is_shown_but_can_do_nothing(chromium: Browser, sandbox: Served) -> None:
    message = EmailMessage()
    message["To"], message["Subject"] = "cert@nksc-lt.example", "TLP:GREEN INC-1-n1-lt"
    message["Message-ID"] = "<INC-1-n1-lt-1@hub>"
    message.set_content("TLP:GREEN\nNotice: INC-1-n1-lt")
    message.add_alternative(
        "<p id=said>TLP:GREEN formatted</p><script>document.title='owned'</script>"
        "<img src='http://127.0.0.1:1/x' onerror='parent.document.title=\"owned\"'>",
        subtype="html",
    )
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=10) as smtp:
        smtp.send_message(message, "hub@hub.example")
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{sandbox.url}/inbox/lt")
    expect(page.locator(".sig")).to_contain_text("plain mail proves no sender")
    page.get_by_text("As formatted mail").click()
    expect(page.frame_locator("iframe").locator("#said")).to_have_text("TLP:GREEN formatted")
    assert "owned" not in page.title()
    page.goto(f"{sandbox.url}/inbox/lt/d1/mail.html")
    assert "owned" not in page.title()
    context.close()


def test_the_inspector_shows_traffic_and_sets_faults(page: Page, with_app: Served) -> None:
    page.goto(f"{with_app.url}/inspector")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    lost = page.locator(".fault-buttons form", has_text="Lost acknowledgement")
    lost.get_by_label("Kind of delivery").select_option("slash_commands")
    lost.get_by_role("button", name="Set").click()
    expect(page.locator("#faults")).to_contain_text("kind=drop_ack")
    with_app.control("command", {"user": "alice", "channel": "general", "text": "/incident open"})
    row = page.locator(".entries > li", has_text="slash_commands:/incident")
    expect(row).to_have_class("bad")
    expect(row).to_contain_text("timeout")
    row.locator("summary").click()
    expect(row).to_contain_text('"command": "/incident"')
    page.get_by_label("only what failed").check()
    expect(page.locator(".entries > li.bad").first).to_be_visible()
    expect(page.locator(".entries > li:not(.bad):visible")).to_have_count(0)


def test_faults_are_cleared_at_one_press(page: Page, sandbox: Served) -> None:
    page.goto(f"{sandbox.url}/inspector")
    page.locator("form", has_text="Enforce rate limits").get_by_role("button").click()
    expect(page.locator("#faults")).to_contain_text("kind=rate_limits")
    page.get_by_role("button", name="Clear all faults").click()
    expect(page.locator("#faults")).to_contain_text("No fault is in force.")
    assert sandbox.read("faults")["faults"] == []
