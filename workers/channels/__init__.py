"""The ways to reach a partner. A way is one folder here, named like its `kind`, and nothing else.

Its `channel.py` offers `async def send(ctx, cleared, channel, effect) -> Sent`:

* `cleared` is the notice as the gate let it through for exactly this channel; there is no other
  way to get something sent;
* `channel` is the entry of the coalition file, `effect` the id that stays the same on a retry;
* it returns once the other side has taken responsibility, raises `TransientError` when trying
  again can help and `PermanentError` when it cannot, and nothing else;
* `REPEATABLE` says whether the receiver recognises a repeat by its id, or is a function that
  says so of an entry. Where it does not, `send` calls `ctx.hand_over()` right before the bytes
  leave, and after a crash nothing is sent again.

What every channel that speaks HTTP needs is in `calling.py`; docs/channels.md shows how to add one.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, cast

from coalition.domain.audiences import ToChannel
from coalition.domain.errors import PermanentError

if TYPE_CHECKING:
    from collections.abc import Callable

    from coalition.domain.channels import Channel
    from coalition.domain.gate import Cleared
    from coalition.rendering.notices.model import OutwardNotice, ThinNotice
    from workers.context import WorkerContext


class Sent(NamedTuple):
    """How a sending ended, and what the other side said (never anything of the content)."""

    stage: Literal["sent", "delivered", "in_doubt"]
    evidence: dict[str, Any]


class ChannelModule(Protocol):
    """What the `channel.py` of each folder offers."""

    REPEATABLE: bool | Callable[[Any], bool]

    async def send(
        self,
        ctx: WorkerContext,
        cleared: Cleared[OutwardNotice | ThinNotice],
        channel: Any,
        effect: str,
    ) -> Sent:
        """Send it, once."""
        ...


@cache
def kinds() -> frozenset[str]:
    """The kinds of channel that can be sent on."""
    return frozenset(found.name for found in pkgutil.iter_modules(__path__) if found.ispkg)


@cache
def channel_module(kind: str) -> ChannelModule:
    """The sender for a kind of channel.

    Raises:
        PermanentError: there is no folder for it.
    """
    if kind not in kinds():
        known = ", ".join(sorted(kinds()))
        raise PermanentError(f"no channel can send {kind!r}; there are {known}")
    return cast("ChannelModule", import_module(f"workers.channels.{kind}.channel"))


def repeatable(channel: Channel) -> bool:
    """Whether the receiver behind this entry recognises a repeat by its id."""
    rule = channel_module(channel.kind).REPEATABLE
    return rule(channel) if callable(rule) else rule


async def deliver(
    ctx: WorkerContext, cleared: Cleared[OutwardNotice | ThinNotice], effect: str
) -> Sent:
    """Send it by the very channel that the gate cleared it for.

    Raises:
        TransientError: trying again can help.
        PermanentError: it cannot; the text says what a human has to put right.
    """
    audience = cleared.audience
    if not isinstance(audience, ToChannel):
        kind = type(audience).__name__
        raise PermanentError(f"this was cleared for {kind}, not for a partner's channel")
    channel = ctx.tocsin.coalition.member(audience.member).channels[audience.index]
    return await channel_module(channel.kind).send(ctx, cleared, channel, effect)
