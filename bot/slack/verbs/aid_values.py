"""What people type about mutual aid, as values: needs, money, times, cost lines."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, get_args

from coalition.domain.aid.typed import needs_of
from coalition.domain.aid.values import CostLine, OtherSupport
from coalition.domain.aid.words import CostKind, SupportStatus
from coalition.domain.capabilities import Mode
from coalition.domain.durations import parse_duration
from coalition.domain.errors import UserError
from coalition.domain.money import digits_of, minor_units

if TYPE_CHECKING:
    from bot.slack.verbs.base import Call
    from coalition.domain.aid.values import Need

MODES: tuple[str, ...] = get_args(Mode)
COST_KINDS: tuple[str, ...] = get_args(CostKind)
STATUSES: tuple[str, ...] = get_args(SupportStatus)
COST_EXAMPLE = "personnel 4800 Four people for six days; travel 350.50 Flights"

_ITEMS = re.compile(r"[;\n]")
_EVIDENCE = re.compile(r"\b(?:sha256:)?([0-9a-fA-F]{64})\b")


def needs(call: Call, name: str = "need") -> tuple[Need, ...]:
    """`scrubbing x40 5d; forensics x2 10d person remote: Windows`, one item for each `;` or line.

    Raises:
        UserError: an item without a known service or with a word that is not understood.
    """
    return needs_of(call.given.text(name), name)


def money(call: Call, name: str, currency: str) -> int | None:
    """`1200`, `950.50` or `EUR 1200` in minor units of `currency`; None where nothing was given.

    Raises:
        UserError: no amount, another currency, or more digits than the currency has.
    """
    written = call.given.text(name)
    return amount(written, currency, name) if written else None


def amount(written: str, currency: str, field: str) -> int:
    """As `money`, of a text."""
    words = written.split()
    named = [word.upper() for word in words if word.isalpha()]
    if named and named != [currency]:
        message = f"{' '.join(named)[:20]} is not the currency of this request, {currency}."
        raise UserError(message, f"Give the amount in {currency}.", field=field)
    rest = "".join(word for word in words if not word.isalpha()).replace(",", ".")
    try:
        return minor_units(rest, currency)
    except UserError as error:
        raise UserError(error.message, error.hint, field=field) from None


def moment(call: Call, name: str) -> datetime | None:
    """`4h` from now, or `2026-11-21T18:00Z`; None where nothing was given.

    Raises:
        UserError: neither of them.
    """
    written = call.given.text(name)
    if not written:
        return None
    try:
        return call.desk.now() + parse_duration(written)
    except ValueError:
        pass
    try:
        found = datetime.fromisoformat(written.upper().replace(" ", "T"))
    except ValueError as error:
        message = f"{written[:40]!r} is no time."
        hint = "Write how long from now (4h, 2d) or a time in UTC: 2026-11-21T18:00Z."
        raise UserError(message, hint, field=name) from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def other_support(call: Call, name: str = "other") -> tuple[OtherSupport, ...]:
    """`EU reserve: 20 analysts (asked); NATO: a sensor team lv/lv-team (granted)`; none is none.

    `member/capability` names a team of ours, so that nobody books it twice.

    Raises:
        UserError: an entry without whom was asked.
    """
    written = [part.strip() for part in _ITEMS.split(call.given.text(name)) if part.strip()]
    if [part.casefold() for part in written] in ([], ["none"]):
        return ()
    return tuple(_support(part, name) for part in written)


def _support(text: str, field: str) -> OtherSupport:
    body, colon, what = text.partition(":")
    if not colon or not body.strip() or not what.strip():
        message = f"{text[:40]!r} does not say whom was asked for what."
        hint = "Write it like: EU reserve: 20 analysts (asked); or none."
        raise UserError(message, hint, field=field)
    status = next((one for one in STATUSES if f"({one})" in what.casefold()), "asked")
    team = re.search(r"\b([a-z0-9-]{1,20})/([a-z0-9-]{1,60})\b", what)
    return OtherSupport.model_validate(
        {
            "body": body.strip(),
            "what": re.sub(r"\((asked|granted|refused)\)", "", what, flags=re.IGNORECASE).strip(),
            "status": status,
            "member": team[1] if team else "",
            "capability": team[2] if team else "",
        }
    )


def cost_lines(call: Call, currency: str, name: str = "lines") -> tuple[CostLine, ...]:
    """`personnel 4800 Four people; travel 350.50 Flights sha256:…`, one for each `;` or line.

    A line that says `own:` first is on record and not asked back. `sha256:` is the fingerprint of
    its receipt, which stays with its owner.

    Raises:
        UserError: a line without a known kind or without an amount.
    """
    written = [part.strip() for part in _ITEMS.split(call.given.text(name)) if part.strip()]
    return tuple(_cost(part, currency, name) for part in written)


def _cost(text: str, currency: str, field: str) -> CostLine:
    eligible = not text.casefold().startswith("own:")
    words = (text if eligible else text[4:]).split()
    kind = words[0].casefold() if words else ""
    if kind not in COST_KINDS or len(words) < 2:  # noqa: PLR2004 - a kind and an amount
        message = f"{text[:60]!r} is no line of a bill."
        hint = f"Write kind, amount, what for: {COST_EXAMPLE}. Kinds: {', '.join(COST_KINDS)}."
        raise UserError(message, hint, field=field)
    worth, rest = words[1], words[2:]
    if rest and rest[0].isalpha() and len(rest[0]) == 3 and rest[0].isupper():  # noqa: PLR2004
        worth, rest = f"{worth} {rest[0]}", rest[1:]
    said = " ".join(rest)
    evidence = _EVIDENCE.search(said)
    return CostLine.model_validate(
        {
            "kind": kind,
            "text": _EVIDENCE.sub("", said).strip(),
            "amount": amount(worth, currency, field),
            "currency": currency,
            "evidence": evidence[1].lower() if evidence else "",
            "eligible": eligible,
        }
    )


def amount_typed(minor: int, currency: str) -> str:
    """An amount as it can be typed: `1200.50` without its currency."""
    places = digits_of(currency)
    whole, part = divmod(minor, 10**places)
    return f"{whole}.{part:0{places}d}" if part else str(whole)
