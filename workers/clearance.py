"""What one sending may carry at this moment, asked of the gate: the notice, or a nudge."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from coalition.domain.audiences import ToChannel, UnderOverride
from coalition.domain.errors import GateRefusal, PermanentError
from coalition.domain.gate import release
from coalition.domain.incident.recipients import may_nudge
from coalition.domain.labels import Tlp
from coalition.rendering.notices.build import label_now
from coalition.rendering.notices.model import ThinNotice

if TYPE_CHECKING:
    from datetime import datetime

    from coalition.domain.gate import Cleared
    from coalition.domain.incident.state import Attempt, Incident, NoticeState, RecipientState
    from coalition.domain.members import Coalition
    from coalition.rendering.notices.build import Draft
    from coalition.rendering.notices.model import OutwardNotice


class Case(NamedTuple):
    """One sending as the incident stands now (or stood a second ago)."""

    incident: Incident
    notice: NoticeState
    recipient: RecipientState
    attempt: Attempt


class Sending(NamedTuple):
    """A case with what it would send: the draft, the hash of its content, and the link."""

    case: Case
    draft: Draft
    content: str  # `content_hash` of the recorded notice
    answer_url: str


def clear(
    sending: Sending, coalition: Coalition, at: datetime
) -> Cleared[OutwardNotice | ThinNotice]:
    """The notice for this channel; where its label is too strict for it, the nudge.

    Raises:
        GateRefusal: neither may go.
        NotFound: the member is no longer in the coalition file.
        PermanentError: exercise and live would mix.
    """
    case, draft = sending.case, sending.draft
    if draft.event.exercise is not coalition.exercise:
        raise PermanentError("Exercise and live are kept apart: this notice is of the other one.")
    member = coalition.member(case.recipient.recipient.member)
    tlp = label_now(draft.event.tlp, case.incident.tlp)
    notice = draft.for_recipient(
        member,
        tlp=tlp,
        attempt=case.attempt.attempt,
        ack_by=case.attempt.ack_by,
        answer_url=sending.answer_url,
    )
    channel = case.attempt.channel
    audience = ToChannel(member.id, channel, _under(sending, at))
    try:
        return release(notice, tlp=tlp, audience=audience, coalition=coalition)
    except GateRefusal:
        known = 0 <= channel < len(member.channels)
        if not (known and may_nudge(member, channel, tlp, coalition)):
            raise
    to = ToChannel(member.id, channel)
    return release(ThinNotice.of(notice), tlp=Tlp.CLEAR, audience=to, coalition=coalition)


def _under(sending: Sending, at: datetime) -> UnderOverride | None:
    """What two people released for this recipient; whether it holds, the gate says."""
    incident, recipient = sending.case.incident, sending.case.recipient
    override = incident.overrides.get(str(recipient.override))
    if override is None:
        return None
    number = sending.case.notice.notice
    return UnderOverride(override, incident.member, number, sending.content, at)
