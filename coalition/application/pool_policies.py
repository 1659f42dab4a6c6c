"""What follows from what has happened in a member's pool.

What concerns a request for aid is told to it by the policies of aid; the rest is only looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.application.aid_policies import alarm_deployment, tell_booked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from coalition.application.ports import Effect
    from coalition.application.wanted import View
    from coalition.domain.messages import Record

POOL_REACTIONS: dict[str, tuple[Callable[[Record, View], Iterable[Effect]], ...]] = {
    "PoolOpened": (),
    "CapabilityListed": (),
    "CapabilityDrafted": (),
    "CapabilityConfirmed": (),
    "CapabilityWithdrawn": (),
    "CapabilityExpired": (),
    "BookedElsewhere": (),
    "FreedElsewhere": (),
    "CapabilityReserved": (tell_booked,),
    "ReservationRefused": (tell_booked,),
    "CapabilityDeployed": (),
    "DeploymentRefused": (alarm_deployment,),
    "CapabilityReleased": (),
    "RestEnded": (),
}
