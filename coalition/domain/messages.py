"""Commands (imperative), events (past tense) and the records an aggregate's log is made of.

A command asks; `decide(state, command, world)` answers with events or raises `UserError`.
Events are facts; `apply(state, record)` folds them. Both are frozen, and neither reads a clock.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict

GENESIS = "0" * 64
"""`prev` of the first record of every aggregate."""


def _utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        msg = "a time without a zone; times are aware and in UTC"
        raise ValueError(msg)
    return value.astimezone(UTC)


Utc = Annotated[datetime, AfterValidator(_utc)]
"""An aware time, kept in UTC."""


class Message(BaseModel):
    """A frozen value; unknown fields are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Actor(Message):
    """Who acts: a named delegate, a partner CERT answering a notice, or Tocsin itself."""

    kind: Literal["delegate", "partner", "system"]
    member: str | None = None
    delegate: str | None = None
    via: str = ""  # slack | link | webhook | mail | cli | timer | playbook …

    @property
    def label(self) -> str:
        """`ee-alice`, `partner:lv` or `system`, as shown in timelines."""
        if self.kind == "delegate":
            return self.delegate or "?"
        return f"partner:{self.member}" if self.kind == "partner" else "system"


SYSTEM = Actor(kind="system", via="tocsin")


class Command(Message):
    """Base of all commands. `id` makes it idempotent: the same id is carried out once."""

    aggregate: ClassVar[str]
    registry: ClassVar[dict[str, type[Command]]] = {}

    id: str
    at: Utc
    actor: Actor

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        Command.registry[cls.__name__] = cls

    @property
    def target(self) -> str:
        """Id of the aggregate this command is for (the field named like the aggregate)."""
        return str(getattr(self, self.aggregate))


class Event(Message):
    """Base of all events. Renaming a class or field of one is a migration."""

    registry: ClassVar[dict[str, type[Event]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        Event.registry[cls.__name__] = cls


class Record(Message):
    """One event in its place: what is stored, byte for byte, in the aggregate's log."""

    aggregate: str
    id: str
    version: int  # 1, 2, 3 … without gaps
    at: Utc
    actor: Actor
    cause: str  # id of the command
    type: str
    data: dict[str, Any]
    prev: str  # hash of the record before it; GENESIS for the first

    def event(self) -> Event:
        """Return the typed event."""
        return Event.registry[self.type].model_validate(self.data)

    def to_bytes(self) -> bytes:
        """Return the canonical bytes; `digest` is computed over exactly these."""
        return canonical(self.model_dump(mode="json"))


def canonical(value: Any) -> bytes:
    """Sorted keys, no spaces, UTF-8: equal values give equal bytes."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def digest(stored: bytes) -> str:
    """Hash that the next record carries as `prev` (SHA-256, hex)."""
    return hashlib.sha256(stored).hexdigest()
