from __future__ import annotations

from typing import Any

import pytest

from coalition.domain.errors import NotAllowed, NotFound, PermanentError, UserError
from coalition.domain.incident import commands as c
from coalition.domain.incident import guest_messages as g
from coalition.domain.incident import release_messages as r
from coalition.domain.incident.apply import CHANGES, apply
from coalition.domain.incident.check_messages import CheckStarted, KeyFinding, RecordKeys
from coalition.domain.incident.decide import BEGINNINGS, RULES, By
from coalition.domain.incident.events import NoteAdded, WarningRaised
from coalition.domain.incident.mail_notes import NoteMail
from coalition.domain.incident.words import Severity
from coalition.domain.labels import Tlp
from coalition.domain.messages import SYSTEM, Command, Event
from tests.domain.cast import NUMBER, Story, opened, partner, warned

KEY = KeyFinding(whose="lv", fingerprint="0" * 40, what="has expired")
CALL = c.PhoneCall(notice=1, member="lv", attempt=1, channel=0)
MINIMAL: dict[type[Command], dict[str, Any]] = {
    c.ChangeSeverity: {"severity": Severity.S1},
    c.ChangeTlp: {"tlp": Tlp.RED},
    c.ChangeStatus: {"status": "contained"},
    c.AssignLead: {"delegate": "lv-op"},
    c.AssignRole: {"role": "scribe", "delegate": "lv-op"},
    c.AddTask: {"text": "x"},
    c.RequestCall: {"call": CALL, "text": "x"},
    c.CompleteTask: {"task": 1},
    c.AddNote: {"text": "x"},
    NoteMail: {"digest": "0" * 64, "text": "x", "author": "mail", "proved": True},
    c.PostUpdate: {"text": "x"},
    c.AddMembers: {"invite": ("no",)},
    c.LinkIncident: {"other": "INC-2026-0001"},
    c.IssueNotice: {"kind": "alert", "to": ("lv",), "text": "x"},
    c.RemindRecipients: {"notice": 1},
    c.EscalateRecipients: {"notice": 1},
    r.RecordPermission: {"tlp": Tlp.GREEN, "reason": "x"},
    r.RequestOverride: {"notice": 1, "members": ("pl",), "reason": "x"},
    r.ApproveOverride: {"override": 1},
    c.RecordReceipts: {"receipts": ()},
    c.AnswerNotice: {"notice": 1, "member": "lv", "answer": "acknowledge"},
    c.PassDeadline: {"timer": "update"},
    RecordKeys: {"keys": (KEY,)},
    c.RaiseAlarm: {"subject": "s", "text": "t", "fallback": "f"},
    c.ClearAlarm: {"subject": "s"},
    g.AddGuest: {"delegate": "lt-op", "aid": "AID-2026-0001", "mission": 1},
    g.RemoveGuest: {"delegate": "lt-op", "aid": "AID-2026-0001", "mission": 1},
    c.RecordRoomStep: {"step": "create", "state": "done"},
    c.RetryRoom: {},
    c.MergeIncident: {"into": "INC-2026-0001"},
    c.CloseIncident: {},
    c.ReopenIncident: {"reason": "x"},
}
LATE = {
    NoteMail, RecordKeys, c.RecordReceipts, c.AnswerNotice, c.RaiseAlarm, c.ClearAlarm,
    c.RecordRoomStep,
}  # fmt: skip
BY_SYSTEM = {one for one, rule in RULES.items() if rule.by is By.SYSTEM}


def of_the_incident(registry: dict[str, type[Any]]) -> set[type[Any]]:
    package = c.__name__.rpartition(".")[0]
    return {one for one in registry.values() if one.__module__.startswith(f"{package}.")}


def test_every_command_has_a_rule_and_every_event_a_change() -> None:
    commands = of_the_incident(Command.registry) - {c.IncidentCommand}
    assert commands == set(RULES) | set(BEGINNINGS)
    events = of_the_incident(Event.registry)
    assert events == set(CHANGES) | {WarningRaised, CheckStarted}
    assert set(MINIMAL) == set(RULES)


@pytest.mark.parametrize("command", RULES, ids=lambda one: one.__name__)
def test_nothing_can_be_done_to_an_incident_that_is_not_there(command: type[Command]) -> None:
    with pytest.raises(NotFound, match="no incident INC-2026-0007 that you may see"):
        Story().tell(command, "ee-op", **MINIMAL[command])
    with pytest.raises(NotFound):
        Story().tell(command, SYSTEM, **MINIMAL[command])
    with pytest.raises(NotAllowed):
        Story().tell(command, "ee-vo", **MINIMAL[command])  # not told whether it is there


@pytest.mark.parametrize(
    "command",
    [one for one in RULES if one not in {*LATE, *BY_SYSTEM, c.ReopenIncident}],
    ids=lambda one: one.__name__,
)
def test_a_closed_or_merged_incident_refuses_and_names_reopen(command: type[Command]) -> None:
    for ending, fields in ((c.CloseIncident, {}), (c.MergeIncident, {"into": "INC-2026-0001"})):
        story = opened()
        story.tell(ending, "ee-op", **fields)
        with pytest.raises(UserError, match="/incident reopen <why> --incident INC-2026-0007"):
            story.tell(command, "ee-op", **MINIMAL[command])


