import re

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.sandbox.web.conftest import Served

pytestmark = pytest.mark.browser

INVITING = "/incident open"


def enter(page: Page, served: Served, who: str = "alice") -> Page:
    page.goto(f"{served.url}/u/{who}")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    return page


def say(page: Page, text: str) -> None:
    page.get_by_label("Message to #general").fill(text)
    page.keyboard.press("Enter")


def open_modal(page: Page) -> Locator:
    say(page, INVITING)
    modal = page.get_by_role("dialog", name="Open an incident")
    expect(modal).to_be_visible()
    return modal


def fill_modal(modal: Locator, title: str = "DDoS on two banks") -> None:
    modal.get_by_label("What happens?").fill(title)
    modal.get_by_label("TLP:AMBER").check()
    modal.get_by_text("Choose members").click()
    modal.get_by_label("Latvia").check()
    modal.get_by_label("Finland").check()


@pytest.fixture
def alice(page: Page, with_app: Served) -> Page:
    return enter(page, with_app)


@pytest.fixture
def headline(alice: Page) -> Locator:
    modal = open_modal(alice)
    fill_modal(modal)
    modal.get_by_role("button", name="Open incident").click()
    message = alice.locator("#messages li", has_text="DDoS on two banks")
    expect(message).to_be_visible()
    return message


def test_a_command_opens_a_modal_whose_errors_stand_at_their_fields(alice: Page) -> None:
    modal = open_modal(alice)
    title = modal.get_by_label("What happens?")
    expect(title).to_be_focused()
    modal.get_by_role("button", name="Open incident").click()
    expect(modal.get_by_text("Please complete this required field.")).to_have_count(3)
    expect(title).to_be_focused()
    expect(title).to_have_attribute("aria-invalid", "true")
    fill_modal(modal, "bad")
    modal.get_by_role("button", name="Open incident").click()
    expect(modal.get_by_text("Say what happens, in a few words.")).to_be_visible()
    expect(title).to_have_value("bad")
    expect(modal.get_by_label("TLP:AMBER")).to_be_checked()


def test_a_submitted_modal_closes_gives_the_focus_back_and_its_message_appears(
    alice: Page, headline: Locator
) -> None:
    expect(alice.locator("#modal")).to_be_hidden()
    expect(alice.get_by_label("Message to #general")).to_be_focused()
    expect(headline.get_by_text("Pinned to this room")).to_be_visible()
    expect(headline.get_by_role("heading", name="DDoS on two banks")).to_be_visible()
    # Exact: a time such as 20:01 before "Pinned to this room" would fit as well.
    expect(alice.get_by_text("1 pinned", exact=True)).to_be_visible()
    headline.get_by_role("link", name="1 reply").click()
    expect(alice.locator("#thread")).to_contain_text("Told lv, fi at 03:12 UTC.")


def test_a_pushed_view_goes_back_to_what_was_entered(alice: Page) -> None:
    modal = open_modal(alice)
    fill_modal(modal, "half written")
    modal.get_by_role("button", name="Explain the levels").click()
    levels = alice.get_by_role("dialog", name="Levels")
    expect(levels).to_be_visible()
    levels.get_by_role("button", name="Back").click()
    modal = alice.get_by_role("dialog", name="Open an incident")
    expect(modal.get_by_label("What happens?")).to_have_value("half written")
    expect(modal.locator("#members--members summary")).to_have_text("Latvia, Finland")
    alice.keyboard.press("Escape")
    expect(alice.locator("#modal")).to_be_hidden()


def test_options_asked_from_the_app_are_chosen_by_keyboard(alice: Page) -> None:
    modal = open_modal(alice)
    search = modal.get_by_role("combobox", name="Playbook")
    search.press_sequentially("d")
    expect(modal.locator(".search [role=option]")).to_have_text(["Ddos", "Defacement"])
    search.press("ArrowDown")
    search.press("ArrowDown")
    search.press("Enter")
    expect(modal.locator(".chip")).to_contain_text("Defacement")
    expect(modal).to_be_visible()
    modal.get_by_role("button", name="Remove Defacement").click()
    expect(modal.locator(".chip")).to_have_count(0)


