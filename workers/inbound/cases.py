"""Which notice a mail is about, how its recipient stands, and whose key signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from coalition.domain.errors import NotFound
from coalition.domain.keys import pinned_keys
from workers.inbound import reading

if TYPE_CHECKING:
    from coalition.bootstrap import Tocsin
    from coalition.domain.incident.state import Incident, RecipientState
    from coalition.domain.members import Coalition, Delegate, Member
    from workers.inbound.opening import Letter
    from workers.inbound.reading import About


@dataclass(frozen=True, slots=True)
class Signer:
    """Whose pinned key it is. `person`: their own key, not their team's."""

    member: Member
    person: Delegate | None
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Case:
    """The notice a mail is about, and how its recipient stands."""

    about: About
    incident: Incident
    recipient: RecipientState
    member: Member


def signer_of(letter: Letter, coalition: Coalition) -> Signer | None:
    """The member (and person) whose pinned primary key signed it; None: nobody is proved."""
    for member in coalition.members:
        found = pinned_keys(member).get(letter.signer or "")
        if found is not None:
            key, person = found
            return Signer(member, person, key.fingerprint)
    return None


def same(one: About, other: About) -> bool:
    """Whether both are about the same notice to the same member."""
    return (one.incident, one.notice, one.member) == (other.incident, other.notice, other.member)


def likeliest(letter: Letter, inside: list[About], outside: list[About]) -> list[About]:
    """The notices in question, the likeliest first: what is signed goes before the rest.

    The header that names the message which is answered says which of several signed ones is meant.
    """
    clear = reading.in_headers(letter.outside)
    nearest = [one for one in clear if any(same(one, signed) for signed in inside)]
    return [*nearest, *inside, *outside]


def find_case(tocsin: Tocsin, found: list[About], signer: Signer | None) -> Case | None:
    """The first of them that we sent; one to the signer's own member, if there is any.

    Raises:
        TransientError: the log does not answer.
    """
    mine = [one for one in found if signer is None or one.member == signer.member.id]
    for about in (*mine, *found):
        incident: Incident | None = tocsin.dispatcher.read("incident", about.incident)
        notice = incident.notices.get(str(about.notice)) if incident else None
        recipient = notice.recipients.get(about.member) if notice else None
        if incident is None or recipient is None or not recipient.attempts:
            continue
        try:
            member = tocsin.coalition.member(about.member)
        except NotFound:
            continue
        return Case(about, incident, recipient, member)
    return None
