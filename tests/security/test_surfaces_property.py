"""Invariant 1 over whole nights: no marker above a reader's ceiling, on any surface there is.

Random members, incidents and notices; every surface is drawn for every reader by the real code,
and an oracle of its own judges the bytes. `GATE_SURFACE_CASES` sets how many nights.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import logging
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot.slack.app import build_slack_app
from bot.web.app import build_app
from coalition.application.answer_tokens import make
from coalition.application.signin import issue
from coalition.domain import gate
from coalition.domain.errors import UserError
from coalition.domain.members import Coalition
from coalition.observability import setup_logging
from tests.security.capturing import Channel, Rooms
from tests.security.world import MARKER, MEMBERS, Night, Oracle
from tests.slack.stage import Stage, settle, stage
from tests.web.asgi import Browser, Loop

CASES = int(os.environ.get("GATE_SURFACE_CASES", "4"))
FIRST = int(os.environ.get("GATE_SURFACE_SEED", "1"))
TYPED = (
    "/incident list all", "/coalition reach", "/playbook list", "/incident update",
    "/playbook preview p2", "/incident open --kind ddos --incident {id}",
)  # fmt: skip
IN_A_ROOM = (
    "/incident report", "/incident task", "/incident status", "/incident tlp", "/incident severity",
    "/incident lead", "/incident notify hello --members lv", "/playbook list", "/playbook answer",
    "/playbook answer --run {id}-r1", "/playbook answer --run {id}-r1 what=1",
    "/playbook run p1", "/incident task done 99",
)  # fmt: skip

Allowed = Callable[[str], bool]


@dataclass
class Judge:
    """Looks for markers; counts what was rightly there, keeps what was not."""

    oracle: Oracle
    leaks: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)

    def look(self, surface: str, reader: str, shown: str, allowed: Allowed) -> None:
        for word in set(MARKER.findall(shown)):
            if allowed(word):
                self.seen[surface] += 1
            else:
                at = shown.index(word)
                mark = self.oracle.night.marks.get(word)
                near = shown[max(0, at - 160) : at + 40]
                self.leaks.append(f"{surface} for {reader}: {word} {mark} in …{near}")


@dataclass
class House:
    """One night's product, and what it has said so far."""

    night: Night
    slack: Stage
    api: Rooms
    channel: Channel
    log: io.StringIO
    loop: Loop

    @property
    def tocsin(self) -> Any:
        return self.slack.tocsin

    def judge(self) -> Judge:
        ids = self.tocsin.log.ids("incident")
        known = {id: self.tocsin.dispatcher.read("incident", id) for id in ids}
        return Judge(Oracle(self.night, self.tocsin.coalition, known))

    def restart(self, changed: Coalition) -> None:
        """The same record under another coalition file."""
        self.tocsin.coalition = changed
        for cached in ("directory", "view"):
            self.tocsin.__dict__.pop(cached, None)
        self.slack = Stage(self.tocsin, build_slack_app(self.tocsin), self.api, self.slack.clock)
        self.api.calls.clear()
        self.channel.sendings.clear()


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged, ours and the libraries'."""
    before, handlers = structlog.get_config(), list(logging.getLogger().handlers)
    level = logging.getLogger().level
    stream = io.StringIO()
    setup_logging(stream, level=logging.DEBUG)
    yield stream
    structlog.configure(**before)
    logging.getLogger().handlers[:] = handlers
    logging.getLogger().setLevel(level)


@pytest.fixture
def loop() -> Iterator[Loop]:
    one = Loop()
    yield one
    one.close()


@pytest.fixture
def channel(monkeypatch: pytest.MonkeyPatch) -> Channel:
    one = Channel()
    monkeypatch.setattr("workers.channels.channel_module", lambda _kind: one)
    return one


def live(house: House) -> Judge:
    """What follows from all that has happened is carried out, and what it says is judged."""
    for _ in range(4):
        settle(house.tocsin)
        house.slack.clock.forward(seconds=3)
    judge = house.judge()
    for sending in house.channel.sendings:
        where = f"{sending.member}/{sending.channel}"
        judge.look("notice", where, sending.sent, lambda word, s=sending: judge.oracle.channel(
            s.member, s.channel, word))  # type: ignore[misc]  # fmt: skip
    people = {one.slack: one.id for m in house.tocsin.coalition.members for one in m.delegates}
    for place, shown in house.api.posts():
        if place.startswith("C-"):
            judge.look("room", place, shown, lambda word, p=place: judge.oracle.room(p[2:], word))  # type: ignore[misc]
        else:
            who = str(people.get(place[2:]))
            judge.look("direct", who, shown, lambda word, w=who: judge.oracle.in_slack(w, word))  # type: ignore[misc]
    judge.look("Slack's other methods", "all", house.api.others(), nobody)
    return judge


def nobody(_word: str) -> bool:
    """What logs, jobs, names and metadata may say of content."""
    return False


