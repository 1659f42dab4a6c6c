"""Which UUID stands for which step: what `<playbook>.lock.json` holds, committed beside it.

CACAO wants step ids to be random UUIDs, so they cannot be made from our names; and an id must
stay the same from one export to the next, or nobody could tell what has changed.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from coalition.cacao.graph import steps_of
from coalition.cacao.words import EXTENSION, ID, IDENTITY, v5

NewUuid = Callable[[], uuid.UUID]


@dataclass
class Lock:
    """`steps` maps our steps, and the parts that only CACAO has (`x then end`), to ids."""

    id: str
    created_by: str
    created: str
    modified: str
    content: str  # digest of the playbook that `modified` is the time of
    steps: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As it stands in the file."""
        return {
            "id": self.id,
            "created_by": self.created_by,
            "created": self.created,
            "modified": self.modified,
            "content": self.content,
            "steps": dict(sorted(self.steps.items())),
        }

    @classmethod
    def from_json(cls, raw: Any) -> Lock:
        """Read it back.

        Raises:
            ValueError: `what is wrong; what to do`.
        """
        words = ("id", "created_by", "created", "modified", "content")
        fits = isinstance(raw, dict) and all(isinstance(raw.get(word), str) for word in words)
        steps = raw.get("steps") if fits else None
        if not isinstance(steps, dict) or not all(isinstance(one, str) for one in steps.values()):
            raise ValueError("is not a lock file of ours; restore it, or remove it for new ids")
        return cls(**{word: raw[word] for word in words}, steps=dict(steps))

    @classmethod
    def new(cls, slug: str, now: datetime) -> Lock:
        """For a playbook that has never been exported."""
        at = moment(now)
        return cls(v5("playbook", slug), IDENTITY, at, at, "")

    def step(self, kind: str, key: str, new_uuid: NewUuid) -> str:
        """The id of a step or part, made when there is none yet."""
        found = self.steps.get(key)
        # A UUID is never used for two types.
        if found is None or not found.startswith(f"{kind}--"):
            found = self.steps[key] = f"{kind}--{new_uuid()}"
        return found

    def touch(self, content: str, now: datetime) -> None:
        """A changed playbook is a new version."""
        if self.content and self.content != content:
            self.modified = max(moment(now), self.created)
        self.content = content

    def forget(self, used: set[str]) -> None:
        """Drop the steps that are no more."""
        self.steps = {key: id for key, id in self.steps.items() if id in used}


def lock_of(document: Mapping[str, Any], slugs: Mapping[str, str] | None = None) -> Lock:
    """The lock that fits a document; `slugs` maps our steps to theirs, else our extension does."""
    if slugs is None:
        slugs = dict(_keys(document))
    names = ("id", "created_by", "created", "modified")
    header = {name: str(document.get(name, "")) for name in names}
    whole = document.get("playbook_extensions")
    ours = whole.get(EXTENSION) if isinstance(whole, dict) else None
    content = ours.get("content") if isinstance(ours, dict) else None
    return Lock(**header, content=content if isinstance(content, str) else "", steps=dict(slugs))


def _keys(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = []
    for id, step in steps_of(document).items():
        ours = extension(step)
        key = ours.get("key")
        if isinstance(key, str) and ID.fullmatch(id):
            found.append((key, id))
    return found


def extension(step: Mapping[str, Any]) -> Mapping[str, Any]:
    """What our extension says of a step; empty where it says nothing."""
    extensions = step.get("step_extensions")
    ours = extensions.get(EXTENSION) if isinstance(extensions, dict) else None
    return ours if isinstance(ours, dict) else {}


def moment(at: datetime) -> str:
    """As CACAO writes times: UTC with three decimals."""
    text = at.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
