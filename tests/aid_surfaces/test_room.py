"""What the room is shown: a panel in the headline, milestones, and nothing that is private."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from coalition.domain.labels import Tlp
from coalition.domain.messages import Record
from coalition.rendering.slack.aid_panel import Panel
from coalition.rendering.slack.aid_posts import post_of
from coalition.rendering.slack.headline import headline
from coalition.rendering.slack.telling import Telling
from tests.aid_surfaces.cast import INGA, JONAS, MIKKO
from tests.aid_surfaces.helping import AID, Helping
from tests.slack.rules import valid_message
from workers.rooms.headline import panels

SECRET = "Ask nobody why"


def told(helping: Helping) -> list[str]:
    """Every post that the request has led to, as one text each, its kind first."""
    tocsin = helping.slack.tocsin
    records: list[Record] = [one for one, _ in tocsin.log.records("aid", AID)]
    incident = helping.slack.incident()
    posts = []
    for record in records:
        telling = Telling(tocsin.coalition, incident, record, Tlp.GREEN, helping.aid)
        post = post_of(telling, record.event())
        if post is not None:
            valid_message(post.rendered.text, post.rendered.blocks)
            posts.append(f"{post.kind}: {post.rendered.text} {json.dumps(post.rendered.blocks)}")
    return posts


def panel(helping: Helping) -> str:
    tocsin, incident = helping.slack.tocsin, helping.slack.incident()
    drawn = headline(tocsin.coalition, incident, (), "", panels(tocsin, incident))
    valid_message(drawn.text, drawn.blocks)
    return json.dumps(drawn.blocks, ensure_ascii=False)


def test_the_panel_shows_need_offers_recommendation_and_who_must_sign(helping: Helping) -> None:
    helping.requested()
    assert "missing 40 of 40" in panel(helping)
    helping.offered()
    helping.types(f"/aid offer {AID} --capability fi-scrubbing --days 5", MIKKO, "C0GENERAL")
    shown = panel(helping)
    assert "Offer 1, CERT-LV, item 2: 4 of lv-ir-team for 10 days" in shown
    assert "Recommended, not assigned:" in shown
    assert "Item 1: NCSC-FI, 40 of fi-scrubbing (offer 2)" in shown
    terms = (
        "--legal-basis charter --liability own --confidentiality same --command LV --control EE "
        "--bearer ee --cap 5000 --hold 14"
    )
    helping.types(f"/aid accept {AID} --offer 1 {terms}")
    assert "still to sign: CERT-EE, CERT-LV" in panel(helping)
    helping.types(f"/aid accept {AID} --offer 1 --hash {helping.hash_of()[:12]}")
    assert "still to sign: CERT-LV" in panel(helping)


def test_private_words_never_reach_the_room(helping: Helping) -> None:
    helping.requested()
    helping.types(f"/aid decline {AID} national_caveat {SECRET}", JONAS)
    helping.offered(f"/aid offer {AID} --size 4 --days 10 --cost 4444 --conditions {SECRET}")
    helping.accepted()
    helping.types(f"/aid deploy {AID} --offer 1", INGA)
    helping.types(f"/aid deploy {AID} --offer 1", INGA)
    helping.types(f"/aid deploy {AID} --offer 1 --note {SECRET}", INGA)
    helping.types(f"/aid recall {AID} --offer 1 {SECRET}", INGA)
    everything = " ".join([*told(helping), panel(helping)])
    for private in (SECRET, "caveat", "4,444", "NKSC-LT cannot"):
        assert private not in everything


def test_the_milestones_are_those_of_the_story(helping: Helping) -> None:
    helping.requested()
    helping.offered()
    helping.accepted()
    helping.types(f"/aid deploy {AID} --offer 1", INGA)
    helping.types(f"/aid deploy {AID} --offer 1", INGA)
    helping.types(f"/aid complete {AID} --offer 1")
    milestones = [one for one in told(helping) if one.startswith("milestone")]
    words = ("Help is asked for", "Offer 1", "Accepted", "At work", "Stood down")
    assert len(milestones) == len(words)
    for said, word in zip(milestones, words, strict=True):
        assert word in said


def test_a_draft_and_a_request_that_waits_for_approval_are_shown_to_nobody(
    helping: Helping,
) -> None:
    helping.types("/aid request forensics x2 3d --impact a --use b --mitigation c --draft")
    assert told(helping) == []
    assert AID not in panel(helping)
    assert "no request" in helping.types(f"/aid list {AID}", INGA)


def test_a_request_above_the_label_of_its_room_is_only_pointed_at(
    make: Callable[..., Helping],
) -> None:
    helping = make()
    helping.requested(
        "/aid request incident-response x2 3d --impact Ministry of Foo --use b --mitigation c "
        "--tlp AMBER"
    )
    shown = panel(helping)
    assert "is above this room's" in shown
    assert "Ministry" not in shown


@pytest.mark.parametrize("letters", [1, 400, 3000])
def test_slack_takes_the_panel_however_long_the_words_are(helping: Helping, letters: int) -> None:
    word = "<&>" * (letters // 3 or 1)
    helping.requested(
        f"/aid request forensics x2 3d: {word} --impact {word[:1500]} --use {word[:1500]} "
        f"--mitigation {word[:1500]}"
    )
    whole = helping.aid
    tocsin, incident = helping.slack.tocsin, helping.slack.incident()
    many = [Panel(whole, [word] * 9, shown=True), Panel(whole, [word], shown=False)]
    drawn = headline(tocsin.coalition, incident, (), "", many)
    valid_message(drawn.text, drawn.blocks)
    assert told(helping)
