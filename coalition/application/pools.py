"""The pools of all members as they stand, and how they learn of the coalition file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from coalition.domain.messages import SYSTEM
from coalition.domain.pool.commands import SeedPool
from coalition.domain.pool.seeding import current

if TYPE_CHECKING:
    from coalition.application.dispatcher import Dispatcher
    from coalition.application.ports import Clock
    from coalition.domain.members import Coalition
    from coalition.domain.pool.state import Pool


class Assembled(Protocol):
    """The part of the assembled application that is needed here."""

    coalition: Coalition
    clock: Clock

    @property
    def dispatcher(self) -> Dispatcher:
        """Reads states and carries out commands."""
        ...


def seed_pools(tocsin: Assembled) -> None:
    """Record what the coalition file in force says of every member's capabilities.

    Every decision of a pool does the same first; done at the start, what has a last day also
    expires when nobody ever asks for it. Raises `TransientError` when the log does not answer.
    """
    coalition = tocsin.coalition
    for member in coalition.members:
        if member.capabilities or tocsin.dispatcher.read("pool", member.id) is not None:
            tocsin.dispatcher.execute(
                SeedPool(
                    id=f"seed-{member.id}-{coalition.content_hash[:16]}",
                    at=tocsin.clock.now(),
                    actor=SYSTEM,
                    member=member.id,
                )
            )


def pool_of(tocsin: Assembled, member: str) -> Pool:
    """A member's pool as the next decision will find it; raises `NotFound`."""
    known = tocsin.coalition.member(member)
    stored = tocsin.dispatcher.read("pool", known.id)
    return current(stored, known.id, tocsin.coalition, tocsin.clock.now())


def pools(tocsin: Assembled) -> dict[str, Pool]:
    """The pools of all members, whatever their status, by member id."""
    return {member.id: pool_of(tocsin, member.id) for member in tocsin.coalition.members}
