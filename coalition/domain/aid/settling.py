"""After the mission: the report, the costs, questions about them, and the end of it.

The member that bears the cost under the terms queries and settles; the member it is owed to may
waive it.
"""

# ruff: noqa: ARG001
# Every entry of a table has the same shape, whether it needs all of it or not.

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from coalition.domain.aid import mission_events as m
from coalition.domain.aid.state import CostRecord
from coalition.domain.errors import NotFound, UserError
from coalition.domain.incident.checks import LINE, reason_of, text_of
from coalition.domain.money import shown

if TYPE_CHECKING:
    from coalition.domain.aid import mission_commands as c
    from coalition.domain.aid.state import Aid, Mission
    from coalition.domain.aid.values import CostLine
    from coalition.domain.messages import Event
    from coalition.domain.world import World

MOST_LINES = 200
_SHA256 = re.compile(r"[0-9a-f]{64}")


def report_mission(state: Aid, command: c.ReportMission, world: World) -> list[Event]:
    """MissionReported: what was done, reached and learnt (CSA Art. 16(9))."""
    text = text_of(command.text, "report")
    lessons = command.lessons.strip() and text_of(command.lessons, "lessons")
    return [m.MissionReported(mission=command.mission, text=text, lessons=lessons)]


def submit_costs(state: Aid, command: c.SubmitCosts, world: World) -> list[Event]:
    """CostsSubmitted: all lines as they stand now. After a query, `note` or the lines answer it.

    Raises:
        UserError: no line, a line without evidence, another currency, or above the cap.
    """
    mission = state.missions[str(command.mission)]
    if not 1 <= len(command.lines) <= MOST_LINES:
        hint = "Without costs, waive them." if not command.lines else "Sum some of them up."
        raise UserError(f"There are {len(command.lines)} cost lines.", hint, field="lines")
    records: list[CostRecord] = []
    total = 0
    for number, line in enumerate(command.lines, start=1):
        _checked(mission, number, line)
        total += line.amount if line.eligible else 0
        records.append(
            CostRecord.model_validate(
                {
                    **line.model_dump(),
                    "evidence": line.evidence.strip().lower(),
                    "line": number,
                    "within_cap": total <= _cap(mission),
                }
            )
        )
    _below_the_cap(mission, records, total)
    return [
        m.CostsSubmitted(
            mission=mission.mission,
            submission=mission.submission + 1,
            lines=tuple(records),
            total=total,
            currency=mission.agreement.terms.currency,
            note=command.note.strip() and text_of(command.note, "note"),
        )
    ]


def query_costs(state: Aid, command: c.QueryCosts, world: World) -> list[Event]:
    """CostsQueried.

    Raises:
        NotFound: a line that was not submitted.
        UserError: no question.
    """
    mission = state.missions[str(command.mission)]
    for line in command.lines:
        if not 1 <= line <= len(mission.costs):
            hint = f"Lines go from 1 to {len(mission.costs)}."
            raise NotFound(f"There is no cost line {line}.", hint, field="lines")
    question = text_of(command.question, "question")
    return [m.CostsQueried(mission=mission.mission, question=question, lines=command.lines)]


def settle_costs(state: Aid, command: c.SettleCosts, world: World) -> list[Event]:
    """CostsSettled, with the total of the eligible lines.

    Raises:
        UserError: a signature under the terms is still missing.
    """
    mission = state.missions[str(command.mission)]
    signed = {one.member for one in mission.signatures}
    missing = [one for one in (state.member, mission.member) if one not in signed]
    if missing:
        raise UserError(
            f"{', '.join(missing)} has not signed the terms that this is settled under.",
            f"It signs {mission.agreement.terms_hash[:12]} first: /aid accept.",
        )
    reference = command.reference.strip() and text_of(command.reference, "reference", LINE)
    return [
        m.CostsSettled(
            mission=mission.mission,
            amount=mission.total,
            currency=mission.agreement.terms.currency,
            reference=reference,
        )
    ]


def waive_costs(state: Aid, command: c.WaiveCosts, world: World) -> list[Event]:
    """CostsWaived, with what it would have been and a reason."""
    mission = state.missions[str(command.mission)]
    return [
        m.CostsWaived(
            mission=mission.mission,
            amount=mission.total,
            currency=mission.agreement.terms.currency,
            reason=reason_of(command.reason, "Waiving costs"),
        )
    ]


def _checked(mission: Mission, number: int, line: CostLine) -> None:
    currency = mission.agreement.terms.currency
    text_of(line.text, f"text of cost line {number}", LINE)
    if line.currency != currency:
        raise UserError(
            f"Cost line {number} is in {line.currency[:10] or 'no currency'}; the terms are in "
            f"{currency}.",
            f"Convert it to {currency}, with the rate in its text.",
            field="currency",
        )
    if not _SHA256.fullmatch(line.evidence.strip().lower()):
        raise UserError(
            f"Cost line {number} names no evidence.",
            "Give the SHA-256 of the receipt (sha256sum receipt.pdf): 64 hex digits.",
            field="evidence",
        )


def _cap(mission: Mission) -> int:
    return mission.agreement.terms.cost_cap or 0


def _below_the_cap(mission: Mission, records: list[CostRecord], total: int) -> None:
    over = [str(one.line) for one in records if one.eligible and not one.within_cap]
    if not over:
        return
    currency = mission.agreement.terms.currency
    raise UserError(
        f"The eligible costs are {shown(total, currency)}; the cap that both signed is "
        f"{shown(_cap(mission), currency)}. Above it: line {', '.join(over)}.",
        f"Mark what is above as not eligible: {mission.member} then bears it.",
        field="lines",
    )
