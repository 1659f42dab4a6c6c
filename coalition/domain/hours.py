"""When a member that is not there day and night is at work, and what a deadline is then.

A CERT that answers around the clock has no `hours` in the file. For the others a deadline counts
their working time only, except from S3 on: then it runs at once and ends at the duty phone, which
is answered at any hour.
"""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, WithJsonSchema

if TYPE_CHECKING:
    from coalition.domain.members import Member

DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SHAPE: Final = re.compile(r"([A-Z][a-z]{2})(?:-([A-Z][a-z]{2}))? (\d\d:\d\d)-(\d\d:\d\d)")
_REMEDY: Final = "write days and times of the member's own zone, such as Mon-Fri 08:00-17:00"
AT_ONCE: Final = ("S3", "S4")
"""Severities that wait for nobody's morning."""

LONGEST: Final = 400
"""Days to look ahead. The longest wait is 30 days, of at least one working hour a day or week."""


class Hours(NamedTuple):
    """Working days (0: Monday) and the times of day from and to, local."""

    days: frozenset[int]
    opens: time
    closes: time


@lru_cache(maxsize=64)
def parse_hours(text: str) -> Hours:
    """What `Mon-Fri 08:00-17:00` says.

    Raises:
        ValueError: anything else; with what to write.
    """
    shape = _SHAPE.fullmatch(text)
    try:
        parts = shape.groups() if shape else ("", "", "", "")
        first, last = (DAYS.index(day) for day in (parts[0], parts[1] or parts[0]))
        opens, closes = (time.fromisoformat(clock) for clock in parts[2:])
    except ValueError:
        raise ValueError(f"{text[:40]!r} does not fit; {_REMEDY}") from None
    if opens >= closes:
        raise ValueError("closes before it opens; a shift over midnight is written as no hours")
    span = range(first, last + 1 if last >= first else last + 1 + len(DAYS))
    return Hours(frozenset(day % len(DAYS) for day in span), opens, closes)


def _checked(text: str) -> str:
    parse_hours(text)
    return text


WorkingHours = Annotated[
    str,
    AfterValidator(_checked),
    WithJsonSchema({"type": "string", "pattern": f"^{_SHAPE.pattern}$", "description": _REMEDY}),
]


def deadline(member: Member, severity: str, at: datetime, within: timedelta) -> datetime:
    """By when a member must have come back: `within` from `at`, of working time if it has hours."""
    if member.hours is None or severity in AT_ONCE:
        return at + within
    return _worked_off(parse_hours(member.hours), ZoneInfo(member.timezone), at, within)


def _worked_off(hours: Hours, zone: ZoneInfo, at: datetime, left: timedelta) -> datetime:
    today = at.astimezone(zone).date()
    for ahead in range(LONGEST):
        day = today + timedelta(days=ahead)
        if day.weekday() not in hours.days:
            continue
        opens, closes = (
            datetime.combine(day, one, zone).astimezone(at.tzinfo)
            for one in (hours.opens, hours.closes)
        )
        begins = max(opens, at)
        if begins + left <= closes:
            return begins + left
        left -= max(closes - begins, timedelta(0))
    return at + timedelta(days=LONGEST)
