"""What is wrong is refused with what to do next, and nothing is half done."""

from __future__ import annotations

import hashlib
import hmac
import time
import urllib.parse
from datetime import UTC, datetime, timedelta

import pytest

from coalition.application.answer_tokens import make
from tests.scenarios.acting import Incident, Stage
from tests.scenarios.coalition import (
    ALICE,
    INGA,
    LEGAL,
    LOBBY,
    MAJA,
    MIKKO,
    STRANGER,
    slack_id,
)
from tests.scenarios.house import request

FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("who", "typed", "wrong", "following"),
    [
        (ALICE, "opne Flood", "has no verb 'opne'", "Did you mean /incident open?"),
        (
            ALICE,
            "warn Odd --members lvv --tlp GREEN",
            "No member is called 'lvv'",
            "Did you mean 'lv'?",
        ),
        (ALICE, "warn Odd --members lv --tlp PINK", "'PINK'", "TLP:GREEN"),
        (
            ALICE,
            "open Flood --severity S1 --tlp GREEN --sev S2",
            "no option --sev",
            "Did you mean --severity?",
        ),
        (
            ALICE,
            "open Spies --severity S1 --tlp RED",
            "could not see its own incident at TLP:RED",
            "Choose a lower label",
        ),
        (
            STRANGER,
            "open Flood --severity S1 --tlp GREEN",
            "not a delegate",
            "the operator adds people",
        ),
        (
            MAJA,
            "open Flood --severity S1 --tlp GREEN",
            "not a delegate of an active member",
            "the operator adds people",
        ),
        (
            LEGAL,
            "open Flood --severity S1 --tlp GREEN",
            "needs the role operator",
            "held by Alice Tamm, Mart Saar",
        ),
        (ALICE, "note Hello", "Which incident?", "--incident INC-"),
        (
            ALICE,
            "note Hello --incident INC-2026-9999",
            "no incident INC-2026-9999 that you may see",
            "/incident list",
        ),
    ],
)
def test_what_is_typed_wrong_is_refused_with_what_to_type(
    stage: Stage, who: str, typed: str, wrong: str, following: str
) -> None:
    before = stage.records()
    said = stage.types(who, f"/incident {typed}")
    assert said.startswith("Not done:")
    assert wrong in said
    assert following in said
    assert stage.records() == before


def test_a_missing_label_is_asked_for_and_never_guessed(stage: Stage) -> None:
    before = stage.records()
    form = stage.form(ALICE, "/incident warn Odd pings --members lv")
    label = next(block for block in form["blocks"] if block.get("block_id") == "tlp")
    assert "initial_option" not in label["element"]
    sent = stage.submits(ALICE)
    assert sent["result"] == "invalid"  # the form does not even leave Slack
    assert list(sent["errors"]) == ["tlp"]
    assert stage.records() == before


def test_a_label_above_the_room_shows_pointers_there_and_the_rest_on_the_board(
    stage: Stage,
) -> None:
    incident = stage.opens(options="--tlp AMBER+STRICT --invite lv")
    incident.types(ALICE, "/incident note The implant calls home")
    assert "The implant calls home" in stage.board(INGA, incident).reads()
    shown = str(incident.messages())
    assert "The implant" not in shown
    assert "Scenario" not in shown
    assert "TLP:AMBER+STRICT" in shown


def test_above_every_ceiling_a_partner_is_told_only_that_something_waits(stage: Stage) -> None:
    incident = stage.opens(options="--tlp AMBER+STRICT --invite lv")
    incident.types(ALICE, "/incident notify Spies --members lv --yes")
    nudge = str(incident.arrives("lv", "webhook"))
    assert "Spies" not in nudge
    assert "TLP:AMBER+STRICT" in nudge


def test_a_stranger_sees_nothing_at_home_and_cannot_press_what_others_see(stage: Stage) -> None:
    incident = stage.opens()
    home = stage.workspace.act("home", STRANGER)["view"]
    assert incident.number not in str(home)
    stage.workspace.act("channel/invite", ALICE, channel=incident.room, users=[STRANGER])
    headline = stage.workspace.wait("message", channel=incident.room, pinned=True)
    seen = stage.workspace.click(STRANGER, incident.room, headline, "Post an update")["seen"]
    assert "not a delegate" in str(seen["views"])


def test_who_takes_no_part_is_told_the_same_as_for_what_does_not_exist(stage: Stage) -> None:
    incident = stage.opens(room=False)
    said = stage.types(MIKKO, f"/incident status contained --incident {incident.number}")
    never = stage.types(MIKKO, "/incident status contained --incident INC-2026-9999")
    assert said.replace(incident.number, "INC-2026-9999") == never


