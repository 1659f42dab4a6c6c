"""Folding events into the state of a request: one table from each event to what it changes.

Every step copies what it changes and shares the rest. The same events always give the same JSON
bytes.
"""

# ruff: noqa: ARG001
# Every entry of a table has the same shape, whether it needs all of it or not.

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from coalition.domain.aid import apply_missions as missions
from coalition.domain.aid import apply_offers as offers
from coalition.domain.aid import events as e
from coalition.domain.aid import mission_events as m
from coalition.domain.aid.state import Aid, Refusal
from coalition.domain.errors import PermanentError

if TYPE_CHECKING:
    from coalition.domain.messages import Event, Record

Change = dict[str, Any]


def apply(state: Aid | None, record: Record, event: Event) -> Aid:
    """The state after one more event.

    Raises:
        PermanentError: the log does not begin with a draft.
    """
    if state is None:
        return _begin(record, event)
    change = CHANGES[type(event)](state, record, event)
    change["updated_at"] = record.at
    return _refilled(state.model_copy(update=change))


def _refilled(state: Aid) -> Aid:
    """Open, part-filled or filled, as what is accepted says; a recall opens the need again."""
    if state.status not in ("open", "part_filled", "filled"):
        return state
    items = range(1, len(state.needs) + 1)
    if not any(state.remaining(item) for item in items):
        status = "filled"
    else:
        status = "part_filled" if any(state.covered(item) for item in items) else "open"
    return state if status == state.status else state.model_copy(update={"status": status})


def _begin(record: Record, event: Event) -> Aid:
    if isinstance(event, e.RequestDrafted):
        said = {name: value for name, value in event if name in Aid.model_fields}
        return Aid(
            **said,
            status="draft",
            drafted_by=record.actor.label,
            drafted_at=record.at,
            updated_at=record.at,
        )
    broken = f"The log of {record.id} begins with {record.type}."
    raise PermanentError(broken, fallback="Run `tocsin verify`; restore the log from a copy.")


def _changed(state: Aid, record: Record, event: e.RequestChanged) -> Change:
    return dict(event)


def _submitted(state: Aid, record: Record, event: e.RequestSubmitted) -> Change:
    return {
        "status": "submitted",
        "submitted_by": record.actor.label,
        "approve_by": event.approve_by,
        "return_reason": "",
    }


def _returned(state: Aid, record: Record, event: e.RequestReturned) -> Change:
    return {"status": "draft", "return_reason": event.reason}


def _opened(state: Aid, record: Record, event: e.RequestOpened) -> Change:
    return {
        "status": "open",
        "approved_by": record.actor.label,
        "opened_at": record.at,
        "severity": event.severity,
        "tlp": event.tlp,
        "waves": event.waves,
        "answer_by": event.answer_by,
    }


def _wave(state: Aid, record: Record, event: e.WaveAsked) -> Change:
    return {"wave": event.wave, "next_wave_at": event.next_at}


def _asked(state: Aid, record: Record, event: e.AskedRecorded) -> Change:
    return {
        "notices": (*state.notices, event.notice),
        "asked": tuple(dict.fromkeys((*state.asked, *event.asked))),
        "refused": tuple(dict.fromkeys((*state.refused, *event.refused))),
    }


def _recommended(state: Aid, record: Record, event: e.RecommendationMade) -> Change:
    return {"recommended": event.inputs_hash}


def _declined(state: Aid, record: Record, event: e.RequestDeclined) -> Change:
    refusal = Refusal(member=event.member, at=record.at, reason=event.reason, note=event.note)
    return {"declined": {**state.declined, event.member: refusal}}


def _unclear(state: Aid, record: Record, event: e.AnswerUnclear) -> Change:
    return {"unclear": {**state.unclear, event.member: event.problem}}


def _withdrawn(state: Aid, record: Record, event: e.RequestWithdrawn) -> Change:
    return {"status": "withdrawn", "ended_at": record.at, "end_note": event.reason}


def _closed(state: Aid, record: Record, event: e.RequestClosed) -> Change:
    return {"status": "closed", "ended_at": record.at, "end_note": event.note}


def _expired(state: Aid, record: Record, event: e.RequestExpired) -> Change:
    return {"status": "expired", "ended_at": record.at}


def _passed(state: Aid, record: Record, event: e.ClockPassed) -> Change:
    return {"passed": {**state.passed, event.clock: event.due}}


def _told(state: Aid, record: Record, event: Event) -> Change:
    return {}


CHANGES: dict[type[Event], Callable[[Aid, Record, Any], Change]] = {
    e.RequestChanged: _changed,
    e.RequestSubmitted: _submitted,
    e.RequestReturned: _returned,
    e.RequestOpened: _opened,
    e.WaveAsked: _wave,
    e.AskedRecorded: _asked,
    e.RecommendationMade: _recommended,
    e.RequestDeclined: _declined,
    e.AnswerUnclear: _unclear,
    e.RequestWithdrawn: _withdrawn,
    e.RequestClosed: _closed,
    e.RequestExpired: _expired,
    e.RequestQuestioned: _told,
    e.ClockPassed: _passed,
    e.OfferSubmitted: offers.submitted,
    e.OfferConfirmed: offers.confirmed,
    e.OfferRevised: offers.revised,
    e.OfferCountered: offers.countered,
    e.CounterAgreed: offers.agreed,
    e.OfferDeclined: offers.declined,
    e.OfferWithdrawn: offers.withdrawn,
    e.OfferExpired: offers.expired,
    e.TermsProposed: offers.proposed,
    e.TermsSent: offers.sent,
    e.TermsSigned: offers.signed,
    e.PaperworkDeferred: offers.deferred,
    e.PaperworkDone: offers.paperwork_done,
    e.BookingAsked: offers.booking_asked,
    e.BookingRefused: offers.booking_refused,
    e.BookingReturned: offers.booking_returned,
    e.OfferAccepted: offers.accepted,
    m.MissionTasked: missions.tasked,
    m.MissionAmended: missions.amended,
    m.MissionMobilised: missions.mobilised,
    m.MissionDeployed: missions.deployed,
    m.GuestsNamed: missions.guests,
    m.CheckedIn: missions.checked_in,
    m.MissionRecalled: missions.recalled,
    m.MissionStoodDown: missions.stood_down,
    m.MissionHome: missions.home,
    m.RecallProposed: missions.doubted,
    m.MissionReported: missions.reported,
    m.CostsSubmitted: missions.costs_submitted,
    m.CostsQueried: missions.queried,
    m.CostsSettled: missions.settled,
    m.CostsWaived: missions.waived,
}
"""What each event changes. `RequestDrafted` only ever begins a request."""
