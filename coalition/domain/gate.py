"""The sharing gate: the only place that decides what may leave, and to whom (design §5.1).

It is pure and denies by default. Every audience has *limits*; a label passes when there is at
least one limit, none of them is "nobody", and the label is at most the lowest of them. So deny
wins, an unknown audience is nobody, a missing label is refused, and an error inside is a denial.

| audience | surface | limits (all apply) |
|---|---|---|
| `ToChannel` | a notice to a partner | member's, the channel's own, the transport's |
| `ToAnswerPage` | page behind a notice's link | recipient's, its widest channel's |
| `ToRoom` | headline, milestone, detail, alarm | charter's for Slack, AMBER, all participants' |
| `ToViewer(…, "slack")` | ephemeral reply, modal, App Home | as board; charter's for Slack, AMBER |
| `ToViewer(…, "board")` | board page, report export | member's; participants; RED: named |
| `ToViewer` without incident | lists, help, `/coalition` | as above; GREEN for participants |
| `ToService` | a call to a system of ours | allow-list's, AMBER |
| `ToLog` | log line, job argument, error text | CLEAR |
| `ToAnyone` | room name, reply to a stranger | CLEAR |

* A member's limit: its trust ceiling while active; an observer's is GREEN at most; applied,
  suspended and left members are nobody. In a room, where such people may still sit, they count
  as CLEAR: the room then shows pointers only, which carry no content and are TLP:CLEAR. So does
  a room with a stranger in it, until somebody has taken the alarm about them in hand.
* Transports: a webhook goes to the partner's own server (AMBER; that it is TLS is the channel's
  duty). Mail is GREEN whatever the file says, until it is encrypted to the partner's own key.
* TLP:AMBER+STRICT stays within the participants' own organisations: never on a transport that we
  do not encrypt to their key, never in a shared room or anywhere in Slack; the board shows it.
* TLP:RED goes to named people: the incident's lead and role holders, on the board alone.
* Nothing of an exercise reaches a live audience, nor the other way round (design §5.4).

Labels are ordered by policy of ours; TLP 2.0 (FIRST), the source of the rules, knows no order.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, NoReturn, TypeVar, cast

from coalition.domain.audiences import (
    STRANGER,
    Audience,
    ToAnswerPage,
    ToAnyone,
    ToChannel,
    ToLog,
    ToRoom,
    ToService,
    ToViewer,
)
from coalition.domain.errors import GateRefusal
from coalition.domain.labels import Tlp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coalition.domain.incident.state import Incident
    from coalition.domain.members import Coalition, Member

__all__ = [
    "Audience",
    "Cleared",
    "ToAnswerPage",
    "ToAnyone",
    "ToChannel",
    "ToLog",
    "ToRoom",
    "ToViewer",
    "ceiling_of",
    "explain",
    "member_ceiling",
    "release",
]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

TRANSPORTS = {"webhook": Tlp.AMBER, "email": Tlp.GREEN}
"""What each kind of channel may carry at most; a kind that is not here carries nothing."""

OBSERVERS = Tlp.GREEN
SHARED = Tlp.AMBER
"""Slack, and any place where several organisations read."""

_SEAL = object()


class Cleared(Generic[T_co]):
    """Content that the gate let through for one audience. Only `release` can make one.

    Frozen: it cannot be changed, pickled or refilled, and `content` hands out copies.
    """

    __slots__ = ("_audience", "_content", "_tlp")

    _audience: Audience
    _content: T_co
    _tlp: Tlp

    def __init__(self, seal: object, content: Any, tlp: Tlp, audience: Audience) -> None:
        if seal is not _SEAL:
            raise TypeError("Only coalition.domain.gate.release makes Cleared content.")
        object.__setattr__(self, "_content", copy.deepcopy(content))
        object.__setattr__(self, "_tlp", tlp)
        object.__setattr__(self, "_audience", audience)

    @property
    def content(self) -> T_co:
        """What may leave."""
        return copy.deepcopy(self._content)

    @property
    def tlp(self) -> Tlp:
        """The label it was cleared with."""
        return self._tlp

    @property
    def audience(self) -> Audience:
        """The only audience it was cleared for."""
        return self._audience

    def __init_subclass__(cls, **kwargs: Any) -> NoReturn:
        raise TypeError("Cleared cannot be extended.")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("Cleared content cannot be changed; ask the gate again.")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("Cleared content cannot be changed; ask the gate again.")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError(
            "Cleared content is neither stored nor sent; ask the gate where it is used."
        )

    def __copy__(self) -> Cleared[T_co]:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Cleared[T_co]:
        return self

    def __repr__(self) -> str:
        return f"<Cleared {self._tlp} for {type(self._audience).__name__}>"  # never the content


def release(content: T, *, tlp: Tlp | None, audience: Audience, coalition: Coalition) -> Cleared[T]:
    """`Cleared` content for exactly this audience.

    Raises:
        GateRefusal: with the reason, which names labels and members and never the content.
    """
    reason = explain(tlp=tlp, audience=audience, coalition=coalition)
    if reason is not None:
        raise GateRefusal(reason, NOTHING, field="tlp")
    try:
        return Cleared(_SEAL, content, cast("Tlp", tlp), audience)
    except Exception as error:  # noqa: BLE001 - what cannot be held still is not released
        held = f"The sharing gate could not hold the content ({type(error).__name__})."
        raise GateRefusal(held, NOTHING, field="tlp") from None  # the cause might quote it


def explain(*, tlp: Tlp | None, audience: Audience, coalition: Coalition) -> str | None:
    """Why this label may not go to this audience, in one sentence; None when it may."""
    try:
        return _refusal(tlp, audience, coalition)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong in here, nothing leaves
        return f"The sharing gate failed ({type(error).__name__}); nothing leaves when it fails."


def ceiling_of(audience: Audience, coalition: Coalition) -> Tlp | None:
    """The strictest label that this audience may get; None when it is nobody."""
    allowed = (
        label
        for label in reversed(Tlp)
        if explain(tlp=label, audience=audience, coalition=coalition) is None
    )
    return next(allowed, None)


def member_ceiling(member: Member) -> Tlp | None:
    """The strictest label this member may see at all, by status and trust; None: nothing."""
    if member.status == "active":
        return member.ceiling
    if member.status == "observer":
        return min(member.ceiling, OBSERVERS)
    return None


NOTHING = "Nothing has left."
NO_LABEL = "There is no TLP label; without one nothing leaves."


class _Limit(NamedTuple):
    ceiling: Tlp | None  # None: nobody
    why: str


def _refusal(tlp: Tlp | None, audience: Audience, coalition: Coalition) -> str | None:
    if not isinstance(tlp, Tlp):
        return NO_LABEL
    limits = list(_limits(audience, coalition))
    if not limits:
        return "There is no audience; nothing goes to nobody."
    lowest = min(limits, key=_height)
    if lowest.ceiling is None:
        return f"{lowest.why}."
    if tlp > lowest.ceiling:
        return f"{tlp} may not go there: {lowest.why} ({lowest.ceiling} at most)."
    return None


def _height(limit: _Limit) -> int:
    return -1 if limit.ceiling is None else limit.ceiling.rank


def _limits(audience: Audience, coalition: Coalition) -> Iterator[_Limit]:
    match audience:
        case ToChannel():
            yield _of_member(coalition.member(audience.member))
            yield _of_channel(coalition.member(audience.member), audience.index)
        case ToAnswerPage():
            yield _of_exercise(audience.incident, coalition)
            yield _of_member(coalition.member(audience.member))
            yield _of_recipient(audience, coalition.member(audience.member))
        case ToRoom():
            yield _of_exercise(audience.incident, coalition)
            yield from _of_slack(coalition)
            yield from _of_room(audience.incident, coalition)
        case ToViewer():
            yield from _of_viewer(audience, coalition)
        case ToService():
            yield _of_exercise(audience.incident, coalition)
            yield _Limit(min(audience.ceiling, SHARED), f"the ceiling of {audience.origin}")
        case ToLog() | ToAnyone():
            yield _Limit(Tlp.CLEAR, "logs, jobs, errors and room names are read by anyone")


def _of_member(member: Member) -> _Limit:
    ceiling = member_ceiling(member)
    if ceiling is None:
        return _Limit(None, f"{member.name} is {member.status} and is sent nothing")
    return _Limit(ceiling, f"{member.name} is {member.status} with trust {member.trust}")


def _of_channel(member: Member, index: int) -> _Limit:
    if not 0 <= index < len(member.channels):
        return _Limit(None, f"{member.name} has no channel number {index + 1}")
    channel = member.channels[index]
    transport = TRANSPORTS.get(channel.kind)
    if transport is None:
        return _Limit(None, f"No rule says what {channel.kind} may carry")
    if transport < channel.ceiling:
        return _Limit(transport, f"{channel.kind} is not encrypted to the partner's own key")
    return _Limit(channel.ceiling, f"the ceiling of {member.name}'s {channel.kind} channel")


def _of_recipient(audience: ToAnswerPage, member: Member) -> _Limit:
    notice = audience.incident.notices.get(str(audience.notice))
    recipient = notice.recipients.get(member.id) if notice else None
    if recipient is None:
        return _Limit(None, f"{member.name} was not sent this notice")
    ways = [_of_channel(member, index) for index in recipient.recipient.channels]
    return max(ways, key=_height, default=_Limit(None, f"{member.name} was refused this notice"))


def _of_exercise(incident: Incident, coalition: Coalition) -> _Limit:
    if incident.exercise is not coalition.exercise:
        return _Limit(None, "Exercise and live are kept apart")
    return _Limit(Tlp.RED, "exercise and live are kept apart")


def _of_slack(coalition: Coalition) -> Iterator[_Limit]:
    yield _Limit(coalition.charter.slack_ceiling, "the charter's ceiling for Slack")
    yield _Limit(SHARED, "Slack is shared by several organisations")


def _of_room(incident: Incident, coalition: Coalition) -> Iterator[_Limit]:
    if not incident.participants:
        yield _Limit(None, "Nobody takes part in this incident")
    known = {member.id: member for member in coalition.members}
    for name in incident.participants:
        member = known.get(name)
        ceiling = member_ceiling(member) if member else None
        yield _Limit(ceiling or Tlp.CLEAR, f"{member.name if member else name} is in the room")
    if any(subject.startswith(STRANGER) for subject in incident.alarms):
        yield _Limit(Tlp.CLEAR, "somebody who may not see the incident is in the room")


def _of_viewer(audience: ToViewer, coalition: Coalition) -> Iterator[_Limit]:
    member, person = coalition.delegate(audience.delegate)
    yield _of_member(member)
    if audience.surface != "board":
        yield from _of_slack(coalition)
    incident = audience.incident
    if incident is None:
        yield _Limit(Tlp.GREEN, "what belongs to no incident is for the whole coalition")
        return
    yield _of_exercise(incident, coalition)
    if member.id not in incident.participants:
        yield _Limit(None, f"{member.name} does not take part in this incident")
    if person.id not in {incident.lead, *incident.roles.values()}:
        yield _Limit(Tlp.AMBER_STRICT, f"{person.name} is neither lead nor role holder")
