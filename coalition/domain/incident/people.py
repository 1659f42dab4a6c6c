"""Who leads and who holds which role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.errors import UserError
from coalition.domain.incident import checks
from coalition.domain.incident.events import LeadAssigned, RoleAssigned

if TYPE_CHECKING:
    from coalition.domain.incident.commands import AssignLead, AssignRole
    from coalition.domain.incident.state import Incident
    from coalition.domain.messages import Event
    from coalition.domain.world import World

ROLE_NAME = 40


def assign_lead(state: Incident, command: AssignLead, world: World) -> list[Event]:
    """LeadAssigned; a handover when it carries a note.

    Raises:
        NotFound: no such delegate.
        UserError: the delegate does not take part or is no operator, so could not lead.
    """
    party = checks.delegate_in(command.delegate, state, world.coalition)
    if "operator" not in party.delegate.roles:
        raise UserError(
            f"{party.delegate.name} is not an operator and could change nothing as lead.",
            "Choose an operator.",
            field="delegate",
        )
    note = command.handover_note.strip() and checks.text_of(command.handover_note, "handover note")
    if state.lead == party.delegate.id and not note:
        return []
    return [LeadAssigned(was=state.lead, now=party.delegate.id, handover_note=note)]


def assign_role(state: Incident, command: AssignRole, world: World) -> list[Event]:
    """RoleAssigned; the names of roles are the coalition's own (scribe, comms, liaison …).

    Raises:
        NotFound: no such delegate.
        UserError: no name for the role, or the delegate does not take part.
    """
    role = checks.text_of(" ".join(command.role.split()).casefold(), "role", ROLE_NAME)
    party = checks.delegate_in(command.delegate, state, world.coalition)
    if state.roles.get(role) == party.delegate.id:
        return []
    return [RoleAssigned(role=role, delegate=party.delegate.id)]
