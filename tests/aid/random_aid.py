"""Two requesters, five providers, and every order of things; a seed decides all.

Drawn with `random` rather than with Hypothesis's own strategies, which repeat small values so
often that hardly a mission comes home. Hypothesis still chooses seed and length, and shrinks the
length of what fails.
"""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from coalition.domain.aid import commands as c
from coalition.domain.aid import mission_commands as m
from coalition.domain.aid.values import Need, Supply, Terms
from coalition.domain.errors import UserError
from coalition.domain.incident.commands import OpenIncident
from coalition.domain.incident.words import Severity
from coalition.domain.labels import Tlp
from coalition.domain.members import Coalition
from coalition.domain.messages import Command, canonical
from tests.aid.samples import FIELDS, LINE, actor_of
from tests.aid.stage import (
    FORENSICS,
    SCRUB,
    SITUATION,
    TERMS,
    Engine,
    capability,
    member,
    person,
)

if TYPE_CHECKING:
    from coalition.domain.aid.state import Aid, Mission, Offer
    from coalition.domain.messages import Actor
    from coalition.domain.pool.state import Booking

ASKING = ("ra", "rb")
HELPING = ("pa", "pb", "pc", "pd", "pe")
FLOOR = 2
NEEDS = (
    Need(service=SCRUB, quantity=60, days=4),
    Need(service=FORENSICS, quantity=5, days=4),
)


def rules(**statuses: str) -> Coalition:
    """Each provider has 40 to scrub with, and six people of whom two stay at home."""
    raw = {
        "coalition": {"name": "Baltic Shield"},
        "charter": {"aid": {"signing": {"deferred": "30d"}}},
        "members": [
            *(member(id) for id in ASKING),
            *(
                member(
                    id,
                    status=statuses.get(id, "active"),
                    reserve_floor=FLOOR,
                    capabilities=[capability(f"{id}-scrub"), capability(f"{id}-team", FORENSICS)],
                )
                for id in HELPING
            ),
        ],
    }
    return Coalition.model_validate_json(canonical(raw))


EVERYBODY = rules()
AWAY = {id: rules(**{id: "suspended"}) for id in HELPING}


