"""A member's answer to the notice that asked it, made into an offer or a refusal; never lost.

What was not proved stands as unconfirmed. What cannot be understood becomes an alarm for the
requester, who asks back; nothing is guessed beyond what the member has said of its capability.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from coalition.domain.aid.capacity import on_offer
from coalition.domain.aid.countersigning import countersigned, put_to, unclear
from coalition.domain.aid.ending import pending
from coalition.domain.aid.events import OfferConfirmed, RequestDeclined
from coalition.domain.aid.offering import made
from coalition.domain.aid.values import Supply
from coalition.domain.durations import parse_duration
from coalition.domain.errors import UserError
from coalition.domain.incident.checks import TEXT
from coalition.domain.money import minor_units
from coalition.domain.services import service_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coalition.domain.aid.commands import RecordAnswer
    from coalition.domain.aid.state import Aid
    from coalition.domain.capabilities import Capability, Mode
    from coalition.domain.members import Member
    from coalition.domain.messages import Event
    from coalition.domain.world import World

HELP = ("accept", "offer")
NO_OFFER = "wants to help, but it is not an offer yet"
MODES: dict[str, Mode] = {
    "remote": "remote",
    "on_site": "on_site",
    "on-site": "on_site",
    "onsite": "on_site",
    "hybrid": "hybrid",
}


def record_answer(state: Aid, command: RecordAnswer, world: World) -> list[Event]:
    """OfferSubmitted (unconfirmed, where nothing proves who), RequestDeclined or AnswerUnclear.

    An answer to the notice that put terms to the member signs them, or is asked back about.
    Nothing for other answers, and for a repeat.
    """
    offer = put_to(state, command)
    if offer is not None:
        return countersigned(state, offer, command, world)
    if command.answer == "decline":
        return _declined(state, command)
    if command.answer not in HELP:
        return []
    member = world.coalition.member(command.member)
    try:
        return _offered(state, command, member, world)
    except UserError as error:
        return [unclear(state, command, member, str(error), NO_OFFER)]


def _declined(state: Aid, command: RecordAnswer) -> list[Event]:
    offered = any(one.member == command.member and one.live for one in state.offers.values())
    if command.member in state.declined or offered or not state.seeking:
        return []
    return [RequestDeclined(member=command.member, reason="", note=command.note.strip()[:TEXT])]


def _offered(state: Aid, command: RecordAnswer, member: Member, world: World) -> list[Event]:
    """The offer that was made, or confirmed.

    Raises:
        UserError: it cannot be understood, does not fit, or comes too late.
    """
    if not state.seeking:
        raise UserError(f"{state.aid} is {state.status}; no more help is looked for.")
    if not member.active:
        raise UserError(f"{member.name} is {member.status}.")
    before = [one for one in state.offers.values() if one.member == member.id and pending(one)]
    details = {name: text.strip() for name, text in command.details.items() if text.strip()}
    if before and not set(details) & {"capability", "service", "size"}:
        unconfirmed = [one for one in before if one.status == "unconfirmed"]
        if not (command.verified and unconfirmed):
            return []  # it says again what it has said
        return [OfferConfirmed(offer=unconfirmed[0].offer, by=command.by)]
    item, capability = _meant(state, member, details, world)
    return [
        made(
            state,
            member=member,
            item=item,
            supply=_supply(state, item, capability, details, command),
            status="submitted" if command.verified else "unconfirmed",
            valid_until=None,
            by=command.by or f"partner:{member.id}",
            at=command.at,
            world=world,
        )
    ]


def _meant(
    state: Aid, member: Member, details: Mapping[str, str], world: World
) -> tuple[int, Capability]:
    """Which item, and which capability of the member; said, or the only one that fits."""
    known = on_offer(member, world)
    named = details.get("capability", "")
    if named and named not in known:
        raise UserError(
            f"It has no capability {named[:40]!r} that can be offered.",
            f"It has: {', '.join(sorted(known)) or 'none'}.",
        )
    chosen = [known[named]] if named else list(known.values())
    wanted = _service(details["service"]) if "service" in details else None
    fitting = [
        (item, one)
        for item, need in enumerate(state.needs, start=1)
        for one in chosen
        if one.service == need.service
        and need.kind in (None, one.kind)
        and wanted in (None, need.service)
    ]
    open_items = [pair for pair in fitting if state.remaining(pair[0])] or fitting
    if not open_items:
        raise UserError("Nothing that it has on offer fits what is asked for.")
    if len({one.id for _, one in open_items}) > 1:
        ids = ", ".join(dict.fromkeys(one.id for _, one in open_items))
        raise UserError(f"It does not say which capability it means: {ids}.")
    return open_items[0]


def _service(said: str) -> str:
    try:
        return service_of(said)
    except ValueError as error:
        raise UserError(f"{error}.") from None


def _supply(
    state: Aid,
    item: int,
    capability: Capability,
    details: Mapping[str, str],
    command: RecordAnswer,
) -> Supply:
    need = state.needs[item - 1]
    currency = details.get("currency", "").upper() or state.currency
    usual: Mode = "remote" if capability.mode == "hybrid" else capability.mode
    mode = details.get("mode", usual).casefold().replace(" ", "_")
    if mode not in MODES:
        raise UserError(f"{details['mode'][:40]!r} is no way of working.")
    cost = details.get("cost")
    return Supply(
        capability=capability.id,
        size=_number(details.get("size")) or min(capability.size, need.quantity),
        days=_number(details.get("days")) or min(capability.max_days, need.days),
        starts=_starts(details.get("starts"), command.at, capability.notice),
        mode=MODES[mode],
        cost=minor_units(cost, currency) if cost is not None else None,
        currency=currency,
        conditions=(details.get("conditions") or details.get("note") or command.note)[:TEXT],
    )


def _number(said: str | None) -> int | None:
    if said is None:
        return None
    if said.isascii() and said.isdigit() and 0 < len(said) <= 6:  # noqa: PLR2004 - up to 999999
        return int(said)
    raise UserError(f"{said[:40]!r} is not a whole number.")


def _starts(said: str | None, at: datetime, notice: timedelta) -> datetime:
    """A time (UTC where it says no zone), a duration from now, `now`, or the usual notice."""
    if said is None:
        return at + notice
    if said.casefold() == "now":
        return at
    try:
        return at + parse_duration(said)
    except ValueError:
        pass
    try:
        time = datetime.fromisoformat(said)
    except ValueError:
        message = f"{said[:40]!r} is neither a time (2026-11-21T06:00Z) nor a duration (4h)."
        raise UserError(message) from None
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
