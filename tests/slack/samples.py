"""An incident as full as it can be, and one of every event that is posted, in any words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from coalition.domain.incident import events as e
from coalition.domain.incident.guest_messages import GuestAdmitted, GuestLeft
from coalition.domain.incident.overrides import Override
from coalition.domain.incident.release_messages import (
    OverrideApproved,
    OverrideRequested,
    PermissionRecorded,
)
from coalition.domain.incident.state import Alarm, Incident, Room, RoomLine, Task
from coalition.domain.incident.words import ROOM_STEPS
from coalition.domain.labels import Tlp
from coalition.domain.messages import GENESIS, SYSTEM, Actor, Event, Record
from coalition.domain.run import events as r
from tests.slack.stage import NIGHT

EVERYBODY = ("ee", "lv", "lt", "fi")


def incident(text: str = "DDoS", tlp: Tlp = Tlp.AMBER, **more: Any) -> Incident:
    """An incident as full as it can be, every free text being `text`."""
    full: dict[str, Any] = {
        "number": "INC-2026-0001",
        "title": text[:150] or "x",
        "status": "open",
        "severity": "S3",
        "tlp": tlp,
        "member": "ee",
        "affected": EVERYBODY,
        "participants": EVERYBODY,
        "lead": "ee-alice",
        "roles": {f"{text[:30]}{i}": "lv-bruno" for i in range(30)},
        "charter": "c",
        "opened_at": NIGHT,
        "updated_at": NIGHT,
        "next_update_due": NIGHT + timedelta(hours=1),
        "alarms": {f"a{i}": Alarm(text=text, fallback=text, raised_at=NIGHT) for i in range(20)},
        "tasks": {
            str(i): Task(task=i, text=text, assignee=None, source=None) for i in range(1, 40)
        },
        "room": Room(
            channel="C1",
            headline_ts="1.1",
            steps={step: RoomLine(state="failed", detail=text) for step in ROOM_STEPS},
        ),
    }
    return Incident.model_validate(full | more)


def every_event(text: str, tlp: Tlp) -> list[Event]:
    """One of each that has a builder, filled with the text."""
    return [*incident_events(text, tlp), *run_events(text)]


def incident_events(text: str, tlp: Tlp) -> list[Event]:
    recipients = tuple(
        e.Recipient(member=member, channels=(0,) if member == "ee" else (), refused=text)
        for member in EVERYBODY
    )
    issued = e.NoticeIssued(
        notice=1, kind="alert", text=text, ask=text, answers=("acknowledge",), tlp=tlp,
        severity=incident().severity, title=text, member="ee", exercise=True,
        ack_within=timedelta(minutes=5), ack_by=NIGHT, recipients=recipients, source=None,
    )  # fmt: skip
    severity = incident().severity
    return [
        issued,
        e.SeverityChanged(was=severity, now=severity, reason=text, answers={}, floor=severity),
        e.TlpChanged(was=tlp, now=tlp, reason=text),
        e.StatusChanged(was="open", now="contained"),
        e.LeadAssigned(was=None, now="ee-alice", handover_note=text),
        e.RoleAssigned(role=text, delegate="lv-bruno"),
        e.TaskAdded(task=1, text=text, assignee="lv-bruno", source=None),
        e.TaskCompleted(task=1, source=None),
        e.NoteAdded(text=text, ref="", author=""),
        e.UpdatePosted(text=text, next_due=NIGHT),
        e.UpdateOverdue(due=NIGHT),
        e.MembersAdded(affected=EVERYBODY, participants=EVERYBODY),
        e.IncidentLinked(other=text),
        e.NoticeReminded(notice=1, attempts=dict.fromkeys(EVERYBODY, 2)),
        e.ChannelEscalated(
            notice=1, member="lv", attempt=2, channel=7, reason="late", ack_by=NIGHT
        ),
        e.NoticeAnswered(
            notice=1, member="lv", answer="accept", note=text, by=text, verified=False,
            evidence={}, source=None,
        ),
        e.AlarmRaised(subject="silent:1:lv", text=text, fallback=text),
        e.AlarmRaised(subject="step:INC-2026-0001-r1:ask:1", text=text, fallback=""),
        e.AlarmCleared(subject="silent:1:lv"),
        *release_events(text, tlp),
        e.IncidentMerged(into=text),
        e.IncidentClosed(cause=text, lessons=text),
        e.IncidentReopened(reason=text),
    ]  # fmt: skip


def release_events(text: str, tlp: Tlp) -> list[Event]:
    override = Override(
        override=1, notice=1, member="lv", tlp=tlp, content="c", reason=text,
        requested_by="ee-alice", requested_at=NIGHT, expires=NIGHT,
    )  # fmt: skip
    return [
        PermissionRecorded(member="lv", tlp=tlp, reason=text),
        GuestAdmitted(delegate="fi-voter", member="fi", mission="AID-2026-0003/2"),
        GuestLeft(delegate="fi-voter", member="fi", mission="AID-2026-0003/2", out=True),
        OverrideRequested(override=override),
        OverrideApproved(
            override=1, notice=1, member="lv", attempt=2, channel=0, ack_by=NIGHT,
            approved_by="ee-alice",
        ),
    ]  # fmt: skip


def run_events(text: str) -> list[Event]:
    return [
        r.RunStarted(
            run="INC-2026-0001-r1", incident="INC-2026-0001", playbook="h", name=text,
            title=text, inputs={}, facts={},
        ),
        r.QuestionAsked(
            step="over", attempt=1, people=("ee-alice",) * 40, text=text, form={}, due=NIGHT
        ),
        r.QuestionAsked(
            step="cut", attempt=1, people=("ee-alice",), text=text, form={}, due=NIGHT, need=2,
            not_by=("lv-bruno",) * 40,
        ),
        r.StepProgressed(
            step="cut", attempt=1, verb="approve", note=text or "x", by="ee-alice", said={},
            output={}, due=NIGHT,
        ),
        r.ReminderDue(
            step="cut", attempt=1, number=1, notice=0, remind_at=None,
            people=("ee-alice",) * 40, text=text, due=NIGHT,
        ),
        r.StepEnded(
            step="over", attempt=1, verb="ask", outcome="ok", output={}, variables={"over": text},
            branch=None, error="",
        ),
        r.StepResolved(
            step="over", attempt=1, decision="skip", reason=text, output={}, variables={}
        ),
        r.RunEnded(outcome="completed", reason=text),
        r.RunCancelled(reason=text, unfinished=("a", "b")),
    ]  # fmt: skip


def record_of(event: Event, actor: Actor = SYSTEM) -> Record:
    return Record(
        aggregate="run" if isinstance(event, r.RunStarted) else "incident",
        id="INC-2026-0001",
        version=1,
        at=NIGHT,
        actor=actor,
        cause="c",
        type=type(event).__name__,
        data={},
        prev=GENESIS,
    )
