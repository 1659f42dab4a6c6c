"""What can be asked and can have happened where a mission's people come into an incident."""

from __future__ import annotations

from coalition.domain.incident.commands import IncidentCommand
from coalition.domain.messages import Event


class AddGuest(IncidentCommand):
    """System. A delegate comes in for a mission: this incident's room and nothing else."""

    delegate: str
    aid: str
    mission: int


class RemoveGuest(IncidentCommand):
    """System. The mission no longer needs them here; also after the incident has ended."""

    delegate: str
    aid: str
    mission: int


class GuestAdmitted(Event):
    """In, until the last of their missions here ends."""

    delegate: str
    member: str
    mission: str  # AID-2026-0003/2: the request and the number of the mission


class GuestLeft(Event):
    """That mission is over for them. `out`: it was the last one, they leave the room."""

    delegate: str
    member: str
    mission: str
    out: bool
