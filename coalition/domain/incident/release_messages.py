"""What can be asked and can have happened where people release something above a ceiling."""

from __future__ import annotations

from coalition.domain.incident.commands import IncidentCommand
from coalition.domain.incident.overrides import Override
from coalition.domain.labels import Tlp
from coalition.domain.messages import Event, Utc


class RecordPermission(IncidentCommand):
    """Approver of a member that takes part: what came from it may be labelled lower."""

    tlp: Tlp  # the lowest label that it may get
    reason: str


class RequestOverride(IncidentCommand):
    """Approver. These recipients are to get a notice that a policy ceiling keeps from them."""

    notice: int
    members: tuple[str, ...]
    reason: str


class ApproveOverride(IncidentCommand):
    """Another approver; one of the two is of the member that the incident comes from."""

    override: int


class PermissionRecorded(Event):
    """A source's word about what came from it."""

    member: str
    tlp: Tlp
    reason: str


class OverrideRequested(Event):
    """Nothing has left; it waits for a second approver until `override.expires`."""

    override: Override


class OverrideApproved(Event):
    """The notice goes to this recipient now, by this channel."""

    override: int
    notice: int
    member: str
    attempt: int
    channel: int
    ack_by: Utc
    approved_by: str