def look_in_slack(house: House, judge: Judge) -> None:
    """Every delegate types everything that only looks, in every room and outside."""
    ids = list(judge.oracle.incidents)
    for member in house.tocsin.coalition.members:
        for person in member.delegates:
            asked = [(text.format(id=id), "C0") for text in TYPED for id in ids[:1]]
            asked += [(text.format(id=id), f"C-{id}") for text in IN_A_ROOM for id in ids]
            if person.id.endswith("vo"):
                asked = asked[::4]
            for text, place in asked:
                house.api.calls.clear()
                said = [str(house.slack.command(text, person.slack or "", place).body)]
                said += house.api.views()
                judge.look("slack", f"{person.id} {text}", "".join(said), lambda word, w=person.id:
                           judge.oracle.in_slack(w, word))  # type: ignore[misc]  # fmt: skip
            house.api.calls.clear()
            event = {"type": "app_home_opened", "user": person.slack, "tab": "home"}
            house.slack.event(event, f"Ev{next(house.night.numbers)}")
            judge.look("home", person.id, "".join(house.api.views()), lambda word, w=person.id:
                       judge.oracle.in_slack(w, word))  # type: ignore[misc]  # fmt: skip


def look_at_pages(house: House, judge: Judge) -> None:
    """Every delegate's board, every link of every notice, and the pages for machines."""
    app = build_app(house.tocsin)
    ids = list(judge.oracle.incidents)
    origin = house.tocsin.settings.public_url
    for member in house.tocsin.coalition.members:
        for person in member.delegates:
            browser = Browser(app, house.loop, origin=origin)
            with contextlib.suppress(UserError):  # what they see without a way in is judged too
                browser.post(issue(house.tocsin, person.id))
            pages = [browser.get(path).text for path in ("/board", *(f"/board/{id}" for id in ids))]
            judge.look("board", person.id, "".join(pages), lambda word, w=person.id:
                       judge.oracle.board(w, word))  # type: ignore[misc]  # fmt: skip
    stranger = Browser(app, house.loop, origin=origin)
    for id, who in itertools.product(ids, MEMBERS):
        for notice in range(1, len(judge.oracle.incidents[id].notices) + 2):
            until = house.tocsin.clock.now() + timedelta(days=1)
            token = make(house.tocsin.secret_key, id, notice, who, until)
            page = stranger.get(f"/n/{token}").text
            judge.look("answer page", f"{who} {id}-n{notice}", page, lambda word, w=who, n=notice,
                       i=id: judge.oracle.page(w, n, i, word))  # type: ignore[misc]  # fmt: skip
    public = [
        stranger.get(one).text for one in ("/metrics", "/readyz", "/board", f"/board/{ids[0]}")
    ]
    judge.look("public pages", "anybody", "".join(public), nobody)


def look_behind(house: House, judge: Judge) -> None:
    """Job arguments and logs."""
    effects = house.tocsin.ledger._store.effects
    jobs = {id: {k: v for k, v in row.items() if k != "detail"} for id, row in effects.items()}
    judge.look("jobs", "whoever reads Redis' ledger", json.dumps(jobs, default=str), nobody)
    judge.look("log", "whoever reads logs", house.log.getvalue(), nobody)


def night(seed: int, folder: Path, parts: tuple[Rooms, Channel, io.StringIO, Loop]) -> Judge:
    """One whole night; afterwards trust and status have changed, and all is looked at again."""
    api, channel, log, loop = parts
    channel.sendings.clear()
    log.truncate(0)
    one = Night(seed)
    for name, text in one.playbooks().items():
        (folder / name).write_text(text, encoding="utf-8")
    slack = stage(api, one.coalition, playbooks=folder)
    assert len(slack.tocsin.playbooks.in_force()) == 4
    house = House(one, slack, api, channel, log, loop)
    one.play(house.tocsin)
    if not house.tocsin.log.ids("incident"):
        return house.judge()
    whole = live(house)
    for later in (False, True):
        if later:
            house.restart(one.coalition(later=True))
            for id in house.tocsin.log.ids("incident"):
                one._write(house.tocsin, id)
                one._notice(house.tocsin, id)
        judge = live(house)
        look_in_slack(house, judge)
        look_at_pages(house, judge)
        look_behind(house, judge)
        whole.leaks += judge.leaks
        whole.seen += judge.seen
    return whole


@pytest.mark.timeout(60 + 15 * CASES)
def test_invariant_1_no_surface_shows_a_reader_what_is_above_their_ceiling(
    tmp_path: Path, log: io.StringIO, loop: Loop, channel: Channel
) -> None:
    seen: Counter[str] = Counter()
    for seed in range(FIRST, FIRST + CASES):
        folder = tmp_path / str(seed)
        folder.mkdir()
        with Rooms() as api:
            judged = night(seed, folder, (api, channel, log, loop))
        assert judged.leaks == [], f"GATE_SURFACE_SEED={seed} GATE_SURFACE_CASES=1"
        seen += judged.seen
    # It looked at something: every surface has shown somebody what they may see.
    assert {"notice", "room", "slack", "home", "board", "answer page"} <= {*seen}, seen


def test_it_notices_when_the_gate_is_open(
    tmp_path: Path, log: io.StringIO, loop: Loop, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "_refusal", lambda *_: None)
    found: set[str] = set()
    for seed in (1, 2):
        folder = tmp_path / str(seed)
        folder.mkdir()
        with Rooms() as api:
            leaks = night(seed, folder, (api, channel, log, loop)).leaks
        found |= {leak.partition(" for ")[0] for leak in leaks}
    assert {"room", "slack", "home", "board", "answer page", "notice"} <= found
