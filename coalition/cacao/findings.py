"""What is wrong with a document, and what it comes to."""

from __future__ import annotations

from typing import Literal, NamedTuple

Status = Literal["ok", "warnings", "draft", "refused"]


class Finding(NamedTuple):
    """One thing: `where` is a path in the document, `hint` what to do about it."""

    where: str
    what: str
    hint: str
    broken: bool = False  # what it describes cannot be run as it stands

    @property
    def line(self) -> str:
        """As a line for people: `where: what; hint`."""
        return f"{self.where}: {self.what}; {self.hint}"

    def as_json(self) -> dict[str, str]:
        """As programs read it."""
        return {"where": self.where, "what": self.what, "hint": self.hint}


def status_of(findings: list[Finding]) -> Status:
    """What a document with these findings is imported as."""
    if any(one.broken for one in findings):
        return "draft"
    return "warnings" if findings else "ok"
