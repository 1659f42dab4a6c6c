from __future__ import annotations

from datetime import timedelta

import pytest

from coalition.domain.errors import GateRefusal, NotAllowed, NotFound, UserError
from coalition.domain.incident.commands import (
    AddMembers,
    AddNote,
    AddTask,
    AssignLead,
    AssignRole,
    ChangeSeverity,
    ChangeStatus,
    ChangeTlp,
    CompleteTask,
    IssueNotice,
    NoticeSource,
    PassDeadline,
    PostUpdate,
)
from coalition.domain.incident.events import LeadAssigned, UpdateOverdue
from coalition.domain.incident.timers import timers
from coalition.domain.incident.words import Severity
from coalition.domain.labels import Tlp
from coalition.domain.messages import SYSTEM
from tests.domain.cast import NOW, opened, person, warned

STEP = NoticeSource(run="INC-2026-0007-r1", step="tell", attempt=1)


def test_severity_goes_below_the_campaign_floor_only_with_a_reason() -> None:
    story = opened(affected=("lv",))
    with pytest.raises(UserError, match=r"below S3.*2 members are affected.*Say why") as refused:
        story.tell(ChangeSeverity, "ee-op", severity=Severity.S1)
    assert refused.value.field == "reason"
    story.tell(ChangeSeverity, "ee-op", severity=Severity.S1, reason="one page each")
    assert (story.now.severity, story.now.severity_reason) == (Severity.S1, "one page each")


def test_the_same_severity_again_changes_nothing() -> None:
    assert opened().tell(ChangeSeverity, "ee-op", severity=Severity.S2) == []


def test_any_operator_who_takes_part_raises_the_label() -> None:
    story = opened()
    story.tell(ChangeTlp, "lv-op", tlp=Tlp.AMBER_STRICT)
    assert story.now.tlp is Tlp.AMBER_STRICT
    assert story.tell(ChangeTlp, "lv-op", tlp=Tlp.AMBER_STRICT) == []


def test_only_an_approver_of_the_originating_member_lowers_the_label() -> None:
    story = opened()
    for who in ("ee-op", "lv-ap", "lv-both"):
        with pytest.raises(NotAllowed, match=r"Only an approver of CERT-EE.*EE Ap, EE Both"):
            story.tell(ChangeTlp, who, tlp=Tlp.GREEN, reason="published")
    with pytest.raises(UserError, match="needs a reason"):
        story.tell(ChangeTlp, "ee-ap", tlp=Tlp.GREEN)
    story.tell(ChangeTlp, "ee-ap", tlp=Tlp.GREEN, reason="published")
    assert story.now.tlp is Tlp.GREEN


def test_the_record_of_an_incident_never_becomes_public() -> None:
    with pytest.raises(UserError, match="cannot go below TLP:GREEN: its record names"):
        opened().tell(ChangeTlp, "ee-ap", tlp=Tlp.CLEAR, reason="over")


def test_the_label_stays_above_what_another_member_sent_in_it() -> None:
    story = opened()
    story.tell(IssueNotice, "lv-op", kind="sighting", to=("ee",), text="Seen here too")
    with pytest.raises(UserError, match="a notice of another member carries that label"):
        story.tell(ChangeTlp, "ee-ap", tlp=Tlp.GREEN, reason="published")


def test_above_their_ceiling_an_incident_looks_like_none() -> None:
    story = opened()
    story.tell(ChangeTlp, "ee-op", tlp=Tlp.AMBER_STRICT)
    with pytest.raises(NotFound, match="no incident INC-2026-0007 that you may see"):
        story.tell(AddNote, "lt-op", text="x")  # Lithuania is trusted up to AMBER
    story.tell(ChangeTlp, "ee-op", tlp=Tlp.RED)
    with pytest.raises(NotFound):
        story.tell(AddNote, "lv-op", text="x")  # neither lead nor role holder
    story.tell(AssignLead, "ee-both", delegate="ee-both")  # approvers of the originator still can
    assert story.now.lead == "ee-both"


def test_the_status_moves_among_the_open_ones_only() -> None:
    story = opened()
    story.tell(ChangeStatus, "ee-op", status="contained")
    assert story.tell(ChangeStatus, "ee-op", status="contained") == []
    for status in ("closed", "merged"):
        with pytest.raises(UserError, match=f"/incident {status[:5]}"):
            story.tell(ChangeStatus, "ee-op", status=status)


def test_a_warning_has_no_severity_status_or_affected_members_yet() -> None:
    story = warned()
    with pytest.raises(UserError, match="no severity yet"):
        story.tell(ChangeSeverity, "ee-op", severity=Severity.S4)
    with pytest.raises(UserError, match="no status yet"):
        story.tell(ChangeStatus, "ee-op", status="contained")
    with pytest.raises(UserError, match="Open it first"):
        story.tell(AddMembers, "ee-op", affected=("lt",))


def test_inviting_twice_changes_nothing() -> None:
    story = opened(invite=("lv",))
    story.tell(AddMembers, "ee-op", invite=("lt",))
    assert story.now.participants == ("ee", "lv", "lt")
    assert story.tell(AddMembers, "ee-op", invite=("lt",), affected=("ee",)) == []


def test_a_lead_is_an_operator_who_takes_part() -> None:
    story = opened(invite=("lv",))
    with pytest.raises(UserError, match="is not an operator"):
        story.tell(AssignLead, "ee-op", delegate="lv-vo")
    with pytest.raises(UserError, match=r"CERT-LT, which does not take part.*--members lt"):
        story.tell(AssignLead, "ee-op", delegate="lt-op")
    with pytest.raises(UserError, match="CERT-HU is suspended"):
        story.tell(AssignLead, "ee-op", delegate="hu-op")
    with pytest.raises(NotFound, match="lv-op"):
        story.tell(AssignLead, "ee-op", delegate="lv-opp")


