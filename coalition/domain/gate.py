"""The sharing gate: the only place that decides what may leave, and to whom (design §5.1).

It is pure and denies by default. Every audience has *limits* (`coalition/domain/limits.py`); a
label passes when there is at least one limit, none of them is "nobody", and the label is at most
the lowest of them. So deny wins, an unknown audience is nobody, a missing label is refused, and
an error inside is a denial.

| audience | surface | limits (all apply) |
|---|---|---|
| `ToChannel` | a notice to a partner | member's, the channel's own, the transport's |
| `ToAnswerPage` | page behind a notice's link | member's, AMBER, lowest channel's it went by |
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
* Transports: `TRANSPORTS` says what each may carry whatever the file says. Webhook, MISP and
  TAXII are encrypted on their way (AMBER); plain mail, chats and the telephone are not (GREEN).
* TLP:AMBER+STRICT stays within the recipient's own organisation, encrypted end to end: mail to
  its pinned key, and no other way; never a shared room or anywhere in Slack; the board shows it.
* TLP:RED goes to named people: a notice by mail to a delegate's own key, an incident to its lead
  and role holders on the board. No mailbox of a role, no chat, no endpoint.
* Who may see a notice and has no way that carries it gets a nudge: ids, label and link, no
  content. That is TLP:CLEAR, and passes this gate as such.
* An override (two approvers, one notice, one recipient, one content, until it expires) passes the
  ceilings that are policy: the member's trust and the file's ceiling of a channel. It passes no
  status, no transport, no exercise, and no label above the one that was released.
* Nothing of an exercise reaches a live audience or endpoint, nor the other way round.

Labels are ordered by policy of ours; TLP 2.0 (FIRST), the source of the rules, knows no order.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar, cast

from coalition.domain.audiences import (
    Audience,
    ToAnswerPage,
    ToAnyone,
    ToChannel,
    ToLog,
    ToRoom,
    ToViewer,
)
from coalition.domain.errors import GateRefusal
from coalition.domain.labels import Tlp
from coalition.domain.limits import TRANSPORTS, limits_of, member_ceiling

if TYPE_CHECKING:
    from coalition.domain.limits import Limit
    from coalition.domain.members import Coalition

__all__ = [
    "TRANSPORTS",
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


NOTHING = "Nothing has left."
NO_LABEL = "There is no TLP label; without one nothing leaves."


def _refusal(tlp: Tlp | None, audience: Audience, coalition: Coalition) -> str | None:
    if not isinstance(tlp, Tlp):
        return NO_LABEL
    limits = list(limits_of(audience, coalition))
    if not limits:
        return "There is no audience; nothing goes to nobody."
    lowest = min(limits, key=_height)
    if lowest.ceiling is None:
        return f"{lowest.why}."
    if tlp > lowest.ceiling:
        return f"{tlp} may not go there: {lowest.why} ({lowest.ceiling} at most)."
    return None


def _height(limit: Limit) -> int:
    return -1 if limit.ceiling is None else limit.ceiling.rank
