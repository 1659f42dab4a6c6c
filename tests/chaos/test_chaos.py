"""Kill -9 at random, and see that nothing accepted is lost and nothing arrives twice.

`CHAOS_KILLS` says how many kills (default 8, so that it fits into every test run; the full
run of 60 is a command of its own, see docs/maintainers.md).
"""

from __future__ import annotations

import os
import random
import re
from pathlib import Path
from typing import Any

import pytest

from coalition.adapters.coalition_file import load_coalition
from coalition.adapters.redis_client import connect
from coalition.application.incident_policies import effect_id_of_sending
from coalition.application.verify import verify
from coalition.bootstrap import Tocsin, over_redis
from coalition.settings import load_settings
from sandbox.story.workspace import StoryError, Workspace
from tests.chaos import coalition as cast
from tests.chaos.house import House
from tests.chaos.quiet import quiet

KILLS = int(os.environ.get("CHAOS_KILLS", "8"))
SEED = int(os.environ.get("CHAOS_SEED", "20070427"))
NUMBER = re.compile(r"INC-\d{4}-\d{4}")


class Driver:
    """Types commands and remembers which were accepted: `accepted[text] = incident`."""

    def __init__(self, house: House) -> None:
        self.workspace = Workspace(house.sandbox.url, patience=5)
        self.accepted: dict[str, str] = {}
        self.incidents: list[str] = []

    def _type(self, text: str) -> str | None:
        """Type until it is answered; a command that Slack says failed is typed again."""
        try:
            said = self.workspace.command(cast.ASKER, "lobby", text)
        except StoryError:
            return None
        return None if "Not done" in said or "not recorded" in said or not said else said

    def connected(self, seconds: float) -> None:
        """Wait until the bot has a socket."""
        Workspace(self.workspace.url, patience=seconds).wait("socket")

    def open(self, number: int) -> None:
        """Open an incident with everybody; the playbook starts by its rule."""
        title = f"Flood {number}"
        said = self._type(
            f"/incident open {title} --severity S1 --tlp GREEN --kind ddos "
            f"--invite {','.join(cast.members())}"
        )
        found = NUMBER.search(said or "")
        if found:
            self.accepted[title] = found.group()
            self.incidents.append(found.group())

    def note(self, number: int) -> None:
        """Add a note to the newest incident."""
        if self.incidents:
            text = f"note {number} of {self.incidents[-1]}"
            said = self._type(f"/incident note {text} --incident {self.incidents[-1]}")
            if said:
                self.accepted[text] = self.incidents[-1]


def look_inside(house: House) -> Tocsin:
    """The application over the same Redis, to read with."""
    settings = load_settings(
        data_dir=house.folder / "data",
        coalition=house.folder / "coalition.yaml",
        playbooks=house.folder / "playbooks",
        redis_url=house.redis.url,
    )
    return over_redis(settings, load_coalition(settings.coalition), connect(house.redis.url))


def at_rest(hub: Tocsin) -> bool:
    """Nothing is due, held, unseen or running any more."""
    if not quiet(hub):
        return False
    runs = [hub.dispatcher.read("run", id) for id in hub.log.ids("run")]
    return len(runs) >= len(hub.log.ids("incident")) and all(run.over for run in runs)


def texts(hub: Tocsin) -> set[str]:
    """Titles and notes in the log."""
    found = set()
    for id in hub.log.ids("incident"):
        for record, _ in hub.log.records("incident", id):
            found |= {record.data.get("title"), record.data.get("text")}
    return {text for text in found if text}


def rooms(house: House) -> list[str]:
    """Names of all rooms in the workspace."""
    channels = house.sandbox.world.channels.values()
    return [channel.name for channel in channels if channel.name.startswith("inc-")]


@pytest.mark.timeout(900)
def test_nothing_accepted_is_lost_and_nothing_arrives_twice(tmp_path: Path) -> None:
    dice = random.Random(SEED)
    with House(tmp_path) as house:
        driver = Driver(house)
        driver.connected(60)
        step = 0
        while house.kills < KILLS:
            step += 1
            driver.open(step) if step % 6 == 1 else driver.note(step)
            house.kill(dice.choice(house.names()))
            pause = dice.uniform(0.2, 1.5)
            house._over.wait(pause)
        driver.connected(60)
        hub = look_inside(house)
        house.wait(lambda: at_rest(hub), 120, "everything to come to rest")
        judge(house, hub, driver)


def judge(house: House, hub: Tocsin, driver: Driver) -> None:
    """What the issue asks of a chaos run."""
    assert len(driver.accepted) >= 2, "too few commands were accepted to say anything"
    lost = set(driver.accepted) - texts(hub)
    assert not lost, f"accepted and lost: {lost}"
    names = rooms(house)
    assert len(names) == len(set(names)) == len(hub.log.ids("incident")), names
    told: dict[str, Any] = driver.workspace.ask("_control/partners/deliveries")
    twice = [
        (row["channel"], id)
        for row in told["notices"]
        for id, tally in row["ids"].items()
        if row["channel"] == "mail" and tally["accepted"] > 1
    ]
    assert not twice, f"arrived twice: {twice}"
    known = {id for row in told["notices"] for id in row["ids"]}
    for id in hub.log.ids("incident"):
        incident = hub.dispatcher.read("incident", id)
        assert incident.room.steps["headline"].state == "done"
        assert len(incident.notices) == 2, f"{id} has {len(incident.notices)} notices"
        for notice in incident.notices.values():
            for member, one in notice.recipients.items():
                for attempt in one.attempts:
                    effect = effect_id_of_sending(id, notice.notice, member, attempt.attempt)
                    ended = attempt.stage in {"delivered", "received", "in_doubt", "superseded"}
                    assert ended, (effect, one, hub.ledger.outcome(effect))
    assert known
    assert verify(hub.log) == []
    print(f"{house.kills} kills, {len(driver.accepted)} accepted commands, {len(known)} deliveries")
