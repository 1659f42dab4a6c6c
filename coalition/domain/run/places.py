"""Where a run stands: a place in the playbook, within a round, as data."""

from __future__ import annotations

from typing import NamedTuple


class At(NamedTuple):
    """A step to go on with. `attempt` and `tries` are known where it has waited for its turn."""

    place: str
    scope: str = ""  # the round around it; empty: none
    attempt: int = 0
    tries: int = 0

    @property
    def text(self) -> str:
        """`place@scope`, as it stands in the state."""
        return f"{self.place}@{self.scope}" if self.scope else self.place

    @classmethod
    def read(cls, text: str) -> At:
        """What `text` was made from; a step that waits for its turn in the state is not begun."""
        place, _, scope = text.partition("@")
        return cls(place, scope)
