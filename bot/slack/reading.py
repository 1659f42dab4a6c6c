"""From text to values: what each kind of field accepts, and what it says when it does not."""

from __future__ import annotations

import difflib
import re
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.slack.people import delegate_named
from coalition.domain.durations import parse_duration
from coalition.domain.errors import NotFound, UserError
from coalition.domain.incident.words import Severity
from coalition.domain.labels import Tlp, parse_tlp

if TYPE_CHECKING:
    from bot.slack.typed import Values
    from coalition.domain.members import Coalition
    from coalition.rendering.slack.fields import Field

_NUMBER = re.compile(r"^(?:INC-|AID-)?(?:(\d{4})-)?0*(\d{1,9})$", re.IGNORECASE)


class Given:
    """The values of one form, read by kind. Every refusal names its field."""

    def __init__(self, values: Values, coalition: Coalition) -> None:
        self.values = values
        self.coalition = coalition

    def has(self, name: str) -> bool:
        """Whether anything was given."""
        return bool(self.text(name))

    def text(self, name: str) -> str:
        """Free text as given; empty where nothing was."""
        return " ".join(self.values.get(name, ())).strip()

    def missing(self, fields: tuple[Field, ...]) -> list[Field]:
        """The required fields that were not given."""
        return [field for field in fields if field.required and not self.has(field.name)]

    def flag(self, name: str) -> bool:
        """Whether a flag was typed."""
        return name in self.values

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        """One of `choices`, in any case.

        Raises:
            UserError: for anything else, naming the nearest.
        """
        given = self.text(name).lower()
        by_fold = {choice.lower(): choice for choice in choices}
        if given in by_fold:
            return by_fold[given]
        near = difflib.get_close_matches(given, by_fold, n=1, cutoff=0.5)
        hint = f"Did you mean {by_fold[near[0]]}? " if near else ""
        message = f"{self.text(name)[:40]!r} is not a {name} I know."
        raise UserError(message, f"{hint}Known: {', '.join(choices)}.", field=name)

    def severity(self, name: str = "severity") -> Severity:
        """S0 … S4, also typed as a bare digit."""
        given = self.text(name)
        known = tuple(Severity)
        return Severity(
            known[int(given)] if given in "01234" and given else self.choice(name, known)
        )

    def tlp(self, name: str = "tlp") -> Tlp:
        """One of the five labels, in every spelling that `parse_tlp` takes."""
        return parse_tlp(self.text(name))

    def duration(self, name: str) -> timedelta | None:
        """`30m`, `4h`; None where nothing was given."""
        if not self.has(name):
            return None
        try:
            return parse_duration(self.text(name))
        except ValueError as error:
            raise UserError(f"{error}.", field=name) from error

    def number(self, name: str) -> int:
        """1, 2, 3 …, also typed as #1."""
        given = self.text(name).lstrip("#")
        if not given.isdecimal() or len(given) > 9 or int(given) < 1:  # noqa: PLR2004
            message = f"{self.text(name)[:40]!r} is not a number."
            raise UserError(message, "Give it as 1, 2, 3 …", field=name)
        return int(given)

    def members(self, name: str = "members") -> tuple[str, ...]:
        """Member ids: `lv,lt`, `CERT.LV, LT`, or `all` for every active member.

        Raises:
            UserError: for an unknown member, naming the nearest.
        """
        typed = re.split(r"[,;\s]+", " ".join(self.values.get(name, ())))
        called = {member.name.casefold(): member.id for member in self.coalition.members}
        ids = [called.get(word.casefold(), word.lower()) for word in typed if word]
        if ids == ["all"]:
            return tuple(member.id for member in self.coalition.active)
        for id in ids:
            try:
                self.coalition.member(id)
            except NotFound as error:
                raise UserError(error.message, error.hint, field=name) from error
        return tuple(dict.fromkeys(ids))

    def person(self, name: str) -> str:
        """The delegate id behind a mention, a Slack id, a delegate id or a name.

        Raises:
            UserError: for somebody who is no delegate, or may be several.
        """
        return delegate_named(self.coalition, self.text(name), name)


def incident_number(word: str, year: int) -> str | None:
    """`INC-2026-0007` from `INC-2026-7`, `2026-0007` or `inc-7`; None for any other word."""
    if word.upper().startswith("AID-") or "-" not in word:
        return None
    found = _NUMBER.match(word)
    return f"INC-{found.group(1) or year}-{int(found.group(2)):04d}" if found else None


def aid_number(word: str, year: int) -> str | None:
    """`AID-2026-0003` from `AID-2026-3` or `aid-3`; None for any other word."""
    found = _NUMBER.match(word) if word.upper().startswith("AID-") else None
    return f"AID-{found.group(1) or year}-{int(found.group(2)):04d}" if found else None
