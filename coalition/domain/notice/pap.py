"""The Permissible Actions Protocol: what may be done with an indicator. Stands beside the TLP.

Source of the meanings: the PAP taxonomy of the MISP project. As with TLP, a marking is never
translated and never abbreviated.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator

from coalition.domain.labels import Tlp


class Pap(StrEnum):
    """A marking; RED permits least."""

    CLEAR = "PAP:CLEAR"
    GREEN = "PAP:GREEN"
    AMBER = "PAP:AMBER"
    RED = "PAP:RED"

    @property
    def rank(self) -> int:
        """0 (PAP:CLEAR) … 3 (PAP:RED)."""
        return tuple(Pap).index(self)


MEANINGS: dict[Pap, str] = {
    Pap.CLEAR: "No restriction on what you do with this information.",
    Pap.GREEN: "Active actions are allowed: you may block, sinkhole or connect to what is named.",
    Pap.AMBER: "Passive checks only: look it up in outside services without touching the target.",
    Pap.RED: "Nothing that can be noticed outside: search only your own logs and systems.",
}

_BESIDE = {
    Tlp.CLEAR: Pap.CLEAR,
    Tlp.GREEN: Pap.GREEN,
    Tlp.AMBER: Pap.AMBER,
    Tlp.AMBER_STRICT: Pap.AMBER,
    Tlp.RED: Pap.RED,
}


def pap_beside(tlp: Tlp) -> Pap:
    """The marking of a notice whose sender stated none: as strict as its label. Our own rule."""
    return _BESIDE[tlp]


def parse_pap(text: str) -> Pap:
    """The marking somebody typed: `amber`, `PAP:AMBER`, `pap red`; WHITE is the old CLEAR.

    Raises:
        ValueError: for anything else; says what to write.
    """
    word = text.strip().upper().removeprefix("PAP").lstrip(": ")
    if word == "WHITE":
        raise ValueError("PAP:WHITE is PAP:CLEAR today; write PAP:CLEAR")
    try:
        return Pap(f"PAP:{word}")
    except ValueError:
        known = ", ".join(Pap)
        raise ValueError(f"{text.strip()[:40]!r} is no PAP marking; write one of {known}") from None


def _typed(value: Any) -> Any:
    return parse_pap(value) if isinstance(value, str) and value != "unknown" else value


TypedPap = Annotated[Pap, BeforeValidator(_typed, json_schema_input_type=Pap)]
"""Takes every spelling that `parse_pap` takes."""
