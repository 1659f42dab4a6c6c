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

MAX_YAML = 1_000_000
MAX_VALUES = 90_000
"""Characters and values of a playbook file that our YAML reader still takes."""


class Imported(NamedTuple):
    """What a file comes to. `data` is None exactly when it is refused."""

    status: Status
    findings: list[Finding]
    data: dict[str, Any] | None = None
    lock: Lock | None = None  # which of our steps stands for which of theirs
    text: str = ""  # the playbook as YAML
    notes: tuple[str, ...] = ()  # what was decided on the way, for people

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
    notes: tuple[str, ...] = ()
    if ours is not None:
        data, lock = ours, lock_of(document)
    else:
        data, slugs, notes = convert(document, findings)
        lock = lock_of(document, slugs)
    text = to_yaml(data)
    if len(text) > MAX_YAML or _values(data) > MAX_VALUES:
        what = "becomes a playbook that is too large to be read"
        return Imported("refused", [Finding("file", what, "split the playbook", broken=True)])
    return Imported(status_of(findings), findings, data, lock, text, notes)


def _values(data: Any) -> int:
    inner = data.values() if isinstance(data, dict) else data
    return 1 + sum(_values(one) if isinstance(one, dict | list) else 1 for one in inner)


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
