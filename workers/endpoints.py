"""Endpoints that have said they are gone for good: remembered, told to a human, left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from coalition.domain.errors import PermanentError
from coalition.domain.incident.commands import RaiseAlarm
from coalition.domain.messages import SYSTEM
from coalition.domain.reach import DisableEndpoint, fingerprint

if TYPE_CHECKING:
    from coalition.domain.reach import Reach
    from workers.channels.calling import EndpointGone
    from workers.context import WorkerContext
    from workers.desk import Order


class Endpoint(NamedTuple):
    """One endpoint of one member, as the coalition file names it now."""

    member: str
    name: str
    kind: str
    address: str

    @classmethod
    def of(cls, ctx: WorkerContext, order: Order) -> Endpoint:
        """The endpoint that a sending goes to."""
        member = ctx.tocsin.coalition.member(order.member)
        channel = member.channels[order.channel]
        return cls(member.id, member.name, channel.kind, channel.address)

    def refuse_if_gone(self, reach: Reach) -> None:
        """Raise `PermanentError` for one that has said it is gone."""
        dead = reach.disabled.get(fingerprint(self.kind, self.address))
        if dead is not None:
            since = dead.since.strftime("%d %b %H:%M UTC")
            raise PermanentError(
                f"{dead.host} is disabled since {since}: {dead.said}.", fallback=_remedy(self)
            )

    async def remember(
        self, ctx: WorkerContext, effect: str, incident: str, gone: EndpointGone
    ) -> None:
        """Send it nothing more, and tell the incident's people what to do."""
        at = ctx.now()
        disable = DisableEndpoint(
            id=f"gone-{effect}",
            at=at,
            actor=SYSTEM,
            endpoint=fingerprint(self.kind, self.address),
            member=self.member,
            kind=self.kind,
            host=gone.host,
            said="it answered 410 Gone",
        )
        alarm = RaiseAlarm(
            id=f"gone-alarm-{effect}",
            at=at,
            actor=SYSTEM,
            incident=incident,
            subject=f"endpoint:{self.member}:{self.kind}",
            text=f"The {self.kind} endpoint of {self.name} ({gone.host}) answered 410 Gone. It is "
            "disabled: nothing more is sent there.",
            fallback=_remedy(self),
        )
        await ctx.execute(disable)
        await ctx.execute(alarm)


def _remedy(endpoint: Endpoint) -> str:
    return (
        f"Ask {endpoint.name} for its new endpoint and change the coalition file; if this one is "
        f"right after all: tocsin endpoint enable {endpoint.member}"
    )
