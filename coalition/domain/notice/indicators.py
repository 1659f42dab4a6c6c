"""Indicators of compromise: what to look for, in which role, seen when, and how sure we are."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, model_validator

from coalition.domain.messages import Message, Utc
from coalition.domain.notice.unknown import UNKNOWN, Confidence, Unknown

IndicatorType = Literal[
    "ipv4", "ipv6", "domain", "url", "email", "md5", "sha1", "sha256", "filename", "asn"
]
Role = Literal["source", "target", "c2", "delivery", "payload", "compromised", "benign", "unknown"]
"""What it does in the incident: it attacks (source), is attacked (target), commands (c2), brings
the attack in (delivery), is what is brought in (payload), was taken over (compromised), or only
looks bad (benign)."""

LONGEST_VALUE = 2000

_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_HOST = rf"(?:{_LABEL}\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]"


def _network(version: Literal[4, 6]) -> Callable[[str], bool]:
    parse = ipaddress.IPv4Network if version == 4 else ipaddress.IPv6Network  # noqa: PLR2004

    def fits(text: str) -> bool:
        try:
            parse(text)
        except ValueError:
            return False
        return True

    return fits


def _matches(pattern: str) -> Callable[[str], bool]:
    expression = re.compile(pattern)
    return lambda text: expression.fullmatch(text) is not None


_FITS: dict[IndicatorType, Callable[[str], bool]] = {
    "ipv4": _network(4),
    "ipv6": _network(6),
    "domain": _matches(_HOST),
    "url": _matches(r"[a-z][a-z0-9+.-]*://[^\s\"<>]+"),
    "email": _matches(rf"[^@\s\"<>]+@{_HOST}"),
    "md5": _matches("[0-9a-f]{32}"),
    "sha1": _matches("[0-9a-f]{40}"),
    "sha256": _matches("[0-9a-f]{64}"),
    "filename": lambda text: text.isprintable(),
    "asn": _matches("AS[0-9]{1,10}"),
}

_GUESSED: tuple[IndicatorType, ...] = (
    "ipv4", "ipv6", "asn", "md5", "sha1", "sha256", "url", "email", "domain",
)  # fmt: skip
_HASHES = ("md5", "sha1", "sha256")


class Indicator(Message):
    """One indicator. Its value stands as it is; defanging is the business of what shows it."""

    type: IndicatorType
    value: Annotated[str, Field(min_length=1, max_length=LONGEST_VALUE)]
    role: Role = UNKNOWN
    first_seen: Utc | Unknown = UNKNOWN
    last_seen: Utc | Unknown = UNKNOWN
    confidence: Confidence = UNKNOWN
    to_ids: bool = False  # fit to raise alarms by itself; off unless the sender says so

    @model_validator(mode="before")
    @classmethod
    def _as_typed(cls, data: Any) -> Any:
        """What people write: `203.0.113.5` alone, defanged, the type left to be seen."""
        raw = {"value": data} if isinstance(data, str) else data
        if not isinstance(raw, dict) or not isinstance(raw.get("value"), str):
            return raw
        value = refang(raw["value"])
        kind = raw.get("type") or guess(value)
        if kind in _HASHES:
            value = value.lower()
        return {**raw, "type": kind, "value": value}

    @model_validator(mode="after")
    def _is_what_it_says(self) -> Indicator:
        if not _FITS[self.type](self.value):
            raise ValueError(f"{self.value[:60]!r} is no {self.type}")
        first, last = self.first_seen, self.last_seen
        if isinstance(first, datetime) and isinstance(last, datetime) and last < first:
            raise ValueError(f"{self.value[:60]!r} was last seen before it was first seen")
        return self


def guess(value: str) -> IndicatorType:
    """The type that a value can only be; file names must be said to be some.

    Raises:
        ValueError: it looks like none.
    """
    for kind in _GUESSED:
        if _FITS[kind](value.lower() if kind in _HASHES else value):
            return kind
    known = ", ".join(get_args(IndicatorType))
    raise ValueError(f"{value[:60]!r} looks like no indicator; write its type: one of {known}")


def refang(text: str) -> str:
    """The real value of what was defanged for reading: `hxxp://evil[.]example`."""
    plain = text.strip().replace("[.]", ".").replace("(.)", ".").replace("[:]", ":")
    plain = plain.replace("[@]", "@").replace("[at]", "@").replace("[://]", "://")
    return re.sub(r"^hxxp(s?)://", r"http\1://", plain, flags=re.IGNORECASE)


def defang(indicator: Indicator) -> str:
    """The value as nothing makes a link of it: `hxxps://evil[.]example`, `203[.]0[.]113[.]5`."""
    value = indicator.value
    if indicator.type in ("filename", "asn", *_HASHES):
        return value
    if indicator.type == "ipv6":
        return value.replace(":", "[:]")
    if indicator.type == "url":
        value = re.sub(r"^http", "hxxp", value)
        scheme, _, rest = value.partition("://")
        if scheme not in ("hxxp", "hxxps"):
            scheme = f"{scheme[:1]}xx{scheme[1:]}"
        host, slash, path = rest.partition("/")
        return f"{scheme}[://]{host.replace('.', '[.]')}{slash}{path}"
    return value.replace(".", "[.]").replace("@", "[@]")
