"""What can be asked about mutual aid. Each docstring says who may ask.

"Partner" is a member that proved who it is (signed webhook, signed mail) without a delegate's own
session; it may do what an operator of that member may, and signs in the name of a delegate that it
names. `offer` counts from 1 within the request. What may be asked of a mission stands in
`mission_commands`.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from coalition.domain.aid.values import Need, Pick, Situation, Supply, Terms
from coalition.domain.aid.words import DeclineReason, Outcome
from coalition.domain.incident.words import Answer
from coalition.domain.labels import Tlp
from coalition.domain.messages import Command, Utc


class AidCommand(Command):
    """Base: `aid` names the aggregate, as in AID-2026-0003."""

    aggregate: ClassVar[str] = "aid"
    aid: str


# ------------------------------------------------------------------------------- the request


class DraftRequest(AidCommand):
    """Operator of a member that takes part in the incident. With `submit`, submitted at once."""

    incident: str
    needs: tuple[Need, ...]
    situation: Situation
    needed_by: Utc
    tlp: Tlp | None = None  # None: the incident's; never below it
    currency: str = ""  # "": the charter's
    expires_at: Utc | None = None  # None: needed_by and the charter's time after it
    submit: bool = False


class ChangeRequest(AidCommand):
    """Operator of the requester, while it is a draft. None leaves a field as it is."""

    needs: tuple[Need, ...] | None = None
    situation: Situation | None = None
    needed_by: Utc | None = None
    expires_at: Utc | None = None
    tlp: Tlp | None = None


class SubmitRequest(AidCommand):
    """Operator of the requester: a draft goes to the approvers of the own member."""


class ApproveRequest(AidCommand):
    """Approver of the requester (its single point of contact), who neither drafted nor submitted.

    From here on others are asked.
    """


class ReturnRequest(AidCommand):
    """Approver of the requester: back to draft, with a reason."""

    reason: str


class WithdrawRequest(AidCommand):
    """Operator of the requester, until it is filled. What was accepted before goes on."""

    reason: str


class CloseRequest(AidCommand):
    """Operator of the requester: no more is looked for, and nobody is in the field any more."""

    note: str = ""


class DeclineRequest(AidCommand):
    """Operator of a member that was asked, or a partner: it cannot help. The reason is private."""

    member: str = ""  # for a partner; a delegate declines for their own
    reason: DeclineReason = ""
    note: str = ""


class RecordAnswer(AidCommand):
    """System. A member has answered the notice that asked it; nothing of it is lost.

    `details` are as they came (contract of the answer): item, capability, size, starts (ISO time
    or a duration such as 4h), days, mode, cost (1200.50), currency, conditions, reason.
    """

    notice: int
    member: str
    answer: Answer
    details: dict[str, str] = Field(default_factory=dict)
    note: str = ""
    by: str = ""
    verified: bool
    via: str = ""  # the way in that proved who it was
    evidence: dict[str, str] = Field(default_factory=dict)


class RecordTermsSent(AidCommand):
    """System. The notice that puts these terms to the member that offers has been issued."""

    offer: int
    notice: int
    terms_hash: str


class RecordAsked(AidCommand):
    """System. The notice of a wave has been issued: whom it goes to and whom the gate refused."""

    notice: int
    asked: tuple[str, ...]
    refused: tuple[str, ...]


class RecordRecommendation(AidCommand):
    """System. Somebody was shown whom Tocsin recommends; it binds nobody.

    `inputs_hash` names what it was made from, and gives the same recommendation again.
    """

    inputs_hash: str
    picks: tuple[Pick, ...]
    proven: bool


class AskAboutRequest(AidCommand):
    """System. The incident is over while help is still looked for: a human decides."""

    why: str


class ReviewStanding(AidCommand):
    """System. Looks whether every member that a mission depends on is still active."""


# --------------------------------------------------------------------------------- the offers


class SubmitOffer(AidCommand):
    """Operator of a member that may see the request, or a partner. `draft`: not yet on the table.

    An unconfirmed offer of the same member for the same item is thereby confirmed.
    """

    member: str = ""  # for a partner; a delegate offers for their own
    item: int = 1  # which need, counted from 1
    supply: Supply
    terms: Terms | None = None  # the terms that the offering member proposes along with it
    deferrable: bool = False  # approver: its signature may follow within the charter's time
    valid_until: Utc | None = None  # None: the charter's time
    draft: bool = False


class ReviseOffer(AidCommand):
    """Operator of the offering member, or the partner: it offers something else. Voids signatures.

    A draft becomes submitted; so does a countered offer.
    """

    offer: int
    supply: Supply | None = None  # None: as it stands (submits a draft)
    valid_until: Utc | None = None


class ConfirmOffer(AidCommand):
    """Operator of the offering member, or the partner: an unconfirmed offer is really theirs."""

    offer: int


class CounterOffer(AidCommand):
    """Operator of the requester: asks for something else than was offered."""

    offer: int
    supply: Supply
    note: str = ""


class AgreeCounter(AidCommand):
    """Operator of the offering member, or the partner: the counter-proposal becomes the offer."""

    offer: int


class DeclineOffer(AidCommand):
    """Operator of the requester: no, thank you. The reason is seen by both sides only."""

    offer: int
    reason: str = ""


class WithdrawOffer(AidCommand):
    """Operator of the offering member, or the partner; until accepted. Afterwards: recall."""

    offer: int
    reason: str = ""


# ---------------------------------------------------------------------------------- the terms


class ProposeTerms(AidCommand):
    """Operator or approver of either side, or the partner. Voids signatures over other terms.

    For a mission that goes on it proposes an amendment: the old terms hold until both have signed.
    """

    offer: int
    terms: Terms


class SignTerms(AidCommand):
    """A delegate with the charter's signing role, of either side; over exactly this hash.

    A partner names its `delegate`. The second signature asks the pool for the capability; only
    when that is reserved is the offer accepted.
    """

    offer: int
    terms_hash: str
    delegate: str = ""
    evidence: dict[str, str] = Field(default_factory=dict)


class AcceptDeferred(AidCommand):
    """Signing role of the requester, who has signed: go ahead, the other signature follows.

    Only where the charter allows it, the offer says `deferrable`, and the terms are the offering
    member's own proposal.
    """

    offer: int
    terms_hash: str
    reason: str


class RecordBooking(AidCommand):
    """System. What the pool said; ignored unless exactly that attempt is waited for.

    A reservation that nobody waits for any more is given back.
    """

    offer: int
    attempt: int
    outcome: Outcome
    reason: str = ""  # of a refusal; private to the offering member
    shown: str = ""  # … and what others may be told of it


# --------------------------------------------------------------------------------- the clocks


class PassAidTimer(AidCommand):
    """System. A timer of this request is due; does nothing unless that wait is open and due."""

    timer: str
