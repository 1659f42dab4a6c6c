"""What stands behind an answer link: the recipient's case, and what of its notice may be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

from coalition.application.answering import holds
from coalition.domain.errors import GateRefusal
from coalition.domain.gate import ToAnswerPage, member_ceiling, release
from coalition.domain.incident.words import DECISIONS
from coalition.domain.labels import Tlp
from coalition.rendering.notices.build import Draft, label_now, moment
from coalition.rendering.notices.hub import hub_of
from coalition.rendering.notices.languages import LANGUAGES, language_of
from coalition.rendering.notices.model import ThinNotice

if TYPE_CHECKING:
    from coalition.bootstrap import Tocsin
    from coalition.domain.gate import Cleared
    from coalition.domain.incident.events import NoticeIssued
    from coalition.domain.incident.state import Incident, NoticeState, RecipientState
    from coalition.domain.incident.words import Answer
    from coalition.domain.members import Member
    from coalition.rendering.notices.build import Hub
    from coalition.rendering.notices.model import OutwardNotice
    from coalition.rendering.notices.parts import Moment


class Case(NamedTuple):
    """One recipient of one notice, as the incident stands now."""

    id: str  # of the incident
    incident: Incident
    notice: NoticeState
    recipient: RecipientState
    member: Member
    attempt: int | None = None  # the sending whose link it is, where each has its own
    language: str = "en"

    @property
    def lapsed(self) -> bool:
        """The incident ended before an answer came, so none is expected any more."""
        return self.incident.over and self.recipient.expired

    @property
    def heard(self) -> bool:
        """Whether this copy has been acknowledged, where it has a link of its own; else any."""
        if self.attempt is None:
            return self.recipient.acknowledged_at is not None
        attempts = self.recipient.attempts
        return any(one.acknowledged_at for one in attempts if one.attempt == self.attempt)

    @property
    def superseded(self) -> bool:
        """Another notice has taken its place."""
        return self.notice.superseded_by is not None

    @property
    def open_answers(self) -> tuple[Answer, ...]:
        """What may still be answered: all, then a further word, until a decision was given.

        Whether it is affected a member may say at any time, once; and each copy that has a link
        of its own is acknowledged by itself.
        """
        said = self.recipient
        if said.acknowledged_at is None:
            return self.notice.answers
        left = {"affected"} if said.affected is None else set()
        if not self.heard:
            left.add("acknowledge")
        if said.answer in (None, "affected"):
            left.add("need_info")
        if said.answer not in DECISIONS:
            left |= DECISIONS
        return tuple(answer for answer in self.notice.answers if answer in left)

    def stands(self, answer: Answer) -> bool:
        """Whether this is (among) what the partner has said."""
        return holds(self.recipient, answer)

    @property
    def promises(self) -> bool:
        """Something that may be answered promises help, which needs proof of who promises."""
        asks = self.notice.kind == "mutual_aid_request" and "accept" in self.open_answers
        return asks or "offer" in self.open_answers

    @property
    def due(self) -> Moment:
        """By when an acknowledgement was asked for, at the last attempt."""
        return moment(self.recipient.attempts[-1].ack_by, self.member.timezone)


def find(
    tocsin: Tocsin,
    incident: str,
    notice: int,
    member: str,
    *,
    attempt: int | None = None,
    language: str = "",
) -> Case | None:
    """The case, or None where there is no such notice or it never went to this member.

    Blocks on the log; call it in a thread. `language`: one that was asked for, else the member's.

    Raises:
        NotFound: the coalition file no longer knows the member.
        TransientError: the log does not answer.
    """
    state: Incident | None = tocsin.dispatcher.read("incident", incident)
    issued = state.notices.get(str(notice)) if state else None
    recipient = issued.recipients.get(member) if issued else None
    if state is None or issued is None or recipient is None or not recipient.attempts:
        return None
    known = tocsin.coalition.member(member)
    spoken = language if language in LANGUAGES else language_of(known.languages)
    return Case(incident, state, issued, recipient, known, attempt, spoken)


def show(tocsin: Tocsin, case: Case, url: str) -> Cleared[OutwardNotice | ThinNotice]:
    """The notice as whoever holds this recipient's link may see it: whole, or ids and label alone.

    Raises:
        GateRefusal: not even that any more.
        NotFound: the member that issued it is no longer in the coalition file.
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
    to = ToAnswerPage(case.incident, case.notice.notice, case.member.id)
    try:
        return release(notice, tlp=tlp, audience=to, coalition=tocsin.coalition)
    except GateRefusal:
        allowed = member_ceiling(case.member)
        if (allowed is None or tlp > allowed) and case.recipient.override is None:
            raise
    return release(ThinNotice.of(notice), tlp=Tlp.CLEAR, audience=to, coalition=tocsin.coalition)


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
    return hub_of(settings.public_url, smtp_url, tocsin.keyring.hub)
