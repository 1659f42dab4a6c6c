"""How a notice takes the place of an earlier one: updates, corrections, withdrawals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.errors import UserError
from coalition.domain.incident import calls
from coalition.domain.incident.calling import silent, still_known
from coalition.domain.incident.chasing import notice_of
from coalition.domain.incident.events import AlarmCleared, Thread

if TYPE_CHECKING:
    from coalition.domain.incident.commands import IssueNotice
    from coalition.domain.incident.state import Incident, NoticeState
    from coalition.domain.incident.words import NoticeKind
    from coalition.domain.members import Coalition, Member
    from coalition.domain.messages import Event

NEED_AN_EARLIER_ONE: frozenset[NoticeKind] = frozenset({"correction", "withdrawal"})


def earlier_of(state: Incident, command: IssueNotice) -> NoticeState | None:
    """The notice whose place is taken; None where none is.

    Raises:
        NotFound: no such notice.
        UserError: a correction or withdrawal names none, or it has been superseded already.
    """
    if command.supersedes is None:
        if command.kind in NEED_AN_EARLIER_ONE:
            known = ", ".join(n for n, one in state.notices.items() if one.superseded_by is None)
            raise UserError(
                f"A {command.kind} needs the notice that it is about.",
                f"Name its number; standing now: {known or 'none'}.",
                field="supersedes",
            )
        return None
    earlier = notice_of(state, command.supersedes)
    if earlier.superseded_by is not None:
        newest = standing(state, earlier)
        raise UserError(
            f"Notice {earlier.notice} was superseded by notice {earlier.superseded_by}.",
            f"Supersede notice {newest.notice} instead; it is the one that stands.",
            field="supersedes",
        )
    return earlier


def standing(state: Incident, notice: NoticeState) -> NoticeState:
    """The notice that stands in the place of this one; itself where nothing has superseded it."""
    while notice.superseded_by is not None:
        notice = state.notices[str(notice.superseded_by)]
    return notice


def thread_of(state: Incident, earlier: NoticeState | None, command: IssueNotice) -> Thread:
    """The chain that a new notice belongs to; its own where it supersedes none."""
    told_since = min((one.issued_at for one in state.notices.values()), default=command.at)
    if earlier is None:
        number = len(state.notices) + 1
        return Thread(first=number, since=command.at, told_since=told_since)
    first = state.notices[str(earlier.first or earlier.notice)]
    return Thread(
        first=first.notice,
        since=first.issued_at,
        told_since=told_since,
        earlier=earlier.version,
    )


def also_told(earlier: NoticeState | None, coalition: Coalition) -> list[Member]:
    """Whoever was sent the earlier notice and is still in the coalition: they must hear of this."""
    if earlier is None:
        return []
    sent = [name for name, one in earlier.recipients.items() if one.attempts]
    return [one for name in sent if (one := still_known(name, coalition)) and one.status != "left"]


def chases_ended(state: Incident, earlier: NoticeState | None) -> list[Event]:
    """Nobody needs to be phoned about a notice that does not stand any more."""
    if earlier is None:
        return []
    events: list[Event] = []
    for name in earlier.recipients:
        subject = silent(earlier.notice, name)
        if subject in state.alarms:
            events.append(AlarmCleared(subject=subject))
        events += calls.ended(state, earlier.notice, name)
    return events