def test_what_a_machine_has_seen_is_recorded_after_the_end() -> None:
    story = opened()
    story.tell(c.CloseIncident, "ee-op")
    assert story.tell(c.RaiseAlarm, **MINIMAL[c.RaiseAlarm])
    assert story.tell(c.ClearAlarm, "ee-op", subject="s")
    assert story.tell(c.RecordRoomStep, **MINIMAL[c.RecordRoomStep])
    assert story.tell(c.LinkIncident, **MINIMAL[c.LinkIncident])  # linked back from the other side
    assert story.tell(c.PassDeadline, timer="update") == []


@pytest.mark.parametrize("command", RULES, ids=lambda one: one.__name__)
def test_each_command_is_for_its_own_kind_of_actor(command: type[Command]) -> None:
    story, fields = opened(), MINIMAL[command]
    if command is not c.AnswerNotice:
        with pytest.raises(NotAllowed):
            story.tell(command, partner("lv"), **fields)
    by = RULES[command].by
    if by is By.SYSTEM:
        with pytest.raises(NotAllowed, match="recorded by Tocsin itself"):
            story.tell(command, "ee-both", **fields)
    if by in (By.OPERATOR, By.DELEGATE):
        with pytest.raises(NotAllowed, match="named person"):
            story.tell(command, SYSTEM, **fields)


def test_from_s3_an_incident_closes_with_cause_and_lessons() -> None:
    story = opened(severity=Severity.S3)
    with pytest.raises(UserError, match="Missing: cause, lessons") as refused:
        story.tell(c.CloseIncident, "ee-op")
    assert refused.value.field == "cause"
    with pytest.raises(UserError, match=r"Missing: lessons\.") as refused:
        story.tell(c.CloseIncident, "ee-op", cause="a botnet")
    assert refused.value.field == "lessons"
    story.tell(c.CloseIncident, "ee-op", cause="a botnet", lessons="ask earlier")
    assert (story.now.status, story.now.cause) == ("closed", "a botnet")


def test_below_s3_an_incident_just_closes() -> None:
    story = opened()
    story.tell(c.CloseIncident, "lv-op")
    assert story.now.over


def test_a_merged_incident_says_where_it_goes_on() -> None:
    story = opened()
    with pytest.raises(UserError, match="into itself"):
        story.tell(c.MergeIncident, "ee-op", into=NUMBER)
    story.tell(c.MergeIncident, "ee-op", into="INC-2026-0001")
    assert (story.now.merged_into, story.now.linked) == ("INC-2026-0001", ("INC-2026-0001",))
    with pytest.raises(UserError, match="is merged and goes on in INC-2026-0001"):
        story.tell(c.AddNote, "ee-op", text="x")


def test_reopening_needs_a_reason_and_something_to_reopen() -> None:
    story = opened()
    with pytest.raises(UserError, match="is open, not closed"):
        story.tell(c.ReopenIncident, "ee-op", reason="x")
    story.tell(c.MergeIncident, "ee-op", into="INC-2026-0001")
    with pytest.raises(UserError, match="Reopening needs a reason"):
        story.tell(c.ReopenIncident, "ee-op", reason=" ")
    story.tell(c.ReopenIncident, "ee-op", reason="merged by mistake")
    assert (story.now.status, story.now.merged_into) == ("open", None)


def test_a_closed_warning_is_a_warning_when_reopened() -> None:
    story = warned()
    story.tell(c.AssignLead, "ee-op", delegate="lv-op")
    story.tell(c.CloseIncident, "ee-op")
    story.tell(c.ReopenIncident, "ee-op", reason="it was real")
    assert story.now.status == "warning"


def test_the_same_subject_alarms_once_while_it_is_open() -> None:
    story = opened()
    alarm = {"subject": "relay", "text": "The relay is behind.", "fallback": "Phone ops."}
    assert story.tell(c.RaiseAlarm, **alarm)
    assert story.tell(c.RaiseAlarm, **alarm) == []
    with pytest.raises(NotFound, match="Open: relay"):
        story.tell(c.ClearAlarm, "ee-op", subject="other")
    story.tell(c.ClearAlarm, "lv-op", subject="relay")
    assert story.tell(c.RaiseAlarm, **alarm)


def test_the_rooms_checklist_keeps_what_was_done_and_retries_what_failed() -> None:
    story = opened()
    story.tell(c.RecordRoomStep, step="create", state="done", channel="C1")
    assert story.tell(c.RecordRoomStep, step="create", state="done", channel="C1") == []
    with pytest.raises(UserError, match="No step of the room has failed"):
        story.tell(c.RetryRoom, "ee-op")
    story.tell(c.RecordRoomStep, step="headline", state="done", ts="1.2")
    story.tell(c.RecordRoomStep, step="pin", state="failed", detail="not_pinned")
    story.tell(c.RecordRoomStep, step="bookmark", state="degraded", detail="missing_scope")
    story.tell(c.RetryRoom, "ee-op")
    room = story.now.room
    assert (room.channel, room.headline_ts, room.attempt) == ("C1", "1.2", 2)
    assert list(room.steps) == ["create", "headline", "bookmark"]


def test_a_log_that_does_not_begin_with_a_beginning_is_refused() -> None:
    story = opened()
    story.tell(c.AddNote, "ee-op", text="x")
    note: Event = story.records[-1].event()
    assert isinstance(note, NoteAdded)
    with pytest.raises(PermanentError, match="begins with NoteAdded"):
        apply(None, story.records[-1], note)
