"""Mutual aid in a rehearsal: what a step does, and what people do about a request.

In a script a request is answered under its `request_aid` step: `others: approve after 10m` (or
`return`) is the approver; a member's id says what it answers (`lv: offer after 30m`); `requester:
accept after 1h` agrees to each offer so long after it came: terms, and both signatures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from coalition.application.aid_steps import drafted
from coalition.domain.aid.commands import ApproveRequest, ProposeTerms, ReturnRequest, SignTerms
from coalition.domain.aid.news import news_of
from coalition.domain.aid.values import Terms
from coalition.domain.incident.commands import AnswerNotice
from coalition.domain.messages import Actor
from coalition.rehearsal import desk
from coalition.rehearsal.script import NEVER, OTHERS

if TYPE_CHECKING:
    from coalition.domain.messages import Record
    from coalition.domain.run.state import OpenStep, Run
    from coalition.rehearsal.desk import Place
    from coalition.rehearsal.players import Act, Players
    from coalition.rehearsal.script import Deed

REQUESTER = "requester"
"""Who agrees to offers, in a script."""


def request_aid(place: Place, run: Run, step: OpenStep) -> dict[str, Any]:
    """Write the request and submit it, in the name of whoever started the run."""
    who = desk.named(place, run, step, "asks for help", "Type /aid request")
    number = len(place.aids_of(run.incident)) + 1
    aid = f"AID-{place.at.year}-{number:04d}"
    place.execute(drafted(step, place.incident(run.incident), aid, who))
    return news_of(place.aid(aid))


def wait_for_aid(place: Place, run: Run, step: OpenStep) -> dict[str, Any]:  # noqa: ARG001
    """Look how far the request is."""
    return news_of(place.aid(step.request["aid"]))


@dataclass
class Helpers:
    """What is known of the requests of a rehearsal: which step asked, and who drafted it."""

    asked_by: dict[str, tuple[str, int]] = field(default_factory=dict)  # request -> path, attempt
    drafted_by: dict[str, str] = field(default_factory=dict)
    offered_by: dict[tuple[str, int], str] = field(default_factory=dict)

    def on_drafted(self, players: Players, record: Record) -> Iterator[Act]:
        """Remember which step of which run has asked."""
        run, _, rest = record.cause.partition(":")
        step, _, attempt = rest.rpartition(":")
        if attempt.isdecimal():
            self.asked_by[record.id] = (players.path(run, step), int(attempt))
            self.drafted_by[record.id] = record.actor.delegate or ""
        return iter(())

    def on_submitted(self, players: Players, record: Record) -> Iterator[Act]:
        """Another approver of the own member decides."""
        deed = self._deed(players, record.id, OTHERS, "approve", ["approve", "return", NEVER])
        approver = self._other_approver(players, record.id)
        if deed is None or approver is None:
            return
        fields: dict[str, Any] = {"aid": record.id, "actor": approver}
        if deed.say == "return":
            yield players.act(record, deed, ReturnRequest, **fields, reason="as rehearsed")
        elif deed.say == "approve":
            yield players.act(record, deed, ApproveRequest, **fields)

    def on_notice(self, players: Players, record: Record) -> Iterator[Act]:
        """Members that were asked offer help or decline."""
        for recipient in record.data["recipients"]:
            member = recipient["member"]
            if not recipient["channels"] or not players.delivered(member):
                continue
            usual = "offer" if players.coalition.member(member).capabilities else "decline"
            options = ["offer", "decline", NEVER]
            deed = self._deed(players, record.data["aid"], member, usual, options)
            if deed is not None and deed.say in record.data["answers"]:
                actor = Actor(kind="partner", member=member, via="webhook")
                yield players.act(
                    record, deed, AnswerNotice, actor=actor, incident=record.id,
                    notice=record.data["notice"], member=member, answer=deed.say,
                )  # fmt: skip

    def on_offer(self, players: Players, record: Record) -> Iterator[Act]:
        """The requester writes the terms of an offer that it wants."""
        data = record.data
        self.offered_by[record.id, data["offer"]] = data["member"]
        deed = self._deed(players, record.id, REQUESTER, "accept", ["accept", NEVER])
        if data["status"] != "submitted" or deed is None or deed.say != "accept":
            return
        supply, side = data["supply"], players.coalition.member(data["member"])
        own = players.coalition.member(players.home)
        terms = Terms(
            legal_basis=players.coalition.charter.aid.legal_bases[0].id,
            liability="as rehearsed",
            confidentiality="as rehearsed",
            command=side.name,
            operational_control=own.name,
            cost_bearer=own.id,
            cost_cap=supply["cost"] or 0,
            currency=supply["currency"],
            duration_days=supply["days"],
        )
        yield players.act(
            record, deed, ProposeTerms, actor=players.person(players.lead), aid=record.id,
            offer=data["offer"], terms=terms,
        )  # fmt: skip

    def on_terms(self, players: Players, record: Record) -> Iterator[Act]:
        """Both sides sign what was written."""
        deed = self._deed(players, record.id, REQUESTER, "accept", ["accept", NEVER])
        if deed is None or deed.say != "accept":
            return
        now = deed.model_copy(update={"after": deed.after * 0})
        about = {"aid": record.id, "offer": record.data["offer"]}
        for side in (players.home, self.offered_by[record.id, record.data["offer"]]):
            if signer := _signer(players, side):
                signed = {"actor": signer, "terms_hash": record.data["terms_hash"]}
                yield players.act(record, now, SignTerms, **about, **signed)

    def _deed(
        self, players: Players, aid: str, who: str, usual: str, options: list[str]
    ) -> Deed | None:
        if aid not in self.asked_by:
            return None
        step, attempt = self.asked_by[aid]
        return players.deed(step, who, attempt, usual, options)

    def _other_approver(self, players: Players, aid: str) -> Actor | None:
        barred = self.drafted_by.get(aid, "")
        able = [
            one.id
            for one in players.coalition.member(players.home).delegates
            if "approver" in one.roles and one.id != barred
        ]
        return players.person(able[0]) if able else None


def _signer(players: Players, member: str) -> Actor | None:
    role = players.coalition.charter.aid.signing.role
    known = {one.id: one for one in players.coalition.members}
    people = known[member].delegates if member in known else ()
    able = [one.id for one in people if role in one.roles]
    return players.person(able[0]) if able else None


REACTIONS: dict[str, Callable[[Helpers, Players, Record], Iterator[Act]]] = {
    "RequestDrafted": Helpers.on_drafted,
    "RequestSubmitted": Helpers.on_submitted,
    "OfferSubmitted": Helpers.on_offer,
    "TermsProposed": Helpers.on_terms,
}
"""What people do about what happens to a request; its notice is answered by `on_notice`."""
