"""Members and people by name, for those who are still in the coalition file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.rendering.timeline import Names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from coalition.domain.members import Coalition


def member_names(coalition: Coalition, ids: Iterable[str]) -> tuple[str, ...]:
    """The names of several members, in the order given."""
    names = Names(coalition)
    return tuple(names.member(id) for id in ids)


def member_name(coalition: Coalition, id: str) -> str:
    """`CERT-EE`, or the id of a member that is no longer in the file."""
    return Names(coalition).member(id)


def person_name(coalition: Coalition, id: str | None) -> str:
    """`Alice Tamm (CERT-EE)`; `nobody yet` for None."""
    return "nobody yet" if id is None else Names(coalition).person(id)
