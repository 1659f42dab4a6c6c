"""What a decision may look at besides the aggregate's own state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coalition.domain.members import Coalition
    from coalition.domain.playbook import Playbook


@dataclass(frozen=True, slots=True)
class World:
    """The coalition file in force and, for a run, the playbook it is pinned to."""

    coalition: Coalition
    playbook: Playbook | None = None
