"""What people would notice of a rehearsal, in words that test cases use too."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple


class Occurrence(NamedTuple):
    """One thing that people would notice."""

    at: timedelta  # after the start
    what: str  # a word of `WORDS`
    step: str  # id, where a step stands behind it
    who: tuple[str, ...]  # members or delegates
    text: str
    tlp: str = ""

    def plain(self) -> dict[str, Any]:
        """For programs."""
        seconds = self.at.total_seconds()
        return {**self._asdict(), "at": clock(self.at), "seconds": seconds, "who": list(self.who)}


WORDS: dict[str, str] = {
    "started": "the run begins",
    "notice": "a notice goes out",
    "reminder": "the silent are reminded",
    "next_channel": "a silent member is tried on its next channel",
    "unreachable": "a sending fails",
    "answer": "a member answers a notice",
    "alarm": "people are alarmed",
    "question": "somebody is asked",
    "task": "a task is put on the list",
    "branch": "a decision of the playbook is made",
    "waiting": "a wait begins",
    "progress": "a step goes on, knowing more",
    "ok": "a step ends well",
    "late": "a step was late",
    "failed": "a step failed",
    "refused": "a step was refused, or what somebody tried",
    "skipped": "a step was skipped",
    "cancelled": "a step was cancelled",
    "decision": "a failed step waits for a human",
    "decided": "the human has decided",
    "incident": "something about the incident changes",
    "end": "the run is over",
    "event": "anything else",
}
"""What an occurrence can be; the same words stand in `expect:` of the test cases."""


def clock(after: timedelta) -> str:
    """`t+00:45`, `t+2d 03:15`, and with seconds where there are any."""
    minutes, seconds = divmod(int(after.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    rest = f":{seconds:02}" if seconds else ""
    return f"t+{f'{days}d ' if days else ''}{hours:02}:{minutes:02}{rest}"
