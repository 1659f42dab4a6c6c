"""Events and shortcuts: the timeline by emoji, strangers in a room, App Home."""

from __future__ import annotations

import json
from typing import Any

from coalition.domain.incident.commands import RaiseAlarm, RecordRoomStep
from coalition.domain.messages import SYSTEM
from tests.slack.stage import Stage, said


def reaction(**changed: Any) -> dict[str, Any]:
    return {
        "type": "reaction_added",
        "user": "U01ALICE",
        "reaction": "pushpin",
        "item": {"type": "message", "channel": "C0ROOM", "ts": "1700000000.000100"},
    } | changed


def planned(slack: Stage) -> list[dict[str, Any]]:
    claims = slack.tocsin.ledger.claim("test", 100, 1000)
    return [claim.payload for claim in claims if claim.kind == "note.fetch"]


def test_a_reaction_plans_that_the_message_is_fetched_once(slack: Stage) -> None:
    slack.open_room()
    for event_id, user in (("Ev1", "U01ALICE"), ("Ev1", "U01ALICE"), ("Ev2", "U02BRUNO")):
        assert slack.event(reaction(user=user), event_id).status == 200
    assert planned(slack) == [
        {
            "incident": "INC-2026-0001",
            "channel": "C0ROOM",
            "ts": "1700000000.000100",
            "user": "U01ALICE",
        }
    ]


def test_other_reactions_other_people_and_other_channels_plan_nothing(slack: Stage) -> None:
    slack.open_room()
    other = {"type": "message", "channel": "C0OTHER", "ts": "1.1"}
    for event in (
        reaction(reaction="tada"),
        reaction(user="U0STRANGER"),
        reaction(user="U0VOTEREE"),
        reaction(item=other),
        reaction(item={"type": "file", "file": "F1"}),
    ):
        assert slack.event(event).status == 200
    assert planned(slack) == []


def shortcut(user: str = "U02BRUNO", ts: str = "1700000000.000100") -> dict[str, Any]:
    return {
        "type": "message_action",
        "callback_id": "add_to_timeline",
        "channel": {"id": "C0ROOM"},
        "message": {"type": "message", "user": user, "ts": ts, "text": "4 Gbit/s &amp; rising"},
        "response_url": "https://hooks.example/never-used",
        "message_ts": ts,
    }


def test_the_shortcut_puts_a_message_in_the_timeline_once_with_its_author(slack: Stage) -> None:
    slack.open_room()
    said(slack.interaction(shortcut()))
    record = slack.tocsin.log.tail("incident", "INC-2026-0001", 1)[0]
    assert record.data == {
        "text": "4 Gbit/s & rising",
        "ref": "C0ROOM:1700000000.000100",
        "author": "lv-bruno",
    }
    assert "in the timeline now" in json.dumps(slack.opened)
    said(slack.interaction(shortcut(), user="U02BRUNO"))
    assert "already" in json.dumps(slack.opened)
    assert slack.tocsin.log.tail("incident", "INC-2026-0001", 1)[0].version == record.version


def test_somebody_who_may_not_see_the_incident_raises_an_alarm_by_joining(slack: Stage) -> None:
    slack.open_room()
    for user in ("U0STRANGER", "U03DAIVA"):
        event = {"type": "member_joined_channel", "user": user, "channel": "C0ROOM"}
        assert slack.event(event, f"Ev{user}").status == 200
    alarms = slack.incident().alarms
    assert set(alarms) == {"stranger-U0STRANGER", "stranger-U03DAIVA"}
    assert "Remove them" in alarms["stranger-U0STRANGER"].fallback


def test_those_who_belong_and_the_bot_itself_join_without_a_word(slack: Stage) -> None:
    slack.open_room()
    for user in ("U02BRUNO", "U0VOTERLV", "U0TOCSIN"):
        event = {"type": "member_joined_channel", "user": user, "channel": "C0ROOM"}
        assert slack.event(event, f"Ev{user}").status == 200
    assert slack.incident().alarms == {}


def home(slack: Stage, user: str) -> str:
    event = {"type": "app_home_opened", "user": user, "channel": "D1", "tab": "home"}
    assert slack.event(event, f"Ev-home-{user}").status == 200
    asked = slack.api.asked("views.publish")[-1]
    assert asked["user_id"] == user
    return json.dumps(asked["view"])


def test_app_home_lists_the_incidents_of_this_person_alone(slack: Stage) -> None:
    slack.open_room()
    assert "DDoS on two banks" in home(slack, "U02BRUNO")
    theirs = home(slack, "U03DAIVA")
    assert "INC-2026-0001" not in theirs
    assert "no incident that you may see" in theirs
    assert "not a delegate" in home(slack, "U0STRANGER")


def test_app_home_offers_to_try_a_failed_room_again(slack: Stage) -> None:
    incident = slack.open_room()
    slack.tocsin.dispatcher.execute(
        RecordRoomStep(
            id="failed",
            at=slack.clock.now(),
            actor=SYSTEM,
            incident=incident.number,
            step="headline",
            state="failed",
            detail="Slack answered no_permission",
        )
    )
    assert "retry_room:INC-2026-0001" in home(slack, "U01ALICE")
    said(slack.press("retry_room:INC-2026-0001", "INC-2026-0001"))
    assert slack.incident().room.attempt == 2


def test_home_says_what_a_human_must_do_and_offers_to_open_from_a_warning(slack: Stage) -> None:
    said(slack.command("/incident warn Wiper mails --members lv --tlp AMBER"))
    slack.tocsin.dispatcher.execute(
        RaiseAlarm(
            id="a", at=slack.clock.now(), actor=SYSTEM, incident="INC-2026-0001", subject="x",
            text="CERT.LV is silent.", fallback="Phone +371 5.",
        )
    )  # fmt: skip
    said(slack.event({"type": "app_home_opened", "user": "U01ALICE", "tab": "home"}))
    home = json.dumps(slack.api.asked("views.publish")[-1]["view"])
    assert "*A human must act:* CERT.LV is silent. Phone +371 5." in home
    said(slack.press("verb:incident:open", "INC-2026-0001"))
    assert "Wiper mails" in json.dumps(slack.opened)
