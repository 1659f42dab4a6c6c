"""The decisions of mutual aid: one table from each command to its rule, to who may ask, and when.

`when` names the statuses in which a command is legal, of the request, the offer or the mission
that it is about. In any other status it is refused with the reason and with what is legal then,
both read off this table. What Tocsin itself records late does nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from coalition.domain.aid import (
    agreeing,
    answers,
    asking,
    clocks,
    countersigning,
    deploying,
    offering,
    settling,
)
from coalition.domain.aid import commands as c
from coalition.domain.aid import mission_commands as m
from coalition.domain.aid.authority import By, authorise, no_such_request
from coalition.domain.aid.words import ENDED, IN_THE_FIELD, LIVE, SEEKING
from coalition.domain.authority import delegate_of
from coalition.domain.errors import NotFound, UserError
from coalition.domain.incident.checks import of_this_mode

if TYPE_CHECKING:
    from coalition.domain.aid.state import Aid, Mission, Offer
    from coalition.domain.members import Role
    from coalition.domain.messages import Command, Event
    from coalition.domain.world import World

Machine = Literal["request", "offer", "mission"]

REQUESTER = By("requester")
OWN_APPROVER = By("requester", ("approver",))
KNOWING = By("knowing", partner=True)
PROVIDER = By("provider", partner=True)
PROVIDER_OR_STAND_IN = By("provider", partner=True, stand_in=True)
EITHER = By("either", partner=True)
PEOPLE: tuple[Role, ...] = ("operator", "approver", "legal")
SYSTEM = By("system")
ALWAYS = ("draft", "submitted", *SEEKING, "filled", *ENDED)
BEFORE_HOME = ("tasked", "mobilising", "deployed")


class Rule(NamedTuple):
    """How a command is decided, who may ask, in which statuses, and its name for people."""

    decide: Callable[[Aid, Any, World], list[Event]]
    by: By
    when: tuple[str, ...]
    does: str


RULES: dict[type[Command], Rule] = {
    # The request.
    c.ChangeRequest: Rule(asking.change_request, REQUESTER, ("draft",), "change it"),
    c.SubmitRequest: Rule(asking.submit_request, REQUESTER, ("draft",), "submit it"),
    c.ApproveRequest: Rule(asking.approve_request, OWN_APPROVER, ("submitted",), "approve it"),
    c.ReturnRequest: Rule(asking.return_request, OWN_APPROVER, ("submitted",), "send it back"),
    c.WithdrawRequest: Rule(
        asking.withdraw_request, REQUESTER, ("draft", "submitted", *SEEKING), "withdraw it"
    ),
    c.CloseRequest: Rule(asking.close_request, REQUESTER, (*SEEKING, "filled"), "close it"),
    c.DeclineRequest: Rule(offering.decline_request, KNOWING, SEEKING, "decline to help"),
    c.SubmitOffer: Rule(offering.submit_offer, KNOWING, SEEKING, "offer help"),
    c.RecordAnswer: Rule(answers.record_answer, SYSTEM, ALWAYS, "record an answer"),
    c.RecordAsked: Rule(asking.record_asked, SYSTEM, ALWAYS, "record who was asked"),
    c.RecordRecommendation: Rule(
        asking.record_recommendation, SYSTEM, SEEKING, "record a recommendation"
    ),
    c.AskAboutRequest: Rule(asking.ask_about_request, SYSTEM, SEEKING, "ask what becomes of it"),
    c.ReviewStanding: Rule(deploying.review_standing, SYSTEM, ALWAYS, "review who is active"),
    c.PassAidTimer: Rule(clocks.pass_timer, SYSTEM, ALWAYS, "pass a clock"),
    # Offers and terms.
    c.ConfirmOffer: Rule(offering.confirm_offer, PROVIDER, ("unconfirmed",), "confirm it"),
    c.ReviseOffer: Rule(offering.revise_offer, PROVIDER, ("draft", *LIVE), "revise it"),
    c.CounterOffer: Rule(offering.counter_offer, REQUESTER, LIVE, "counter it"),
    c.AgreeCounter: Rule(
        offering.agree_counter, PROVIDER, ("countered",), "agree to the counter-proposal"
    ),
    c.DeclineOffer: Rule(
        offering.decline_offer, REQUESTER, ("unconfirmed", *LIVE), "decline it with thanks"
    ),
    c.WithdrawOffer: Rule(
        offering.withdraw_offer, PROVIDER, ("unconfirmed", "draft", *LIVE), "withdraw it"
    ),
    c.ProposeTerms: Rule(
        agreeing.propose_terms,
        By("either", PEOPLE, partner=True),
        (*LIVE, "accepted"),
        "propose terms",
    ),
    c.SignTerms: Rule(
        agreeing.sign_terms,
        By("either", (), partner=True),  # the charter says which role; the rule looks
        ("submitted", "accepted"),
        "sign the terms",
    ),
    c.AcceptDeferred: Rule(
        agreeing.accept_deferred,
        By("requester", ("approver", "legal")),
        ("submitted",),
        "accept it with one signature to follow",
    ),
    c.RecordTermsSent: Rule(
        countersigning.record_terms_sent, SYSTEM, (*LIVE, "accepted"), "record what was sent"
    ),
    c.RecordBooking: Rule(
        agreeing.record_booking, SYSTEM, (*LIVE, "withdrawn", "expired"), "record a booking"
    ),
    # Missions.
    m.MobiliseMission: Rule(deploying.mobilise_mission, PROVIDER, ("tasked",), "mobilise"),
    m.DeployMission: Rule(deploying.deploy_mission, PROVIDER, ("mobilising",), "deploy"),
    m.NameGuests: Rule(deploying.name_guests, PROVIDER, BEFORE_HOME, "name its guests"),
    m.CheckIn: Rule(deploying.check_in, EITHER, IN_THE_FIELD, "check in"),
    m.RecallMission: Rule(
        deploying.recall_mission,
        By("provider", PEOPLE, partner=True),
        (*BEFORE_HOME, "demobilising"),
        "recall it",
    ),
    m.StandDownMission: Rule(deploying.stand_down_mission, EITHER, BEFORE_HOME, "stand it down"),
    m.ConfirmHome: Rule(
        deploying.confirm_home,
        PROVIDER_OR_STAND_IN,
        ("recalled", "demobilising"),
        "confirm that it is home",
    ),
    m.ReportMission: Rule(settling.report_mission, EITHER, ("demobilised",), "report on it"),
    m.SubmitCosts: Rule(
        settling.submit_costs,
        PROVIDER,
        ("reported", "costs_submitted", "queried"),
        "submit its costs",
    ),
    m.QueryCosts: Rule(
        settling.query_costs, By("payer", partner=True), ("costs_submitted",), "query its costs"
    ),
    m.SettleCosts: Rule(
        settling.settle_costs, By("payer", ("approver",)), ("costs_submitted",), "settle its costs"
    ),
    m.WaiveCosts: Rule(
        settling.waive_costs,
        By("provider", ("approver",)),
        ("reported", "costs_submitted", "queried"),
        "waive its costs",
    ),
}


def decide(state: Aid | None, command: Command, world: World) -> list[Event]:
    """What follows from a command; [] when there is nothing to do.

    Pure: the same state, command and world give the same events. Nothing is half decided: either
    all events follow or an error says why none does.

    Raises:
        NotAllowed: the actor may not ask this.
        NotFound: no such request, offer or mission, or none that the actor may know of.
        UserError: anything else the person can put right; with what is legal now.
    """
    if isinstance(command, c.DraftRequest):
        return asking.draft_request(state, command, world)
    if state is None:
        if command.actor.kind == "delegate":
            delegate_of(command.actor, world.coalition)
        raise no_such_request(command.target)
    of_this_mode(state.exercise, world.coalition)
    rule = RULES[type(command)]
    subject = _subject(state, command)
    authorise(rule.by, command.actor, state, subject, world)
    if _status(state, subject) not in rule.when:
        if rule.by.side == "system":
            return []  # the world has moved on
        raise _not_now(state, subject, rule)
    return rule.decide(state, command, world)


def machine_of(command: type[Command]) -> Machine:
    """Which of the three a command is about."""
    fields = command.model_fields
    return "mission" if "mission" in fields else "offer" if "offer" in fields else "request"


def legal_next(machine: Machine, status: str) -> tuple[str, ...]:
    """What people can do in a status, in words such as `withdraw it` or `offer help`."""
    return tuple(
        rule.does
        for command, rule in RULES.items()
        if machine_of(command) == machine and rule.by.side != "system" and status in rule.when
    )


def _subject(state: Aid, command: Command) -> Offer | Mission | None:
    """The offer or mission a command names; None where it is about the request.

    Raises:
        NotFound: there is none of that number; the number alone tells nothing.
    """
    machine = machine_of(type(command))
    if machine == "request":
        return None
    number = getattr(command, machine)
    known: dict[str, Any] = state.offers if machine == "offer" else state.missions
    found: Offer | Mission | None = known.get(str(number))
    if found is None:
        hint = "/aid list shows those that you may see."
        raise NotFound(f"{state.aid} has no {machine} {number}.", hint, field=machine)
    return found


def _status(state: Aid, subject: Offer | Mission | None) -> str:
    return state.status if subject is None else subject.status


def _not_now(state: Aid, subject: Offer | Mission | None, rule: Rule) -> UserError:
    machine: Machine = "request"
    what = state.aid
    reason = state.end_note
    if subject is not None:
        number = getattr(subject, "mission", None)
        machine = "mission" if number is not None else "offer"
        what = f"{machine.capitalize()} {number or getattr(subject, 'offer', '')} of {state.aid}"
        reason = subject.reason
    status = _status(state, subject)
    able = legal_next(machine, status)
    why = f" ({reason})" if reason else ""
    return UserError(
        f"{what} is {status.replace('_', ' ')}{why}: nobody can {rule.does} now.",
        f"Possible now: {'; '.join(able)}." if able else "Nothing more can be done with it.",
        field="status",
    )
