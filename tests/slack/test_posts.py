"""Headlines, milestones, details and alarms as they stand in a room, and notes taken from it."""

from __future__ import annotations

import json

import pytest

from coalition.domain.incident import commands as c
from coalition.domain.labels import Tlp
from coalition.domain.messages import SYSTEM
from tests.slack.workspace import BRUNO, Workspace


def issue(workspace: Workspace) -> None:
    workspace.do(
        c.IssueNotice, kind="alert", to=("lv",), text="Block 203.0.113.0/24", ask="Confirm"
    )


def answer(workspace: Workspace) -> None:
    number = max(map(int, workspace.incident().notices))
    workspace.do(
        c.AnswerNotice,
        actor=SYSTEM.model_copy(update={"kind": "partner", "member": "lv"}),
        notice=number,
        member="lv",
        answer="need_info",
        note="Which ports?",
        by="Duty officer",
    )


def test_an_answer_stands_in_the_thread_of_its_notice(workspace: Workspace) -> None:
    channel = workspace.open_room()
    issue(workspace)
    workspace.settle()
    answer(workspace)
    workspace.settle()
    milestone = workspace.ours(channel)[-1]
    assert "Block 203.0.113.0/24" in milestone["text"]
    (detail,) = workspace.thread(channel, milestone["ts"])
    assert "CERT.LV (Duty officer) needs more information." in detail["text"]
    assert "Which ports?" in detail["text"]


def test_a_detail_waits_for_its_milestone(workspace: Workspace) -> None:
    channel = workspace.open_room()
    workspace.fault("chat.postMessage", status=429, retry_after=1)  # hits the milestone
    issue(workspace)
    answer(workspace)
    workspace.settle()
    milestone = next(one for one in workspace.ours(channel) if "Block 203" in one["text"])
    assert [one["thread_ts"] for one in workspace.thread(channel, milestone["ts"])] == [
        milestone["ts"]
    ]


def test_the_headline_is_edited_and_never_posted_again(workspace: Workspace) -> None:
    channel = workspace.open_room()
    workspace.do(c.ChangeStatus, status="contained")
    workspace.settle()
    workspace.do(c.AssignLead, delegate="lv-bruno")
    workspace.settle()
    headline = workspace.ours(channel)[0]
    assert headline["ts"] == workspace.incident().room.headline_ts
    assert "Status: Contained; lead: Bruno Kalns (CERT.LV)." in headline["text"]
    milestones = [one["text"] for one in workspace.ours(channel)[1:]]
    assert [text.split(": ", 1)[1] for text in milestones] == [
        "Status: Open → Contained.",
        "Lead: Bruno Kalns (CERT.LV).",
    ]


def test_a_headline_that_somebody_deleted_is_posted_anew_once(workspace: Workspace) -> None:
    channel = workspace.open_room()
    gone = workspace.incident().room.headline_ts
    workspace.client.chat_delete(channel=channel, ts=gone or "")
    workspace.do(c.ChangeStatus, status="contained")
    workspace.settle()
    now = workspace.incident().room.headline_ts
    assert now not in (None, gone)
    headlines = [
        one for one in workspace.ours(channel) if "headline" in json.dumps(one["metadata"])
    ]
    assert [one["ts"] for one in headlines] == [now]


def test_a_lost_answer_posts_a_milestone_once(workspace: Workspace) -> None:
    channel = workspace.open_room()
    workspace.post("faults", kind="lost_response", method="chat.postMessage")
    workspace.do(c.PostUpdate, text="Both banks are reachable")
    workspace.settle()
    assert [one["text"].count("reachable") for one in workspace.ours(channel)] == [0, 1]


def test_an_alarm_calls_the_lead_and_names_the_phone(workspace: Workspace) -> None:
    channel = workspace.open_room()
    workspace.do(
        c.RaiseAlarm,
        actor=SYSTEM,
        subject="silent:1:lv",
        text="CERT.LV has not acknowledged",
        fallback="Phone CERT.LV: +372 555 0100",
    )
    workspace.settle()
    alarm = workspace.ours(channel)[-1]
    assert alarm["text"].startswith("ALARM, TLP:AMBER")
    assert "<@U01ALICE>" in alarm["text"]
    assert "+372 555 0100" in alarm["text"]
    headline = json.dumps(workspace.ours(channel)[0]["blocks"])
    assert "Needs a human now (1 alarm)" in headline


def test_who_takes_an_alarm_in_hand_is_said_under_it(workspace: Workspace) -> None:
    channel = workspace.open_room()
    workspace.do(c.RaiseAlarm, actor=SYSTEM, subject="x", text="Silent", fallback="Phone")
    workspace.settle()
    workspace.do(c.ClearAlarm, actor=BRUNO, subject="x")
    workspace.settle()
    alarm = workspace.ours(channel)[-1]
    (told,) = [one["text"] for one in workspace.thread(channel, alarm["ts"])]
    assert "Bruno Kalns (CERT.LV) takes it in hand" in told
    assert "Needs a human" not in json.dumps(workspace.ours(channel)[0]["blocks"])


