"""The way in: the bytes of a file become a playbook of ours, with what is wrong with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from coalition.cacao.findings import Finding, Status, status_of
from coalition.cacao.foreign import convert
from coalition.cacao.lint import lint
from coalition.cacao.lock import Lock, lock_of
from coalition.cacao.own import restored
from coalition.cacao.reading import read
from coalition.cacao.yaml_text import to_yaml


class Imported(NamedTuple):
    """What a file comes to. `data` is None exactly when it is refused."""

    status: Status
    findings: list[Finding]
    data: dict[str, Any] | None = None
    lock: Lock | None = None  # which of our steps stands for which of theirs
    notes: tuple[str, ...] = ()  # what was decided on the way, for people

    @property
    def text(self) -> str:
        """The playbook as YAML; empty when it is refused."""
        return "" if self.data is None else to_yaml(self.data)

    def as_json(self) -> dict[str, Any]:
        """As programs read it."""
        return {"status": self.status, "findings": [one.as_json() for one in self.findings]}


def import_(raw: bytes, now: datetime) -> Imported:
    """The playbook in a CACAO file. Never raises, whatever is in it.

    One of ours comes back as it was written. One of another tool is arranged as our steps, and
    its document is kept in it, so that exporting gives the same document.
    """
    document, findings = read(raw)
    if document is None:
        return Imported("refused", findings)
    findings += lint(document, now)
    if document.get("signatures"):
        findings += _signatures(document, now)
    ours = restored(document, findings)
    if ours is not None:
        return Imported(status_of(findings), findings, ours, lock_of(document))
    made = convert(document, findings)
    lock = lock_of(document, made.slugs)
    return Imported(status_of(findings), findings, made.data, lock, tuple(made.notes))


def _signatures(document: dict[str, Any], now: datetime) -> list[Finding]:
    """A signature that does not fit says that somebody has changed the playbook."""
    # Most documents are not signed, and the cryptography takes a while to load.
    from coalition.cacao.signatures import verify  # noqa: PLC0415

    hint = "ask its author for the playbook as it was signed"
    return [
        Finding(one.where, f"{one.why} (signed by {one.signee[:60]!r})", hint,
                broken=one.standing == "invalid")
        for one in verify(document, [], now)
        if one.standing != "valid"
    ]  # fmt: skip
