"""Mutual aid from the asking to the settling, with three members that share no channel.

CERT-EE is in Slack, NKSC-LT has mail and gpg alone, NCSC-FI a webhook alone. What each does, it
does by its own channel; what it is told, reaches it there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from coalition.adapters.gnupg_calls import installed
from coalition.application.matching import ledger_now
from coalition.application.pools import pool_of
from coalition.application.verify import verify
from sandbox.story.workspace import read
from tests.scenarios.acting import PATIENCE, Incident, Stage
from tests.scenarios.aid_coalition import AINO, JONAS, MIKKO, RUTA, SCRUBBING, TEAM, aid_house
from tests.scenarios.aid_partners import ByMail, ByWebhook
from tests.scenarios.coalition import ALICE, MART, Json, slack_id

if TYPE_CHECKING:
    from coalition.bootstrap import Tocsin
    from coalition.domain.aid.state import Aid
    from tests.scenarios.aid_coalition import AidHouse

REQUEST = (
    "/aid request scrubbing x40 5d infrastructure: Gbit/s; incident-response x4 10d team remote "
    "--impact 58 sites are down --use Filter upstream of two banks --mitigation Own filters full "
    "--needed-by 6h"
)
TERMS = (
    "--legal-basis charter --liability Each side bears its own --confidentiality As labelled "
    "--command {0} --control CERT-EE --bearer ee --cap 5000 --hold 14"
)
AID = re.compile(r"AID-\d{4}-\d{4}")
RECEIPT = "ab" * 32
LT, FI = 1, 2  # the numbers of their offers, and so of their missions
THANKS = "Thank you, neighbours"


@dataclass
class Cycle:
    """The whole of it, played once; and what was seen on the way that is gone at the end."""

    house: AidHouse
    tocsin: Tocsin
    stage: Stage
    incident: Incident
    lt: ByMail
    fi: ByWebhook
    id: str = ""
    seen: dict[str, str] = field(default_factory=dict)
    loads: dict[str, int] = field(default_factory=dict)

    @property
    def aid(self) -> Aid:
        """The request as it is recorded now."""
        return self.tocsin.view.aid(self.id)

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Wait for something to be recorded."""
        self.house.wait(condition, PATIENCE, what, every=0.05)

    def reaches(self, mission: int, status: str) -> None:
        """Wait until a mission has come so far."""
        self.until(lambda: self.aid.missions[str(mission)].status == status, f"to be {status}")

    def people(self) -> list[str]:
        """The Slack accounts that are in the incident's room."""
        rooms: list[Json] = self.stage.workspace.ask("_control/state")["channels"]
        (room,) = (one for one in rooms if one["id"] == self.incident.room)
        return list(room["members"])

    # --------------------------------------------------------------------------- what happens
    def ask(self) -> None:
        """Alice asks, Mart agrees, and both others are asked by their own channels."""
        found = AID.search(self.incident.types(ALICE, REQUEST))
        assert found, "no request's number in the reply"
        self.id = self.lt.aid = self.fi.aid = found.group()
        said = self.incident.types(MART, f"/aid accept {self.id} --approve")
        assert "Asked now" in said
        self.lt.gets(1)
        self.fi.gets(1)
        ledger = ledger_now(self.tocsin)
        self.loads = {member: ledger.load(member) for member in ("lt", "fi")}

    def offer(self) -> None:
        """Each offers what it has; the room is recommended both."""
        self.lt.mails(f"offer\ncapability: {TEAM}\nsize: 4\nstarts: 4h\ndays: 10\ncost: 4000")
        self.until(lambda: str(LT) in self.aid.offers, "the offer that was mailed")
        starts = datetime.now(UTC) + timedelta(hours=1)
        supply = {"capability": SCRUBBING, "size": 40, "starts": starts.isoformat(), "days": 5}
        self.fi.acts("offer", item=1, supply=supply | {"cost": 100_000, "currency": "EUR"})
        self.seen["headline"] = self.incident.headline_says("Item 1: NCSC-FI", "Item 2: NKSC-LT")
        self.seen["match"] = self.incident.types(ALICE, f"/aid match {self.id}")

    def sign(self) -> None:
        """Alice writes and signs both terms; each provider signs the hash that it was sent."""
        for offer, name in ((LT, "NKSC-LT"), (FI, "NCSC-FI")):
            command = f"/aid accept {self.id} --offer {offer} {TERMS.format(name)}"
            self.stage.form(ALICE, command, self.incident.room)
            signed = read(self.stage.submits(ALICE)["view"])
            assert "You have signed the terms" in signed
            self.stage.workspace.act("view/close", ALICE)
        self.seen["lt"], self.seen["fi"] = self.lt.terms_hash(), self.fi.terms_hash()
        self.lt.mails("accept\nJonas Kazlauskas signs for NKSC-LT.")
        self.fi.acts("sign", offer=FI, terms_hash=self.seen["fi"], delegate=MIKKO)
        self.until(lambda: len(self.aid.missions) == len((LT, FI)), "both missions")

    def go(self) -> None:
        """Both come; Aino has the room for as long as the mission lasts; both check in."""
        self.lt.acts("mobilise", mission=LT)
        self.fi.acts("mobilise", mission=FI)
        self.reaches(LT, "mobilising")
        self.lt.acts("deploy", mission=LT, guests=RUTA)
        self.fi.acts("deploy", mission=FI, guests=[AINO])
        self.reaches(LT, "deployed")
        self.lt.acts("check_in", "Two hosts are clean.", mission=LT)
        self.fi.acts("check_in", mission=FI, text="Forty Gbit/s are filtered.")
        self.until(lambda: slack_id(AINO) in self.people(), "the guest in the room")
        self.until(lambda: self.aid.missions[str(LT)].check_ins, "the check-in that was mailed")
        self.until(lambda: self.stages() == "deployed, deployed", "both pools to know")

    def come_home(self) -> None:
        """Alice stands one down, the other's system itself; both report and send their bills."""
        self.incident.types(ALICE, f"/aid complete {self.id} --offer {LT} The flood is over")
        self.fi.acts("stand_down", mission=FI, reason="The flood is over")
        self.lt.acts("home", mission=LT)
        self.fi.acts("home", mission=FI)
        self.reaches(LT, "demobilised")
        self.lt.acts("report", "The systems are clean.", mission=LT)
        self.fi.acts("report", mission=FI, text="Filters stood for five days.")
        self.reaches(LT, "reported")
        self.lt.acts("costs", f"line: personnel; Four people; 3500.50 EUR; {RECEIPT}", mission=LT)
        bill = {"kind": "other", "text": "Traffic", "amount": 90_025, "currency": "EUR"}
        self.fi.acts("costs", mission=FI, lines=[bill | {"evidence": RECEIPT}])
        self.reaches(LT, "costs_submitted")

    def settle(self) -> None:
        """Mart settles both in Slack, and Alice says thanks."""
        for offer, amount in ((LT, "3,500.50"), (FI, "900.25")):
            command = f"/aid cost {self.id} --offer {offer} --settle SEPA-{offer}"
            assert f"settled: EUR {amount}" in self.incident.types(MART, command)
        self.incident.types(ALICE, f"/aid complete {self.id} --close {THANKS}")
        self.until(lambda: slack_id(AINO) not in self.people(), "the guest to be out")
        self.stage.workspace.until(self.stage.at_rest, "the house to be at rest", every=0.05)

    def stages(self) -> str:
        """What stage every booking of both pools is at."""
        pools = [pool_of(self.tocsin, member) for member in ("lt", "fi")]
        return ", ".join(one.stage for pool in pools for one in pool.bookings.values())


