"""A legal clock, as written in coalition/data/clocks: start, offset and name of each report."""

from __future__ import annotations

import calendar
import re
from datetime import datetime
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from coalition.domain.durations import parse_duration
from coalition.domain.errors import NotFound
from coalition.domain.fields import Name

AWARE = "aware"
"""The start of the clock: somebody has become aware of the incident."""

_MONTHS = re.compile(r"([1-9][0-9]?) months?")


def _offset(text: str) -> str:
    if not _MONTHS.fullmatch(text) and not parse_duration(text):
        raise ValueError("is no time at all; write it like 24h, 30d or 1 month")
    return text


Offset = Annotated[
    str,
    AfterValidator(_offset),
    WithJsonSchema({"type": "string", "examples": ["24h", "1 month"]}),
]
"""`24h`, or `1 month` of the calendar."""

Country = Annotated[str, AfterValidator(str.upper), WithJsonSchema({"pattern": "^[A-Z]{2}$"})]


def _as_text(raw: object) -> object:
    return raw.isoformat() if hasattr(raw, "isoformat") else raw


Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Stage(_Part):
    """One report: due `within` after `after` (`aware`, or the filing of an earlier stage)."""

    id: Id
    name: Name
    within: Offset
    after: Id = AWARE
    article: Name | None = None  # of the clock's `source`, where it stands
    says: tuple[Name, ...] = ()  # what it must contain


class Clock(_Part):
    """One regime in some countries. `version` changes with every edit, and runs keep it."""

    clock: Id
    version: Annotated[str, BeforeValidator(_as_text)]
    name: Name
    source: Name
    starts: Name
    to: Name  # whom the reports go to
    countries: tuple[Country, ...]
    stages: tuple[Stage, ...]

    @model_validator(mode="after")
    def _runs(self) -> Clock:
        known = [AWARE]
        for stage in self.stages:
            if stage.after not in known:
                raise ValueError(f"stage {stage.id} comes after {stage.after!r}, which is not "
                                 f"before it; choose one of {', '.join(known)}")  # fmt: skip
            known.append(stage.id)
        if len(known) != len(set(known)) or not self.stages:
            raise ValueError("has no stages, or two of one id; give each its own")
        return self

    def chosen(self, ids: tuple[str, ...]) -> tuple[Stage, ...]:
        """The stages of these ids, all where none is named.

        Raises:
            NotFound: naming the stages there are.
        """
        known = {stage.id: stage for stage in self.stages}
        for id in ids:
            if id not in known:
                hint = f"There are: {', '.join(known)}."
                raise NotFound(f"The clock {self.clock} has no stage {id[:40]!r}.", hint)
        return tuple(stage for stage in self.stages if not ids or stage.id in ids)


def after(start: datetime, offset: str) -> datetime:
    """The time `offset` after `start`.

    A month ends on the day of the same number, or on the last day where the month has no such day.
    """
    months = _MONTHS.fullmatch(offset)
    if months is None:
        return start + parse_duration(offset)
    whole = start.month - 1 + int(months.group(1))
    year, month = start.year + whole // 12, whole % 12 + 1
    day = min(start.day, calendar.monthrange(year, month)[1])
    return start.replace(year=year, month=month, day=day)


def clock_for(clocks: tuple[Clock, ...], name: str, country: str) -> Clock:
    """The clock of that name that runs in a country.

    Raises:
        NotFound: naming the clocks that run there.
    """
    there = {one.clock: one for one in clocks if country in one.countries}
    if name in there:
        return there[name]
    known = ", ".join(there) or "none"
    hint = f"Clocks of {country}: {known}. New ones are written in coalition/data/clocks."
    raise NotFound(f"No legal clock {name[:40]!r} runs in {country}.", hint)
