"""The pool's decisions: one table from each command to its rule and to who may ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from coalition.domain.authority import with_role
from coalition.domain.errors import NotAllowed, NotFound
from coalition.domain.incident.checks import of_this_mode
from coalition.domain.pool import booking, listing
from coalition.domain.pool import commands as c
from coalition.domain.pool.apply import fold
from coalition.domain.pool.seeding import member_of, seeds

if TYPE_CHECKING:
    from coalition.domain.members import Role
    from coalition.domain.messages import Command, Event
    from coalition.domain.pool.state import Pool
    from coalition.domain.world import World


class Rule(NamedTuple):
    """How a command is decided; which role of the own member may ask, and whether Tocsin may."""

    decide: Callable[[Pool, Any, World], list[Event]]
    role: Role | None
    system: bool = False


def _nothing_more(state: Pool, command: c.SeedPool, world: World) -> list[Event]:  # noqa: ARG001
    return []


RULES: dict[type[Command], Rule] = {
    c.SeedPool: Rule(_nothing_more, None, system=True),
    c.AddCapability: Rule(listing.add, "operator"),
    c.ConfirmCapability: Rule(listing.confirm, "approver"),
    c.WithdrawCapability: Rule(listing.withdraw, "operator"),
    c.BookElsewhere: Rule(booking.book_elsewhere, "operator"),
    c.FreeElsewhere: Rule(booking.free_elsewhere, "operator"),
    c.ReserveCapability: Rule(booking.reserve, "operator", system=True),
    c.DeployCapability: Rule(booking.deploy, "operator", system=True),
    c.ReleaseCapability: Rule(booking.release, "operator", system=True),
    c.PassPoolTimer: Rule(listing.pass_timer, None, system=True),
}


def decide(state: Pool | None, command: Command, world: World) -> list[Event]:
    """What follows from a command; [] when there is nothing to do.

    What is new in the coalition file is taken over first, in the same step. Pure, and nothing is
    half decided, as in `coalition.domain.incident.decide`.

    Raises:
        NotAllowed: the actor may not ask this.
        NotFound: no such member, capability or booking.
        UserError: anything else the person can put right. What Tocsin itself asks to reserve or
            deploy is refused by an event instead.
    """
    rule = RULES[type(command)]
    if state is not None:
        of_this_mode(state.exercise, world.coalition)
    elif member_of(world.coalition, command.target) is None:
        raise NotFound(f"No member is called {command.target[:40]!r}.", field="member")
    _authorise(rule, command, world)
    new = seeds(state, command.target, world.coalition)
    for event in new:
        state = fold(state, event, command.at)
    if state is None:  # the first seed opens the pool
        raise AssertionError(command.target)
    events = rule.decide(state, command, world)
    return [*new, *events] if events or isinstance(command, c.SeedPool) else []


def _authorise(rule: Rule, command: Command, world: World) -> None:
    name = type(command).__name__
    if command.actor.kind == "system":
        if not rule.system:
            raise NotAllowed(f"{name} needs a named person, not Tocsin itself.")
        return
    if rule.role is None:
        raise NotAllowed(f"{name} is recorded by Tocsin itself, not by a person.")
    party = with_role(command.actor, rule.role, world.coalition)
    if party.member.id != command.target:
        raise NotAllowed(
            f"{party.delegate.name} belongs to {party.member.name}; what another member has to "
            "give is its own business.",
        )