@pytest.fixture(scope="module")
def cycle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cycle]:
    """All of it, in its order."""
    if not installed():
        pytest.skip("no gpg on PATH: mutual aid by sealed mail is not tried")
    with aid_house(tmp_path_factory.mktemp("aid")) as house:
        stage, tocsin = Stage(house), house.record()
        incident = stage.opens(options="--severity S2 --tlp AMBER")
        whole = Cycle(
            house, tocsin, stage, incident,
            lt=ByMail(stage, incident, "lt", "mail"),
            fi=ByWebhook(stage, incident, "fi", "webhook"),
        )  # fmt: skip
        parts = (whole.ask, whole.offer, whole.sign, whole.go, whole.come_home, whole.settle)
        with closing(tocsin.redis):
            for part in parts:
                part()
            yield whole


def test_it_ends_closed_settled_and_paid(cycle: Cycle) -> None:
    assert cycle.aid.status == "closed"
    ended = {one.member: (one.status, one.total) for one in cycle.aid.missions.values()}
    assert ended == {"lt": ("settled", 350_050), "fi": ("settled", 90_025)}
    reports = {one.member: one.report for one in cycle.aid.missions.values()}
    assert reports == {"lt": "The systems are clean.", "fi": "Filters stood for five days."}
    assert cycle.tocsin.view.incident(cycle.incident.number).alarms == {}


