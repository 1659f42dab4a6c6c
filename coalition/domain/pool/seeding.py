"""What the coalition file says of a member's capabilities, taken over into its pool.

The file counts where it has changed since the pool last looked; what a person withdrew at night
stays withdrawn until the file says something new about it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.capabilities import CapabilityRecord
from coalition.domain.errors import NotFound
from coalition.domain.pool import events as e
from coalition.domain.pool.apply import fold

if TYPE_CHECKING:
    from datetime import datetime

    from coalition.domain.members import Coalition, Member
    from coalition.domain.messages import Event
    from coalition.domain.pool.state import Pool

NO_LONGER = "It no longer stands in the coalition file."


def member_of(coalition: Coalition, id: str) -> Member | None:
    """The member of that id, or None where the file no longer has it."""
    try:
        return coalition.member(id)
    except NotFound:
        return None


def seeds(pool: Pool | None, member: str, coalition: Coalition) -> list[Event]:
    """What is new in the file for this pool."""
    found = member_of(coalition, member)
    filed = {one.id: CapabilityRecord.of(one) for one in found.capabilities} if found else {}
    known = pool.listings if pool else {}
    events: list[Event] = []
    if pool is None:
        hash_ = coalition.content_hash
        events.append(e.PoolOpened(member=member, exercise=coalition.exercise, charter=hash_))
    for id, record in filed.items():
        listing = known.get(id)
        if listing is None or not listing.filed or listing.record != record:
            events.append(e.CapabilityListed(capability=record, filed=True))
    for id, listing in known.items():
        if listing.filed and id not in filed and listing.standing != "withdrawn":
            events.append(e.CapabilityWithdrawn(capability=id, reason=NO_LONGER))
    return events


def current(pool: Pool | None, member: str, coalition: Coalition, now: datetime) -> Pool:
    """The pool as the next decision will find it, whether or not anything is recorded yet."""
    for event in seeds(pool, member, coalition):
        pool = fold(pool, event, now)
    if pool is None:  # the first seed opens it
        raise AssertionError(member)
    return pool
