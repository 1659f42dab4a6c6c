"""The sharing points 3 to 7 of the acceptance list, each by its number.

TLP 2.0 (FIRST) says what the labels mean; which channel may carry which is policy of ours.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from coalition.domain.errors import GateRefusal, NotAllowed, UserError
from coalition.domain.gate import ToAnswerPage, ToChannel, ToRoom, ToViewer, ceiling_of, release
from coalition.domain.incident.commands import AnswerNotice, IssueNotice, PassDeadline
from coalition.domain.incident.release_messages import (
    ApproveOverride,
    OverrideApproved,
    OverrideRequested,
    RecordPermission,
    RequestOverride,
)
from coalition.domain.labels import Tlp
from coalition.domain.members import Coalition
from coalition.domain.messages import canonical
from coalition.domain.notice.combining import SourceLabel
from coalition.domain.world import World
from tests.domain.cast import COALITION, Story, coalition, opened, partner
from tests.domain.oracle import UNIVERSES, WAYS

ABOVE_POLICY = {"kind": "alert", "to": ("lv", "pl"), "text": "Look"}
PL = ("pl",)


def most(kind: str, ceiling: Tlp = Tlp.RED) -> Tlp | None:
    """The strictest label that the most trusted member gets by this kind of channel."""
    return ceiling_of(ToChannel("active-t4", WAYS.index((kind, ceiling, None))), UNIVERSES[4])


def test_point_3_without_a_label_nothing_is_sent_and_none_is_made_up() -> None:
    nothing: Any = None
    with pytest.raises(GateRefusal, match="no TLP label"):
        release("x", tlp=nothing, audience=ToChannel("lv", 0), coalition=COALITION)


def test_point_4_what_combines_sources_carries_the_strictest_until_its_source_permits() -> None:
    story = opened(tlp=Tlp.GREEN)
    sources = (SourceLabel(member="ee", tlp=Tlp.GREEN), SourceLabel(member="lv", tlp=Tlp.AMBER))
    notice = {"kind": "sitrep", "to": ("lt",), "text": "So far", "sources": sources}
    with pytest.raises(UserError, match="What it combines is TLP:AMBER"):
        story.tell(IssueNotice, "ee-op", **notice, tlp=Tlp.GREEN)
    with pytest.raises(NotAllowed, match="approver"):
        story.tell(RecordPermission, "lv-op", tlp=Tlp.GREEN, reason="published")
    with pytest.raises(UserError, match="reason"):
        story.tell(RecordPermission, "lv-ap", tlp=Tlp.GREEN, reason=" ")
    story.tell(RecordPermission, "lt-ap", tlp=Tlp.CLEAR, reason="not lt's to permit")
    with pytest.raises(UserError, match="What it combines is TLP:AMBER"):
        story.tell(IssueNotice, "ee-op", **notice, tlp=Tlp.GREEN)
    (recorded,) = story.tell(RecordPermission, "lv-ap", tlp=Tlp.GREEN, reason="published")
    assert story.tell(RecordPermission, "lv-ap", tlp=Tlp.GREEN, reason="published") == []
    assert (recorded.member, recorded.tlp) == ("lv", Tlp.GREEN)  # type: ignore[attr-defined]
    story.tell(IssueNotice, "ee-op", **notice, tlp=Tlp.GREEN)
    assert story.now.notices["1"].tlp is Tlp.GREEN


def test_point_5_red_goes_to_a_named_persons_own_key_and_nowhere_else() -> None:
    assert most("mail to a person") is Tlp.RED
    others = [most(kind) for kind in dict.fromkeys(way[0] for way in WAYS)][:-1]
    assert all(one is not None and one < Tlp.RED for one in others)
    room = ToRoom(opened(tlp=Tlp.RED, invite=()).now)
    assert ceiling_of(room, COALITION) is Tlp.AMBER
    linked = opened(tlp=Tlp.GREEN)
    linked.tell(IssueNotice, "ee-op", kind="alert", to=("lv",), text="x")
    page = ToAnswerPage(linked.now, 1, "lv")
    assert ceiling_of(page, COALITION) is Tlp.AMBER


def test_point_5_whoever_has_no_such_key_is_nudged_without_any_content() -> None:
    raw = json.loads(canonical(COALITION.model_dump(mode="json")))
    lv = next(one for one in raw["members"] if one["id"] == "lv")
    lv["trust"] = "T4"
    trusted = Coalition.model_validate_json(canonical(raw))
    story = opened(World(trusted))
    story.tell(IssueNotice, "ee-op", kind="alert", to=("lv",), text="x", tlp=Tlp.RED)
    told = story.now.notices["1"].recipients["lv"].recipient
    assert (told.channels, told.nudged) == ((0, 1), (0, 1))
    assert "TLP:RED may not go there" in told.refused


def test_point_6_amber_strict_is_encrypted_end_to_end_amber_on_its_way_green_is_shared() -> None:
    kinds = dict.fromkeys(way[0] for way in WAYS)
    assert {kind: most(kind) for kind in kinds} == {
        "webhook": Tlp.AMBER,
        "misp": Tlp.AMBER,
        "taxii": Tlp.AMBER,
        "plain mail": Tlp.GREEN,
        "mattermost": Tlp.GREEN,
        "slack": Tlp.GREEN,
        "phone": Tlp.GREEN,
        "mail to a key": Tlp.AMBER_STRICT,
        "mail to a person": Tlp.RED,
    }


def test_point_7_slack_is_a_channel_too() -> None:
    for ceiling in Tlp:
        house = coalition(slack_ceiling=ceiling)
        viewer = ToViewer("ee-op", opened().now)
        assert ceiling_of(viewer, house) is min(ceiling, Tlp.AMBER)


def refused() -> Story:
    """PL is trusted with TLP:GREEN, and has a webhook that could carry more."""
    story = opened(tlp=Tlp.AMBER)
    story.tell(IssueNotice, "ee-op", **ABOVE_POLICY)
    assert story.now.notices["1"].recipients["pl"].attempts == ()
    return story


def test_an_override_is_released_by_two_approvers_one_of_them_of_the_originator() -> None:
    story = refused()
    (asked,) = story.tell(RequestOverride, "ee-ap", notice=1, members=PL, reason="next")
    assert isinstance(asked, OverrideRequested)
    assert story.tell(RequestOverride, "ee-both", notice=1, members=PL, reason="again") == []
    with pytest.raises(NotAllowed, match="somebody else must approve"):
        story.tell(ApproveOverride, "ee-ap", override=1)
    with pytest.raises(NotAllowed, match="role approver"):
        story.tell(ApproveOverride, "ee-op", override=1)
    (approved,) = story.tell(ApproveOverride, "lv-ap", override=1)
    assert isinstance(approved, OverrideApproved)
    assert (approved.member, approved.channel, approved.attempt) == ("pl", 0, 1)
    assert story.tell(ApproveOverride, "ee-both", override=1) == []
    pl = story.now.notices["1"].recipients["pl"]
    assert (pl.attempts[0].reason, pl.override, pl.waiting) == ("override", 1, True)


def test_two_approvers_of_others_release_nothing() -> None:
    story = refused()
    story.tell(RequestOverride, "lv-ap", notice=1, members=PL, reason="next")
    with pytest.raises(NotAllowed, match="must be an approver of CERT-EE"):
        story.tell(ApproveOverride, "lv-both", override=1)
    assert story.tell(ApproveOverride, "ee-ap", override=1)


def test_an_override_expires_and_needs_a_reason_and_somebody_who_is_kept_from_it() -> None:
    story = refused()
    with pytest.raises(UserError, match="reason"):
        story.tell(RequestOverride, "ee-ap", notice=1, members=PL, reason="")
    with pytest.raises(UserError, match="CERT-LV may get TLP:AMBER"):
        story.tell(RequestOverride, "ee-ap", notice=1, members=("lv",), reason="x")
    story.tell(RequestOverride, "ee-ap", notice=1, members=PL, reason="next")
    with pytest.raises(UserError, match="has expired"):
        story.wait(timedelta(hours=13)).tell(ApproveOverride, "lv-ap", override=1)
    assert story.tell(RequestOverride, "ee-ap", notice=1, members=PL, reason="still")


@pytest.mark.parametrize(
    ("member", "tlp", "says"),
    [
        ("pl", Tlp.AMBER_STRICT, "webhook is encrypted only on its way"),
        ("pl", Tlp.RED, "webhook is encrypted only on its way"),
        ("mt", Tlp.AMBER, "email is not encrypted to the partner's own key"),
        ("hu", Tlp.AMBER, "CERT-HU is suspended"),
        ("ie", Tlp.AMBER, "no channel in the coalition file"),
    ],
)
def test_no_two_people_release_past_a_hard_rule(member: str, tlp: Tlp, says: str) -> None:
    story = opened(tlp=Tlp.AMBER)
    command = {"kind": "alert", "to": (member,), "text": "x", "tlp": tlp, "override": "please"}
    with pytest.raises(GateRefusal, match=says):
        story.tell(IssueNotice, "ee-both", **command)
    assert story.now.notices == {}


def test_a_member_that_was_released_to_answers_and_is_chased_like_any_other() -> None:
    story = refused()
    story.tell(RequestOverride, "ee-ap", notice=1, members=PL, reason="next")
    story.tell(ApproveOverride, "lv-ap", override=1)
    task, alarm = story.wait(timedelta(hours=1)).tell(PassDeadline, timer="notice:1")[-2:]
    assert "CERT-PL" in getattr(alarm, "text", "") + getattr(task, "text", "")
    story.tell(AnswerNotice, partner("pl"), notice=1, member="pl", answer="acknowledge")
    assert story.now.notices["1"].recipients["pl"].acknowledged_at is not None
