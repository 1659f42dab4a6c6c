from __future__ import annotations

from typing import Any

import pytest

from coalition.domain.errors import GateRefusal, NotAllowed, NotFound, UserError
from coalition.domain.incident.commands import AddMembers, LinkIncident, OpenIncident, RaiseWarning
from coalition.domain.incident.events import (
    IncidentOpened,
    NoteAdded,
    NoticeIssued,
    SeverityChanged,
    WarningRaised,
)
from coalition.domain.incident.words import Severity
from coalition.domain.labels import Tlp
from coalition.domain.world import World
from tests.domain.cast import COALITION, NOW, WORLD, Story, coalition, opened, warned

S1, S2, S3, S4 = Severity.S1, Severity.S2, Severity.S3, Severity.S4
WHAT: dict[str, Any] = {"what": "Packets", "members": ("lv",), "tlp": Tlp.GREEN}
OPEN: dict[str, Any] = {"title": "DDoS", "severity": S2, "tlp": Tlp.AMBER}


def test_a_warning_reaches_the_chosen_members_in_the_same_decision() -> None:
    story = Story()
    warning, notice = story.tell(RaiseWarning, "ee-op", **WHAT)
    assert isinstance(warning, WarningRaised)
    assert warning.charter == COALITION.content_hash
    assert isinstance(notice, NoticeIssued)
    assert (notice.kind, notice.text, notice.notice) == ("early_warning", "Packets", 1)
    assert [one.member for one in notice.recipients] == ["lv"]
    assert notice.ack_by == NOW + COALITION.charter.ack_deadline.S2
    assert (story.now.status, story.now.affected) == ("warning", ())
    assert story.now.participants == ("ee", "lv")


def test_a_warning_that_may_reach_nobody_leaves_nothing_behind() -> None:
    story = Story()
    with pytest.raises(GateRefusal, match="TLP:AMBER may go to none of them") as refused:
        story.tell(RaiseWarning, "ee-op", what="Packets", members=("pl", "mt", "ie"), tlp=Tlp.AMBER)
    assert "CERT-MT: " in refused.value.message
    assert "CERT-IE: It has no channel in the coalition file." in refused.value.message
    assert story.state is None


def test_a_warning_names_who_was_refused_and_does_not_let_them_see_it() -> None:
    story = warned(members=("lv", "pl"))
    refused = story.now.notices["1"].recipients["pl"]
    assert refused.stage == "failed"
    assert "trust T1 (TLP:GREEN at most)" in refused.recipient.refused
    assert story.now.participants == ("ee", "lv")


@pytest.mark.parametrize(
    ("fields", "error", "says"),
    [
        ({"what": "  "}, UserError, "The warning is empty"),
        ({"what": "x" * 4_001}, UserError, "4001 letters"),
        ({"members": ()}, UserError, "nobody to tell"),
        ({"members": ("ee",)}, UserError, "nobody to tell"),
        ({"members": ("lvv",)}, NotFound, "Did you mean 'lv'"),
        ({"members": ("gb",)}, UserError, "has left the coalition"),
        ({"exercise": True}, UserError, "This coalition is live"),
    ],
)
def test_a_warning_that_cannot_be_is_refused_with_what_to_do(
    fields: dict[str, Any], error: type[UserError], says: str
) -> None:
    with pytest.raises(error, match=says):
        Story().tell(RaiseWarning, "ee-op", **{**WHAT, **fields})


@pytest.mark.parametrize(
    ("who", "says"),
    [
        ("ee-vo", "needs the role operator.*held by EE Op, EE Both"),
        ("no-op", "CERT-NO is observer"),
        ("hu-op", "CERT-HU is suspended"),
        ("zz-op", "not a delegate of any member"),
    ],
)
def test_only_an_operator_of_an_active_member_warns_or_opens(who: str, says: str) -> None:
    for command, fields in ((RaiseWarning, WHAT), (OpenIncident, OPEN)):
        with pytest.raises(NotAllowed, match=says):
            Story().tell(command, who, **fields)


def test_a_number_is_used_once() -> None:
    with pytest.raises(UserError, match="exists already"):
        opened().tell(RaiseWarning, "ee-op", **WHAT)
    with pytest.raises(UserError, match="is open already"):
        opened().tell(OpenIncident, "ee-op", **OPEN)


def test_opening_makes_the_opener_lead_and_their_member_affected() -> None:
    story = Story()
    (event,) = story.tell(OpenIncident, "ee-op", **OPEN, invite=("lv",))
    assert isinstance(event, IncidentOpened)
    assert (event.lead, event.affected, event.participants) == ("ee-op", ("ee",), ("ee", "lv"))
    assert (story.now.status, story.now.severity, story.now.member) == ("open", S2, "ee")


