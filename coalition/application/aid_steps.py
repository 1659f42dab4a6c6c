"""A playbook's request for aid as a command. Pure; a worker or a rehearsal carries it out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from coalition.domain.aid.commands import DraftRequest
from coalition.domain.aid.typed import needs_of
from coalition.domain.aid.values import Situation
from coalition.domain.labels import Tlp, strictest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coalition.domain.incident.state import Incident
    from coalition.domain.run.state import OpenStep


def drafted(step: OpenStep, incident: Incident, aid: str, who: Mapping[str, Any]) -> DraftRequest:
    """The request that a step asks for, submitted at once.

    `who`: id, at, actor and incident of the command.

    Raises:
        UserError: its text names no need that could be meant.
    """
    wanted = step.request
    return DraftRequest(
        **who,
        aid=aid,
        needs=needs_of(wanted["text"], "text"),
        situation=Situation(
            impact=wanted["impact"],
            spillover=wanted["spillover"],
            planned_use=wanted["use"],
            estimated_need=wanted["text"],
            mitigation=wanted["mitigation"],
        ),
        needed_by=who["at"] + timedelta(seconds=wanted["needed_by_seconds"]),
        tlp=strictest(incident.tlp, Tlp(wanted["tlp"])),
        submit=True,
    )
