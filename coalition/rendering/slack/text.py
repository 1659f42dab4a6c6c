"""Text for Slack: escaped, clipped to what Slack accepts, times in the reader's own zone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

SEE_BOARD = " … see the board"
"""Ends everything that had to be cut."""

# Control characters and the bidirectional overrides: with them a title could be made to look as
# if it carried another label than it does.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def clean(text: str) -> str:
    """What somebody wrote, without control characters and direction overrides."""
    return _UNSEEN.sub("", unicodedata.normalize("NFC", text)).strip()


def one_line(text: str) -> str:
    """As `clean`, on one line."""
    return " ".join(clean(text).split())


def clip(text: str, limit: int, tail: str = SEE_BOARD) -> str:
    """At most `limit` characters; what is cut ends with `tail`."""
    if len(text) <= limit:
        return text
    return text[: max(0, limit - len(tail))].rstrip() + tail[-limit:]


def escape(text: str, limit: int = 3000) -> str:
    """What somebody wrote, as mrkdwn that can neither mention, link nor format as a command.

    At most `limit` characters after escaping, and no entity is cut in two.
    """
    text = clean(text)
    size = 0
    for at, letter in enumerate(text):
        size += len(_ENTITIES.get(letter, letter))
        if size > limit:
            kept = clip(_escaped(text[:at]), limit - len(SEE_BOARD), tail="")
            return re.sub(r"&[a-z]{0,3}$", "", kept).rstrip() + SEE_BOARD
    return _escaped(text)


def _escaped(text: str) -> str:
    return "".join(_ENTITIES.get(letter, letter) for letter in text)


def utc(moment: datetime) -> str:
    """`21 Nov 18:05 UTC`."""
    moment = moment.astimezone(UTC)
    return f"{moment.day} {moment:%b %H:%M} UTC"


def local(moment: datetime) -> str:
    """A date token: Slack shows it in the reader's zone; programs that cannot show UTC."""
    seconds = int(moment.timestamp())
    return f"<!date^{seconds}^{{date_short_pretty}} {{time}}|{utc(moment)}>"


def listed(names: Iterable[str], most: int = 12) -> str:
    """`A, B, C`; beyond `most` names the rest is counted."""
    every = list(names)
    if len(every) <= most:
        return ", ".join(every)
    return ", ".join(every[:most]) + f" and {len(every) - most} more"


def counted(number: int, one: str, many: str = "") -> str:
    """`1 task`, `2 tasks`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def joined(sentences: Sequence[str]) -> str:
    """Sentences in one line; empty ones are left out."""
    return " ".join(sentence for sentence in sentences if sentence)
