"""For every command of mutual aid, fields that are right; and a story for each status."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from coalition.domain.aid import commands as c
from coalition.domain.aid import mission_commands as m
from coalition.domain.aid.values import CostLine
from coalition.domain.messages import SYSTEM, Actor, Command
from tests.aid.stage import INCIDENT, NEEDS, NOW, TERMS, Stage, partner, person, supply

EVIDENCE = "ab" * 32
LINE = CostLine(
    kind="personnel",
    text="Two people, five days",
    amount=400_000,
    currency="EUR",
    evidence=EVIDENCE,
)
OTHER = supply(capability="lt-scrub", size=10, days=2)

FIELDS: dict[type[Command], dict[str, Any]] = {
    c.ChangeRequest: {"needs": NEEDS[:1]},
    c.SubmitRequest: {},
    c.ApproveRequest: {},
    c.ReturnRequest: {"reason": "Say how much."},
    c.WithdrawRequest: {"reason": "It is over."},
    c.CloseRequest: {},
    c.DeclineRequest: {"reason": "no_capacity"},
    c.SubmitOffer: {"supply": OTHER},
    c.RecordAnswer: {"notice": 1, "member": "pl", "answer": "decline", "verified": True},
    c.RecordAsked: {"notice": 9, "asked": ("lv",), "refused": ()},
    c.RecordRecommendation: {"inputs_hash": "a" * 64, "picks": (), "proven": True},
    c.AskAboutRequest: {"why": "closed"},
    c.ReviewStanding: {},
    c.PassAidTimer: {"timer": "expiry"},
    c.ConfirmOffer: {"offer": 1},
    c.ReviseOffer: {"offer": 1, "supply": supply(size=30)},
    c.CounterOffer: {"offer": 1, "supply": supply(size=20)},
    c.AgreeCounter: {"offer": 1},
    c.DeclineOffer: {"offer": 1},
    c.WithdrawOffer: {"offer": 1},
    c.ProposeTerms: {"offer": 1, "terms": TERMS.model_copy(update={"liability": "None."})},
    c.SignTerms: {"offer": 1, "terms_hash": "0" * 64},
    c.AcceptDeferred: {"offer": 1, "terms_hash": "0" * 64, "reason": "No time."},
    c.RecordTermsSent: {"offer": 1, "notice": 9, "terms_hash": "0" * 64},
    c.RecordBooking: {"offer": 1, "attempt": 1, "outcome": "reserved"},
    m.MobiliseMission: {"mission": 1},
    m.DeployMission: {"mission": 1},
    m.NameGuests: {"mission": 1, "guests": ("lv-vo",)},
    m.CheckIn: {"mission": 1, "text": "All is well."},
    m.RecallMission: {"mission": 1, "reason": "We are hit ourselves."},
    m.StandDownMission: {"mission": 1},
    m.ConfirmHome: {"mission": 1},
    m.ReportMission: {"mission": 1, "text": "Both banks are back."},
    m.SubmitCosts: {"mission": 1, "lines": (LINE,)},
    m.QueryCosts: {"mission": 1, "question": "Which people?"},
    m.SettleCosts: {"mission": 1},
    m.WaiveCosts: {"mission": 1, "reason": "Glad to help."},
}
REQUESTER = (
    c.ChangeRequest, c.SubmitRequest, c.WithdrawRequest, c.CloseRequest, c.CounterOffer,
    c.DeclineOffer, m.QueryCosts,
)  # fmt: skip
OWN_APPROVER = (c.ApproveRequest, c.ReturnRequest, c.AcceptDeferred, m.SettleCosts)
OTHERS = (c.DeclineRequest, c.SubmitOffer)
SENDER_APPROVES = (m.WaiveCosts, c.SignTerms)
BY_SYSTEM = (
    c.RecordTermsSent, c.RecordAnswer, c.RecordAsked, c.RecordRecommendation,
    c.AskAboutRequest, c.ReviewStanding,
    c.PassAidTimer, c.RecordBooking,
)  # fmt: skip


def actor_of(command: type[Command]) -> Actor:
    """Somebody who may ask it; of Latvia, which offers, unless it is for the other side."""
    if command in BY_SYSTEM:
        return SYSTEM
    if command in REQUESTER:
        return person("ee-op")
    if command in OWN_APPROVER:
        return person("ee-ap")
    if command in OTHERS:
        return person("lt-op")
    return person("lv-ap" if command in SENDER_APPROVES else "lv-op")


def _drafted() -> Stage:
    return Stage().ask(submit=False)


def _submitted() -> Stage:
    stage = _drafted()
    stage.tell(c.SubmitRequest, "ee-op")
    return stage


def _filled() -> Stage:
    stage = Stage().ask(needs=NEEDS[:1])
    stage.offer()
    stage.agree()
    return stage


def _ended(command: type[Command], **fields: Any) -> Callable[[], Stage]:
    def told() -> Stage:
        stage = Stage().ask()
        stage.tell(command, "ee-op", **fields)
        return stage

    return told


def _expired() -> Stage:
    stage = Stage().ask()
    stage.wait(timedelta(days=5))
    return stage


REQUESTS: dict[str, Callable[[], Stage]] = {
    "draft": _drafted,
    "submitted": _submitted,
    "open": lambda: Stage().ask(),
    "part_filled": lambda: Stage().accepted(),
    "filled": _filled,
    "closed": _ended(c.CloseRequest),
    "withdrawn": _ended(c.WithdrawRequest, reason="It is over."),
    "expired": _expired,
}
"""Status -> a story that ends there."""


def offered(command: type[Command] | None = None, by: str = "lv-op", **fields: Any) -> Stage:
    """Latvia's offer, and what is told of it next."""
    stage = Stage().ask()
    stage.offer(draft=fields.pop("draft", False))
    if command is not None:
        stage.tell(command, by, offer=1, **fields)
    return stage


