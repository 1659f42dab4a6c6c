"""What people type about mutual aid, as values: needs, money, times, cost lines."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, get_args

from coalition.domain.aid.values import CostLine, Need, OtherSupport
from coalition.domain.aid.words import CostKind, SupportStatus
from coalition.domain.capabilities import Kind, Mode
from coalition.domain.durations import parse_duration
from coalition.domain.errors import UserError
from coalition.domain.services import service_of
from coalition.rendering.aid_words import digits

if TYPE_CHECKING:
    from bot.slack.verbs.base import Call

KINDS: tuple[str, ...] = get_args(Kind)
MODES: tuple[str, ...] = get_args(Mode)
COST_KINDS: tuple[str, ...] = get_args(CostKind)
STATUSES: tuple[str, ...] = get_args(SupportStatus)
NEED_EXAMPLE = "scrubbing x40 5d infrastructure: Gbit/s; incident-response x4 10d team remote"
COST_EXAMPLE = "personnel 4800 Four people for six days; travel 350.50 Flights"

_ITEMS = re.compile(r"[;\n]")
_AMOUNT = re.compile(r"(\d{1,12})(?:[.,](\d{1,3}))?")
_EVIDENCE = re.compile(r"\b(?:sha256:)?([0-9a-fA-F]{64})\b")
_LONGEST_NEED = 500


def needs(call: Call, name: str = "need") -> tuple[Need, ...]:
    """`scrubbing x40 5d; forensics x2 10d person remote: Windows`, one item for each `;` or line.

    Raises:
        UserError: an item without a known service or with a word that is not understood.
    """
    written = [part.strip() for part in _ITEMS.split(call.given.text(name)) if part.strip()]
    if not written:
        raise UserError("What is needed?", f"Write it like: {NEED_EXAMPLE}", field=name)
    return tuple(_need(part, name) for part in written)


def _need(text: str, field: str) -> Need:
    head, _, about = text.partition(":")
    first, *words = head.split() or [""]
    try:
        service = service_of(first)
    except ValueError as error:
        message = f"{error}."
        raise UserError(message, f"Write it like: {NEED_EXAMPLE}", field=field) from error
    # An everyday word says more than the service it belongs to; it is kept.
    said = about.strip() or (first.replace("-", " ") if first.casefold() != service else "")
    found: dict[str, object] = {"service": service, "about": said[:_LONGEST_NEED]}
    for word in words:
        name, value = _word(word.casefold(), field)
        if name in found:
            raise UserError(f"{word[:40]!r} says {name} twice.", "Say it once.", field=field)
        found[name] = value
    return Need.model_validate({"quantity": 1, **found})


def _word(word: str, field: str) -> tuple[str, object]:
    for name, pattern in _WORDS.items():
        if found := pattern.fullmatch(word):
            return name, _READ.get(name, str)(found[1])
    message = f"I do not know what {word[:40]!r} means in a need."
    hint = (
        f"After the service: x4 (how many), 5d (days), one of {', '.join((*KINDS, *MODES))}, "
        "type=2, lang=en, clearance=nato-secret; anything else after a colon."
    )
    raise UserError(message, hint, field=field)


_WORDS = {
    "days": re.compile(r"(\d{1,4})d"),
    "quantity": re.compile(r"[x×*]?(\d{1,6})[x×*]?"),
    "kind": re.compile(f"({'|'.join(KINDS)})"),
    "mode": re.compile(f"({'|'.join(MODES)}|on-site)"),
    "languages": re.compile(r"lang=([a-z,]+)"),
    "clearance": re.compile(r"clearance=([a-z0-9-]+)"),
    "type_at_most": re.compile(r"type=([1-4])"),
}
_READ: dict[str, Callable[[str], object]] = {
    "days": int,
    "quantity": int,
    "type_at_most": int,
    "mode": lambda text: text.replace("-", "_"),
    "languages": lambda text: tuple(filter(None, text.split(","))),
}


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
    rest = "".join(word for word in words if not word.isalpha())
    if named and named != [currency]:
        message = f"{' '.join(named)[:20]} is not the currency of this request, {currency}."
        raise UserError(message, f"Give the amount in {currency}.", field=field)
    found = _AMOUNT.fullmatch(rest)
    places = digits(currency)
    part = (found[2] or "") if found else ""
    if found is None or len(part) > places:
        message = f"{written[:40]!r} is not an amount in {currency}."
        example = "1200" if places == 0 else "1200 or 950.50"
        raise UserError(message, f"Write it like {example}.", field=field)
    return int(f"{found[1]}{part.ljust(places, '0')}")


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
    places = digits(currency)
    whole, part = divmod(minor, 10**places)
    return f"{whole}.{part:0{places}d}" if part else str(whole)