def test_a_button_changes_the_message_in_place(alice: Page, headline: Locator) -> None:
    headline.get_by_role("button", name="Take the lead").click()
    expect(headline).to_contain_text("led by @Alice Tamm")
    expect(alice.locator("#messages li", has_text="DDoS on two banks")).to_have_count(1)


def test_a_dangerous_button_asks_first(alice: Page, headline: Locator) -> None:
    asked = alice.get_by_role("dialog", name="Close INC-2026-0007?")
    headline.get_by_role("button", name="Close incident").click()
    expect(asked).to_contain_text("Partners will be told.")
    asked.get_by_role("button", name="Keep it open").click()
    expect(asked).to_be_hidden()
    headline.get_by_role("button", name="Close incident").click()
    asked.get_by_role("button", name="Close it").click()
    expect(headline).to_contain_text("closed by @Alice Tamm")


def test_selects_and_overflow_menus_send_what_was_chosen(headline: Locator) -> None:
    headline.get_by_label("Change severity").select_option("S4")
    expect(headline).to_contain_text("changed to S4 by")
    headline.get_by_label("More actions", exact=True).click()
    headline.get_by_role("button", name="Merge").click()
    expect(headline).to_contain_text("asked to merge by")


def test_threads_take_replies_but_no_commands(alice: Page, headline: Locator) -> None:
    headline.hover()
    headline.get_by_label("Reply in thread").click()
    reply = alice.get_by_label("Reply in the thread")
    expect(reply).to_be_focused()
    reply.fill("/incident open")
    reply.press("Enter")
    expect(alice.get_by_text("Slash commands do not work in threads.")).to_be_visible()
    reply.fill("we call the bank")
    reply.press("Enter")
    expect(alice.locator("#thread")).to_contain_text("we call the bank")
    expect(headline.get_by_role("link", name="2 replies")).to_be_visible()
    alice.get_by_label("Close the thread").click()
    expect(alice.locator("#thread-pane")).to_be_hidden()


def test_reactions_pins_and_shortcuts_are_in_reach_of_each_message(
    alice: Page, with_app: Served
) -> None:
    say(alice, "look at this")
    message = alice.locator("#messages li", has_text="look at this").first
    message.hover()
    message.get_by_label("Add a reaction").click()
    message.get_by_label("React with eyes").click()
    mine = message.locator("button.reaction", has_text="1")
    expect(mine).to_have_attribute("aria-pressed", "true")
    mine.click()
    expect(message.locator("button.reaction")).to_have_count(0)
    message.hover()
    message.get_by_label("More actions for this message").click()
    message.get_by_role("button", name="Pin to room").click()
    expect(message.get_by_text("Pinned to this room")).to_be_visible()
    message.hover()
    message.get_by_label("More actions for this message").click()
    message.get_by_role("button", name="Add to timeline").click()
    noted = alice.locator("#messages li.ephemeral")
    expect(noted).to_contain_text("Only visible to you")
    expect(noted).to_contain_text("Noted: look at this")
    seen = with_app.read("messages?user=bruno&channel=general")["messages"]
    assert all("Noted:" not in message["text"] for message in seen)


def test_commands_are_hinted_and_an_unknown_one_is_explained(alice: Page) -> None:
    composer = alice.get_by_label("Message to #general")
    composer.press_sequentially("/i")
    expect(alice.locator("#compose-hints li:visible")).to_have_text(re.compile("/incident"))
    composer.press("Tab")
    expect(composer).to_have_value("/incident ")
    composer.fill("/nothing at all")
    composer.press("Enter")
    expect(alice.locator(".composer-note").first).to_contain_text("not a valid command")
    expect(composer).to_have_value("/nothing at all")
    composer.fill("/incident help")
    composer.press("Enter")
    expect(alice.locator("li.ephemeral")).to_contain_text("Try /incident open")


def test_a_shortcut_of_the_whole_workspace_is_in_the_composer(alice: Page) -> None:
    alice.get_by_label("Shortcuts of tocsin").click()
    alice.get_by_role("button", name="Open an incident").click()
    expect(alice.get_by_role("dialog", name="Open an incident")).to_be_visible()


