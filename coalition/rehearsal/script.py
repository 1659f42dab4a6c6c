"""What people are said to do in a rehearsal, as ops staff write it.

```yaml
incident: {severity: S3, kind: ddos, affected: [ee, lv], participants: [ee, lv, lt, fi]}
inputs: {service: e-banking}
answers:
  tell_partners: {lv: accept after 5m, others: acknowledge after 10m, lt: never}
  ask_filtering: refused after 20m
  collect_sources: done after 1h by lv-op
  help_form: {say: {how many: 3}, after: 5m}
  warn: fails
events:
  - {at: 1h, severity: S3}
```
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from coalition.domain.durations import Duration, parse_duration
from coalition.domain.incident.words import IncidentKind, Severity, Status
from coalition.domain.labels import Tlp, TypedTlp

NEVER = "never"
FAILS = "fails"
_SAID = re.compile(r"(?P<word>.*?)(?: after (?P<after>\S+))?(?: by (?P<by>[a-z0-9-]+))?")


class Written(BaseModel):
    """A part of a file that people write; unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Deed(Written):
    """What somebody does about a step: `say` it, `after` a time, `by` whom.

    Written short: `accept after 5m`, `done after 1h by lv-op`, `never`, `fails`.
    """

    say: str | dict[str, Any] = ""
    after: Duration = timedelta(0)
    by: str = ""
    fails: str = ""  # the step cannot be performed; why
    gives: dict[str, Any] = Field(default_factory=dict)  # what performing it leaves behind

    @property
    def never(self) -> bool:
        """Nothing is ever said."""
        return self.say == NEVER


def _deed(raw: Any) -> Any:
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        raw = str(raw)
    if not isinstance(raw, str):
        return raw
    found = _SAID.fullmatch(raw.strip())
    if found is None or not found["word"]:
        msg = f"{raw[:40]!r} says nothing; write it like accept after 5m, or never"
        raise ValueError(msg)
    word, after = found["word"], found["after"] or "0s"
    parse_duration(after)  # its own sentence says what is wrong
    said = {"fails": "it was made to fail"} if word == FAILS else {"say": word}
    return {**said, "after": after, "by": found["by"] or ""}


AnyDeed = Annotated[Deed, BeforeValidator(_deed)]

_KEYS = frozenset(Deed.model_fields)


def _deeds(raw: Any) -> Any:
    """One step's answers: one deed, one for each member, or a list (one for each time asked)."""
    rounds = raw if isinstance(raw, list) else [raw]
    return [_of_members(one) for one in rounds]


def _of_members(raw: Any) -> Any:
    if isinstance(raw, dict) and not set(raw) <= _KEYS:
        return raw
    return {OTHERS: raw}


OTHERS = "others"
"""Everybody who is not named."""

Round = dict[str, AnyDeed]
Answers = Annotated[tuple[Round, ...], BeforeValidator(_deeds)]


class Facts(Written):
    """The incident that is rehearsed in. What is not said is as likely as not to be so."""

    title: str = "Rehearsed incident"
    kind: IncidentKind = "other"
    severity: Severity = Severity.S2
    tlp: TypedTlp = Tlp.GREEN
    member: str | None = None  # whose incident it is; the first member
    affected: tuple[str, ...] = ()
    participants: tuple[str, ...] | None = None  # every member that may see it
    lead: str | None = None  # the originator's first operator

    @field_validator("affected", "participants", mode="before")
    @classmethod
    def _list(cls, raw: Any) -> Any:
        return raw.replace(",", " ").split() if isinstance(raw, str) else raw


class Happening(Written):
    """Something that happens by itself at a time after the start: exactly one of the rest."""

    at: Duration
    severity: Severity | None = None
    status: Status | None = None
    lead: str | None = None
    affected: tuple[str, ...] = ()  # members newly affected
    join: tuple[str, ...] = ()  # members invited
    close: str | None = None  # the cause
    cancel: str | None = None  # the run, and why
    signal: dict[str, Any] | None = None  # {topic, data}: whatever else a run may wait for


Otherwise = Literal["silent", "willing"]


class Script(Written):
    """A whole rehearsal as it is written: who, what is so, and what people do."""

    incident: Facts = Facts()
    members: dict[str, dict[str, Any]] | None = None
    inputs: dict[str, Any] = Field(default_factory=dict)
    started_by: str = ""  # a delegate; `rule`: by a trigger. Empty: the lead
    answers: dict[str, Answers] = Field(default_factory=dict)
    decisions: dict[str, AnyDeed] = Field(default_factory=dict)
    unreachable: tuple[str, ...] = ()
    events: tuple[Happening, ...] = ()
    otherwise: Otherwise = "silent"
    until: Duration = timedelta(days=90)
