"""Recommendations for requests for aid as they stand now, and the same again from the record.

What a recommendation that somebody was shown was made from is kept as a document under its hash, so
that it can be made again at any time: the same question, with the charter of then, gives the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from coalition.application.pools import pools
from coalition.domain.aid.commands import RecordRecommendation
from coalition.domain.aid.events import RecommendationMade
from coalition.domain.aid.values import Pick
from coalition.domain.burden import Ledger, ledger
from coalition.domain.errors import UserError
from coalition.domain.matching.asking import Among, Facts, ask
from coalition.domain.matching.question import Question
from coalition.domain.matching.recalled import Recalled
from coalition.domain.matching.recommend import recommend
from coalition.domain.messages import SYSTEM, canonical

if TYPE_CHECKING:
    from collections.abc import Iterable

    from coalition.application.dispatcher import Dispatcher
    from coalition.application.ports import Clock, Documents, EventLog
    from coalition.domain.aid.state import Aid
    from coalition.domain.matching.problem import Solver
    from coalition.domain.matching.recommendation import Recommendation
    from coalition.domain.members import Coalition


class Assembled(Protocol):
    """The part of the assembled application that is needed here."""

    coalition: Coalition
    clock: Clock
    log: EventLog
    documents: Documents

    @property
    def dispatcher(self) -> Dispatcher:
        """Reads states and carries out commands."""
        ...

    @property
    def solver(self) -> Solver:
        """Solves the problems; the first one loads the library behind it."""
        ...


def advise(tocsin: Assembled, aid: str, among: Among | None = None) -> Recommendation:
    """Who could best help with a request, in view of all others that look for help now.

    Among those who have offered; where nobody has, or with `among` "pool", among everything that
    members have listed. The recommendation covers all open requests: show of it only what
    belongs to this one (`recommendation.for_request`).

    Raises:
        UserError: the request looks for nothing any more.
    """
    return recommend(_question(tocsin, aid, among), tocsin.solver)


def advise_on_record(tocsin: Assembled, aid: str) -> Recommendation:
    """As `advise`, for somebody who is shown it.

    What was recommended enters the request's log, and what it was made from is kept for `again`.

    Raises:
        UserError: the request looks for nothing any more.
    """
    question = _question(tocsin, aid, None)
    tocsin.documents.put(canonical(question.model_dump(mode="json")))
    found = recommend(question, tocsin.solver)
    tocsin.dispatcher.execute(
        RecordRecommendation(
            id=f"recommended-{aid}-{found.inputs_hash}",
            at=tocsin.clock.now(),
            actor=SYSTEM,
            aid=aid,
            inputs_hash=found.inputs_hash,
            picks=_picks(found, aid),
            proven=found.proven,
        )
    )
    return found


def _question(tocsin: Assembled, aid: str, among: Among | None) -> Question:
    requests = list(_requests(tocsin))
    wanted = next((one for one in requests if one.aid == aid), None)
    if wanted is None or not wanted.seeking:
        raise UserError(f"{aid[:40]} does not look for help now.", "See /aid list.", field="aid")
    offered = any(offer.live for offer in wanted.offers.values())
    return ask(requests, _facts(tocsin, requests), among or ("offers" if offered else "pool"))


def _picks(found: Recommendation, aid: str) -> tuple[Pick, ...]:
    return tuple(
        Pick(item=item, offer=one.offer, member=one.member, capability=one.capability,
             units=one.units)
        for item, need in _items(found, aid)
        for one in found.chosen(need)
    )  # fmt: skip


def _items(found: Recommendation, aid: str) -> list[tuple[int, str]]:
    """(item, need) of a request, in the request's order."""
    own = (need.need for need in found.needs if need.request == aid)
    return sorted((int(need.rpartition("/")[2]), need) for need in own)


def again(tocsin: Assembled, inputs_hash: str) -> Recommendation:
    """The recommendation that was made from these inputs; raises `NotFound`."""
    question = Question.model_validate_json(tocsin.documents.get(inputs_hash))
    return recommend(question, tocsin.solver)


def on_record(tocsin: Assembled, aid: str) -> list[Recalled]:
    """What was recommended for a request, the oldest first, each made again to compare.

    Raises:
        NotFound: the inputs of one are not there any more.
    """
    made = (
        (record, record.event())
        for record, _ in tocsin.log.records("aid", aid)
        if record.type == RecommendationMade.__name__
    )
    return [
        Recalled(
            at=record.at,
            inputs_hash=event.inputs_hash,
            charter=event.charter,
            picks=event.picks,
            same=_picks(again(tocsin, event.inputs_hash), aid) == event.picks,
        )
        for record, event in made
        if isinstance(event, RecommendationMade)
    ]


def ledger_now(tocsin: Assembled) -> Ledger:
    """The ledger of help given as it stands; show of it only a `page` or the `whole`."""
    return _ledger(tocsin, list(_requests(tocsin)))


def _requests(tocsin: Assembled) -> Iterable[Aid]:
    for id in tocsin.log.ids("aid"):
        state = tocsin.dispatcher.read("aid", id)
        if state is not None:
            yield state


def _ledger(tocsin: Assembled, requests: list[Aid]) -> Ledger:
    return ledger(requests, pools(tocsin), tocsin.coalition, tocsin.clock.now())


def _facts(tocsin: Assembled, requests: list[Aid]) -> Facts:
    incidents = {one.incident for one in requests if one.seeking}
    hit = {}
    for id in incidents:
        incident = tocsin.dispatcher.read("incident", id)
        hit[id] = incident.affected if incident is not None else ()
    return Facts(
        coalition=tocsin.coalition,
        pools=pools(tocsin),
        ledger=_ledger(tocsin, requests),
        hit=hit,
        at=tocsin.clock.now(),
    )
