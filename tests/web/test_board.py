"""Who sees what on the board, and that what is there is told whole and in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from coalition.domain.incident import commands as c
from coalition.domain.incident.words import Severity
from coalition.domain.labels import Tlp
from tests.web import night
from tests.web import stage as staging
from tests.web.asgi import Browser, Loop

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from tests.web.stage import Stage

SignIn = Callable[[str], Browser]
Serve = Callable[..., "Starlette"]


def words(html: str) -> str:
    """What a reader hears: the text without markup, on one line."""
    heard: list[str] = []

    class Listener(HTMLParser):
        def handle_data(self, data: str) -> None:
            heard.append(data)

    Listener().feed(html)
    return " ".join(" ".join(heard).split())


def test_the_page_of_an_incident_tells_the_whole_picture(alice: Browser, incident: str) -> None:
    page = alice.get(f"/board/{incident}")
    assert page.status == 200
    heard = words(page.text)
    for said in (
        "INC-2026-0007",
        "DDoS on two banks and the state portal",
        "S2 significant",
        "Alice Tamm (CERT-EE)",
        "Next update 03:52:00 UTC (05:52)",
        "Somebody must act now",
        "Phone NorCERT: +306 555 0100",
        "Ask the carrier for scrubbing",
        "Invite the members' delegates",
        "Left out",
        "missing_scope: pins:write",
        "Cross-border DDoS",
        "Wait up to 15m until all acknowledge tell",
        "Waits for people",
        "Peak of 90 Gbit/s at 03:10 UTC",
    ):
        assert said in heard, said


def test_the_label_stands_verbatim_at_top_and_bottom(alice: Browser, incident: str) -> None:
    for path in ("/board", f"/board/{incident}"):
        html = alice.get(path).text
        before, after = html.split("<main", 1)
        assert "TLP:AMBER</strong>" in before
        assert "TLP:AMBER</strong>" in after.split("</main>", 1)[1]


def test_the_silent_stand_apart_from_those_who_answered(alice: Browser, incident: str) -> None:
    heard = words(alice.get(f"/board/{incident}").text)
    order = [
        heard.index(part)
        for part in (
            "Not reached: the label is too strict for them, or sending failed",
            "NCSC-IE phone +307 555 0100",
            "Silent: past the deadline, nothing has come back",
            "CERT-SE phone +305 555 0100",
            "NKSC Lithuania phone +302 555 0100",
            "NorCERT phone +306 555 0100",
            "Waiting: within the deadline",
            "Answered 2",
            "Which prefixes?",
            "Filtering at LIX from 03:20 UTC.",
        )
    ]
    assert order == sorted(order)


def test_every_state_of_a_receipt_is_a_word_and_a_shape(alice: Browser, incident: str) -> None:
    html = alice.get(f"/board/{incident}").text
    drawn = set(re.findall(r'<symbol id="(s-[a-z-]+)"', html))
    marks = re.findall(r'<span class="mark ([a-z]+)">(.*?)</span>', html, re.DOTALL)
    assert len(marks) > 15
    for _, inside in marks:
        used = re.search(r'href="#(s-[a-z-]+)"', inside)
        assert used, inside
        assert used[1] in drawn
        assert words(inside), inside


def test_the_list_shows_what_needs_somebody_first(alice: Browser, stage: Stage) -> None:
    calm = stage.open(1, title="Phishing", severity=Severity.S1)
    grave = stage.open(2, title="Wiper", severity=Severity.S4)
    alarm = stage.open(3, title="Leak", severity=Severity.S0)
    stage.tell(c.RaiseAlarm, incident=alarm, subject="x", text="Nobody answers", fallback="Phone")
    done = stage.open(4, title="Old", severity=Severity.S1)
    stage.tell(c.CloseIncident, "ee-alice", incident=done, cause="a", lessons="b")
    heard = words(alice.get("/board").text)
    order = [heard.index(one) for one in (alarm, grave, calm, "Closed or merged", done)]
    assert order == sorted(order)


def test_what_somebody_may_not_see_does_not_exist_for_them(
    sign_in: SignIn, stage: Stage, incident: str
) -> None:
    aoife = sign_in("ie-aoife")  # T1: GREEN at most, and not taking part
    hidden, absent = aoife.get(f"/board/{incident}"), aoife.get("/board/INC-2026-9999")
    assert hidden.status == absent.status == 404
    assert hidden.body == absent.body
    assert hidden.headers == absent.headers
    listed = aoife.get("/board").text
    assert incident not in listed
    assert "No incident that you may see is running" in listed


def test_a_raised_label_takes_the_page_away_from_those_below_it(
    sign_in: SignIn, stage: Stage, incident: str
) -> None:
    ewa, janis = sign_in("pl-ewa"), sign_in("lv-jnis")  # T2 and T3
    assert ewa.get(f"/board/{incident}").status == 200
    stage.tell(c.ChangeTlp, "ee-alice", incident=incident, tlp=Tlp.AMBER_STRICT)
    assert ewa.get(f"/board/{incident}").status == 404
    assert incident not in ewa.get("/board").text
    page = janis.get(f"/board/{incident}")
    assert page.status == 200
    assert "TLP:AMBER+STRICT</strong>" in page.text


def test_red_is_shown_to_the_named_people_alone(sign_in: SignIn, stage: Stage) -> None:
    red = stage.open(8, tlp=Tlp.RED, title="Named people only")
    assert sign_in("ee-alice").get(f"/board/{red}").status == 200  # leads it
    assert sign_in("ee-duty").get(f"/board/{red}").status == 404  # same CERT, not named


def test_a_notice_above_the_viewers_ceiling_leaves_no_trace(sign_in: SignIn, stage: Stage) -> None:
    green = stage.open(10, tlp=Tlp.GREEN, invite=("lv", "ie"))
    stage.tell(
        c.IssueNotice,
        "ee-alice",
        incident=green,
        kind="sitrep",
        to=("lv",),
        text="Sinkhole at hollow.example",
        tlp=Tlp.AMBER,
    )
    night.receipts(stage, green, 1, "failed", "lv")
    night.answer(stage, green, 1, "lv", "acknowledge", "Seen at hollow.example", "Jānis")
    stage.clock.wait(days=1)
    seen, unseen = sign_in("lv-jnis"), sign_in("ie-aoife")
    page = seen.get(f"/board/{green}").text
    assert page.count("hollow.example") > 1
    assert "Situation report" in page
    hidden = unseen.get(f"/board/{green}")
    assert hidden.status == 200
    for trace in ("hollow.example", "Situation report", "TLP:AMBER", "notice 1", "acknowledged"):
        assert trace not in hidden.text, trace
    assert "nobody told yet" in unseen.get("/board").text


def test_other_incidents_are_named_only_to_those_who_may_see_them(
    sign_in: SignIn, stage: Stage, incident: str
) -> None:
    other = stage.open(9, title="Elsewhere", invite=("lv",))
    stage.tell(c.LinkIncident, "ee-alice", incident=incident, other=other)
    assert other in sign_in("lv-jnis").get(f"/board/{incident}").text
    assert other not in sign_in("pl-ewa").get(f"/board/{incident}").text


def test_what_people_write_is_text_and_cannot_pretend_to_be_the_page(
    alice: Browser, stage: Stage
) -> None:
    number = stage.open(
        title='<script>x</script> & "quoted" \u202eRAELC:PLT', affected=(), invite=("lv",)
    )
    stage.tell(c.AddNote, "ee-alice", incident=number, text="<img src=x onerror=y>")
    for path in ("/board", f"/board/{number}"):
        html = alice.get(path).text
        assert "<script>x" not in html
        assert "<img" not in html
        assert "&lt;script&gt;x&lt;/script&gt; &amp;" in html
        assert "\u202e" not in html


def test_an_exercise_says_so_on_every_page(serve: Serve, runner: Loop) -> None:
    stage = staging.stage(staging.people(exercise=True))
    browser = Browser(serve(stage), runner)
    number = night.night_of_the_banks(stage)
    link = stage.link()
    pages = [browser.get(path) for path in ("/board", link, "/nothing-here")]
    assert browser.post(link).status == 303
    pages += [browser.get(path) for path in ("/board", f"/board/{number}", "/board/INC-2026-1")]
    pages += [browser.post("/board/signout")]
    for page in pages:
        assert "EXERCISE EXERCISE EXERCISE" in page.text, page.status


def test_times_are_utc_with_the_viewers_own_beside_them(sign_in: SignIn, incident: str) -> None:
    heard = words(sign_in("pl-ewa").get(f"/board/{incident}").text)
    assert "in brackets Europe/Warsaw" in heard
    assert "03:52:00 UTC (04:52)" in heard


def test_a_page_without_script_reloads_itself(alice: Browser, incident: str) -> None:
    html = alice.get(f"/board/{incident}").text
    assert '<noscript><meta http-equiv="refresh"' in html
    assert "onclick" not in html
    assert "<script>" not in html
    assert 'style="' not in html


@pytest.mark.parametrize("path", ["/board/INC-2026-0007%0a", "/board/x", "/board/" + "9" * 4000])
def test_addresses_that_name_nothing_are_not_found(alice: Browser, path: str) -> None:
    assert alice.get(path).status == 404


def test_old_timeline_entries_are_left_to_the_log(alice: Browser, stage: Stage) -> None:
    number = stage.open()
    for line in range(201):
        stage.tell(c.AddNote, "ee-alice", incident=number, text=f"note {line:03}")
    html = alice.get(f"/board/{number}").text
    assert "note 200" in html
    assert "note 001" in html
    assert "note 000" not in html
    assert "Older entries are in the log" in html


def test_tables_are_tables_also_where_they_are_drawn_as_cards(
    alice: Browser, incident: str
) -> None:
    html = alice.get(f"/board/{incident}").text
    assert html.count("<table") == html.count('role="table"')
    assert html.count("<tr ") == html.count('role="row"')
    assert html.count("<th ") == len(re.findall(r'<th [^>]*scope="', html))
    assert "<caption" in html


def test_landmarks_lead_through_the_page(alice: Browser, incident: str) -> None:
    html = alice.get(f"/board/{incident}").text
    assert '<html lang="en">' in html
    assert html.index('class="skip" href="#main"') < html.index("<header")
    assert '<main id="main" tabindex="-1"' in html
    assert 'role="status" aria-live="polite"' in html
    assert html.count("<h1>") == 1
    named = re.findall(r'aria-labelledby="([^"]+)"', html)
    assert named
    for id in named:
        assert f'id="{id}"' in html
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_a_warning_shows_no_severity_on_the_board(alice: Browser, stage: Stage) -> None:
    stage.tell(
        c.RaiseWarning, "ee-alice", incident="INC-2026-0009", what="Wiper mails",
        members=("lv",), tlp=Tlp.AMBER, exercise=False,
    )  # fmt: skip
    for path in ("/board", "/board/INC-2026-0009"):
        heard = words(alice.get(path).text)
        assert "Severity not assessed" in heard
        assert not re.search(r"\bS[0-4]\b", heard)


def test_operators_see_which_playbook_files_were_refused_and_nothing_of_their_words(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator, adviser = sign_in("ee-alice"), sign_in("ee-counsel")
    before = operator.get("/board")
    assert "playbook refused" not in words(before.text)
    found = ["/srv/playbooks/asking.yaml:3: title: MINISTER; change it", "/srv/b.yaml:1: x: y"]
    monkeypatch.setattr(staging.Playbooks, "findings", lambda _: found)
    heard = words(operator.get("/board").text)
    assert "For operators 2" in heard
    assert "asking.yaml:3 was changed and is not valid. What it said before stays" in heard
    assert "MINISTER" not in heard
    assert "playbook refused" not in words(adviser.get("/board").text)