def test_a_handover_is_recorded_even_to_the_lead_in_office() -> None:
    story = opened()
    assert story.tell(AssignLead, "ee-op", delegate="ee-op") == []
    (event,) = story.tell(AssignLead, "ee-op", delegate="lv-op", handover_note="I go to sleep")
    assert event == LeadAssigned(was="ee-op", now="lv-op", handover_note="I go to sleep")


def test_one_delegate_holds_a_role_and_the_next_replaces_them() -> None:
    story = opened()
    story.tell(AssignRole, "ee-op", role=" Scribe ", delegate="lv-op")
    story.tell(AssignRole, "ee-op", role="scribe", delegate="lv-vo")
    assert story.now.roles == {"scribe": "lv-vo"}
    assert story.tell(AssignRole, "ee-op", role="SCRIBE", delegate="lv-vo") == []


def test_tasks_are_added_done_once_and_named_when_unknown() -> None:
    story = opened()
    story.tell(AddTask, "ee-op", text="Ask upstream", assignee="lv-op")
    story.tell(CompleteTask, "lv-op", task=1)
    assert story.now.tasks["1"].done_by == "lv-op"
    assert story.tell(CompleteTask, "ee-op", task=1) == []
    story.tell(AddTask, "ee-op", text="Write it up")
    with pytest.raises(NotFound, match=r"no task 9\. Open tasks: 2"):
        story.tell(CompleteTask, "ee-op", task=9)
    with pytest.raises(UserError, match="does not take part"):
        story.tell(AddTask, "ee-op", text="x", assignee="pl-op")


def test_whoever_a_task_is_for_may_say_that_it_is_done_whatever_their_role() -> None:
    story = opened()
    story.tell(AddTask, "ee-op", text="File the report", assignee="lv-vo")
    with pytest.raises(NotAllowed, match="needs the role operator"):
        story.tell(CompleteTask, "ee-vo", task=1)
    story.tell(CompleteTask, "lv-vo", task=1)
    assert story.now.tasks["1"].done_by == "lv-vo"
    story.tell(AddTask, "ee-op", text="Anybody's")
    with pytest.raises(NotAllowed, match="needs the role operator"):
        story.tell(CompleteTask, "lv-vo", task=2)


def test_a_playbook_step_adds_its_task_and_issues_its_notice_once() -> None:
    story = opened()
    for _ in range(2):
        story.tell(AddTask, SYSTEM, text="Phone the bank", source=STEP)
        story.tell(IssueNotice, SYSTEM, kind="alert", to=("lv",), text="DDoS", source=STEP)
    assert len(story.now.tasks) == 1
    assert len(story.now.notices) == 1
    assert story.now.notices["1"].member == "ee"
    for command, fields in (
        (AddTask, {"text": "x"}),
        (IssueNotice, {"kind": "alert", "to": ("lv",), "text": "x"}),
    ):
        with pytest.raises(NotAllowed, match="playbook step behind it"):
            story.tell(command, SYSTEM, **fields)


def test_a_message_enters_the_timeline_once() -> None:
    story = opened()
    assert len(story.tell(AddNote, "ee-op", text="seen", ref="C1:1.2", author="U1")) == 1
    assert story.tell(AddNote, "lv-op", text="seen", ref="C1:1.2") == []
    assert len(story.tell(AddNote, "lv-op", text="seen")) == 1  # typed notes have no ref
    with pytest.raises(UserError, match="note is empty"):
        story.tell(AddNote, "ee-op", text=" ")


def test_the_refs_that_are_remembered_are_the_last_five_hundred() -> None:
    story = opened()
    for number in range(502):
        story.tell(AddNote, "ee-op", text="x", ref=f"C1:{number}")
    assert len(story.now.note_refs) == 500
    assert story.now.note_refs[0] == "C1:2"


def test_a_promised_update_that_does_not_come_is_overdue_once() -> None:
    story = opened()
    story.tell(PostUpdate, "ee-op", text="Filters hold", next_in=timedelta(minutes=30))
    assert timers(story.now) == {"update": NOW + timedelta(minutes=30)}
    assert story.tell(PassDeadline, timer="update") == []  # not due
    story.wait(timedelta(minutes=30))
    assert story.tell(PassDeadline, timer="update") == [UpdateOverdue(due=story.at)]
    assert story.now.update_overdue
    assert timers(story.now) == {}
    assert story.tell(PassDeadline, timer="update") == []
    story.tell(PostUpdate, "ee-op", text="Still holding")
    assert (story.now.next_update_due, story.now.update_overdue) == (None, False)


@pytest.mark.parametrize("wait", [timedelta(0), timedelta(minutes=-1), timedelta(days=8)])
def test_an_update_is_promised_within_seven_days(wait: timedelta) -> None:
    with pytest.raises(UserError, match="within seven days"):
        opened().tell(PostUpdate, "ee-op", text="x", next_in=wait)


def test_a_delegate_who_speaks_for_another_member_is_refused() -> None:
    impostor = person("lv-op").model_copy(update={"member": "ee"})
    with pytest.raises(NotAllowed, match="a delegate of CERT-LV, not of ee"):
        opened().tell(AddNote, impostor, text="x")


def test_inviting_above_the_ceiling_is_refused_after_a_raise() -> None:
    story = opened(invite=())
    story.tell(ChangeTlp, "ee-op", tlp=Tlp.AMBER_STRICT)
    with pytest.raises(GateRefusal, match="CERT-LT"):
        story.tell(AddMembers, "ee-op", invite=("lt",))
