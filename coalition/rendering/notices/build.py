"""From the recorded notice to what one recipient gets. Pure: the caller brings the times and links.

What is the same for all recipients of a notice is prepared once (`Draft`); a fan-out to a thousand
recipients then costs some ten microseconds each.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from coalition.domain.labels import strictest
from coalition.rendering.board.text import visible
from coalition.rendering.notices.model import (
    Ask,
    Choice,
    Contact,
    Moment,
    OutwardNotice,
    Party,
)
from coalition.rendering.notices.wording import (
    ANSWERS,
    DEFAULT_ASKS,
    NOT_ASSESSED,
    SEVERITIES,
    why_you,
)

if TYPE_CHECKING:
    from datetime import datetime

    from coalition.domain.incident.events import NoticeIssued
    from coalition.domain.labels import Tlp
    from coalition.domain.members import Coalition, Member


@dataclass(frozen=True, slots=True)
class Hub:
    """How partners reach the hub: its public address and, where it has one, its mail address."""

    url: str  # https://tocsin.example, without a slash at the end
    mail: str = ""


def notice_id(incident: str, notice: int, member: str) -> str:
    """The id a recipient quotes: `INC-2026-0007-n1-lv`."""
    return f"{incident}-n{notice}-{member}"


def parse_notice_id(text: str) -> tuple[str, int, str] | None:
    """(incident, notice, member) of such an id; None when it is not one."""
    incident, mark, rest = text.partition("-n")
    number, dash, member = rest.partition("-")
    if not (mark and dash and member and incident.startswith("INC-")):
        return None
    if not (number.isascii() and number.isdigit() and len(number) <= 6):  # noqa: PLR2004
        return None
    return incident, int(number), member


def label_now(notice: Tlp, incident: Tlp) -> Tlp:
    """The label in force: the notice's own, or the incident's where that has become stricter."""
    return strictest(notice, incident)


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@lru_cache(maxsize=4096)
def moment(at: datetime, timezone: str) -> Moment:
    """The instant `at` as somebody in `timezone` (an IANA name) reads it."""
    there = at.astimezone(_zone(timezone))
    local = f"{there:%Y-%m-%d %H:%M %Z}"
    return Moment(utc=at, local=local if timezone == "UTC" else f"{local} ({timezone})")


@dataclass(frozen=True, slots=True)
class Draft:
    """A recorded notice made ready for its recipients."""

    incident: str
    event: NoticeIssued
    issued_at: datetime
    coalition: Coalition
    sender: Member
    originator: Party
    contact: Contact

    @classmethod
    def of(
        cls,
        incident: str,
        event: NoticeIssued,
        issued_at: datetime,
        coalition: Coalition,
        hub: Hub,
    ) -> Draft:
        """The draft of a recorded notice, its texts rid of what nobody can see.

        Raises:
            NotFound: the coalition file no longer knows the member that issued it.
        """
        sender = coalition.member(event.member)
        written = {"title": event.title, "text": event.text, "ask": event.ask}
        shown = {name: visible(text) for name, text in written.items()}
        return cls(
            incident,
            event.model_copy(update=shown),
            issued_at,
            coalition,
            sender,
            _party(sender),
            _contact(sender, coalition, hub),
        )

    def for_recipient(
        self, member: Member, *, tlp: Tlp, attempt: int, ack_by: datetime, answer_url: str
    ) -> OutwardNotice:
        """The notice as this member gets it at this attempt.

        `tlp` is `label_now` of the notice: the incident's may have risen since it was issued.
        """
        event = self.event
        return OutwardNotice(
            tlp=tlp,
            exercise=event.exercise or self.coalition.exercise,
            notice_id=notice_id(self.incident, event.notice, member.id),
            incident_id=self.incident,
            number=event.notice,
            kind=event.kind,
            attempt=attempt,
            coalition=self.coalition.name,
            recipient=_party(member),
            why_you=why_you(event.kind, member, self.sender, self.coalition.name),
            ask=Ask(
                what=event.ask or DEFAULT_ASKS[event.kind],
                due=moment(ack_by, member.timezone),
                choices=_choices(event.answers),
            ),
            title=event.title,
            text=event.text,
            severity=event.severity if event.assessed else "unknown",
            severity_means=SEVERITIES[event.severity] if event.assessed else NOT_ASSESSED,
            issued=moment(self.issued_at, member.timezone),
            originator=self.originator,
            contact=self.contact,
            answer_url=answer_url,
        )


def _party(member: Member) -> Party:
    return Party(member=member.id, name=member.name, country=member.country)


@lru_cache(maxsize=64)
def _choices(answers: tuple[str, ...]) -> tuple[Choice, ...]:
    return tuple(
        Choice(answer=answer, means=means) for answer, means in ANSWERS.items() if answer in answers
    )


def _contact(originator: Member, coalition: Coalition, hub: Hub) -> Contact:
    return Contact(
        team=originator.name,
        duty_phone=originator.duty_phone,
        hub=coalition.name,
        hub_address=hub.mail,
        hub_url=hub.url,
    )