def _unconfirmed() -> Stage:
    stage = Stage().ask()
    stage.answer(partner("lv", "link"), "offer", details={"capability": "lv-scrub"})
    return stage


def _offer_expired() -> Stage:
    stage = offered()
    stage.wait(timedelta(hours=73))
    return stage


OFFERS: dict[str, Callable[[], Stage]] = {
    "unconfirmed": _unconfirmed,
    "draft": lambda: offered(draft=True),
    "submitted": offered,
    "countered": lambda: offered(c.CounterOffer, "ee-op", supply=supply(size=10)),
    "accepted": lambda: Stage().accepted(),
    "declined": lambda: offered(c.DeclineOffer, "ee-op"),
    "withdrawn": lambda: offered(c.WithdrawOffer),
    "expired": _offer_expired,
}

STEPS: tuple[tuple[str, type[Command], str], ...] = (
    ("mobilising", m.MobiliseMission, "lv-op"),
    ("deployed", m.DeployMission, "lv-op"),
    ("demobilising", m.StandDownMission, "ee-op"),
    ("demobilised", m.ConfirmHome, "lv-op"),
    ("reported", m.ReportMission, "ee-op"),
    ("costs_submitted", m.SubmitCosts, "lv-op"),
    ("settled", m.SettleCosts, "ee-ap"),
)
"""A mission from beginning to end: status reached, by which command, by whom."""


def mission_at(status: str) -> Stage:
    """Latvia's mission in that status."""
    stage = Stage().accepted()
    for reached, command, by in STEPS:
        if stage.mission().status == status:
            return stage
        if (status, reached) == ("recalled", "demobilising"):
            stage.tell(m.RecallMission, "lv-op", **FIELDS[m.RecallMission])
            return stage
        if (status, reached) == ("queried", "settled"):
            stage.tell(m.QueryCosts, "ee-op", **FIELDS[m.QueryCosts])
            return stage
        if (status, reached) == ("waived", "costs_submitted"):
            stage.tell(m.WaiveCosts, "lv-ap", **FIELDS[m.WaiveCosts])
            return stage
        stage.tell(command, by, **FIELDS[command])
    return stage


__all__ = ["FIELDS", "INCIDENT", "NOW", "OFFERS", "REQUESTS", "actor_of", "mission_at", "offered"]