def test_the_requester_is_recommended_both_with_reasons(cycle: Cycle) -> None:
    assert "takes effect" in cycle.seen["headline"]
    assert f"Item 1: NCSC-FI, 40 of {SCRUBBING} (offer {FI})" in cycle.seen["match"]
    assert f"Item 2: NKSC-LT, 4 of {TEAM} (offer {LT})" in cycle.seen["match"]


@pytest.mark.parametrize(
    ("member", "offer", "who", "how", "proof"),
    [("lt", LT, JONAS, "mail", "fingerprint"), ("fi", FI, MIKKO, "webhook", "webhook_id")],
)
def test_each_signs_the_hash_that_it_was_sent_by_its_own_channel(
    cycle: Cycle, member: str, offer: int, who: str, how: str, proof: str
) -> None:
    mission = cycle.aid.missions[str(offer)]
    assert mission.agreement.terms_hash == cycle.seen[member]
    signed = {one.member: one for one in mission.signatures}
    assert (signed["ee"].delegate, signed["ee"].how) == (ALICE, "slack")
    assert (signed[member].delegate, signed[member].how) == (who, how)
    assert proof in signed[member].evidence
    assert {one.terms_hash for one in signed.values()} == {cycle.seen[member]}


def test_nothing_goes_by_another_channel_than_the_members_own(cycle: Cycle) -> None:
    rows = cycle.stage.workspace.ask("_control/partners/deliveries")
    went = {(row["partner"], row["channel"]) for row in rows["notices"]}
    assert went == {("lt", "mail"), ("fi", "webhook")}
    assert rows["seen_twice"] == []
    assert cycle.id not in cycle.stage.dms(AINO)  # her system is told; she is called to the room


def test_what_is_mailed_can_be_read_with_the_key_alone(cycle: Cycle) -> None:
    mails = cycle.incident.items("lt")
    assert len(mails) == 2  # the request, and the terms
    assert {one["signature"] for one in mails} == {"valid"}
    assert {one["problem"] for one in mails} == {""}
    assert "58 sites are down" in mails[-1]["text"]
    assert not any("58 sites" in one["raw"] or cycle.seen["lt"] in one["raw"] for one in mails)


def test_what_is_posted_carries_a_good_signature(cycle: Cycle) -> None:
    posts = cycle.incident.items("fi")
    assert len(posts) == 2
    assert {one["signature"] for one in posts} == {"valid"}
    assert "58 sites are down" in posts[-1]["text"]


def test_guests_have_the_room_for_the_mission_alone(cycle: Cycle) -> None:
    assert cycle.tocsin.view.incident(cycle.incident.number).guests == {}
    assert slack_id(ALICE) in cycle.people()
    assert slack_id(AINO) not in cycle.people()


def test_the_pools_have_their_own_back(cycle: Cycle) -> None:
    assert cycle.stages() == "resting, resting"


def test_the_burden_is_in_the_ledger_of_who_bore_it(cycle: Cycle) -> None:
    assert cycle.loads == {"lt": 0, "fi": 0}
    ledger = ledger_now(cycle.tocsin)
    lt, fi, ee = (ledger.page(member) for member in ("lt", "fi", "ee"))
    assert (lt.hours, lt.cost, lt.borne) == (4 * 8, 350_050, 0)  # four people, one working day
    assert (fi.hours, fi.cost, fi.borne) == (0, 90_025, 0)  # a machine works no hours
    assert ee.given == ()
    assert [one.thanks for one in (*lt.thanked, *fi.thanked)] == [THANKS, THANKS]


def test_the_record_is_whole(cycle: Cycle) -> None:
    assert verify(cycle.tocsin.log) == []
