"""Points 1 to 3, 7, 29 and 34 of the checklist: what a partner sees first, in every rendering."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from coalition.domain.errors import GateRefusal
from coalition.domain.gate import ToChannel, release
from coalition.domain.labels import Tlp
from coalition.domain.notice.details import NO_DETAILS, NoticeDetails, Victim
from coalition.rendering.notices.blocks import notice_message
from coalition.rendering.notices.mattermost import mattermost
from coalition.rendering.notices.misp import misp_event
from coalition.rendering.notices.model import OutwardNotice, ThinNotice
from coalition.rendering.notices.nudge import nudge
from coalition.rendering.notices.stix import bundle
from coalition.rendering.notices.text import plain_text, record_text
from coalition.rendering.notices.webhook import body
from tests.notices.sample import COALITION, DETAILS, ISSUED, LINK, outward
from tests.slack.rules import texts, valid_message

GOLDEN = Path(__file__).parent / "golden"
ORDER = [
    ["tlp", "extra_restrictions", "pap", "exercise"],
    ["notice_id", "incident_id", "number", "thread", "update", "supersedes"],
    ["why", "on_file", "why_you"],
    ["ask"],
    ["title", "text"],
    ["rsit", "determination", "status", "severity", "severity_means", "confidence"],
    ["malicious", "cross_border"],
    ["started", "detected", "issued"],
    ["impact", "sectors", "countries", "counts"],
    ["indicators", "dropped"],
    ["mitigations", "permitted_actions"],
    ["contact"],
]
"""The twelve things a partner needs, in the order in which it needs them."""


def as_slack(notice: OutwardNotice | ThinNotice) -> str:
    message = notice_message(notice)
    return "\n".join((message.text, *texts(list(message.blocks))))


RENDERINGS: dict[str, Callable[[OutwardNotice], str]] = {
    "text": plain_text,
    "record": record_text,
    "webhook": lambda notice: body(notice, ISSUED).decode(),
    "stix": lambda notice: bundle(notice).decode(),
    "misp": lambda notice: misp_event(notice).decode(),
    "slack": as_slack,
    "mattermost": lambda notice: mattermost(notice, "effect-1").decode(),
}
THIN: dict[str, Callable[[ThinNotice], str]] = {
    "nudge": nudge,
    "webhook": lambda notice: body(notice, ISSUED).decode(),
    "slack": as_slack,
    "mattermost": lambda notice: mattermost(notice, "effect-1").decode(),
}

every_rendering = pytest.mark.parametrize("rendering", RENDERINGS)


def test_the_fields_stand_in_the_order_in_which_a_partner_needs_them() -> None:
    fields = list(OutwardNotice.model_fields)
    listed = [name for group in ORDER for name in group]
    assert [name for name in fields if name in listed] == listed


def test_the_text_says_them_in_the_same_order() -> None:
    said = plain_text(outward(details=DETAILS, exercise=True, supersedes=3, update=1))
    marks = [
        "TLP:GREEN", "EXERCISE", "PAP:GREEN", "Restriction:", "Update 1:", "INC-2026-0007-n1-lv",
        "WHY YOU", "WHAT WE ASK", "To be done by", "Acknowledge by", LINK, "acknowledge:",
        "WHAT HAPPENED", "availability:ddos", "confirmed", "open", "S2", "high", "Malicious",
        "Started", "Detected", "Issued", "Impact", "Sectors", "Countries", "Counts",
        "198[.]51[.]100[.]0/24", "DONE SO FAR", "YOU MAY", "CONTACT", "the shift lead",
    ]  # fmt: skip
    at = [said.index(mark) for mark in marks]
    assert at == sorted(at)


def test_what_is_asked_by_when_and_how_to_answer_is_on_the_first_screen() -> None:
    screen = "\n".join(plain_text(outward(details=DETAILS)).splitlines()[:26])
    for needed in ("CERT-EE", "Block the listed sources", "Acknowledge by 2026-01-21", LINK):
        assert needed in screen


@every_rendering
@pytest.mark.parametrize("tlp", list(Tlp))
def test_1_labels_stand_verbatim_and_no_other_does(rendering: str, tlp: Tlp) -> None:
    said = RENDERINGS[rendering](outward(tlp=tlp, details=DETAILS, languages=("fr",)))
    assert tlp.value in said or tlp.value.lower() in said
    found = re.findall(r"TLP:[A-Z+]+", said)
    assert set(found) <= {tlp.value}
    assert "WHITE" not in said.upper()


@every_rendering
def test_2_label_and_restrictions_stand_before_the_information_and_the_label_after_it(
    rendering: str,
) -> None:
    said = RENDERINGS[rendering](outward(details=DETAILS))
    if rendering in ("stix", "misp"):  # data: the marking is the first object, the tag is there
        assert said.lower().index("tlp:green") < said.index("DDoS on two banks")
        return
    information = said.index("Block the listed sources")
    assert said.index("TLP:GREEN") < information
    assert said.index("Not to be shared with suppliers.") < information
    if rendering != "webhook":  # an object ends with its bracket
        assert said.rindex("TLP:GREEN") > said.index("CONTACT")


def test_3_without_a_label_nothing_is_released() -> None:
    with pytest.raises(GateRefusal, match="no TLP label"):
        release(outward(), tlp=None, audience=ToChannel("lv", 0), coalition=COALITION)
    with pytest.raises(ValidationError):
        OutwardNotice.model_validate({**outward().model_dump(), "tlp": None})


@every_rendering
def test_a_rendering_gives_the_same_bytes_again(rendering: str) -> None:
    render = RENDERINGS[rendering]
    assert render(outward(details=DETAILS)) == render(outward(details=DETAILS))


@pytest.mark.parametrize("name", [n for n in NoticeDetails.model_fields if n != "status"])
def test_what_is_unknown_is_said_to_be_and_what_is_known_is_said(name: str) -> None:
    known, unknown = outward(details=DETAILS), outward()
    spoken = {"rsit": "Class", "determination": "Finding"}.get(name, name.replace("_", "-"))
    listed = plain_text(unknown).partition("Unknown so far:")[2].partition("\n\n")[0]
    quiet = {  # said only where somebody stated it
        "extra_restrictions", "pap", "why", "done_by", "indicators", "mitigations",
        "permitted_actions", "contact", "victim",
    }  # fmt: skip
    assert (spoken.lower() in listed.lower()) is (name not in quiet)
    if name != "victim":
        assert getattr(DETAILS, name) == getattr(NO_DETAILS, name) or (
            plain_text(known.model_copy(update=_without(known, unknown, name))) != plain_text(known)
        )


def _without(known: OutwardNotice, unknown: OutwardNotice, name: str) -> dict[str, Any]:
    if name == "done_by":
        return {"ask": known.ask.model_copy(update={"done_by": "unknown"})}
    if name == "contact":
        return {"contact": unknown.contact}
    other: Any = {"pap": outward(tlp=Tlp.RED).pap}.get(name, getattr(unknown, name))
    return {name: other}


def test_a_victim_is_named_only_with_the_permission_of_the_source() -> None:
    victim = Victim(name="First Bank", allowed_by="its CISO, by phone")
    details = DETAILS.model_copy(update={"victim": victim})
    assert "First Bank" in plain_text(outward(details=details))
    assert "its CISO" not in plain_text(outward(details=details))  # not the partner's business
    assert outward(details=DETAILS).victim == "not named"


@pytest.mark.parametrize("way", THIN)
def test_a_thin_notice_holds_label_ids_and_link_and_nothing_of_the_content(way: str) -> None:
    notice = outward(details=DETAILS, tlp=Tlp.RED)
    said = THIN[way](ThinNotice.of(notice))
    for there in ("TLP:RED", "INC-2026-0007-n1-lv", LINK if way != "slack" else "Read and answer"):
        assert there in said
    for absent in ("DDoS", "banks", "198", "panel", "CERT-EE", "suppliers", "availability"):
        assert absent not in said


@pytest.mark.parametrize("way", THIN)
def test_34_an_exercise_says_so_in_every_rendering(way: str) -> None:
    notice = outward(details=DETAILS, exercise=True)
    for render in RENDERINGS.values():
        assert "EXERCISE" in render(notice).replace('"exercise":true', "EXERCISE")
    assert "EXERCISE" in THIN[way](ThinNotice.of(notice)).replace('"exercise":true', "EXERCISE")


def test_34_the_text_says_it_in_its_second_line_and_before_its_end() -> None:
    lines = plain_text(outward(exercise=True, languages=("et",))).splitlines()
    assert lines[1].startswith("EXERCISE EXERCISE EXERCISE")
    assert lines[-3].startswith("EXERCISE EXERCISE EXERCISE")
    assert json.loads(body(outward(exercise=True), ISSUED))["data"]["exercise"] is True


@pytest.mark.parametrize("language", ["en", "uk"])
def test_a_slack_message_is_one_that_slack_takes_however_much_there_is_to_say(
    language: str,
) -> None:
    indicators = [f"http://host{i}.example/{'&' * 300}" for i in range(100)]
    huge = NoticeDetails.model_validate(
        {
            **DETAILS.model_dump(),
            "impact": "<!channel> & " * 70,
            "why": "`*_~" * 200,
            "extra_restrictions": ["&" * 200] * 20,
            "indicators": indicators,
        }
    )
    for details in (NO_DETAILS, DETAILS, huge):
        notice = outward(details=details, languages=(language,), exercise=True, text="&" * 4000)
        message = notice_message(notice)
        valid_message(message.text, message.blocks)
        assert "TLP:GREEN" in list(texts(list(message.blocks)))[-1]
        assert not re.search(r"<!channel>|<@|http://host", json.dumps(message.blocks))
        thin = notice_message(ThinNotice.of(notice))
        valid_message(thin.text, thin.blocks)


def test_a_reminder_is_one_unless_it_goes_by_every_channel_at_once() -> None:
    assert "REMINDER (sent 2 times)" in plain_text(outward(attempt=2))
    assert "REMINDER" not in plain_text(outward(attempt=2, every_channel=True))
    assert "REMINDER" not in record_text(outward(attempt=2))


def test_what_no_longer_holds_is_said_and_stands_nowhere_else() -> None:
    before = outward(details=DETAILS)
    dropped = before.model_copy(update={"indicators": (), "dropped": before.indicators})
    said = plain_text(dropped)
    assert said.index("NO LONGER VALID") < said.index("198[.]51[.]100[.]0/24")


def test_whoever_reads_only_the_english_below_is_told_that_indicators_stand_above() -> None:
    both = outward(details=DETAILS, languages=("lv",))
    both = both.model_copy(update={"dropped": both.indicators[:1]})
    english = plain_text(both).partition(" ENGLISH ")[2]
    assert "INDICATORS\n  2, listed above, once." in english
    assert "NO LONGER VALID\n  1, listed above, once." in english


def test_what_a_marking_permits_is_said_where_there_is_something_to_act_on() -> None:
    assert plain_text(outward()).splitlines()[1] == "PAP:GREEN"
    assert "PAP:GREEN - Active actions" in plain_text(outward(details=DETAILS))


def test_a_communications_check_is_about_nothing() -> None:
    said = plain_text(outward(kind="comms_check", ask="", assessed=False, every_channel=True))
    assert "WHAT WE KNOW" not in said
    assert "Unknown so far" not in said
    assert "Tell us that this reached you." in said


def test_7_nothing_in_a_slack_message_can_be_unfurled_or_followed_but_its_button() -> None:
    blocks = json.dumps(notice_message(outward(details=DETAILS)).blocks)
    assert re.findall(r'"url": "([^"]+)"', blocks) == [LINK]
    assert set(re.findall(r"https?://[\w.-]+", blocks)) == {"https://tocsin.example"}  # the hub
    assert '"verbatim": false' not in blocks  # Slack makes no links of what looks like one


def test_the_slack_message_and_the_nudge_read_as_they_did() -> None:
    message = notice_message(outward(details=DETAILS)).arguments
    golden = json.loads((GOLDEN / "notice.slack.json").read_text(encoding="utf-8"))
    assert json.loads(json.dumps(message)) == golden
    thin = ThinNotice.of(outward(languages=("et",), exercise=True))
    assert nudge(thin) == (GOLDEN / "notice.nudge.txt").read_text(encoding="utf-8")
