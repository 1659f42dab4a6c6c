"""What a communications check has found, for people: each member, each channel, how long it took.

Pure. Worded once, for the room-less message in Slack, the board, and `tocsin report`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from coalition.domain.durations import format_duration
from coalition.domain.incident.checking import DELIVERY_COUNTS, heard_at

if TYPE_CHECKING:
    from datetime import timedelta

    from coalition.domain.incident.state import Attempt, Incident, NoticeState, RecipientState
    from coalition.domain.members import Coalition, Member


class Way(NamedTuple):
    """One channel of one member. `took` is from the issuing to the word; None: nothing heard."""

    kind: str
    took: timedelta | None
    said: str


class Reached(NamedTuple):
    """One member; no `ways`: it has no channel that anything may be sent on."""

    member: str
    name: str
    duty_phone: str
    ways: tuple[Way, ...]

    @property
    def silent(self) -> tuple[Way, ...]:
        """The channels on which nothing was heard."""
        return tuple(way for way in self.ways if way.took is None)

    @property
    def unreachable(self) -> bool:
        """Nothing was heard on any channel, or there is none."""
        return len(self.silent) == len(self.ways)

    @property
    def line(self) -> str:
        """As in `CERT-LV: webhook acknowledged after 2m; email NOT HEARD (delivered)`."""
        said = "; ".join(f"{way.kind} {way.said}" for way in self.ways)
        return f"{self.name}: {said or 'NO CHANNEL'}."


class Findings(NamedTuple):
    """All of it. `keys` are whole sentences."""

    members: tuple[Reached, ...]
    keys: tuple[str, ...]
    over: bool

    @property
    def summary(self) -> str:
        """As in `7 of 9 channels of 4 members answered; not reached at all: CERT-LT (+370 …)`."""
        ways = [way for one in self.members for way in one.ways]
        answered = sum(way.took is not None for way in ways)
        lost = [f"{one.name} ({one.duty_phone})" for one in self.members if one.unreachable]
        so_far = "" if self.over else " so far"
        nobody = f"; not reached at all: {', '.join(lost)}" if lost else ""
        return (
            f"{answered} of {len(ways)} channels of {len(self.members)} members "
            f"answered{so_far}{nobody}."
        )


def findings(incident: Incident, coalition: Coalition) -> Findings | None:
    """What the check has found so far; None for whatever is no communications check."""
    if not incident.checks_comms:
        return None
    notice = incident.notices["1"]
    known = {member.id: member for member in coalition.members}
    members = tuple(
        _reached(name, recipient, notice, known.get(name), over=incident.over)
        for name, recipient in notice.recipients.items()
    )
    keys = tuple(f"Key {one.fingerprint} of {one.whose}: {one.what}" for one in incident.keys)
    return Findings(members, keys, incident.over)


def _reached(
    name: str, recipient: RecipientState, notice: NoticeState, member: Member | None, *, over: bool
) -> Reached:
    ways = tuple(_way(attempt, notice, member, over=over) for attempt in recipient.attempts)
    phone = member.duty_phone if member else "no longer in the coalition file"
    return Reached(name, member.name if member else name, phone, ways)


def _way(attempt: Attempt, notice: NoticeState, member: Member | None, *, over: bool) -> Way:
    channels = member.channels if member else ()
    kind = channels[attempt.channel].kind if attempt.channel < len(channels) else "a former channel"
    at = heard_at(attempt, member)
    if at is None:
        silent = "NOT HEARD" if over else "nothing heard yet"
        return Way(kind, None, f"{silent} ({attempt.stage})")
    took = at - notice.issued_at
    word = "delivered" if kind in DELIVERY_COUNTS else "acknowledged"
    return Way(kind, took, f"{word} after {format_duration(took)}")
