"""What every decision checks of what a person typed: texts, members, delegates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.authority import Party
from coalition.domain.errors import UserError
from coalition.domain.gate import member_ceiling

if TYPE_CHECKING:
    from collections.abc import Iterable

    from coalition.domain.incident.state import Incident
    from coalition.domain.labels import Tlp
    from coalition.domain.members import Coalition, Member

LINE = 150  # fits a headline (Slack: 150 in a header block) and a mail subject
TEXT = 4_000
NOTE = 12_000  # a whole message put into the timeline by an emoji


def text_of(text: str, field: str, limit: int = TEXT) -> str:
    """The text without space around it.

    Raises:
        UserError: it is empty or longer than `limit`.
    """
    clean = text.strip()
    if not clean:
        raise UserError(f"The {field} is empty.", f"Write the {field}.", field=field)
    if len(clean) > limit:
        too_long = f"The {field} has {len(clean)} letters; at most {limit} fit."
        raise UserError(too_long, "Shorten it.", field=field)
    return clean


def reason_of(text: str, what_for: str) -> str:
    """A reason that must be given.

    Raises:
        UserError: it is missing; `what_for` says what cannot be done without it.
    """
    if text.strip():
        return text_of(text, "reason")
    raise UserError(f"{what_for} needs a reason.", "Say why after the command.", field="reason")


def shortened(text: str, limit: int = LINE) -> str:
    """The first line, cut at `limit` with an ellipsis: a title for a text without one."""
    line = text.strip().splitlines()[0].strip()
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def members_of(ids: Iterable[str], coalition: Coalition) -> tuple[Member, ...]:
    """The members of these ids, each once, in the order given.

    Raises:
        NotFound: an id is unknown; with the nearest known one.
        UserError: a member has left the coalition.
    """
    members = tuple(coalition.member(id) for id in dict.fromkeys(ids))
    for member in members:
        if member.status == "left":
            gone = f"{member.name} ({member.id}) has left the coalition."
            raise UserError(gone, "Leave it out.", field="members")
    return members


def admits(member: Member, tlp: Tlp) -> bool:
    """Whether a member may see what carries this label, by its status and trust."""
    ceiling = member_ceiling(member)
    return ceiling is not None and tlp <= ceiling


def delegate_in(id: str, incident: Incident, coalition: Coalition) -> Party:
    """An active delegate of a member that takes part in the incident.

    Raises:
        NotFound: no such delegate; with the nearest known one.
        UserError: their member is not active, or does not take part.
    """
    member, person = coalition.delegate(id)
    if not member.active:
        asleep = f"{person.name}'s member {member.name} is {member.status}."
        raise UserError(asleep, "Choose a delegate of an active member.", field="delegate")
    if member.id not in incident.participants:
        raise UserError(
            f"{person.name} belongs to {member.name}, which does not take part in this incident.",
            f"Invite it first: /incident update --members {member.id}.",
            field="delegate",
        )
    return Party(member, person)


def of_this_mode(exercise: bool, coalition: Coalition) -> None:  # noqa: FBT001 - the flag is the subject
    """Keep exercise and live apart (design §5.4).

    Raises:
        UserError: the command says one thing and this coalition is the other.
    """
    if exercise is not coalition.exercise:
        ours = "an exercise" if coalition.exercise else "live"
        theirs = "an exercise" if exercise else "live"
        raise UserError(
            f"This coalition is {ours}, and the incident would be {theirs}.",
            "Use the workspace of the other one.",
            field="exercise",
        )
