"""What the audience sees of a story: a line for each thing that happens, on stderr."""

from __future__ import annotations

import re
import shutil
import sys
import textwrap
import time
from dataclasses import dataclass, field

WHO = 17  # columns for who acts
NARROW, WIDE = 80, 120


@dataclass
class Narrator:
    """`say(who, what)` with the seconds since the beginning; colour only on a terminal."""

    started: float = field(default_factory=time.monotonic)
    width: int = field(
        default_factory=lambda: min(max(shutil.get_terminal_size((100, 24)).columns, NARROW), WIDE)
    )

    def chapter(self, title: str) -> None:
        """A heading."""
        self._line(f"\n{self._bold(title)}")

    def explain(self, text: str) -> None:
        """A sentence to the audience."""
        self._line(textwrap.fill(text, self.width))

    def say(self, who: str, what: str) -> None:
        """Somebody did or got something."""
        seconds = time.monotonic() - self.started
        self._told(f"{seconds:6.1f} s  {who:<{WHO}} ", what)

    def answer(self, what: str) -> None:
        """What somebody was answered, below what they did."""
        self._told(" " * (10 + WHO - 1) + "→ ", what)

    def _told(self, begin: str, what: str) -> None:
        rest = " " * len(begin)
        self._line(
            textwrap.fill(
                what,
                self.width,
                initial_indent=begin,
                subsequent_indent=rest,
                break_on_hyphens=False,
            )
        )

    def _bold(self, text: str) -> str:
        return f"\033[1m{text}\033[0m" if sys.stderr.isatty() else text

    def _line(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)  # noqa: T201 - narration goes to stderr


def plain(text: str, people: dict[str, str] | None = None) -> str:
    """Slack's markup as a person reads it; mentions become names from `people` (by Slack id)."""
    known = people or {}
    text = re.sub(
        r"<@([A-Z0-9]+)(?:\|([^>]*))?>",
        lambda found: "@" + known.get(found[1], found[2] or found[1]),
        text,
    )
    text = re.sub(r"<(?:!date\^|https?:)[^|>]*\|([^>]*)>", r"\1", text)
    text = re.sub(r"(?<!\w)\*(\S(?:[^*\n]*\S)?)\*(?!\w)", r"\1", text)
    return " ".join(text.replace("`", "").replace(">>> ", "").split())
