"""What every decision checks of a request: its items, its reasons, its times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.errors import UserError
from coalition.domain.incident.checks import text_of

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from coalition.domain.aid.values import Need, Situation

MOST_ITEMS = 10
LARGEST = 100_000
LONGEST_DAYS = 365
TYPES = range(1, 5)
TEXTS = ("impact", "spillover", "planned_use", "estimated_need", "mitigation")
"""CSA Art. 15(5) asks for all of them; “unknown so far” is an answer, a blank is none."""


def checked_needs(needs: tuple[Need, ...]) -> tuple[Need, ...]:
    """The items, if each can be meant.

    Raises:
        UserError: none, too many, or a number that makes no sense; with the item.
    """
    if not 1 <= len(needs) <= MOST_ITEMS:
        hint = f"Name 1 to {MOST_ITEMS} items; ask again for more."
        raise UserError(f"The request has {len(needs)} items.", hint, field="needs")
    for item, need in enumerate(needs, start=1):
        _within(need.quantity, LARGEST, f"Item {item} asks for", "quantity")
        _within(need.days, LONGEST_DAYS, f"Item {item} is for a number of days,", "days")
        if need.type_at_most is not None and need.type_at_most not in TYPES:
            raise UserError(
                f"Item {item} asks for type {need.type_at_most}.",
                "Types go from 1 (can do most) to 4.",
                field="type_at_most",
            )
    return needs


def checked_situation(situation: Situation) -> Situation:
    """The reasons, if none is blank.

    Raises:
        UserError: one is blank or too long; `field` names it.
    """
    texts = {name: text_of(getattr(situation, name), name.replace("_", " ")) for name in TEXTS}
    return situation.model_copy(update=texts)


def checked_times(
    at: datetime, needed_by: datetime, expires_at: datetime | None, after: timedelta | None
) -> tuple[datetime, datetime]:
    """(needed by, expires at); without `expires_at`, `after` the time it is needed by.

    Raises:
        UserError: one has passed, or it expires before it is needed.
    """
    expires = expires_at if expires_at is not None or after is None else needed_by + after
    if needed_by <= at and expires_at is None:
        raise UserError(
            f"The time help is needed by ({needed_by:%d %b %H:%M} UTC) has passed.",
            "Name a later one.",
            field="needed_by",
        )
    if expires is None or expires <= at or expires < needed_by:
        raise UserError(
            "The request would end before help is needed, or has ended already.",
            "Let it expire later than it is needed by.",
            field="expires_at",
        )
    return needed_by, expires


def _within(number: int, most: int, what: str, field: str) -> None:
    if not 1 <= number <= most:
        raise UserError(f"{what} {number}.", f"Write a number from 1 to {most}.", field=field)
