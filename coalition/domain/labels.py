"""The five labels of the Traffic Light Protocol 2.0, verbatim, and their order.

Source of the rule: FIRST, "Traffic Light Protocol (TLP) version 2.0", August 2022. A label is
never translated and never abbreviated on any surface.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator

from coalition.domain.errors import UserError


class UnknownLabel(UserError, ValueError):
    """What was typed is not one of the five labels. Also a ValueError, for pydantic."""


class Tlp(StrEnum):
    """A label; `Tlp.GREEN < Tlp.RED` because RED is stricter. Compares only with labels."""

    CLEAR = "TLP:CLEAR"
    GREEN = "TLP:GREEN"
    AMBER = "TLP:AMBER"
    AMBER_STRICT = "TLP:AMBER+STRICT"
    RED = "TLP:RED"

    @property
    def rank(self) -> int:
        """0 (TLP:CLEAR) … 4 (TLP:RED)."""
        return _ORDER[self]

    # Text would compare by the alphabet, where AMBER comes before CLEAR.
    def __lt__(self, other: object) -> bool:
        return self.rank < _rank(other)

    def __le__(self, other: object) -> bool:
        return self.rank <= _rank(other)

    def __gt__(self, other: object) -> bool:
        return self.rank > _rank(other)

    def __ge__(self, other: object) -> bool:
        return self.rank >= _rank(other)


_ORDER: dict[str, int] = {label: rank for rank, label in enumerate(Tlp)}


def _rank(other: object) -> int:
    if not isinstance(other, Tlp):
        msg = f"a TLP label compares only with a TLP label, not with {type(other).__name__}"
        raise TypeError(msg)
    return other.rank


def strictest(*labels: Tlp) -> Tlp:
    """The strictest of one or more labels: what a thing made of labelled parts must carry.

    Raises:
        TypeError: for no label at all; nothing is not the same as TLP:CLEAR.
    """
    if not labels:
        msg = "strictest() needs at least one label; no label is not TLP:CLEAR"
        raise TypeError(msg)
    return max(labels, key=lambda label: label.rank)


def parse_tlp(text: str) -> Tlp:
    """The label that somebody typed: `amber`, `TLP:AMBER`, `amber+strict`, `tlp red`.

    Raises:
        UnknownLabel: for anything else. WHITE is refused with its modern name, because the
            reader of an old label must decide that it means TLP:CLEAR, not we.
    """
    word = text.strip().upper().removeprefix("TLP").lstrip(": ").replace(" ", "")
    word = word.replace("AMBER-STRICT", "AMBER+STRICT").replace("AMBER_STRICT", "AMBER+STRICT")
    try:
        return Tlp(f"TLP:{word}")
    except ValueError:
        pass
    if word == "WHITE":
        message = "TLP:WHITE was replaced by TLP:CLEAR in TLP 2.0;"
        raise UnknownLabel(message, "write TLP:CLEAR.", field="tlp") from None
    shown = text.strip()[:40]
    message = f"{shown!r} is not a TLP label;" if shown else "the TLP label is empty;"
    raise UnknownLabel(message, f"write one of {', '.join(Tlp)}.", field="tlp") from None


def _typed(value: Any) -> Any:
    return parse_tlp(value) if isinstance(value, str) else value


TypedTlp = Annotated[Tlp, BeforeValidator(_typed, json_schema_input_type=Tlp)]
"""For models of what people write: takes every spelling that `parse_tlp` takes."""
