"""What is delivered and what became of it."""

from dataclasses import dataclass
from typing import Literal, Protocol

from sandbox.slack.model import Json, without_none

Kind = Literal["events_api", "slash_commands", "interactive"]
Status = Literal["acked", "timeout", "failed", "no_connection"]


@dataclass(frozen=True, slots=True)
class Parcel:
    """One thing for the app. `name` is for the traffic log; `retry` > 0 marks a redelivery."""

    kind: Kind
    name: str
    payload: Json
    retry: int = 0
    retry_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a parcel. `body` is what the app answered with its acknowledgement."""

    status: Status
    via: str
    ms: float
    http_status: int | None = None
    body: object = None
    reason: str | None = None
    no_retry: bool = False

    @property
    def acked(self) -> bool:
        """Whether the app took it in time."""
        return self.status == "acked"

    def to_json(self) -> Json:
        """As the control API shows it."""
        return without_none(
            {
                "status": self.status,
                "via": self.via,
                "ms": self.ms,
                "http_status": self.http_status,
                "reason": self.reason,
            }
        )


class Way(Protocol):
    """A way to the app."""

    async def send(self, parcel: Parcel, deadline: float) -> Delivery:
        """Deliver once; never raises."""
        ...
