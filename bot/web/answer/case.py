"""What an answer is about: the notice, its recipient, and what has been said so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

from coalition.domain.gate import ToAnswerPage, release
from coalition.rendering.notices.build import Draft, label_now
from coalition.rendering.notices.hub import hub_of

if TYPE_CHECKING:
    from coalition.bootstrap import Tocsin
    from coalition.domain.gate import Cleared
    from coalition.domain.incident.events import NoticeIssued
    from coalition.domain.incident.state import Incident, NoticeState, RecipientState
    from coalition.domain.incident.words import Answer
    from coalition.domain.members import Member
    from coalition.rendering.notices.build import Hub
    from coalition.rendering.notices.model import OutwardNotice


class Case(NamedTuple):
    """One recipient of one notice, as the incident stands now."""

    id: str  # of the incident
    incident: Incident
    notice: NoticeState
    recipient: RecipientState
    member: Member

    @property
    def lapsed(self) -> bool:
        """The incident ended before an answer came, so none is expected any more."""
        return self.incident.over and self.recipient.expired

    @property
    def open_answers(self) -> tuple[Answer, ...]:
        """What may still be answered: all, then (after an acknowledgement) one further word."""
        if self.recipient.answer is not None:
            return ()
        if self.recipient.acknowledged_at is None:
            return self.notice.answers
        return tuple(answer for answer in self.notice.answers if answer != "acknowledge")

    def stands(self, answer: Answer) -> bool:
        """Whether this is (among) what the partner has said."""
        if answer == "acknowledge":
            return self.recipient.acknowledged_at is not None
        return self.recipient.answer == answer

    @property
    def asks_aid(self) -> bool:
        """Accepting it commits the partner, which needs proof of who accepted."""
        return self.notice.kind == "mutual_aid_request" and "accept" in self.notice.answers


def find(tocsin: Tocsin, incident: str, notice: int, member: str) -> Case | None:
    """The case, or None where there is no such notice or it never went to this member.

    Blocks on the log; call it in a thread.

    Raises:
        NotFound: the coalition file no longer knows the member.
        TransientError: the log does not answer.
    """
    state: Incident | None = tocsin.dispatcher.read("incident", incident)
    issued = state.notices.get(str(notice)) if state else None
    recipient = issued.recipients.get(member) if issued else None
    if state is None or issued is None or recipient is None or not recipient.attempts:
        return None
    return Case(incident, state, issued, recipient, tocsin.coalition.member(member))


def show(tocsin: Tocsin, case: Case, url: str) -> Cleared[OutwardNotice]:
    """The notice as whoever holds this recipient's link may see it.

    Raises:
        GateRefusal: not any more.
    """
    record = tocsin.dispatcher.record("incident", case.id, case.notice.version)
    event = cast("NoticeIssued", record.event())
    earlier = _earlier(tocsin, case.id, event)
    draft = Draft.of(case.id, event, record.at, tocsin.coalition, hub(tocsin), earlier)
    last = case.recipient.attempts[-1]
    tlp = label_now(case.notice.tlp, case.incident.tlp)
    notice = draft.for_recipient(
        case.member, tlp=tlp, attempt=last.attempt, ack_by=last.ack_by, answer_url=url
    )
    audience = ToAnswerPage(case.incident, case.notice.notice, case.member.id)
    return release(notice, tlp=tlp, audience=audience, coalition=tocsin.coalition)


def _earlier(tocsin: Tocsin, incident: str, event: NoticeIssued) -> NoticeIssued | None:
    """The notice that this one supersedes."""
    if event.thread is None or event.thread.earlier is None:
        return None
    record = tocsin.dispatcher.record("incident", incident, event.thread.earlier)
    return cast("NoticeIssued", record.event())


def hub(tocsin: Tocsin) -> Hub:
    """How partners reach the hub."""
    settings = tocsin.settings
    smtp_url = settings.smtp_url.get_secret_value() if settings.smtp_url else None
    return hub_of(settings.public_url, smtp_url)