def test_a_person_named_in_a_command_arrives_by_their_handle(alice: Page, with_app: Served) -> None:
    composer = alice.get_by_label("Message to #general")
    composer.press_sequentially("/incident help @brun")
    composer.press("Enter")
    expect(composer).to_have_value("/incident help @Bruno Ozols ")
    composer.press("Enter")
    expect(composer).to_have_value("")
    wanted = {"for": "traffic", "name": "slash_commands:/incident"}
    entry = with_app.control("wait", wanted)["match"]
    assert entry["request"]["text"] == "help @bruno"


def test_people_see_each_other_at_once_and_unread_rooms_are_marked(
    alice: Page, context: BrowserContext, with_app: Served
) -> None:
    bruno = enter(context.new_page(), with_app, "bruno")
    alice.get_by_text("Add a room").click()
    alice.get_by_label("Name").fill("war-room")
    alice.get_by_role("button", name="Create").click()
    expect(alice.get_by_role("heading", name="#war-room")).to_be_visible()
    alice.locator("#room-C0GENERAL").click()
    say(alice, "@Bruno Ozols are you there? 1 < 2 & *yes*")
    message = bruno.locator("#messages li", has_text="are you there?")
    expect(message.locator(".mention.me")).to_have_text("@Bruno Ozols")
    expect(message).to_contain_text("1 < 2 & yes")
    with_app.control("message", {"user": "alice", "channel": "war-room", "text": "hello"})
    expect(alice.locator("[data-room].has-unread")).to_contain_text("war-roomnew")
    expect(bruno.get_by_text("Other public rooms")).to_be_visible()


def test_one_may_act_as_anybody(alice: Page) -> None:
    alice.get_by_label("Acting as").select_option(label="Bruno Ozols")
    expect(alice).to_have_url(re.compile("/u/U02BRUNO/c/C0GENERAL$"))
    say(alice, "Riga here")
    expect(alice.locator("#messages li", has_text="Riga here")).to_contain_text("Bruno Ozols")
    alice.goto(alice.url.split("/u/")[0])
    expect(alice.get_by_label("Acting as")).to_have_value("U02BRUNO")


def test_app_home_is_opened_and_drawn(alice: Page) -> None:
    alice.get_by_role("link", name="tocsin App Home").click()
    expect(alice.get_by_role("heading", name="Your incidents")).to_be_visible()
    expect(alice.get_by_role("button", name="Open its room")).to_be_visible()


def test_without_the_feed_the_page_looks_every_few_seconds(page: Page, sandbox: Served) -> None:
    page.route("**/_control/events*", lambda route: route.abort())
    page.goto(f"{sandbox.url}/u/alice")
    expect(page.locator("#live")).to_have_attribute("data-state", "polling", timeout=25_000)
    sandbox.control("message", {"user": "bruno", "channel": "general", "text": "still here"})
    expect(page.locator("#messages")).to_contain_text("still here")


def test_nothing_a_person_writes_becomes_markup(page: Page, sandbox: Served) -> None:
    attack = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    page.on("dialog", lambda dialog: pytest.fail("a script ran"))
    sandbox.control("channel/topic", {"user": "alice", "channel": "general", "topic": attack})
    enter(page, sandbox)
    say(page, attack)
    expect(page.locator("#messages")).to_contain_text("<script>document.title='owned'</script>")
    expect(page.locator("#messages img, #messages script, .topic img")).to_have_count(0)
    assert "owned" not in page.title()


def test_half_filled_inputs_and_open_menus_survive_what_happens_around_them(
    alice: Page, headline: Locator, with_app: Served
) -> None:
    composer = alice.get_by_label("Message to #general")
    composer.fill("half a sentence")
    headline.get_by_label("More actions", exact=True).click()
    with_app.control("message", {"user": "bruno", "channel": "general", "text": "meanwhile"})
    expect(alice.locator("#messages")).to_contain_text("meanwhile")
    expect(headline.get_by_role("button", name="Merge")).to_be_visible()
    expect(composer).to_have_value("half a sentence")
