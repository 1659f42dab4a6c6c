"""How things are named on every surface of Slack: rooms, labels, members, people, times."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from coalition.domain.errors import NotFound
from coalition.domain.labels import Tlp, strictest
from coalition.domain.severity import EQUIVALENTS
from coalition.rendering.slack.text import escape, one_line

if TYPE_CHECKING:
    from coalition.domain.incident.state import Incident
    from coalition.domain.members import Coalition
    from coalition.domain.messages import Actor

EXERCISE = "EXERCISE"
"""Said by every surface of an exercise."""

SEVERITIES = {level: f"{level} {same.meaning}" for level, same in EQUIVALENTS.items()}
"""The severities as shown; the level always stands first."""

NOT_ASSESSED = "Early warning, severity not assessed"
"""Stands where the severity stands; a warning has none."""

COMMS_CHECK = "Communications check"

STATUSES = {
    "warning": "Early warning (no legal status)",
    "check": "Communications check",
    "open": "Open",
    "contained": "Contained",
    "monitoring": "Monitoring",
    "closed": "Closed",
    "merged": "Merged",
}
"""The statuses in words, so that nothing depends on a colour."""


def room_name(number: str, *, exercise: bool, attempt: int = 1) -> str:
    """`inc-2026-0007`, from the id alone: a room's name can be seen by anybody in the workspace.

    `attempt` 2, 3 … add a suffix, for when the name is taken by a room that is not ours.
    """
    name = f"{'exercise-' if exercise else ''}{number.lower()}"
    return name if attempt == 1 else f"{name}-{attempt}"


def label_line(incident: Incident, tlp: Tlp | None = None) -> str:
    """`*TLP:AMBER* · EXERCISE · INC-2026-0007 · S2 significant`: the label first, verbatim.

    `tlp`: of what is shown, where that may be stricter than the incident's.
    """
    parts = [f"*{strictest(incident.tlp, tlp or incident.tlp).value}*"]
    if incident.exercise:
        parts.append(f"*{EXERCISE}*")
    return " · ".join([*parts, f"*{incident.number}*", severity_of(incident)])


def severity_of(incident: Incident) -> str:
    """`S2 significant, national`; of a warning that nobody has assessed it."""
    if incident.checks_comms:
        return COMMS_CHECK
    return SEVERITIES[incident.severity] if incident.assessed else NOT_ASSESSED


def label_text(incident: Incident, tlp: Tlp | None = None) -> str:
    """As `label_line`, for the text fallback: without formatting."""
    return label_line(incident, tlp).replace("*", "")


def member_name(coalition: Coalition, member: str) -> str:
    """`CERT-EE`; the id where the member is no longer in the file."""
    try:
        return escape(coalition.member(member).name, 60)
    except NotFound:
        return escape(member, 60)


def member_names(coalition: Coalition, members: Iterable[str]) -> list[str]:
    """The names of several members, in the order given."""
    return [member_name(coalition, member) for member in members]


def person(coalition: Coalition, delegate: str | None) -> str:
    """`Alice Tamm (CERT-EE)`."""
    if not delegate:
        return "nobody yet"
    try:
        member, found = coalition.delegate(delegate)
    except NotFound:
        return escape(delegate, 60)
    return f"{escape(found.name, 60)} ({escape(member.name, 60)})"


def mention(coalition: Coalition, delegate: str | None) -> str:
    """`<@U01ALICE>`, which calls the person; their name where they have no Slack account."""
    if delegate:
        try:
            found = coalition.delegate(delegate)[1]
        except NotFound:
            return escape(delegate, 60)
        if found.slack:
            return f"<@{found.slack}>"
    return person(coalition, delegate)


def actor_name(coalition: Coalition, actor: Actor) -> str:
    """Who did it: a named person, a partner, or Tocsin itself."""
    if actor.kind == "delegate":
        return person(coalition, actor.delegate)
    if actor.kind == "partner" and actor.member:
        return member_name(coalition, actor.member)
    return "Tocsin"


def title_of(incident: Incident, limit: int = 150) -> str:
    """The title on one line, escaped."""
    return escape(one_line(incident.title), limit)
