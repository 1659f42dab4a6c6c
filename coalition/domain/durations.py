"""Durations and fractions as people write them: `15m`, `4h`, `30d`, `1h30m`; `2/3`."""

from __future__ import annotations

import re
from datetime import timedelta
from fractions import Fraction
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, WithJsonSchema

_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_PATTERN = r"^(?=[0-9])(?:[0-9]{1,5}d)?(?:[0-9]{1,5}h)?(?:[0-9]{1,6}m)?(?:[0-9]{1,8}s)?$"
_FRACTION = r"^[0-9]{1,3}/[0-9]{1,3}$"


def parse_duration(text: str) -> timedelta:
    """`90s`, `15m`, `4h`, `30d` or a descending mixture such as `1h30m`.

    Raises:
        ValueError: with the sentence for the person who wrote it.
    """
    word = text.strip()
    if not re.fullmatch(_PATTERN, word):
        msg = f"{word[:40]!r} is not a duration; write it like 90s, 15m, 4h, 30d or 1h30m"
        raise ValueError(msg)
    seconds = sum(int(number) * _UNITS[unit] for number, unit in re.findall(r"(\d+)([dhms])", word))
    return timedelta(seconds=seconds)


def format_duration(duration: timedelta) -> str:
    """The shortest spelling that `parse_duration` reads back; whole seconds."""
    rest = int(duration.total_seconds())
    parts = []
    for unit, seconds in _UNITS.items():
        number, rest = divmod(rest, seconds)
        if number:
            parts.append(f"{number}{unit}")
    return "".join(parts) or "0s"


def parse_fraction(text: str) -> Fraction:
    """`2/3`: more than nothing, at most the whole.

    Raises:
        ValueError: with the sentence for the person who wrote it.
    """
    word = text.strip().replace(" ", "")
    if re.fullmatch(_FRACTION, word):
        top, bottom = (int(part) for part in word.split("/"))
        if 0 < top <= bottom:
            return Fraction(top, bottom)
    msg = f"{word[:40]!r} is not a part of a whole; write it like 1/2 or 2/3"
    raise ValueError(msg)


def _duration(value: Any) -> Any:
    if isinstance(value, str):
        return parse_duration(value)
    if isinstance(value, timedelta):
        return value
    msg = f"{value!r} has no unit; write it like 15m, 4h or 30d"
    raise ValueError(msg)


def _fraction(value: Any) -> Any:
    if isinstance(value, str):
        return parse_fraction(value)
    if isinstance(value, Fraction):
        return value
    msg = "is not a part of a whole; write it like 1/2 or 2/3"
    raise ValueError(msg)


def _more_than_nothing(value: timedelta) -> timedelta:
    if value <= timedelta(0):
        msg = "is no time at all; write something longer, such as 15m"
        raise ValueError(msg)
    return value


_DURATION_SCHEMA = WithJsonSchema({"type": "string", "pattern": _PATTERN, "examples": ["4h"]})

Duration = Annotated[
    timedelta,
    BeforeValidator(_duration),
    PlainSerializer(format_duration, return_type=str),
    _DURATION_SCHEMA,
]
"""A timedelta written `4h`; may be nothing at all (`0h`)."""

PositiveDuration = Annotated[Duration, AfterValidator(_more_than_nothing)]
"""A Duration that lasts."""

Share = Annotated[
    Fraction,
    BeforeValidator(_fraction),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": _FRACTION, "examples": ["2/3"]}),
]
"""A part of a whole written `2/3`, kept exact so that a quorum has no rounding."""
