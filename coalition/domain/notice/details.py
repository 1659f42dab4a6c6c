"""What the sender of a notice states beside its text. `unknown` is a statement as well."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from coalition.domain.fields import Country, Slug
from coalition.domain.labels import Tlp
from coalition.domain.messages import Message, Utc
from coalition.domain.notice.indicators import Indicator
from coalition.domain.notice.pap import Pap, TypedPap, pap_beside
from coalition.domain.notice.rsit import Rsit
from coalition.domain.notice.unknown import (
    UNKNOWN,
    CaseStatus,
    Confidence,
    Determination,
    Tristate,
    Unknown,
)

LINE = 200
PARAGRAPH = 1000
MOST_INDICATORS = 1000
"""More belong into a file of their own; a notice is read by people."""


def _line(text: str) -> str:
    clean = " ".join(text.split())
    if not clean or len(clean) > LINE:
        raise ValueError(f"is empty or too long; write one line of 1 to {LINE} letters")
    return clean


def _paragraph(text: str) -> str:
    clean = text.strip()
    if not clean or len(clean) > PARAGRAPH:
        raise ValueError(f"is empty or too long; write 1 to {PARAGRAPH} letters")
    return clean


Line = Annotated[str, AfterValidator(_line)]
Paragraph = Annotated[str, AfterValidator(_paragraph)]
Lines = Annotated[tuple[Line, ...], Field(max_length=20)]
Count = Annotated[int, Field(ge=0)]


class Victim(Message):
    """Who was hit, named only with the permission that the source has given."""

    name: Line
    allowed_by: Line  # who permitted it, and how: “J. Ozols, by phone, 5 Nov”


class NoticeDetails(Message):
    """The facts of a notice, as its sender knows them; whatever is not stated is unknown.

    Fields stand in the order in which a partner reads them.
    """

    extra_restrictions: Lines = ()
    pap: TypedPap | Unknown = UNKNOWN  # unknown: as strict as the label, see `pap_beside`
    why: Paragraph = UNKNOWN  # why these recipients: their country, sector or assets
    done_by: Utc | Unknown = UNKNOWN  # by when what is asked should be done
    rsit: Rsit | Unknown = UNKNOWN
    determination: Determination = UNKNOWN
    status: CaseStatus = UNKNOWN
    confidence: Confidence = UNKNOWN
    malicious: Tristate = UNKNOWN
    cross_border: Tristate = UNKNOWN
    started: Utc | Unknown = UNKNOWN
    detected: Utc | Unknown = UNKNOWN
    impact: Paragraph = UNKNOWN
    sectors: tuple[Slug, ...] | Unknown = UNKNOWN
    countries: tuple[Country, ...] | Unknown = UNKNOWN
    counts: dict[Line, Count] | Unknown = UNKNOWN  # what is counted -> how many
    indicators: Annotated[tuple[Indicator, ...], Field(max_length=MOST_INDICATORS)] = ()
    mitigations: Lines | Unknown = UNKNOWN  # what has been done
    permitted_actions: Lines | Unknown = UNKNOWN  # what the recipient may do
    contact: Line = UNKNOWN  # the person or role to ask for on the phone
    victim: Victim | None = None

    @model_validator(mode="after")
    def _in_order(self) -> NoticeDetails:
        started, detected = self.started, self.detected
        if isinstance(started, datetime) and isinstance(detected, datetime) and detected < started:
            raise ValueError("detected is before started; change one of the two")
        return self


NO_DETAILS = NoticeDetails()


def pap_of(details: NoticeDetails, tlp: Tlp) -> Pap:
    """The marking that counts under a label: the stated one, else the one beside the label."""
    return details.pap if isinstance(details.pap, Pap) else pap_beside(tlp)
