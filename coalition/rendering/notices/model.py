"""The outward notice: everything one recipient gets to know, in the order it has to be read.

Strict: a field that is missing or of another type is an error, never a blank in a notice. What
nobody knows is `unknown`, which is a value. Sentences of ours stand in English, which is also how
they are looked up in the catalogs (`languages.py`); what people wrote stands as they wrote it.
"""

from __future__ import annotations

from typing import Literal, Self

from coalition.domain.incident.words import NoticeKind, Severity
from coalition.domain.labels import Tlp
from coalition.domain.notice.indicators import Indicator
from coalition.domain.notice.pap import Pap
from coalition.domain.notice.unknown import (
    CaseStatus,
    Confidence,
    Determination,
    Tristate,
    Unknown,
)
from coalition.rendering.notices.parts import (
    Ask,
    Contact,
    Count,
    Moment,
    OnFile,
    Outward,
    Party,
    Thread,
)


class OutwardNotice(Outward):
    """One notice as one recipient gets it. Fields stand in the order of the first screen."""

    tlp: Tlp
    extra_restrictions: tuple[str, ...]
    pap: Pap
    exercise: bool
    notice_id: str  # INC-2026-0007-n1-lv: one for each recipient, the same on every attempt
    incident_id: str
    number: int  # of the notice within its incident
    thread: Thread
    update: int  # 0; then how many notices of the same chain came before this one
    supersedes: str | None  # the id of the recipient's own copy of what this takes the place of
    kind: NoticeKind
    attempt: int  # from 2 on it is a reminder or comes by another channel
    at_once: bool  # it goes by every channel of the recipient at once; then no copy is a reminder
    language: str  # the first of the recipient's languages that we speak
    coalition: str
    recipient: Party
    why: str  # why these recipients, in the sender's words; `unknown` where it said nothing
    on_file: OnFile
    why_you: str  # both as sentences
    ask: Ask
    title: str
    text: str
    rsit: str  # class:type of the Reference Security Incident Taxonomy; or `unknown`
    determination: Determination
    status: CaseStatus
    severity: Severity | Literal["unknown"]  # unknown: an early warning, not assessed
    severity_means: str
    confidence: Confidence
    malicious: Tristate
    cross_border: Tristate
    started: Moment | Unknown
    detected: Moment | Unknown
    issued: Moment
    impact: str
    sectors: tuple[str, ...] | Unknown
    countries: tuple[str, ...] | Unknown
    counts: tuple[Count, ...] | Unknown
    indicators: tuple[Indicator, ...]
    dropped: tuple[Indicator, ...]  # of the superseded notice, and no longer valid
    mitigations: tuple[str, ...] | Unknown
    permitted_actions: tuple[str, ...] | Unknown
    originator: Party
    contact: Contact
    victim: str  # only with the source's permission; else `not named`
    answer_url: str

    @property
    def account(self) -> tuple[str, ...]:
        """What happened: title and text, or the text alone where it begins with the title."""
        title = " ".join(self.title.split()).removesuffix("…").rstrip()
        said = " ".join(self.text.split()).startswith(title)
        return (self.text,) if said else (self.title, self.text)

    @property
    def is_reminder(self) -> bool:
        """An earlier attempt went out and has not been acknowledged."""
        return self.attempt > 1 and not self.at_once


class ThinNotice(Outward):
    """What goes out in place of a notice that the channel may not carry, or not at that size.

    Ids, the label and where to read it; nothing of the content.
    """

    thin: Literal[True] = True
    tlp: Tlp
    exercise: bool
    notice_id: str
    incident_id: str
    number: int
    kind: NoticeKind
    attempt: int
    language: str
    answer_url: str

    @classmethod
    def of(cls, notice: OutwardNotice) -> Self:
        """The nudge for a notice."""
        wanted = (name for name in cls.model_fields if name != "thin")
        return cls.model_validate({name: getattr(notice, name) for name in wanted})
