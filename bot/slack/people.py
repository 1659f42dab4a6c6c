"""Which delegate is meant, however the person is named.

Slack turns a picked @mention into `<@U01ALICE>`. What is typed by hand stays text: a delegate id,
a name, a handle, each with or without the @.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from typing import TYPE_CHECKING

from coalition.domain.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coalition.domain.members import Coalition, Delegate, Member

_MENTION = re.compile(r"^<@([UW][A-Z0-9]+)(?:\|[^>]*)?>$")
_SLACK_ID = re.compile(r"[UW][A-Z0-9]{5,}")
_SHOWN = 3


def delegate_named(coalition: Coalition, typed: str, field: str) -> str:
    """The id of the delegate that was mentioned or named.

    Understood are `<@U01ALICE>`, `U01ALICE`, `ee-alice`, `alice`, `Alice Tamm` and `Tamm`, in any
    case and with or without a leading @.

    Raises:
        UserError: nobody or several are called that; with who may be meant. At field `field`.
    """
    mentioned = _MENTION.match(typed)
    slack = mentioned.group(1) if mentioned else typed.removeprefix("@")
    if found := coalition.by_slack(slack):
        return found[1].id
    if mentioned or _SLACK_ID.fullmatch(slack):
        message = "That person is not a delegate of any member."
        hint = "Choose a delegate; /coalition members lists them."
        raise UserError(message, hint, field=field)
    meant = _called(coalition, fold(typed))
    if len(meant) == 1:
        return meant[0][1].id
    if meant:
        hint = f"Write the id: {', or '.join(_shown(one) for one in meant[:_SHOWN])}."
        raise UserError(f"{typed[:40]!r} may be several people.", hint, field=field)
    raise UserError(f"No delegate is called {typed[:40]!r}.", _near(coalition, typed), field=field)


def full_names(coalition: Coalition) -> frozenset[str]:
    """Folded names of all delegates: how the parser knows that two words are one person."""
    return frozenset(fold(person.name) for _, person in _everybody(coalition))


def fold(name: str) -> str:
    """A name without case, accents, a leading @ and a comma or colon at its end."""
    plain = unicodedata.normalize("NFKD", name.strip().removeprefix("@").rstrip(",:;."))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).casefold().split())


def _everybody(coalition: Coalition) -> list[tuple[Member, Delegate]]:
    return [(member, person) for member in coalition.members for person in member.delegates]


def _called(coalition: Coalition, name: str) -> list[tuple[Member, Delegate]]:
    """Who is called that: by id first, then by full name, then by a part of either."""
    everybody = _everybody(coalition)
    for names in (_id, _full_name, _parts):
        if found := [one for one in everybody if name in names(one)]:
            return found
    return []


def _id(one: tuple[Member, Delegate]) -> Sequence[str]:
    return (one[1].id,)


def _full_name(one: tuple[Member, Delegate]) -> Sequence[str]:
    return (fold(one[1].name),)


def _parts(one: tuple[Member, Delegate]) -> Sequence[str]:
    """First and last name, the id without its member, the mail address before its @."""
    member, person = one
    handle = (person.email or "").partition("@")[0].casefold()
    return (
        *fold(person.name).split(),
        person.id.removeprefix(f"{member.id}-"),
        handle or person.id,
    )


def _near(coalition: Coalition, typed: str) -> str:
    everybody = _everybody(coalition)
    by_name = {
        name: one for one in everybody for name in (*_parts(one), *_full_name(one), one[1].id)
    }
    near = difflib.get_close_matches(fold(typed), by_name, n=_SHOWN, cutoff=0.6)
    people = list(dict.fromkeys(_shown(by_name[name]) for name in near))
    if people:
        return f"Did you mean {', or '.join(people)}?"
    return "/coalition members lists the delegates; a name, an id or an @mention will do."


def _shown(one: tuple[Member, Delegate]) -> str:
    member, person = one
    return f"{person.id} ({person.name}, {member.name})"
