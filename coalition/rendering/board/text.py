"""Text that somebody wrote, made safe to look at."""

from __future__ import annotations

import unicodedata

# Line breaks and tabs do no harm; the joiners hold the parts of a letter or an emoji together.
_KEPT = "\n\t\u200c\u200d"
_UNSEEN = {"Cc", "Cf", "Zl", "Zp"}


def visible(text: str) -> str:
    """The text without control characters and direction overrides.

    With those a title could be made to look as if it carried another label than it does.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        letter for letter in text if letter in _KEPT or unicodedata.category(letter) not in _UNSEEN
    )
