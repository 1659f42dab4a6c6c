"""Everybody that anything can be shown to. What each may get, `coalition/domain/gate.py` says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from coalition.domain.incident.overrides import Override
    from coalition.domain.incident.state import Incident
    from coalition.domain.labels import Tlp


STRANGER = "stranger-"
"""Begins the subject of the alarm about somebody in a room who may not see its incident."""


@dataclass(frozen=True, slots=True)
class UnderOverride:
    """What is about to be sent under an override; the gate holds the two against each other."""

    override: Override
    origin: str  # the member that the incident comes from: one of the two must be of it
    notice: int
    content: str  # `content_hash` of what would leave
    at: datetime


@dataclass(frozen=True, slots=True)
class ToChannel:
    """One channel of one member, by its index in the coalition file."""

    member: str
    index: int
    under: UnderOverride | None = None


@dataclass(frozen=True, slots=True)
class ToAnswerPage:
    """Whoever holds the link that a recipient of a notice was sent."""

    incident: Incident
    notice: int
    member: str


@dataclass(frozen=True, slots=True)
class ToRoom:
    """Everybody in the incident's Slack room."""

    incident: Incident


@dataclass(frozen=True, slots=True)
class ToViewer:
    """One delegate. `board` is what our own server shows (pages, exports), `slack` the rest."""

    delegate: str
    incident: Incident | None
    surface: Literal["slack", "board"] = "slack"


@dataclass(frozen=True, slots=True)
class ToLog:
    """Operators of this machine, and whoever collects their logs."""

    surface: Literal["log", "job", "error"] = "log"


@dataclass(frozen=True, slots=True)
class ToAnyone:
    """The public: room names are visible to a whole workspace, replies may go to strangers."""

    surface: Literal["room_name", "reply"] = "reply"


@dataclass(frozen=True, slots=True)
class ToService:
    """Another system of ours that playbooks may call, with the ceiling its operator gave it."""

    incident: Incident
    origin: str
    ceiling: Tlp


Audience = ToChannel | ToAnswerPage | ToRoom | ToViewer | ToLog | ToAnyone | ToService
