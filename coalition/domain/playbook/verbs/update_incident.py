"""`update_incident`: severity, label, status, members, a note or an update."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from typing_extensions import override

from coalition.domain.incident.words import Severity
from coalition.domain.labels import TypedTlp
from coalition.domain.playbook.behaviour import Moment, Verb
from coalition.domain.playbook.shapes import Members, OptionalText, Time


class UpdateIncident(Verb):
    """Done in the name of whoever started the run, with that person's authority and no more.

    Success: everything named is so, be it before. Failure: a rule started the run (a change needs a
    named person), that person may not, or the incident's rules refuse it (a severity below the
    campaign floor without `reason`). A label is only ever raised: lowering is an approver's act.
    """

    word = "update_incident"

    do: Literal["update_incident"]
    severity: Severity | None = None
    raise_tlp: TypedTlp | None = None
    status: Literal["open", "contained", "monitoring"] | None = None
    affected: Members | None = None
    note: OptionalText = ""
    update: OptionalText = ""
    next_update: Time | None = None
    reason: OptionalText = ""

    @override
    def problems(self) -> Iterator[tuple[str, str]]:
        changes = (self.severity, self.raise_tlp, self.status, self.affected, self.note,
                   self.update)  # fmt: skip
        if not any(changes):
            yield "", "changes nothing; name severity, raise_tlp, status, affected, note or update"
        if self.next_update is not None and not self.update:
            yield "next_update", "belongs to `update`; write both"

    @override
    def request(self, moment: Moment) -> dict[str, Any]:
        following = moment.time(self.next_update).total_seconds() if self.next_update else None
        return {
            **super().request(moment),
            "severity": self.severity and str(self.severity),
            "raise_tlp": self.raise_tlp and str(self.raise_tlp),
            "status": self.status,
            "next_update_seconds": following,
        }

    @property
    @override
    def sentence(self) -> str:
        changes = {"severity": self.severity, "label": self.raise_tlp, "status": self.status}
        said = [f"{name} {value}" for name, value in changes.items() if value]
        said += ["members affected"] if self.affected else []
        said += ["a note"] if self.note else []
        said += ["an update"] if self.update else []
        return self.about or f"Update the incident: {', '.join(said)}"
