"""What the audience sees of a story: a line for each thing that happens, on stderr."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field


@dataclass
class Narrator:
    """`say(who, what)` with the time since the beginning; colour only on a terminal."""

    started: float = field(default_factory=time.monotonic)

    def chapter(self, title: str) -> None:
        """A heading."""
        self._line(f"\n{self._bold(title)}")

    def say(self, who: str, what: str) -> None:
        """Somebody did or got something."""
        seconds = time.monotonic() - self.started
        self._line(f"{seconds:6.1f} s  {who:<12} {what}")

    def _bold(self, text: str) -> str:
        return f"\033[1m{text}\033[0m" if sys.stderr.isatty() else text

    def _line(self, text: str) -> None:
        print(text, file=sys.stderr, flush=True)  # noqa: T201 - narration goes to stderr
