"""The record of every call from the app and every delivery to it."""

from collections import deque
from dataclasses import dataclass, field

from sandbox.slack.model import Json

KEPT = 5_000
SECRET_KEYS = frozenset({"token", "client_secret", "authorization", "bot_access_token"})
SHOWN_OF_SECRET = 8


@dataclass(slots=True)
class Entry:
    """One exchange; see the README for the fields."""

    id: int
    at: float
    kind: str
    name: str
    via: str
    attempt: int
    status: int | str
    ok: bool
    error: str | None
    ms: float
    request: object
    response: object
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> Json:
        """The form shown by the control API."""
        return {name: getattr(self, name) for name in self.__slots__}


class TrafficLog:
    """The last 5 000 exchanges, numbered from 1."""

    def __init__(self) -> None:
        self.entries: deque[Entry] = deque(maxlen=KEPT)
        self.last = 0

    def next_id(self) -> int:
        """The number for the entry about to be added."""
        self.last += 1
        return self.last


def masked(value: object) -> object:
    """A copy of a request or response in which tokens show only their first letters."""
    if isinstance(value, dict):
        return {
            key: _mask(item) if key.lower() in SECRET_KEYS else masked(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [masked(item) for item in value]
    return value


def _mask(item: object) -> object:
    return f"{item[:SHOWN_OF_SECRET]}…" if isinstance(item, str) and item else item