class Play:
    """Commands and effects, one at a time; whatever is refused must change nothing."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.engine = Engine(EVERYBODY)
        self.commands = 0
        self.done: Counter[str] = Counter()
        for number, asking in enumerate(ASKING, start=1):
            about = {"incident": f"INC-2026-000{number}", "title": "DDoS", "tlp": Tlp.GREEN}
            self.tell(OpenIncident, f"{asking}-op", severity=Severity.S2, **about)
            self.ask(number)

    def step(self) -> None:
        """One more thing happens."""
        self.rng.choices([*ACTIONS], [*ACTIONS.values()])[0](self)

    def end(self) -> None:
        """All that is left to follow follows, and then the request's time is over."""
        self.engine.settle()
        self.engine.wait(timedelta(days=6))

    def tell(self, command: type[Command], actor: Actor | str, **fields: Any) -> None:
        self.commands += 1
        who = person(actor) if isinstance(actor, str) else actor
        about = {"id": f"c{self.commands}", "at": self.engine.clock.time, "actor": who}
        order = command.model_validate({**about, **fields})
        before = dict(self.engine.store.states)
        try:
            self.engine.execute(order)
            self.done[command.__name__] += 1
        except UserError:
            assert self.engine.store.states == before
        self.engine.relay()

    # ------------------------------------------------------------------- what is the case

    def aids(self) -> list[Aid]:
        return [self.engine.tocsin.view.aid(id) for id in self.engine.tocsin.log.ids("aid")]

    def offers(self) -> list[tuple[Aid, Offer]]:
        return [(aid, one) for aid in self.aids() for one in aid.offers.values()]

    def missions(self) -> list[tuple[Aid, Mission]]:
        return [(aid, one) for aid in self.aids() for one in aid.missions.values()]

    def bookings(self, id: str) -> list[Booking]:
        """What a pool holds, rests left out."""
        pool = self.engine.tocsin.dispatcher.read("pool", id)
        held = pool.bookings.values() if pool else ()
        return [one for one in held if one.stage != "resting"]

    # ------------------------------------------------------------------- what people do

    def ask(self, number: int) -> None:
        asking, aid = ASKING[number - 1], f"AID-2026-000{number}"
        self.tell(
            c.DraftRequest,
            f"{asking}-op",
            aid=aid,
            incident=f"INC-2026-000{number}",
            needs=NEEDS,
            situation=SITUATION,
            needed_by=self.engine.clock.time + timedelta(days=2),
            submit=True,
        )
        self.tell(c.ApproveRequest, f"{asking}-ap", aid=aid)

    def offer(self) -> None:
        rng, by = self.rng, self.rng.choice(HELPING)
        number, item, own_terms = rng.choice((1, 2)), rng.choice((1, 2)), rng.random() < 0.3
        supply = Supply(
            capability=f"{by}-{'team' if item == 2 else 'scrub'}",
            size=rng.choice((1, 2, 3, 4, 5) if item == 2 else (20, 30, 40, 41)),
            starts=self.engine.clock.time + timedelta(days=rng.choice((0, 0, 1, 2))),
            days=2,
            cost=1000,
        )
        fields: dict[str, Any] = {"item": item, "supply": supply, "deferrable": own_terms}
        fields["terms"] = terms_for(ASKING[number - 1]) if own_terms else None
        who = f"{by}-both" if own_terms else f"{by}-op"
        self.tell(c.SubmitOffer, who, aid=f"AID-2026-000{number}", **fields)

    def agree(self) -> None:
        """Terms, and one signature or two: the second asks the pool."""
        for aid, offer in self.some(self.offers()):
            about = {"aid": aid.aid, "offer": offer.offer}
            terms = terms_for(aid.member)
            if offer.status == "accepted" and self.rng.random() < 0.4:
                terms = terms.model_copy(update={"cost_cap": 900_000})
            if offer.terms is None or offer.status == "accepted":
                self.tell(c.ProposeTerms, f"{aid.member}-op", **about, terms=terms)
            later = offer.deferrable and offer.live and self.rng.random() < 0.7
            sides = [aid.member, offer.member]
            chosen = sides[:1] if later else self.rng.sample(sides, self.rng.choice((1, 2, 2)))
            for side in chosen:
                now = self.engine.tocsin.view.aid(aid.aid)
                hash_ = now.agreement(now.offers[str(offer.offer)]).terms_hash
                self.tell(c.SignTerms, f"{side}-ap", **about, terms_hash=hash_)
                if later:
                    deferred = {"terms_hash": hash_, "reason": "No time."}
                    self.tell(c.AcceptDeferred, f"{side}-ap", **about, **deferred)

    def bargain(self) -> None:
        for aid, offer in self.some(self.offers()):
            asks, helps, size = (
                f"{aid.member}-op",
                f"{offer.member}-op",
                self.rng.choice((1, 3, 30)),
            )
            supply = offer.supply.model_copy(update={"size": size})
            terms = (offer.terms or TERMS).model_copy(update={"liability": f"Up to {size}."})
            hash_ = offer.signatures[0].terms_hash if offer.signatures else "0" * 64
            moves: tuple[tuple[type[Command], str, dict[str, Any]], ...] = (
                (c.CounterOffer, asks, {"supply": supply}),
                (c.AgreeCounter, helps, {}),
                (c.AgreeCounter, helps, {}),
                (c.ReviseOffer, helps, {"supply": supply}),
                (c.DeclineOffer, asks, {}),
                (c.WithdrawOffer, helps, {}),
                (c.ProposeTerms, helps, {"terms": terms}),
                (c.SignTerms, f"{offer.member}-ap", {"terms_hash": hash_}),
            )
            command, who, fields = self.rng.choice(moves)
            self.tell(command, who, aid=aid.aid, offer=offer.offer, **fields)

    def go_on(self) -> None:
        """The next step of a mission, or now and then something else."""
        for aid, mission in self.some(self.missions()):
            command = NEXT.get(mission.status, m.SettleCosts)
            if mission.status == "costs_submitted" and self.rng.random() < 0.5:
                command = m.QueryCosts
            elif self.rng.random() < 0.25:
                command = self.rng.choice(ODD)
            fields = dict(FIELDS[command])
            if command is m.SubmitCosts:
                fields["lines"] = (LINE,)
            by = {m.SettleCosts: f"{aid.member}-ap", m.QueryCosts: f"{aid.member}-op"}
            usual = f"{mission.member}-{'ap' if command is m.WaiveCosts else 'op'}"
            who = by.get(command, usual)
            self.tell(command, who, **{**fields, "aid": aid.aid, "mission": mission.mission})

    def end_request(self) -> None:
        number = self.rng.choice((1, 2))
        about = {"aid": f"AID-2026-000{number}", "reason": "It is over."}
        self.tell(c.WithdrawRequest, f"{ASKING[number - 1]}-op", **about)

    def absurd(self) -> None:
        """Any command at all, about offer and mission 1, by somebody who might.

        Only the pool says what it has booked: nobody makes that up.
        """
        number = self.rng.choice((1, 2))
        command = self.rng.choice([one for one in FIELDS if one is not c.RecordBooking])
        who = actor_of(command)
        if who.delegate:
            id, _, short = who.delegate.partition("-")
            swap = {"ee": ASKING[number - 1], "lv": "pa", "lt": "pb"}
            who = person(f"{swap[id]}-{short}")
        self.tell(command, who, aid=f"AID-2026-000{number}", **FIELDS[command])

    def stand(self) -> None:
        """A member is suspended, or all are back."""
        self.engine.tocsin.coalition = self.rng.choice((EVERYBODY, *AWAY.values()))

    # --------------------------------------------------------------------- what follows

    def follow(self) -> None:
        """Any one effect that is wanted, out of turn."""
        if self.engine.wanted:
            at = self.rng.randrange(len(self.engine.wanted))
            self.engine.carry_out(self.engine.wanted.pop(at))
            self.engine.relay()

    def settle(self) -> None:
        self.engine.settle()

    def wait(self) -> None:
        self.engine.wait(timedelta(hours=self.rng.choice((1, 1, 13, 60))))

    def some(self, among: list[Any]) -> list[Any]:
        """One of them, if there is any; the newest most often."""
        newest = among[-3:]
        return [self.rng.choice(self.rng.choice((among, newest)))] if among else []


def terms_for(requester: str) -> Terms:
    return TERMS.model_copy(update={"cost_bearer": requester})


ODD: tuple[type[Command], ...] = (m.RecallMission, m.CheckIn, m.WaiveCosts)
NEXT: dict[str, type[Command]] = {
    "tasked": m.MobiliseMission,
    "mobilising": m.DeployMission,
    "deployed": m.StandDownMission,
    "recalled": m.ConfirmHome,
    "demobilising": m.ConfirmHome,
    "demobilised": m.ReportMission,
    "reported": m.SubmitCosts,
    "queried": m.SubmitCosts,
}
ACTIONS = {
    Play.offer: 10,
    Play.agree: 14,
    Play.bargain: 10,
    Play.go_on: 14,
    Play.follow: 20,
    Play.settle: 3,
    Play.absurd: 3,
    Play.stand: 2,
    Play.wait: 3,
    Play.end_request: 0.3,
}
