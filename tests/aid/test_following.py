"""What the house does with what happens in mutual aid: policies, workers, the relay."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from coalition.application.aid_policies import AID_REACTIONS, CLEARS, clear_alarms, raise_alarm
from coalition.application.aid_review import reviews
from coalition.application.policies import REACTIONS, react
from coalition.application.ports import Claim
from coalition.domain.aid import commands as c
from coalition.domain.aid.apply import CHANGES
from coalition.domain.aid.events import RequestDrafted
from coalition.domain.errors import PermanentError
from coalition.domain.incident import commands as i
from coalition.domain.messages import Event
from tests.aid.samples import mission_at
from tests.aid.stage import AID, INCIDENT, NEEDS, SITUATION, Stage, partner
from tests.aid.test_outside_slack import outside
from workers import aid as handlers
from workers.handlers import HANDLERS
from workers.relay import Relay

if TYPE_CHECKING:
    from datetime import datetime

    from coalition.domain.messages import Command, Record
    from workers.context import WorkerContext


pytestmark = pytest.mark.anyio


class Context:
    """A worker's view of the stage."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.tocsin = stage.engine.tocsin

    def now(self) -> datetime:
        return self.stage.now

    async def read(self, aggregate: str, id: str) -> Any:
        return self.tocsin.dispatcher.read(aggregate, id)

    async def record(self, aggregate: str, id: str, version: int) -> Record:
        return self.tocsin.log.record(aggregate, id, version)

    async def execute(self, command: Command) -> Any:
        return self.tocsin.dispatcher.execute(command)


def context(stage: Stage) -> WorkerContext:
    return cast("WorkerContext", Context(stage))


def claim(kind: str, **payload: Any) -> Claim:
    return Claim(f"x-{kind}-{len(payload)}", kind, payload, 1, in_doubt=False)


def test_every_event_of_mutual_aid_has_its_row() -> None:
    events = {event.__name__ for event in CHANGES} | {RequestDrafted.__name__}
    assert set(AID_REACTIONS) == events
    assert events <= set(REACTIONS)


def test_what_has_words_for_humans_rings_and_what_settles_it_clears() -> None:
    for name, policies in AID_REACTIONS.items():
        told = {"text", "fallback"} <= set(Event.registry[name].model_fields)
        assert (raise_alarm in policies) is told, name
        assert (clear_alarms in policies) is (name in CLEARS), name


def test_no_effect_holds_anything_that_people_wrote() -> None:
    stage = mission_at("settled")
    stage.answer(partner("lt"), "decline", note="UNSPEAKABLE")
    written = {*SITUATION.model_dump().values(), "UNSPEAKABLE", "Both banks are back."}
    for aggregate in ("aid", "incident", "pool"):
        for id in stage.engine.tocsin.log.ids(aggregate):
            for record, _ in stage.engine.tocsin.log.records(aggregate, id):
                for effect in react(record, stage.engine.tocsin.view):
                    payload = json.dumps(effect.payload)
                    assert not any(str(word) in payload for word in written if word)


def test_every_kind_of_effect_that_aid_wants_has_a_handler() -> None:
    stage = mission_at("settled")
    wanted = {
        effect.kind
        for record, _ in stage.engine.tocsin.log.records("aid", AID)
        for effect in react(record, stage.engine.tocsin.view)
    }
    assert wanted <= set(HANDLERS)
    assert {"aid.ask", "aid.hear", "aid.booked", "room.leave"} <= set(HANDLERS)


async def test_the_worker_asks_hears_and_books_as_the_stage_does() -> None:
    stage = Stage().ask()
    ctx = context(stage)
    assert await handlers.ask(ctx, claim("aid.ask", incident=INCIDENT, aid=AID, wave=2)) == {}
    assert [one.kind for one in stage.incident.notices.values()] == ["mutual_aid_request"] * 2
    order = stage.made(
        i.AnswerNotice,
        partner("lv"),
        incident=INCIDENT,
        notice=1,
        member="lv",
        answer="offer",
        details={"capability": "lv-scrub"},
    )
    version = stage.engine.tocsin.dispatcher.execute(order).version
    heard = claim("aid.hear", incident=INCIDENT, version=version, aid=AID)
    assert await handlers.hear(ctx, heard) == {}
    assert stage.at_offer().status == "submitted"


async def test_nobody_is_asked_once_help_is_no_longer_looked_for() -> None:
    stage = Stage().ask()
    stage.tell(c.WithdrawRequest, "ee-op", reason="It is over.")
    done = await handlers.ask(context(stage), claim("a", incident=INCIDENT, aid=AID, wave=2))
    assert done == {"refused": f"{AID} is withdrawn"}
    assert len(stage.incident.notices) == 1


async def test_a_notice_that_may_go_to_nobody_any_more_is_a_humans_business() -> None:
    stage = Stage().ask()
    stage.change(fi={"trust": "T1"})
    with pytest.raises(PermanentError, match="may go to none of them") as failed:
        await handlers.ask(context(stage), claim("a", incident=INCIDENT, aid=AID, wave=2))
    assert "phone" in failed.value.fallback


async def test_the_notice_is_sent_by_another_operator_where_the_first_is_gone() -> None:
    stage = Stage().ask(needs=NEEDS)
    gone = [
        one.model_dump(mode="json")
        for one in stage.engine.tocsin.coalition.member("ee").delegates
        if one.id != "ee-op"
    ]
    stage.change(ee={"delegates": gone})
    await handlers.ask(context(stage), claim("a", incident=INCIDENT, aid=AID, wave=2))
    issued = stage.records("NoticeIssued", "incident", INCIDENT)[1]
    assert (issued.actor.delegate, issued.actor.via) == ("ee-both", "aid")


def test_the_relay_reviews_missions_whenever_the_coalition_file_says_something_new() -> None:
    stage = Stage().deployed()
    tocsin = stage.engine.tocsin
    relay = Relay(tocsin, cast("Any", SimpleNamespace(ensure=lambda: None)), cast("Any", None))
    relay.review()
    relay.review()
    first = tocsin.ledger.stats().due
    stage.change(lv={"status": "suspended"})
    relay.review()
    assert tocsin.ledger.stats().due == first + 1
    (effect,) = reviews(tocsin)
    stage.engine.carry_out(effect)
    assert stage.mission().doubtful == ("lv",)


def test_nothing_is_reviewed_where_nobody_is_away() -> None:
    assert reviews(Stage().ask().engine.tocsin) == []
    assert reviews(mission_at("settled").engine.tocsin) == []


async def test_the_worker_puts_terms_to_a_member_and_says_which_notice_does() -> None:
    stage = outside()
    fresh = context(stage)
    effect = claim("aid.terms", incident=INCIDENT, aid=AID, offer=1, terms_hash=stage.hash())
    before = set(stage.at_offer().terms_notices)
    await handlers.terms(fresh, effect)
    await handlers.terms(fresh, effect)  # a worker died in between
    assert len(set(stage.at_offer().terms_notices) - before) == 1
    stale = claim("aid.terms", incident=INCIDENT, aid=AID, offer=1, terms_hash="0" * 64)
    assert await handlers.terms(fresh, stale) == {"refused": "the terms have changed"}
