"""Terms as they are written: what may stand in them, and what is still blank."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.aid.capacity import same_currency
from coalition.domain.aid.needs import LONGEST_DAYS
from coalition.domain.errors import UserError
from coalition.domain.incident.checks import text_of

if TYPE_CHECKING:
    from coalition.domain.aid.state import Aid
    from coalition.domain.aid.values import Agreement, Terms
    from coalition.domain.aid_rules import LegalBasis
    from coalition.domain.members import Coalition

TEXTS = (
    "legal_basis",
    "liability",
    "confidentiality",
    "command",
    "operational_control",
)


def checked_terms(state: Aid, provider: str, terms: Terms) -> Terms:
    """The terms with spaces and currency put right; blanks are left blank.

    Raises:
        UserError: a text is too long, a third party bears the cost, another currency; `field`.
    """
    update: dict[str, object] = {
        name: getattr(terms, name).strip() and text_of(getattr(terms, name), _said(name))
        for name in TEXTS
    }
    update["currency"] = same_currency(state, terms.currency)
    if terms.cost_bearer and terms.cost_bearer not in (state.member, provider):
        raise UserError(
            f"{terms.cost_bearer} has no part in this help.",
            f"The cost is borne by {state.member} or by {provider}.",
            field="cost_bearer",
        )
    if terms.duration_days is not None and not 1 <= terms.duration_days <= LONGEST_DAYS:
        hint = f"Write days from 1 to {LONGEST_DAYS}."
        raise UserError("The duration does not fit.", hint, field="duration_days")
    return terms.model_copy(update=update)


def blanks(terms: Terms) -> tuple[str, ...]:
    """What is not filled in, in words; nothing is signed while there is any."""
    return tuple(
        _said(name) for name, value in terms.model_dump().items() if value is None or value == ""
    )


def complete(agreement: Agreement, coalition: Coalition) -> None:
    """Nothing, if both could sign this.

    Raises:
        UserError: a term is blank, the cost estimate is above the cap, the terms end before the
            help does, or no legal basis of that name covers both members.
    """
    terms, supply = agreement.terms, agreement.supply
    missing = blanks(terms)
    if missing:
        raise UserError(
            f"These terms are blank: {', '.join(missing)}.",
            "Fill them in and propose the terms again; nothing is accepted with a blank.",
            field=missing[0].replace(" ", "_"),
        )
    if supply.cost is not None and supply.cost > (terms.cost_cap or 0) and _others_pay(agreement):
        raise UserError(
            "The estimated cost of the offer is above the cost cap.",
            "Raise the cap, or have the offer revised or countered.",
            field="cost_cap",
        )
    if supply.days > (terms.duration_days or 0):
        raise UserError(
            f"The terms hold for {terms.duration_days} days, the help lasts {supply.days}.",
            "Let the terms hold at least as long.",
            field="duration_days",
        )
    _legal_basis(agreement, coalition)


def legal_bases(agreement: Agreement, coalition: Coalition) -> tuple[LegalBasis, ...]:
    """Those of the charter that cover both members and this way of working."""
    both = {agreement.requester, agreement.provider}
    return tuple(
        basis
        for basis in coalition.charter.aid.legal_bases
        if (not basis.members or both <= set(basis.members))
        and agreement.supply.mode in basis.modes
    )


def _legal_basis(agreement: Agreement, coalition: Coalition) -> None:
    usable = {one.id: one.name for one in legal_bases(agreement, coalition)}
    if agreement.terms.legal_basis in usable:
        return
    listed = "; ".join(f"{id} ({name})" for id, name in usable.items())
    raise UserError(
        f"{agreement.terms.legal_basis[:60]!r} is no legal basis between {agreement.requester} and "
        f"{agreement.provider} for {agreement.supply.mode} help.",
        f"Name one of: {listed}."
        if listed
        else "There is none: the charter must name one (charter.aid.legal_bases).",
        field="legal_basis",
    )


def _others_pay(agreement: Agreement) -> bool:
    return agreement.terms.cost_bearer != agreement.provider


def _said(name: str) -> str:
    return name.replace("_", " ")