def test_above_slacks_ceiling_an_alarm_still_calls_the_lead(workspace: Workspace) -> None:
    channel = workspace.open_room(tlp=Tlp.AMBER_STRICT)
    workspace.do(c.RaiseAlarm, actor=SYSTEM, subject="x", text="Implant", fallback="Phone")
    workspace.settle()
    alarm = workspace.ours(channel)[-1]["text"]
    assert "<@U01ALICE>: A human must act." in alarm
    assert "Implant" not in alarm


def test_a_notice_stricter_than_its_room_is_a_pointer_there(workspace: Workspace) -> None:
    channel = workspace.open_room(tlp=Tlp.GREEN, invite=("lv", "fi"))  # fi: TLP:GREEN at most
    workspace.do(c.IssueNotice, kind="alert", to=("lv",), text="Implant", tlp=Tlp.AMBER)
    workspace.settle()
    answer(workspace)
    workspace.settle()
    milestone = workspace.ours(channel)[-1]
    assert "Something has changed." in milestone["text"]
    shown = json.dumps([*workspace.history(channel), *workspace.thread(channel, milestone["ts"])])
    assert "Implant" not in shown
    assert "Which ports?" not in shown


def test_an_alarm_of_a_warning_goes_to_the_operators_directly(workspace: Workspace) -> None:
    workspace.do(c.RaiseWarning, what="Wiper mails", members=("lv",), tlp="TLP:AMBER")
    workspace.do(
        c.RaiseAlarm, actor=SYSTEM, subject="x", text="CERT.LV is silent", fallback="Phone"
    )
    workspace.settle()
    (direct,) = [one for one in workspace.world.channels.values() if one.kind == "im"]
    assert set(direct.members) == {"U0TOCSIN", "U01ALICE"}
    assert [one["text"].count("CERT.LV is silent") for one in workspace.ours(direct.id)] == [1]


@pytest.mark.parametrize("in_thread", [False, True])
def test_a_message_that_was_reacted_to_is_noted_once(workspace: Workspace, in_thread: bool) -> None:  # noqa: FBT001
    channel = workspace.open_room()
    parent = workspace.post("message", user="U01ALICE", channel=channel, text="Look")["message"]
    thread = {"thread_ts": parent["ts"]} if in_thread else {}
    message = workspace.post(
        "message", user="U02BRUNO", channel=channel, text="4 Gbit/s & rising", **thread
    )["message"]
    for _ in range(2):
        workspace.plan(
            "note.fetch",
            incident="INC-2026-0001",
            channel=channel,
            ts=message["ts"],
            user="U01ALICE",
        )
        workspace.settle()
    notes = [
        record
        for record, _ in workspace.tocsin.log.records("incident", "INC-2026-0001")
        if record.type == "NoteAdded"
    ]
    assert [note.data["text"] for note in notes] == ["4 Gbit/s & rising"]
    assert notes[0].data["author"] == "lv-bruno"
    assert notes[0].actor.delegate == "ee-alice"


def test_typed_notes_and_tasks_stand_under_the_headline(workspace: Workspace) -> None:
    channel = workspace.open_room()
    workspace.do(c.AddNote, actor=BRUNO, text="Quiet since two")
    workspace.settle()
    workspace.do(c.AddTask, text="Call the provider")
    workspace.settle()
    headline = workspace.incident().room.headline_ts or ""
    said = [one["text"] for one in workspace.thread(channel, headline)]
    assert len(said) == 2
    assert "Note by Bruno Kalns (CERT.LV): Quiet since two" in said[0]
    assert "Task 1, from Alice Tamm (CERT-EE): Call the provider" in said[1]


def test_a_message_that_is_gone_is_noted_nowhere(workspace: Workspace) -> None:
    channel = workspace.open_room()
    workspace.plan(
        "note.fetch", incident="INC-2026-0001", channel=channel, ts="1.000001", user="U01ALICE"
    )
    workspace.settle()
    assert workspace.incident().alarms == {}


@pytest.mark.parametrize(("given", "told"), [("need_info", 1), ("acknowledge", 0)])
def test_what_a_partner_asks_about_a_warning_goes_to_who_raised_it(
    workspace: Workspace, given: str, told: int
) -> None:
    workspace.do(c.RaiseWarning, what="Wiper mails", members=("lv",), tlp="TLP:AMBER")
    workspace.settle()
    note = "Which hashes?" if given == "need_info" else ""
    partner = SYSTEM.model_copy(update={"kind": "partner", "member": "lv"})
    workspace.do(
        c.AnswerNotice, actor=partner, notice=1, member="lv", answer=given, note=note, by="Duty"
    )
    workspace.settle()
    direct = [one for one in workspace.world.channels.values() if one.kind == "im"]
    assert len(direct) == told
    for one in direct:
        assert "U01ALICE" in one.members
        (message,) = workspace.ours(one.id)
        assert "CERT.LV" in message["text"]
        shown = json.dumps(message["blocks"])
        assert "Which hashes?" in shown
        assert "INC-2026-0001" in shown
        assert "Wiper mails" in shown
