"""What can be asked of a member's pool. Each docstring says who may ask.

"Operator" and "approver" are delegates of that member. `aid` and `offer` name the offer a booking
is for; the same (aid, offer, attempt) is reserved, deployed and released once, however often it is
asked. Where Tocsin itself asks, a refusal is an event; a person gets an error instead.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field
from typing_extensions import override

from coalition.domain.capabilities import CapabilityRecord
from coalition.domain.messages import Command, Utc

Size = Annotated[int, Field(ge=1)]


class PoolCommand(Command):
    """Base: the pool of `member`."""

    aggregate: ClassVar[str] = "pool"
    member: str

    @property
    @override
    def target(self) -> str:
        return self.member


class SeedPool(PoolCommand):
    """System. Takes over what the coalition file says of this member's capabilities by now."""


class AddCapability(PoolCommand):
    """Operator: a draft, until an approver confirms it. By an approver: available at once.

    Replaces one of the same id that nobody has booked; not one that stands in the coalition file.
    """

    capability: CapabilityRecord


class ConfirmCapability(PoolCommand):
    """Approver: a draft becomes available."""

    capability: str


class WithdrawCapability(PoolCommand):
    """Operator: nothing more of it is offered. What is booked must be given back first."""

    capability: str
    reason: str = ""


class BookElsewhere(PoolCommand):
    """Operator: it is asked for or promised outside this coalition, and so not free here.

    `ref` tells one such booking from another; it ends by itself at `ends`.
    """

    capability: str
    via: str  # EU Cybersecurity Reserve, NATO …
    ref: str
    size: Size
    starts: Utc
    ends: Utc


class FreeElsewhere(PoolCommand):
    """Operator: what was promised outside is free again."""

    ref: str


class ReserveCapability(PoolCommand):
    """System, or operator. Asked again with another size or time, the booking is changed."""

    capability: str
    aid: str
    offer: int
    attempt: int = 1
    size: Size
    starts: Utc
    ends: Utc


class DeployCapability(PoolCommand):
    """System, or operator. What was reserved is in use, and stays so until it is released."""

    aid: str
    offer: int


class ReleaseCapability(PoolCommand):
    """System, or operator. Given back; with `rest_until`, free again only then.

    Released before it was reserved, it will not be reserved any more: the two may arrive in
    either order.
    """

    capability: str
    aid: str
    offer: int
    attempt: int = 1
    rest_until: Utc | None = None


class PassPoolTimer(Command):
    """System. A timer of this pool is due; does nothing unless that wait is open and due."""

    aggregate: ClassVar[str] = "pool"
    pool: str
    timer: str
