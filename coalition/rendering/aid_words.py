"""Mutual aid in words: statuses, needs, supplies, terms and money, for every surface alike.

Plain text. Each surface escapes what it shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.aid.words import MissionStatus, OfferStatus, RequestStatus
from coalition.domain.money import digits_of
from coalition.domain.services import SERVICES

if TYPE_CHECKING:
    from collections.abc import Callable

    from coalition.domain.aid.state import Aid
    from coalition.domain.aid.values import Agreement, Need, OtherSupport, Supply, Terms

REQUESTS: dict[RequestStatus, str] = {
    "draft": "Draft",
    "submitted": "Waits for approval",
    "open": "Open",
    "part_filled": "Part-filled",
    "filled": "Filled",
    "closed": "Closed",
    "withdrawn": "Withdrawn",
    "expired": "Expired",
}
OFFERS: dict[OfferStatus, str] = {
    "unconfirmed": "By a link, to be confirmed",
    "draft": "Draft",
    "submitted": "Offered",
    "countered": "Counter-proposal made",
    "accepted": "Accepted",
    "declined": "Declined",
    "withdrawn": "Withdrawn",
    "expired": "Expired",
}
MISSIONS: dict[MissionStatus, str] = {
    "tasked": "Tasked",
    "mobilising": "Mobilising",
    "deployed": "Deployed",
    "recalled": "Recalled",
    "demobilising": "Stood down, on the way home",
    "demobilised": "Home",
    "reported": "Reported",
    "costs_submitted": "Costs submitted",
    "queried": "Costs queried",
    "settled": "Settled",
    "waived": "Costs waived",
}
MODES = {"remote": "remote", "on_site": "on site", "hybrid": "remote and on site"}
TERMS = {
    "legal_basis": "Legal basis",
    "liability": "Liability",
    "confidentiality": "Confidentiality",
    "command": "Command",
    "operational_control": "Operational control",
    "cost_bearer": "Who pays",
    "cost_cap": "Cost cap",
    "duration_days": "Terms hold",
}
"""The terms in the order in which they are read; a blank one is never signed."""

BLANK = "blank"
HASH_SHOWN = 12
"""Hex digits of a hash that people compare; the whole is what is signed."""


def money(amount: int | None, currency: str) -> str:
    """`EUR 1,200.50` from minor units; `not stated` for None."""
    if amount is None:
        return "not stated"
    places = digits_of(currency)
    whole, part = divmod(amount, 10**places)
    said = f"{whole:,}.{part:0{places}d}" if part else f"{whole:,}"
    return f"{currency} {said}".strip()


def service_title(service: str) -> str:
    """`Mitigation and recovery`; the word itself where the framework has none."""
    for known, described in SERVICES.items():
        if known == service:
            return described.title
    return service


def days(number: int) -> str:
    """`1 day`, `5 days`."""
    return f"{number} {'day' if number == 1 else 'days'}"


def need_text(need: Need) -> str:
    """`40 × infrastructure, Mitigation and recovery, 5 days, remote (scrubbing)`."""
    head = f"{need.quantity} × {need.kind}" if need.kind else f"{need.quantity} ×"
    parts = [f"{head}{', ' if need.kind else ' '}{service_title(need.service)}", days(need.days)]
    if need.mode:
        parts.append(MODES[need.mode])
    if need.type_at_most:
        parts.append(f"type {need.type_at_most} or better")
    if need.languages:
        parts.append(f"speaking {' or '.join(need.languages)}")
    if need.clearance:
        parts.append(f"cleared {need.clearance}")
    about = f" ({need.about})" if need.about else ""
    return f"{', '.join(parts)}{about}"


def needs_text(aid: Aid) -> str:
    """All items of a request in one sentence, as a notice and a report say it."""
    return "; ".join(
        f"item {number}: {need_text(need)}" for number, need in enumerate(aid.needs, start=1)
    )


def supply_text(supply: Supply) -> str:
    """`4 of ee-ir-team for 5 days, remote, EUR 1,200`; without the time it starts."""
    parts = [f"{supply.size} of {supply.capability} for {days(supply.days)}", MODES[supply.mode]]
    if supply.cost is not None:
        parts.append(f"about {money(supply.cost, supply.currency)}" if supply.cost else "free")
    if supply.recall_notice_hours:
        parts.append(f"recalled only {supply.recall_notice_hours} h after saying so")
    conditions = f" ({supply.conditions})" if supply.conditions else ""
    return f"{', '.join(parts)}{conditions}"


def support_text(support: OtherSupport) -> str:
    """`EU Cybersecurity Reserve: 20 analysts (asked)`."""
    return f"{support.body}: {support.what} ({support.status})"


def blank_terms(terms: Terms | None) -> tuple[str, ...]:
    """The labels of the terms that nobody has written yet."""
    if terms is None:
        return tuple(TERMS.values())
    return tuple(label for name, label in TERMS.items() if getattr(terms, name) in ("", None))


def terms_lines(
    terms: Terms | None, currency: str, name: Callable[[str], str]
) -> list[tuple[str, str]]:
    """(label, what was agreed) of every term; `name` says who a member is."""
    found: list[tuple[str, str]] = []
    for field, label in TERMS.items():
        value = getattr(terms, field) if terms else None
        if value in ("", None):
            found.append((label, BLANK))
        elif field == "cost_bearer":
            found.append((label, name(str(value))))
        elif field == "cost_cap":
            found.append((label, money(value, (terms and terms.currency) or currency)))
        elif field == "duration_days":
            found.append((label, f"{days(int(value))} from the start"))
        else:
            found.append((label, str(value)))
    return found


def hash_shown(agreement: Agreement) -> str:
    """The beginning of the hash that is signed."""
    return agreement.terms_hash[:HASH_SHOWN]
