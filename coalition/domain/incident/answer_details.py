"""What an answer may say besides its word: names, lengths and numbers, checked once for all ways.

A partner's system, mail client or browser sends these as plain texts. They are kept as texts, so
that nothing is guessed; whoever works with one (the aid request, the board) reads it there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from coalition.domain.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coalition.domain.incident.words import Answer

OFFER: Final = (
    "capability", "service", "size", "mode", "starts", "days", "cost", "currency", "note",
)  # fmt: skip
"""Of an offer: what, how many people or units, when from, for how long, at what price."""

AFFECTED: Final = ("count", "services")
"""Of being affected: how many systems (0: checked, none), and which services."""

NAMES: Final[dict[Answer, tuple[str, ...]]] = {
    "acknowledge": (),
    "accept": OFFER,
    "decline": (),
    "need_info": ("question",),
    "offer": OFFER,
    "affected": AFFECTED,
}
"""Answer -> the details that it may carry."""

NUMBERS: Final = {"size": (1, 100_000), "days": (1, 3_650), "count": (0, 100_000_000)}
LONGEST: Final = 500
AMOUNT: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")


def checked(answer: Answer, details: Mapping[str, str]) -> dict[str, str]:
    """The details that say something, stripped.

    Raises:
        UserError: one that this answer does not have, that is too long, or no number where one
            is needed; `field` names it.
    """
    kept: dict[str, str] = {}
    for name, text in details.items():
        if name not in NAMES[answer]:
            known = ", ".join(NAMES[answer]) or "none"
            message = f"The answer {answer} has no detail {name[:40]!r}."
            raise UserError(message, f"Known: {known}.", field=name[:40])
        said = text.strip()
        if len(said) > LONGEST:
            hint = f"Write at most {LONGEST} letters."
            raise UserError(f"{name.capitalize()} is too long.", hint, field=name)
        if said:
            kept[name] = _number(name, said) if name in NUMBERS else said
    if "cost" in kept:
        kept["cost"] = _money(kept["cost"])
    return kept


def affected(details: Mapping[str, str]) -> bool:
    """Whether the details of an `affected` answer say that anything is: a count of 0 says no."""
    return details.get("count") != "0"


def _number(name: str, said: str) -> str:
    low, high = NUMBERS[name]
    if said.isascii() and said.isdigit() and low <= int(said[:12]) <= high:
        return str(int(said))
    hint = f"Write a whole number from {low} to {high}."
    raise UserError(f"{name.capitalize()} is not a number that fits.", hint, field=name)


def _money(said: str) -> str:
    if AMOUNT.fullmatch(said):
        return said
    raise UserError("The cost is not an amount.", "Write it like 1200 or 950.50.", field="cost")
