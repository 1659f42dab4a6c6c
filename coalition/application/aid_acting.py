"""What a partner's own system may do about mutual aid: one word for each act, one way for all.

Whoever calls this has shown that the message is the member's own (its webhook's secret). The rules
then treat the member as they treat its operator; what needs a named person is refused, but for a
signature, which names its delegate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import ValidationError

from coalition.domain.aid import commands as c
from coalition.domain.aid import mission_commands as m
from coalition.domain.errors import UserError
from coalition.domain.messages import Actor

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from coalition.application.dispatcher import Dispatcher
    from coalition.application.ports import Appended

Way = Literal["webhook", "mail"]

ACTS: Final[dict[str, type[c.AidCommand]]] = {
    "offer": c.SubmitOffer,
    "confirm": c.ConfirmOffer,
    "revise": c.ReviseOffer,
    "agree": c.AgreeCounter,
    "withdraw": c.WithdrawOffer,
    "decline": c.DeclineRequest,
    "terms": c.ProposeTerms,
    "sign": c.SignTerms,
    "mobilise": m.MobiliseMission,
    "deploy": m.DeployMission,
    "guests": m.NameGuests,
    "check_in": m.CheckIn,
    "recall": m.RecallMission,
    "stand_down": m.StandDownMission,
    "home": m.ConfirmHome,
    "report": m.ReportMission,
    "costs": m.SubmitCosts,
    "query": m.QueryCosts,
}
"""The word in the message -> the command it is. Its other fields are those of the command."""

OURS: Final = frozenset({"id", "at", "actor", "aid", "evidence"})
"""What the message itself cannot say."""


def act(  # noqa: PLR0913 - an act is that many facts
    dispatcher: Dispatcher,
    *,
    member: str,
    way: Way,
    word: str,
    aid: str,
    fields: Mapping[str, Any],
    once: str,
    at: datetime,
    evidence: Mapping[str, str],
) -> Appended:
    """Carry it out, once for `once` (the webhook-id).

    Raises:
        UserError: no such act, a field that is missing or wrong, or the rules refuse it.
        TransientError: the log does not answer; try again with the same `once`.
    """
    kind = ACTS.get(word)
    if kind is None:
        raise UserError(f"{word[:40]!r} is no act.", f"Known: {', '.join(ACTS)}.", field="act")
    told = sorted(OURS & set(fields))
    if told:
        raise UserError(f"{', '.join(told)} cannot be told.", "Leave it out.", field=told[0])
    about: dict[str, Any] = {
        "id": f"act:{way}:{member}:{once}",
        "at": at,
        "actor": Actor(kind="partner", member=member, via=way),
        "aid": aid,
    }
    if "evidence" in kind.model_fields:
        about["evidence"] = dict(evidence)
    try:
        command = kind.model_validate({**fields, **about})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(map(str, first["loc"])) or word
        known = ", ".join(sorted(set(kind.model_fields) - OURS))
        hint = f"The fields of {word}: {known}."
        raise UserError(f"{where}: {first['msg']}.", hint, field=where) from None
    return dispatcher.execute(command)
