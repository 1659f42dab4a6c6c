"""/aid cost: submit, query, settle or waive the costs of a mission."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.slack.verbs import aid_values as read
from bot.slack.verbs.aid_finding import (
    AID,
    OFFER,
    aid_here,
    answer,
    done,
    incident_of,
    mission_here,
    typed,
    which,
)
from bot.slack.verbs.base import Call, Verb
from coalition.domain.aid import mission_commands as c
from coalition.domain.errors import UserError
from coalition.rendering.aid_moves import payer
from coalition.rendering.aid_words import money
from coalition.rendering.slack.fields import Field
from coalition.rendering.slack.names import member_name
from coalition.rendering.slack.text import escape

if TYPE_CHECKING:
    from bot.slack.desk import Reply
    from coalition.domain.aid.state import Aid, Mission

ACTS = ("lines", "query", "settle", "waive")


def cost(call: Call) -> Reply:
    """One of: lines of a bill, a question about it, a settlement, a waiver."""
    aid = aid_here(call)
    mission = mission_here(call, aid)
    named = [name for name in ACTS if call.given.has(name)]
    if len(named) != 1:
        message = "Say one thing about the costs." if named else "What about the costs?"
        hint = f"Write lines ({read.COST_EXAMPLE}), or --query, --settle or --waive."
        raise UserError(message, hint, field=named[1] if named else "lines")
    return _ACTS[named[0]](call, aid, mission)


def _submit(call: Call, aid: Aid, mission: Mission) -> Reply:
    lines = read.cost_lines(call, mission.agreement.terms.currency or aid.currency)
    note = call.given.text("note")
    command = c.SubmitCosts(
        **call.base, aid=aid.aid, mission=mission.mission, lines=lines, note=note
    )
    after = done(call, command)
    now = after.missions[str(mission.mission)]
    name = member_name(call.desk.coalition, payer(after, now))
    said = f"{len(now.costs)} lines are submitted for mission {now.mission}: {_total(after, now)}."
    return answer(call, after, said, f"{name} settles or queries them.")


def _query(call: Call, aid: Aid, mission: Mission) -> Reply:
    lines = tuple(int(number) for number in re.findall(r"\d+", call.given.text("about")))
    question = call.given.text("query")
    command = c.QueryCosts(
        **call.base, aid=aid.aid, mission=mission.mission, question=question, lines=lines
    )
    after = done(call, command)
    said = f"You have asked about the costs of mission {mission.mission}: {escape(question, 800)}"
    name = member_name(call.desk.coalition, mission.member)
    return answer(call, after, said, f"{name} answers by submitting the lines again, with --note.")


def _settle(call: Call, aid: Aid, mission: Mission) -> Reply:
    about = {"aid": aid.aid, "mission": mission.mission}
    command = c.SettleCosts(**call.base, **about, reference=call.given.text("settle"))
    after = done(call, command)
    now = after.missions[str(mission.mission)]
    amount = money(now.settled_amount, _currency(after, now))
    said = f"The costs of mission {now.mission} are settled: {amount}."
    close = typed(call, f"aid complete {aid.aid} --close")
    return answer(call, after, said, f"When nothing is open any more: {close}.")


def _waive(call: Call, aid: Aid, mission: Mission) -> Reply:
    about = {"aid": aid.aid, "mission": mission.mission}
    command = c.WaiveCosts(**call.base, **about, reason=call.given.text("waive"))
    after = done(call, command)
    name = member_name(call.desk.coalition, aid.member)
    said = f"Your member wants no money for mission {mission.mission}. {name} is told, with thanks."
    return answer(call, after, said, "The work counts in the ledger all the same.")


def _total(aid: Aid, mission: Mission) -> str:
    return money(mission.total, _currency(aid, mission))


def _currency(aid: Aid, mission: Mission) -> str:
    return mission.agreement.terms.currency or aid.currency


_ACTS = {"lines": _submit, "query": _query, "settle": _settle, "waive": _waive}

COSTING = Verb(
    "aid",
    "cost",
    "Submit or settle costs",
    "/aid cost [AID-…] [--offer 2] [lines] [--note text] [--query question] [--about 1,2] "
    "[--settle reference] [--waive reason]",
    "/aid cost AID-2026-0003 --offer 2 personnel 4800 Four people; travel 350.50 Flights",
    cost,
    (
        AID,
        OFFER,
        Field(
            "lines",
            "What did it cost?",
            "text",
            place="rest",
            longest=3000,
            hint="A line each: kind, amount, what for. The payer leaves it empty",
        ),
        Field("note", "Anything to add?", "text", longest=1000, hint="Answers a question too"),
        Field("query", "A question about them?", "text", longest=1000),
        Field("about", "About which lines?", hint="Such as 1,3. Empty: about all"),
        Field("settle", "Settle: the reference", hint="Of the payment; an approver of who pays"),
        Field("waive", "Waive: why?", hint="An approver of the member that is owed the money"),
    ),
    "Send",
    about_incident=False,
    about=incident_of,
    complete=which,
    when="always",
)