def test_two_affected_members_open_at_the_campaign_floor() -> None:
    story = opened(affected=("lv",))
    assert story.now.severity is S3
    assert opened(affected=("lv",), severity=S4).now.severity is S4


def test_a_reason_keeps_an_opening_below_the_campaign_floor() -> None:
    story = opened(affected=("lv",), severity_reason="only a test page in Latvia")
    assert story.now.severity is S2
    assert story.now.severity_reason == "only a test page in Latvia"
    story.tell(AddMembers, "ee-op", affected=("lt",))
    assert story.now.severity is S2  # what a human decided is not undone


def test_a_second_affected_member_or_a_third_link_raises_the_severity() -> None:
    story = opened()
    _, raised = story.tell(AddMembers, "ee-op", affected=("lv",))
    assert raised == SeverityChanged(was=S2, now=S3, reason="", answers={}, floor=S3)
    linked = opened(severity=S1)
    for number in (1, 2):
        assert len(linked.tell(LinkIncident, "ee-op", other=f"INC-2026-000{number}")) == 1
    linked.tell(LinkIncident, "ee-op", other="INC-2026-0003")
    assert linked.now.severity is S3
    assert linked.tell(LinkIncident, "ee-op", other="INC-2026-0003") == []
    with pytest.raises(UserError, match="itself"):
        linked.tell(LinkIncident, "ee-op", other="INC-2026-0007")


def test_nobody_is_invited_to_what_they_may_not_see() -> None:
    with pytest.raises(GateRefusal, match=r"CERT-PL \(TLP:GREEN\), CERT-HU \(nothing\)"):
        Story().tell(OpenIncident, "ee-op", **OPEN, invite=("pl", "lv", "hu"))
    with pytest.raises(GateRefusal, match="CERT-MT"):
        opened().tell(AddMembers, "ee-op", invite=("mt",))


def test_an_affected_member_below_the_label_is_counted_but_sees_nothing() -> None:
    story = opened(affected=("pl",))
    assert story.now.severity is S3
    assert "pl" not in story.now.participants
    note = story.records[-1].event()
    assert isinstance(note, NoteAdded)
    assert "CERT-PL is affected but may see TLP:GREEN at most" in note.text
    added, noted = story.tell(AddMembers, "ee-op", affected=("mt",))
    assert getattr(added, "participants", None) == ()
    assert isinstance(noted, NoteAdded)


def test_nobody_opens_what_their_own_member_could_not_see() -> None:
    for command, fields in ((OpenIncident, OPEN), (RaiseWarning, {**WHAT, "tlp": Tlp.AMBER})):
        with pytest.raises(GateRefusal, match="could not see its own incident at TLP:AMBER"):
            Story().tell(command, "pl-op", **fields)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"title": ""}, "The title is empty"),
        ({"title": "x" * 151}, "at most 150"),
        ({"affected": ("lvv",)}, "Did you mean 'lv'"),
        ({"severity_answers": {"reech": "nobody_yet"}}, "Did you mean reach"),
        ({"severity_answers": {"reach": "one_entitiy"}}, "Did you mean one_entity"),
        ({"exercise": True}, "This coalition is live, and the incident would be an exercise"),
    ],
)
def test_an_opening_that_cannot_be_is_refused_with_what_to_do(
    fields: dict[str, Any], says: str
) -> None:
    with pytest.raises(UserError, match=says):
        Story().tell(OpenIncident, "ee-op", **{**OPEN, **fields})


def test_a_title_is_one_line() -> None:
    assert opened(title=" DDoS\n on  banks ").now.title == "DDoS on banks"


def test_a_warning_becomes_an_incident_and_keeps_its_origin_and_notices() -> None:
    story = warned()
    story.tell(OpenIncident, "lv-op", title="DDoS", severity=S2, tlp=Tlp.AMBER)
    assert (story.now.status, story.now.member, story.now.lead) == ("open", "ee", "lv-op")
    assert story.now.affected == ("lv",)
    assert set(story.now.participants) == {"ee", "lv", "lt"}
    assert list(story.now.notices) == ["1"]


def test_opening_a_warning_cannot_lower_its_label_in_passing() -> None:
    with pytest.raises(UserError, match="cannot lower that to TLP:GREEN"):
        warned().tell(OpenIncident, "ee-op", **{**OPEN, "tlp": Tlp.GREEN})


def test_a_member_that_was_not_warned_cannot_open_the_warning() -> None:
    with pytest.raises(NotFound, match="no incident INC-2026-0007 that you may see"):
        warned(members=("lv",)).tell(OpenIncident, "lt-op", **OPEN)


def test_an_exercise_stays_an_exercise() -> None:
    played = World(coalition(exercise=True))
    story = opened(played)
    assert story.now.exercise
    story.world = WORLD
    with pytest.raises(UserError, match="This coalition is live"):
        story.tell(AddMembers, "ee-op", invite=("lv",))
