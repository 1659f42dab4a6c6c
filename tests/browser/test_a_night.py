"""What people do in a night, with mouse and keyboard, on real pages and real processes."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.window import Window, choose_members, number_in
from tests.scenarios.coalition import ALICE, INGA, LOBBY

if TYPE_CHECKING:
    from tests.scenarios.acting import Stage

pytestmark = pytest.mark.browser
Visit = Callable[..., Window]

HUMAN_SECONDS = 60
TYPING_SECONDS_A_LETTER = 0.3  # 200 letters a minute: a slow typist, tired
CLICK_SECONDS = 1.5
READING_SECONDS = 3


def test_alice_opens_an_incident_and_the_partners_answer_before_her_eyes(
    visit: Visit, stage: Stage
) -> None:
    alice, inga = visit(ALICE), visit(INGA)
    alice.enter(LOBBY)
    number = opens_by_the_form(alice)
    finds_the_room(alice, number)
    runs_a_playbook(alice)
    board = goes_to_the_board(alice)
    for window in (alice, board):
        window.page.evaluate("window.notReloaded = true")

    answers_from_the_inbox(inga)
    expect(alice.headline).to_contain_text("1 of 3 acknowledged")
    expect(alice.headline).to_contain_text("accepted")
    alice.page.get_by_role("link", name=re.compile("repl(y|ies)")).last.click()
    expect(alice.page.locator("#thread")).to_contain_text("Four people from 08:00")
    alice.shot("13-headline-and-thread")
    expect(board.page.get_by_role("row", name="CERT-LV")).to_contain_text("Four people from 08:00")
    board.shot("14-board-answered")
    for window in (alice, board):
        assert window.page.evaluate("window.notReloaded") is True


def opens_by_the_form(alice: Window) -> str:
    """Type the bare verb, make mistakes, mend them; returns the incident's number."""
    alice.types("/incident open")
    form = alice.form("Open an incident")
    alice.shot("01-open-form")
    form.get_by_role("button", name="Open incident").click()
    expect(form.get_by_text("Please complete this required field.").first).to_be_visible()
    form.get_by_label("What has happened?").fill("DDoS on two banks")
    form.get_by_label("TLP label").select_option("TLP:GREEN")
    choose_members(form, "Whom else to invite?", "CERT-LV", "NKSC-LT", "NCSC-FI")
    form.get_by_role("button", name="Open incident").click()
    expect(form.get_by_text("Severity is missing.")).to_be_visible()
    alice.shot("02-open-form-mistake")
    form.get_by_label(re.compile("^Severity")).select_option("S2")
    form.get_by_role("button", name="Open incident").click()
    done = alice.page.get_by_role("dialog")
    expect(done).to_contain_text("is open: DDoS on two banks")
    alice.shot("03-opened")
    number = number_in(done)
    done.get_by_role("button", name="Close").last.click()
    return number


def finds_the_room(alice: Window, number: str) -> None:
    """The room is in the list, complete, its headline pinned."""
    alice.go(number.lower())
    expect(alice.headline).to_contain_text("DDoS on two banks")
    expect(alice.headline).to_contain_text("Pinned to this room")
    expect(alice.headline).not_to_contain_text("Room checklist")
    alice.shot("04-room")


def runs_a_playbook(alice: Window) -> None:
    """By the menu of the bare command; the notices go out."""
    alice.types("/playbook")
    alice.message("What is to be done?").get_by_role("button", name="Run a playbook").click()
    form = alice.form("Run a playbook")
    form.get_by_label("Playbook").select_option("cross-border-ddos")
    alice.shot("05-playbook-form")
    form.get_by_role("button", name="Next").click()
    asked = alice.page.get_by_role("dialog")
    expect(asked).to_contain_text("CERT-LV")  # whom it would tell, before it does
    asked.get_by_role("button", name="Start").click()
    done = alice.page.get_by_role("dialog")
    expect(done).to_contain_text("runs as")
    alice.shot("06-playbook-started")
    done.get_by_role("button", name="Close").last.click()
    expect(alice.headline).to_contain_text("0 of 3 acknowledged")
    expect(alice.headline).to_contain_text("Cross-border DDoS")
    alice.shot("07-notice-sent")


def goes_to_the_board(alice: Window) -> Window:
    """By the headline's button and the one-time link; returns the board's window."""
    alice.headline.get_by_role("button", name="Open the board").click()
    link = alice.form("Board")
    alice.shot("08-way-to-the-board")
    with alice.page.expect_popup() as opened:
        link.get_by_role("link", name=re.compile("Go to")).click()
    link.get_by_role("button", name="Close").last.click()
    board = Window(opened.value, alice.house, ALICE, alice.shots)
    sign_in = board.page.get_by_role("button", name="Sign in as")
    expect(sign_in).to_be_visible()
    board.shot("09-sign-in")
    sign_in.click()
    expect(board.page.get_by_role("row", name="CERT-LV")).to_be_visible()
    board.shot("10-board-waiting")
    return board


