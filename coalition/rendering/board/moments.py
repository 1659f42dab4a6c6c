"""Times as people read them: UTC first, the viewer's own zone beside it, and how far away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))


class Moment(NamedTuple):
    """One time. `iso` is for machines (`<time datetime>`), the rest for people."""

    iso: str
    utc: str  # 14:02:31 UTC; with the day when it is not today
    local: str  # 16:02, in the viewer's zone; empty where that is UTC
    away: str  # in 4 min · 3 min ago
    past: bool


class Present:
    """The moment a page is drawn for, and the zone of whoever looks at it."""

    def __init__(self, now: datetime, zone: str) -> None:
        self.now = now.astimezone(UTC)
        self.zone = zone
        self._zone = ZoneInfo(zone)

    def moment(self, at: datetime) -> Moment:
        """Return `at` as it is shown."""
        at = at.astimezone(UTC)
        here = at.astimezone(self._zone)
        utc = f"{at:%H:%M:%S} UTC" if at.date() == self.now.date() else f"{_day(at)} {at:%H:%M} UTC"
        local = f"{here:%H:%M}" if here.date() == at.date() else f"{_day(here)} {here:%H:%M}"
        same = here.utcoffset() == timedelta(0)
        away, past = self._away(at)
        iso = at.isoformat(timespec="seconds").replace("+00:00", "Z")
        return Moment(iso, utc, "" if same else local, away, past)

    def maybe(self, at: datetime | None) -> Moment | None:
        """Return `at` as it is shown, or None."""
        return None if at is None else self.moment(at)

    def _away(self, at: datetime) -> tuple[str, bool]:
        seconds = (at - self.now).total_seconds()
        past = seconds <= 0
        length = span(abs(seconds))
        return (f"{length} ago" if past else f"in {length}"), past


def span(seconds: float) -> str:
    """`45 s`, `4 min`, `2 h 05 min`, `3 d 4 h`: the two largest units."""
    left = int(seconds)
    if left < 60:  # noqa: PLR2004
        return f"{left} s"
    parts: list[str] = []
    for size, unit in _UNITS:
        number, left = divmod(left, size)
        if number or parts:
            parts.append(f"{number} {unit}")
    return " ".join(part for part in parts[:2] if not part.startswith("0 "))


def _day(at: datetime) -> str:
    return f"{at.day} {at:%b}"
