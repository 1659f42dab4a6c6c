"""One way for a partner's answer to become a command, whichever way it came in.

The answer page, the signed inbox, signed mail and Slack each prove in their own manner who
answers; from there on the answer is the same. Whoever calls this has done the proving: an answer
nobody may trust (a mail without the pinned signature) is not brought here at all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from coalition.domain.errors import NotFound
from coalition.domain.incident.commands import AnswerNotice
from coalition.domain.messages import Actor

if TYPE_CHECKING:
    from datetime import datetime

    from coalition.application.dispatcher import Dispatcher
    from coalition.domain.incident.state import Incident, NoticeState, RecipientState
    from coalition.domain.incident.words import Answer

Way = Literal["link", "webhook", "mail", "slack"]
"""How it came in. `link` proves nobody's identity; the other three do, each in its own manner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An answer whose sender is known as far as its `way` can tell.

    `once` tells a repeat of the same answer from a new one: the webhook-id, the Message-ID, the
    answer link with the word. `delegate` (its id) is given where `way` is slack. `attempt` is the
    sending that is answered, where the link or the button tells.
    """

    incident: str
    notice: int
    member: str
    answer: Answer
    way: Way
    once: str
    at: datetime
    note: str = ""
    by: str = ""
    attempt: int | None = None
    delegate: str | None = None
    details: dict[str, str] = field(default_factory=dict)
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands after an answer: `recorded` by this one, or known from before."""

    incident: Incident
    notice: NoticeState
    recipient: RecipientState
    recorded: bool  # False: a repeat, or an earlier answer stands

    def holds(self, answer: Answer) -> bool:
        """Whether this is (among) what the partner has said."""
        return holds(self.recipient, answer)


def holds(recipient: RecipientState, answer: Answer) -> bool:
    """Whether an answer is (among) what a recipient has said."""
    if answer == "acknowledge":
        return recipient.acknowledged_at is not None
    if answer == "affected":
        return recipient.affected is not None
    return recipient.answer == answer


def answer_received(dispatcher: Dispatcher, given: Given) -> Standing:
    """Record an answer and return what stands. Blocks on the log; call it in a thread.

    Raises:
        NotFound: no such notice, or it was not sent to this member: the same for both.
        UserError: not an answer that this notice allows, or details that do not fit.
        NotAllowed: the delegate or the member may not answer.
        TransientError: the log does not answer; try again with the same `once`.
    """
    if _standing(dispatcher, given, recorded=False) is None:
        raise _unknown(given)
    delegate = given.delegate
    command = AnswerNotice(
        id=f"answer:{given.way}:{given.member}:{given.once}",
        at=given.at,
        actor=Actor(
            kind="delegate" if delegate else "partner",
            member=given.member,
            delegate=delegate,
            via=given.way,
        ),
        incident=given.incident,
        notice=given.notice,
        member=given.member,
        answer=given.answer,
        attempt=given.attempt,
        note=given.note,
        by=given.by,
        details=given.details,
        evidence=given.evidence | {"way": given.way, "at": given.at.isoformat()},
    )
    done = dispatcher.execute(command)
    standing = _standing(dispatcher, given, recorded=not done.duplicate)
    if standing is None:  # records are never taken back; this would be another aggregate
        raise _unknown(given)
    return standing


def _standing(dispatcher: Dispatcher, given: Given, *, recorded: bool) -> Standing | None:
    state: Incident | None = dispatcher.read("incident", given.incident)
    notice = state.notices.get(str(given.notice)) if state else None
    recipient = notice.recipients.get(given.member) if notice else None
    if state is None or notice is None or recipient is None or not recipient.attempts:
        return None
    return Standing(state, notice, recipient, recorded)


def _unknown(given: Given) -> NotFound:
    return NotFound(f"{given.incident[:40]} has no notice {given.notice} that was sent to you.")
