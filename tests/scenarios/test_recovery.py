"""Parts are killed in the middle of their work; what was accepted is done, once, and soon."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from sandbox.story.workspace import StoryError
from tests.scenarios.acting import Stage
from tests.scenarios.coalition import ALICE, INGA, LOBBY

if TYPE_CHECKING:
    from tests.scenarios.house import House

RECOVERED_SECONDS = 10.0
SLOW = {"status": 200, "delay_seconds": 9, "times": 1}


@pytest.fixture
def stage(socket_house: House) -> Stage:
    """A house of which parts may be killed; whole and calm again before each test."""
    if socket_house.redis.returncode is not None:
        socket_house.redis.start()
    socket_house.start_all()
    ready = Stage(socket_house)
    ready.calm()
    return ready


def _alone(house: House, name: str) -> None:
    """Leave this worker as the only one."""
    for other in ("worker-1", "worker-2"):
        if other != name:
            house.processes[other].terminate()
            house.processes[other].wait(20)
    _workers(house, 1)


def _workers(house: House, count: int) -> None:
    wanted = f'tocsin_processes_alive{{role="worker"}} {count}.0'
    house.wait(lambda: wanted in house.get("/metrics")[1], 30, f"{count} workers")


def test_another_worker_goes_on_within_ten_seconds(stage: Stage) -> None:
    house = stage.house
    stage.workspace.behave("fi", webhook_replies=[SLOW, {"status": 200}])
    incident = stage.opens(options="--invite lv,lt,fi")
    _alone(house, "worker-1")
    incident.types(ALICE, "/playbook run cross-border-ddos chase_after=1h")
    house.wait(lambda: _attempts(stage, incident.number, "fi") == 1, 15, "the hanging request")
    house.start("worker-2")
    _workers(house, 2)

    house.kill("worker-1")
    seconds = house.wait(
        lambda: _attempts(stage, incident.number, "fi") == 2, 30, "the notice to be tried again"
    )
    print(f"after kill -9 of the worker, another one went on within {seconds:.1f} s")
    assert seconds < RECOVERED_SECONDS
    for partner, channel in (("lv", "webhook"), ("fi", "webhook"), ("lt", "mail")):
        item = incident.arrives(partner, channel)
        stage.workspace.answer(partner, item["notice_id"], "acknowledge")
    incident.says("Is upstream filtering")  # the playbook's next question
    assert {row["shown"] for row in stage.deliveries(incident.number)} == {1}


def _attempts(stage: Stage, number: str, partner: str) -> int:
    """Requests that a partner's endpoint has seen for this incident."""
    return sum(
        tally["attempts"]
        for row in stage.deliveries(number)
        for tally in row["ids"].values()
        if row["partner"] == partner and row["channel"] == "webhook"
    )


def test_a_room_half_made_by_a_killed_worker_is_finished_by_another(stage: Stage) -> None:
    house = stage.house
    _alone(house, "worker-1")
    stage.fault(kind="latency", method="conversations.invite", seconds=3)
    incident = stage.opens(options="--invite lv", room=False)
    stage.workspace.wait("channel", prefix=incident.number.lower())
    house.start("worker-2")
    _workers(house, 2)
    house.kill("worker-1")
    seconds = house.wait(
        lambda: _in_room(stage, incident.number), 30, "Inga to be in the room", every=0.1
    )
    print(f"after kill -9 of the worker, the room was finished within {seconds:.1f} s")
    assert seconds < RECOVERED_SECONDS
    stage.finds_room(incident)
    assert stage.rooms(incident) == [incident.number.lower()]


def _in_room(stage: Stage, number: str) -> bool:
    with suppress(StoryError):
        query = f"_control/channels?user={INGA}"
        names = [one["name"] for one in stage.workspace.ask(query)["channels"]]
        return number.lower() in names
    return False


def test_no_accepted_command_is_missing_after_redis_was_killed(stage: Stage) -> None:
    incident = stage.opens(room=False)
    accepted = []
    for number in range(1, 9):
        said = stage.types(ALICE, f"/incident note Entry-{number}. --incident {incident.number}")
        accepted += [f"Entry-{number}."] if "in the timeline" in said else []
    stage.house.kill("redis")
    said = stage.types(ALICE, f"/incident note Lost-1. --incident {incident.number}")
    assert "Not recorded" in said  # says so, instead of pretending

    stage.house.redis.start()
    stage.house.wait(lambda: stage.house.get("/readyz")[0] == 200, 30, "the house to be ready")
    shown = stage.board(ALICE, incident).reads()
    assert len(accepted) == 8
    assert [entry for entry in accepted if entry not in shown] == []
    assert "Lost-1." not in shown
    assert "in the timeline" in stage.types(
        ALICE, f"/incident note Goes on. --incident {incident.number}"
    )


def test_a_promised_update_is_remembered_by_a_house_that_was_killed(stage: Stage) -> None:
    house = stage.house
    incident = stage.opens(options="--invite lv")
    incident.types(ALICE, "/incident update Filters are in --next 3s")
    for name in ("bot", "relay", "worker-1", "worker-2", "redis"):
        house.kill(name)
    house.redis.start()
    house.start_all()
    alarm = incident.says("ALARM")
    assert "has not come" in alarm["text"]
    incident.types(ALICE, "/incident update Late, but here it is")
    stage.workspace.until(stage.at_rest, "everything to be done")
    alarms = [one for one in incident.messages() if "ALARM" in one["text"]]
    assert len(alarms) == 1


def test_a_notice_accepted_while_every_worker_is_dead_goes_out_when_one_is_back(
    stage: Stage,
) -> None:
    house = stage.house
    incident = stage.opens(options="--invite lv", room=False)
    for name in ("relay", "worker-1", "worker-2"):
        house.kill(name)
    text = f"/incident notify Look at this --members lv --yes --incident {incident.number}"
    assert "is on its way" in stage.types(ALICE, text, LOBBY)
    assert incident.items("lv") == []
    house.start_all()
    incident.arrives("lv", "webhook")
    assert {row["shown"] for row in stage.deliveries(incident.number)} == {1}
