"""What a decision may look at besides the aggregate's own state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from coalition.domain.incident.state import Incident
    from coalition.domain.members import Coalition
    from coalition.domain.playbook import Playbook
    from coalition.domain.pool.state import Pool


def _no_pool(member: str) -> Pool | None:  # noqa: ARG001 - the shape of a reading
    return None


@dataclass(frozen=True, slots=True)
class World:
    """The coalition file in force; for a run, the playbook it is pinned to.

    For a request for aid: the incident it belongs to, and each member's pool of capabilities.
    """

    coalition: Coalition
    playbook: Playbook | None = None
    incident: Incident | None = None
    pool: Callable[[str], Pool | None] = _no_pool
