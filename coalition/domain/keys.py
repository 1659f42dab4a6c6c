"""Which OpenPGP key is whose: the coalition file pins them, and nothing else says so.

Mail is encrypted to exactly the pinned key, never to one that is found by a mail address; and a
signature counts only when it was made with a pinned primary key of the member it speaks for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.channels import EmailChannel, PinnedKey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coalition.domain.channels import Channel, KeyHolder
    from coalition.domain.findings import Problem
    from coalition.domain.members import Delegate, Member


def key_of(member: Member, channel: Channel) -> PinnedKey | None:
    """The key that mail on this channel is encrypted to; None: it is not encrypted."""
    if not isinstance(channel, EmailChannel):
        return None
    if channel.delegate is None:
        return channel.pinned
    person = _person(member, channel.delegate)
    return person.pinned if person else None


def pinned_keys(member: Member) -> dict[str, tuple[PinnedKey, Delegate | None]]:
    """Fingerprint -> every key that signs for a member, and the person whose own it is."""
    holders: list[tuple[KeyHolder, Delegate | None]] = [(one, one) for one in member.delegates]
    holders += [(one, None) for one in member.channels if isinstance(one, EmailChannel)]
    return {key.fingerprint: (key, person) for one, person in holders if (key := one.pinned)}


def key_problems(member: Member) -> Iterator[Problem]:
    """What is wrong with channels that name a person: only one with a key of their own will do."""
    for i, channel in enumerate(member.channels):
        if not isinstance(channel, EmailChannel) or channel.delegate is None:
            continue
        person = _person(member, channel.delegate)
        if person is None:
            known = ", ".join(one.id for one in member.delegates) or "nobody"
            what = f"{channel.delegate!r} is no delegate of {member.id!r}; name one of: {known}"
            yield ("channels", i, "delegate"), what
        elif person.pinned is None:
            what = f"{person.id!r} has no key; write openpgp and key where they stand"
            yield ("channels", i, "delegate"), what
        elif person.email is not None and person.email.lower() != channel.to.lower():
            yield (
                ("channels", i, "to"),
                f"is not the address of {person.id!r}; write {person.email}",
            )


def _person(member: Member, id: str) -> Delegate | None:
    return next((person for person in member.delegates if person.id == id), None)