# ------------------------------------------------------------------------------ Slack by HTTP
def _command(text: str) -> bytes:
    return urllib.parse.urlencode(
        {
            "command": "/incident",
            "text": text,
            "user_id": slack_id(ALICE),
            "channel_id": LOBBY,
            "trigger_id": f"{time.time()}",
            "team_id": "T0SANDBOX",
        }
    ).encode()


def _signed(body: bytes, secret: str, at: float) -> dict[str, str]:
    base = b"v0:%d:%b" % (int(at), body)
    signature = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return FORM | {
        "X-Slack-Request-Timestamp": str(int(at)),
        "X-Slack-Signature": f"v0={signature}",
    }


def test_only_slack_may_speak_at_the_slack_address(stage: Stage) -> None:
    url = f"{stage.house.hub}/slack/events"
    body = _command("open Forged --severity S1 --tlp GREEN")
    before, secret, now = stage.records(), stage.house.signing_secret, time.time()
    forged = {
        "no signature": FORM,
        "another secret": _signed(body, "guessed", now),
        "a changed body": _signed(b"other", secret, now),
        "six minutes old": _signed(body, secret, now - 360),
        "from the future": _signed(body, secret, now + 360),
    }
    expected = 401 if stage.house.transport == "http" else 404  # Socket Mode: no such address
    assert {what: request(url, body, sent)[0] for what, sent in forged.items()} == dict.fromkeys(
        forged, expected
    )
    assert stage.records() == before
    if stage.house.transport == "http":  # and the very same body, signed, is taken
        status, said = request(url, body, _signed(body, secret, now))
        assert (status, "is open" in said) == (200, True)


# ----------------------------------------------------------------------------------- partners
def _asked(stage: Stage) -> tuple[Incident, str]:
    """An incident in which CERT-LV is asked, and the link that it got."""
    incident = stage.opens(options="--invite lv", room=False)
    text = f"/incident notify Look --ask Can you? --members lv --yes --incident {incident.number}"
    stage.types(ALICE, text)
    return incident, incident.arrives("lv", "webhook")["answer_link"]


def _post(link: str, **fields: str) -> tuple[int, str]:
    return request(link, urllib.parse.urlencode(fields).encode(), FORM)


def test_opening_an_answer_link_changes_nothing_and_the_first_answer_stands(stage: Stage) -> None:
    _, link = _asked(stage)
    before = stage.records()
    for method in ("GET", "HEAD"):
        assert request(link, method=method)[0] == 200
    assert stage.records() == before
    assert "Can you?" in request(link)[1]
    assert _post(link, answer="accept", note="Yes", by="Inga")[0] == 200  # led back to the page
    after = stage.records()
    status, again = _post(link, answer="decline")
    assert status == 409
    assert "Yours was not recorded" in again
    assert "Yes" in again
    assert stage.records() == after


def test_a_forged_or_expired_answer_link_opens_nothing(stage: Stage) -> None:
    incident, link = _asked(stage)
    head, token = link.rsplit("/", 1)
    key = (stage.house.folder / "data/secret-key").read_text().strip()
    past = datetime.now(UTC) - timedelta(minutes=1)
    expired = make(key, incident.number, 1, "lv", past)
    elsewhere = make("x" * 64, incident.number, 1, "lv", past + timedelta(days=1))
    before = stage.records()
    for wrong, status in ((token[:-6] + "AAAAAA", 404), (elsewhere, 404), (expired, 410)):
        assert request(f"{head}/{wrong}")[0] == status
        answered = _post(f"{head}/{wrong}", answer="accept")
        assert answered[0] == status
        assert "hone" in answered[1]  # phone whom
    assert stage.records() == before


def test_a_body_that_is_too_large_is_refused_before_it_is_read(stage: Stage) -> None:
    _, link = _asked(stage)
    before = stage.records()
    big = b"note=" + b"x" * 300_000
    for url in (link, f"{stage.house.hub}/api/v1/inbox/lv", f"{stage.house.hub}/slack/events"):
        assert request(url, big, FORM)[0] == 413, url
    assert stage.records() == before


def test_an_unsigned_answer_by_machine_is_refused(stage: Stage) -> None:
    incident, _ = _asked(stage)
    before = stage.records()
    body = b'{"type": "notice.answer", "data": {"notice_id": "%b-n1-lv", "answer": "accept"}}'
    status, said = request(
        f"{stage.house.hub}/api/v1/inbox/lv",
        body % incident.number.encode(),
        {"content-type": "application/json"},
    )
    assert status == 401
    assert "signature" in said
    assert stage.records() == before
