"""Guests of a mission: one incident's room, for as long as the mission lasts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from coalition.domain.aid import mission_commands as m
from coalition.domain.authority import may_see
from coalition.domain.errors import NotAllowed, NotFound
from coalition.domain.gate import ToRoom, ToViewer, ceiling_of
from coalition.domain.incident import commands as i
from coalition.domain.labels import Tlp
from coalition.domain.members import Coalition
from tests.aid.stage import AID, INCIDENT, NEEDS, NOW, Stage, coalition, person


def lithuania(rules: Coalition | None = None) -> Stage:
    """Lithuania, which takes no part in the incident, is ready to be deployed."""
    stage = Stage(rules).ask()
    supply = {"capability": "lt-scrub", "days": 2, "size": 10}
    stage.offer("lt-op", supply=supply)
    stage.agree()
    stage.tell(m.MobiliseMission, "lt-op", mission=1)
    return stage


def sees(stage: Stage, delegate: str) -> bool:
    return may_see(delegate, stage.incident, stage.engine.tocsin.coalition)


def test_a_guest_has_the_incident_from_deployment_until_the_mission_is_home() -> None:
    stage = lithuania()
    assert not sees(stage, "lt-op")
    stage.tell(m.DeployMission, "lt-op", mission=1, guests=("lt-op",))
    assert sees(stage, "lt-op")
    assert not sees(stage, "lt-ap")
    stage.tell(m.StandDownMission, "ee-op", mission=1)
    assert sees(stage, "lt-op")
    stage.tell(m.ConfirmHome, "lt-op", mission=1)
    assert not sees(stage, "lt-op")
    assert stage.incident.guests == {}
    assert stage.mission().guests == ()
    stage.verified()


def test_guests_can_be_exchanged_while_the_mission_lasts() -> None:
    stage = lithuania()
    stage.tell(m.DeployMission, "lt-op", mission=1, guests=("lt-op",))
    stage.tell(m.NameGuests, "lt-op", mission=1, guests=("lt-ap", "lt-vo"))
    assert set(stage.incident.guests) == {"lt-ap", "lt-vo"}


def test_only_delegates_of_the_side_that_sends_can_be_guests() -> None:
    stage = lithuania()
    with pytest.raises(NotFound, match="not of lt"):
        stage.tell(m.DeployMission, "lt-op", mission=1, guests=("lv-op",))
    assert stage.mission().status == "mobilising"


def test_a_guest_counts_in_what_the_room_may_be_shown() -> None:
    low = coalition(lt={"trust": "T2"})
    stage = lithuania(low)
    rules = stage.engine.tocsin.coalition
    before = ceiling_of(ToRoom(stage.incident), rules)
    stage.tell(m.DeployMission, "lt-op", mission=1, guests=("lt-op",))
    stage.change(lt={"trust": "T0"})
    lower = stage.engine.tocsin.coalition
    assert (before, ceiling_of(ToRoom(stage.incident), lower)) == (Tlp.AMBER, Tlp.CLEAR)
    assert ceiling_of(ToViewer("lt-op", stage.incident, "board"), lower) is Tlp.CLEAR


def test_a_guest_who_may_not_see_the_label_is_kept_out_and_a_human_is_told() -> None:
    stage = lithuania()
    stage.change(lt={"trust": "T1"})
    stage.tell(m.DeployMission, "lt-op", mission=1, guests=("lt-op",))
    assert stage.incident.guests == {}
    assert "cannot come into the room" in stage.incident.alarms["guest:lt-op"].text


@pytest.mark.parametrize(
    ("command", "fields", "may"),
    [
        (i.AddNote, {"text": "Traffic drops."}, True),
        (i.AddTask, {"text": "Look at the second bank."}, True),
        (i.PostUpdate, {"text": "All is well."}, False),
        (i.IssueNotice, {"kind": "alert", "to": ("lv",), "text": "x"}, False),
        (i.CloseIncident, {}, False),
        (i.AddMembers, {"invite": ("pl",)}, False),
    ],
)
def test_guests_write_down_what_they_find_and_decide_nothing(
    command: type[i.IncidentCommand], fields: dict[str, object], *, may: bool
) -> None:
    stage = lithuania()
    stage.tell(m.DeployMission, "lt-op", mission=1, guests=("lt-op",))
    if may:
        stage.tell(command, "lt-op", incident=INCIDENT, **fields)
        return
    with pytest.raises(NotAllowed, match="guest"):
        stage.tell(command, "lt-op", incident=INCIDENT, **fields)


def test_a_guest_of_two_missions_stays_until_the_second_ends() -> None:
    stage = Stage().ask(needs=(NEEDS[0], NEEDS[0]), needed_by=NOW + timedelta(hours=20))
    for item in (1, 2):
        supply = {"capability": "lt-scrub", "days": 2, "size": 10}
        stage.offer("lt-op", item=item, supply=supply)
        stage.agree(item)
        stage.tell(m.MobiliseMission, "lt-op", mission=item)
        stage.tell(m.DeployMission, "lt-op", mission=item, guests=("lt-op",))
    assert stage.incident.guests["lt-op"].missions == (f"{AID}/1", f"{AID}/2")
    for item, still in ((1, True), (2, False)):
        stage.tell(m.StandDownMission, "lt-op", mission=item)
        stage.tell(m.ConfirmHome, person("lt-op"), mission=item)
        assert ("lt-op" in stage.incident.guests) is still