def answers_from_the_inbox(inga: Window) -> None:
    """Read the notice as CERT-LV gets it, follow its link, answer."""
    inga.page.goto(f"{inga.house.sandbox.url}/inbox/lv")
    notice = inga.page.locator("article.notice")
    expect(notice).to_contain_text("valid: it is from the hub and unchanged")
    expect(notice.locator("dl.data > div").nth(0)).to_contain_text("Can you help to filter")
    inga.shot("11-partner-inbox")
    with inga.page.expect_popup() as opened:
        notice.get_by_role("link", name="Open answer link").click()
    page = Window(opened.value, inga.house, INGA, inga.shots)
    accept = page.page.get_by_label("We accept and will do what is asked.")
    expect(accept).to_be_visible()
    page.shot("12-answer-page")
    accept.check()
    page.page.get_by_label("Your name and role").fill("Inga Ozola, duty officer")
    page.page.get_by_label("Note to the coalition").fill("Four people from 08:00")
    page.page.get_by_role("button", name="Send this answer").click()
    expect(page.page.locator(".said").first).to_be_visible()
    page.shot("12b-answered")


def test_a_warning_takes_less_than_a_minute_of_whoever_has_never_seen_it(
    visit: Visit, stage: Stage
) -> None:
    alice = visit(ALICE)
    alice.enter(LOBBY)
    typed = "/incident"
    begun = time.monotonic()
    alice.types(typed)  # does not even know the verb: the menu says it
    menu = alice.message("What is to be done?")
    alice.shot("20-menu")
    menu.get_by_role("button", name="Raise an early warning").click()
    form = alice.form("Raise an early warning")
    required = form.locator("[aria-required=true], [role=group]")
    expect(required).to_have_count(3)
    alice.shot("21-warn-form")
    what = "Ping scripts against government sites are shared on forums"
    form.get_by_label("What is happening?").fill(what)
    choose_members(form, "Who may be affected?", "CERT-LV", "NCSC-FI")
    form.get_by_label("TLP label").select_option("TLP:GREEN")
    form.get_by_role("button", name="Send warning").click()
    done = alice.page.get_by_role("dialog")
    expect(done).to_contain_text("is on its way to CERT-LV, NCSC-FI")
    machine = time.monotonic() - begun
    alice.shot("22-warned")
    # Steps of a human: one line and one text typed, eight clicks, three labels and a menu read.
    human = TYPING_SECONDS_A_LETTER * len(typed + what) + 8 * CLICK_SECONDS + 4 * READING_SECONDS
    print(f"/incident warn by its form: {machine:.1f} s of waiting, {human:.0f} s of a human")
    assert machine + human < HUMAN_SECONDS
    partner = visit(INGA)
    partner.page.goto(f"{alice.house.sandbox.url}/inbox/lv")
    expect(partner.page.locator("article.notice")).to_contain_text(what)
    partner.shot("23-warning-in-the-inbox")


def test_silence_rings_where_everybody_sees_it(visit: Visit, stage: Stage) -> None:
    incident = stage.opens(options="--invite lt")
    alice = visit(ALICE)
    alice.enter(incident.room)
    alice.types("/incident notify Filter 203.0.113.0/24 --members lt --within 1s --yes")
    alarm = alice.message("a human must act")
    expect(alarm).to_contain_text("+370 555 0100")
    expect(alice.headline).to_contain_text("Needs a human now")
    alice.shot("30-alarm")
    alarm.get_by_role("button", name="I take it in hand").click()
    taken = alice.page.get_by_role("dialog")
    expect(taken).to_contain_text("You have taken the alarm")
    alice.shot("31-alarm-taken")
    taken.get_by_role("button", name="Close").last.click()
    expect(alice.headline).not_to_contain_text("Needs a human now")


def test_app_home_lists_what_one_may_see(visit: Visit, stage: Stage) -> None:
    incident = stage.opens(options="--invite lv")
    inga = visit(INGA)
    inga.page.goto(f"{inga.house.sandbox.url}/u/{INGA}/home")
    expect(inga.page.get_by_role("main")).to_contain_text(incident.number)
    inga.shot("40-app-home")


def test_the_answer_page_is_readable_on_a_phone_without_script(visit: Visit, stage: Stage) -> None:
    incident = stage.opens(options="--invite fi")
    text = "/incident notify Two banks are flooded --ask Can you filter? --members fi --yes"
    incident.types(ALICE, text)
    link = incident.arrives("fi", "webhook")["answer_link"]
    phone = visit(
        INGA, viewport={"width": 360, "height": 780}, is_mobile=True, java_script_enabled=False
    )
    phone.page.goto(link)
    expect(phone.page.get_by_text("Can you filter?")).to_be_visible()
    phone.shot("50-answer-on-a-phone")
    phone.page.get_by_label("We decline").check()
    phone.page.get_by_role("button", name="Send this answer").click()
    expect(phone.page.locator(".said").first).to_contain_text("declin")
    incident.headline_says("declined: NCSC-FI")
