"""One opening of a room, as its steps share it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from coalition.domain.incident.commands import RecordRoomStep
from coalition.domain.messages import SYSTEM

if TYPE_CHECKING:
    from coalition.application.ports import Claim
    from coalition.domain.incident.state import Incident
    from coalition.domain.incident.words import RoomStep
    from workers.context import WorkerContext


class Step(NamedTuple):
    """What a step came to. `missing` says what was left out, in words; empty when nothing was."""

    missing: str = ""
    channel: str | None = None
    ts: str | None = None


@dataclass
class Opening:
    """`incident` is read again after every step that was recorded."""

    ctx: WorkerContext
    claim: Claim
    incident: Incident
    invited: list[str] = field(default_factory=list)  # delegates who came in just now

    @property
    def channel(self) -> str:
        """Id of the room; every step but the first has one."""
        return self.incident.room.channel or ""

    @property
    def resumed(self) -> bool:
        """Whether an earlier attempt may have done more than was recorded."""
        return (
            self.claim.in_doubt
            or self.claim.attempt > 1
            or self.incident.room.attempt > 1
            or self.adopted
        )

    adopted: bool = False  # the channel was there already

    def looking(self) -> Claim:
        """The claim, as one that must look for what an earlier attempt has posted."""
        return self.claim._replace(in_doubt=True) if self.resumed else self.claim

    async def record(
        self,
        step: RoomStep,
        state: Literal["done", "degraded", "failed"],
        detail: str = "",
        *,
        channel: str | None = None,
        ts: str | None = None,
    ) -> None:
        """Put a line on the checklist."""
        command = RecordRoomStep(
            id=f"{self.claim.id}:{step}:{state}:{self.claim.attempt}",
            at=self.ctx.now(),
            actor=SYSTEM,
            incident=self.incident.number,
            step=step,
            state=state,
            detail=detail,
            channel=channel,
            ts=ts,
        )
        await self.ctx.execute(command)
        self.incident = await self.ctx.read("incident", self.incident.number)
