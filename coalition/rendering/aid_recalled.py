"""Recommendations on record, as lines and as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from coalition.domain.matching.recalled import Recalled


def lines(found: Iterable[Recalled]) -> list[str]:
    """One line each: when, from which inputs, who was named, and whether it comes out the same."""
    return [
        f"{one.at:%Y-%m-%d %H:%M} UTC {one.inputs_hash[:12]}: {_picks(one)}; "
        f"made again: {'the same' if one.same else 'OTHERWISE'}"
        for one in found
    ]


def data(found: Iterable[Recalled]) -> list[dict[str, Any]]:
    """The same for a program; hashes in full, times ISO 8601 in UTC."""
    return [one.model_dump(mode="json") for one in found]


def _picks(one: Recalled) -> str:
    named = [
        f"item {pick.item}: {pick.member} {pick.units} of {pick.capability}"
        + (f" (offer {pick.offer})" if pick.offer else " (not offered)")
        for pick in one.picks
    ]
    return ", ".join(named) or "nobody"
