"""From the recorded notice to what one recipient gets. Pure: the caller brings the times and links.

What is the same for all recipients of a notice is prepared once (`Draft`); a fan-out to a thousand
recipients then costs some ten microseconds each.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from coalition.domain.channels import EmailChannel
from coalition.domain.labels import strictest
from coalition.domain.notice.details import NoticeDetails, pap_of
from coalition.domain.notice.unknown import UNKNOWN
from coalition.rendering.board.text import visible
from coalition.rendering.notices.languages import in_english, language_of
from coalition.rendering.notices.model import OutwardNotice
from coalition.rendering.notices.parts import (
    Ask,
    Choice,
    Contact,
    Count,
    Moment,
    OnFile,
    Party,
    Thread,
)
from coalition.rendering.notices.wording import (
    ANSWERS,
    DEFAULT_ASKS,
    NOT_ASSESSED,
    NOT_NAMED,
    SEVERITIES,
    Reasons,
    why_you,
)

if TYPE_CHECKING:
    from datetime import datetime

    from coalition.domain.incident.events import NoticeIssued
    from coalition.domain.labels import Tlp
    from coalition.domain.members import Coalition, Member
    from coalition.domain.notice.indicators import Indicator
    from coalition.domain.notice.unknown import Unknown


@dataclass(frozen=True, slots=True)
class Hub:
    """How partners reach the hub: its public address and, where it has one, its mail address."""

    url: str  # https://tocsin.example, without a slash at the end
    mail: str = ""
    fingerprint: str = UNKNOWN  # of its OpenPGP key


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
    originator: Party
    common: dict[str, Any]  # the fields that are the same for everybody

    @classmethod
    def of(
        cls,
        incident: str,
        event: NoticeIssued,
        issued_at: datetime,
        coalition: Coalition,
        hub: Hub,
        earlier: NoticeIssued | None = None,
    ) -> Draft:
        """The draft of a recorded notice, its texts rid of what nobody can see.

        `earlier` is the notice that this one supersedes (the record `thread.earlier`).

        Raises:
            NotFound: the coalition file no longer knows the member that issued it.
        """
        sender = coalition.member(event.member)
        shown = event.model_copy(
            update={
                "title": visible(event.title),
                "text": visible(event.text),
                "ask": visible(event.ask),
                "details": NoticeDetails.model_validate(_seen(event.details.model_dump())),
            }
        )
        common = {
            **_identity(incident, shown, coalition),
            "thread": _thread(incident, shown, issued_at),
            "dropped": _dropped(earlier, shown),
            **_assessment(shown),
            **_facts(shown.details),
            "originator": _party(sender),
            "contact": _contact(sender, shown.details.contact, coalition, hub),
        }
        return cls(incident, shown, issued_at, coalition, _party(sender), common)

    def for_recipient(
        self, member: Member, *, tlp: Tlp, attempt: int, ack_by: datetime, answer_url: str
    ) -> OutwardNotice:
        """The notice as this member gets it at this attempt.

        `tlp` is `label_now` of the notice: the incident's may have risen since it was issued.
        """
        event, details, zone = self.event, self.event.details, member.timezone
        recipient, on_file = _party(member), _on_file(member)
        earlier = event.supersedes
        return OutwardNotice(
            **self.common,
            tlp=tlp,
            pap=pap_of(details, tlp),
            notice_id=notice_id(self.incident, event.notice, member.id),
            supersedes=notice_id(self.incident, earlier, member.id) if earlier else None,
            attempt=attempt,
            language=language_of(member.languages),
            recipient=recipient,
            on_file=on_file,
            why_you=why_you(
                Reasons(
                    event.kind, recipient, self.originator.name, self.coalition.name, details.why
                ),
                on_file,
                in_english,
            ),
            ask=Ask(
                what=event.ask or DEFAULT_ASKS[event.kind],
                done_by=_when(details.done_by, zone),
                due=moment(ack_by, zone),
                choices=_choices(event.answers),
            ),
            started=_when(details.started, zone),
            detected=_when(details.detected, zone),
            issued=moment(self.issued_at, zone),
            answer_url=answer_url,
        )


def _identity(incident: str, event: NoticeIssued, coalition: Coalition) -> dict[str, Any]:
    return {
        "extra_restrictions": event.details.extra_restrictions,
        "exercise": event.exercise or coalition.exercise,
        "incident_id": incident,
        "number": event.notice,
        "update": event.update,
        "kind": event.kind,
        "at_once": event.every_channel,
        "coalition": coalition.name,
        "why": event.details.why,
        "title": event.title,
        "text": event.text,
    }


def _assessment(event: NoticeIssued) -> dict[str, Any]:
    details = event.details
    return {
        "rsit": details.rsit,
        "determination": details.determination,
        "status": details.status,
        "severity": event.severity if event.assessed else UNKNOWN,
        "severity_means": SEVERITIES[event.severity] if event.assessed else NOT_ASSESSED,
        "confidence": details.confidence,
        "malicious": details.malicious,
        "cross_border": details.cross_border,
    }


def _facts(details: NoticeDetails) -> dict[str, Any]:
    counts = details.counts
    return {
        "impact": details.impact,
        "sectors": details.sectors,
        "countries": details.countries,
        "counts": counts
        if counts == UNKNOWN
        else tuple(Count(what=what, number=number) for what, number in counts.items()),
        "indicators": details.indicators,
        "mitigations": details.mitigations,
        "permitted_actions": details.permitted_actions,
        "victim": details.victim.name if details.victim else NOT_NAMED,
    }


def _thread(incident: str, event: NoticeIssued, issued_at: datetime) -> Thread:
    known = event.thread
    return Thread(
        id=f"{incident}-n{known.first if known else event.notice}",
        since=known.since if known else issued_at,
        incident_since=known.told_since if known else issued_at,
    )


def _dropped(earlier: NoticeIssued | None, event: NoticeIssued) -> tuple[Indicator, ...]:
    if earlier is None:
        return ()
    still = {(one.type, one.value) for one in event.details.indicators}
    return tuple(one for one in earlier.details.indicators if (one.type, one.value) not in still)


def _seen(value: Any) -> Any:
    if isinstance(value, str) and not isinstance(value, Enum):
        return visible(value)
    if isinstance(value, dict):
        return {_seen(key): _seen(one) for key, one in value.items()}
    return [_seen(one) for one in value] if isinstance(value, tuple | list) else value


def _when(at: datetime | Unknown, timezone: str) -> Moment | Unknown:
    return UNKNOWN if at == UNKNOWN else moment(at, timezone)


@lru_cache(maxsize=1024)
def _party_of(member: str, name: str, country: str) -> Party:
    return Party(member=member, name=name, country=country)


def _party(member: Member) -> Party:
    return _party_of(member.id, member.name, member.country)


def _on_file(member: Member) -> OnFile:
    return OnFile(
        sectors=member.sectors,
        dependencies=member.dependencies,
        capabilities=tuple(offer.service for offer in member.capabilities),
    )


@lru_cache(maxsize=64)
def _choices(answers: tuple[str, ...]) -> tuple[Choice, ...]:
    return tuple(
        Choice(answer=answer, means=means) for answer, means in ANSWERS.items() if answer in answers
    )


def _contact(originator: Member, role: str, coalition: Coalition, hub: Hub) -> Contact:
    keys = (one.openpgp for one in originator.channels if isinstance(one, EmailChannel))
    return Contact(
        team=originator.name,
        role=role,
        duty_phone=originator.duty_phone,
        fingerprint=next((key for key in keys if key), UNKNOWN),
        hub=coalition.name,
        hub_address=hub.mail,
        hub_url=hub.url,
        hub_fingerprint=hub.fingerprint,
    )
