"""What is needed, written in one line: `scrubbing x40 5d; incident-response x4 10d team remote`.

One item for each `;` or line: the service (the framework's word or an everyday one), then in any
order how many (x4), how long (5d), a kind, a way of working, `type=2`, `lang=en,lv`,
`clearance=nato-secret`; anything else after a colon.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import get_args

from coalition.domain.aid.values import Need
from coalition.domain.capabilities import Kind, Mode
from coalition.domain.errors import UserError
from coalition.domain.services import service_of

NEED_EXAMPLE = "scrubbing x40 5d infrastructure: Gbit/s; incident-response x4 10d team remote"
KINDS: tuple[str, ...] = get_args(Kind)
MODES: tuple[str, ...] = get_args(Mode)
LONGEST = 500

_ITEMS = re.compile(r"[;\n]")
_WORDS = {
    "days": re.compile(r"(\d{1,4})d"),
    "quantity": re.compile(r"[x×*]?(\d{1,6})[x×*]?"),  # as people type it
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


def needs_of(text: str, field: str = "need") -> tuple[Need, ...]:
    """The items, in the order written.

    Raises:
        UserError: none, one without a known service, or a word that is not understood; `field`.
    """
    written = [part.strip() for part in _ITEMS.split(text) if part.strip()]
    if not written:
        raise UserError("What is needed?", f"Write it like: {NEED_EXAMPLE}", field=field)
    return tuple(_need(part, field) for part in written)


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
    found: dict[str, object] = {"service": service, "about": said[:LONGEST]}
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
