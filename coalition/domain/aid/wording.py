"""The words by which others are asked for help: what is needed, why, by when. Plain text.

The content of a notice; the gate decides to whom it goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.incident.checks import shortened
from coalition.domain.money import shown
from coalition.domain.services import SERVICES

if TYPE_CHECKING:
    from coalition.domain.aid.state import Aid, Offer
    from coalition.domain.aid.values import Need

PARAGRAPH = 400
"""Letters of each reason in the notice; the whole stands on the board."""

ASK = (
    "Can you help? Offer what you have: capability, size, start, days, cost. "
    "“No capacity” is a good answer, and stays between you and us."
)
SIGN = (
    "Do you sign these terms? Answer accept, by signed mail or a signed webhook, and name the "
    "delegate who signs. Any change is another hash, and is sent again."
)
MODES = {"remote": "remote", "on_site": "on site", "hybrid": "remote or on site"}


def request_text(state: Aid, requester: str) -> str:
    """The text of the notice; `requester` is the member's name."""
    situation = state.situation
    needs = "\n".join(f"{item}. {need_text(need)}" for item, need in enumerate(state.needs, 1))
    reasons = {
        "Impact": situation.impact,
        "Spillover": situation.spillover,
        "Planned use": situation.planned_use,
        "Estimated need": situation.estimated_need,
        "Done so far": situation.mitigation,
        "Asked elsewhere": "; ".join(
            f"{one.body} ({one.status}): {one.what}" for one in situation.other_support
        ),
    }
    said = "\n".join(f"{name}: {_in_short(text)}" for name, text in reasons.items() if text.strip())
    return (
        f"{requester} asks for help ({state.aid}), needed by {state.needed_by:%d %b %Y %H:%M} UTC."
        f"\n{needs}\n{said}"
    )


def need_text(need: Need) -> str:
    """`Mitigation and recovery: 40 for 5 days, remote`."""
    extra = [
        need.kind or "",
        MODES[need.mode] if need.mode else "",
        f"type {need.type_at_most} or better" if need.type_at_most else "",
        f"speaks {' or '.join(need.languages)}" if need.languages else "",
        f"cleared for {need.clearance}" if need.clearance else "",
        _in_short(need.about),
    ]
    days = "1 day" if need.days == 1 else f"{need.days} days"
    head = f"{SERVICES[need.service].title}: {need.quantity} for {days}"
    return ", ".join([head, *filter(None, extra)])


def _in_short(text: str) -> str:
    return shortened(" ".join(text.split()), PARAGRAPH) if text.strip() else ""


def terms_text(state: Aid, offer: Offer) -> str:
    """What is to be signed: the help, the terms, and their one hash."""
    agreement = state.agreement(offer)
    supply, terms = agreement.supply, agreement.terms
    said = {
        "Legal basis": terms.legal_basis,
        "Liability": terms.liability,
        "Confidentiality": terms.confidentiality,
        "Command": terms.command,
        "Operational control": terms.operational_control,
        "Who pays": terms.cost_bearer,
        "Cost cap": "" if terms.cost_cap is None else shown(terms.cost_cap, state.currency),
        "Holds for": "" if terms.duration_days is None else f"{terms.duration_days} days",
        "Estimate": "" if supply.cost is None else shown(supply.cost, state.currency),
        "Conditions": supply.conditions,
    }
    lines = "\n".join(f"{name}: {text}" for name, text in said.items() if text)
    return (
        f"Terms of offer {offer.offer} in {state.aid}: {supply.size} of {supply.capability} from "
        f"{supply.starts:%d %b %Y %H:%M} UTC for {supply.days} days, {MODES[supply.mode]}.\n"
        f"{lines}\nSHA-256 of all of it: {agreement.terms_hash}"
    )
