"""/capability list: what the coalition could help with, narrowed by what is needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, get_args

from bot.slack.desk import Reply
from bot.slack.verbs.base import Call, Verb
from coalition.application.pools import pools
from coalition.domain.capabilities import CapabilityRecord, Kind
from coalition.domain.coverage import asked_for, coverage
from coalition.domain.errors import UserError
from coalition.domain.labels import Tlp
from coalition.domain.pool.availability import lifecycle
from coalition.domain.services import SERVICES, Service, service_of
from coalition.rendering.aid_words import MODES, money
from coalition.rendering.slack.blocks import section
from coalition.rendering.slack.fields import Field
from coalition.rendering.slack.names import member_name
from coalition.rendering.slack.replies import reply
from coalition.rendering.slack.text import counted, listed

if TYPE_CHECKING:
    from coalition.domain.members import Member
    from coalition.domain.pool.state import Pool

Fits = Callable[[CapabilityRecord], bool]
KINDS: tuple[Kind, ...] = get_args(Kind)
IN_ONE_BLOCK, MOST_BLOCKS = 8, 12
STANDINGS = {
    "draft": "draft, waits for an approver",
    "available": "available",
    "reserved": "reserved",
    "deployed": "deployed",
    "resting": "resting",
    "expired": "expired",
    "withdrawn": "withdrawn",
    "elsewhere": "promised elsewhere",
}


def list_(call: Call) -> Reply:
    """What each member lists that fits the need; of the own member, how each stands."""
    known = pools(call.desk.tocsin)
    members, fits = _narrowed(call)
    lines = [line for one in members for line in lines_of(call, one, known[one.id], fits)]
    if not lines:
        said = "Nobody lists what fits." if call.given.values else "Nobody lists anything yet."
        return Reply(reply(said, f"List something: {call.slash('capability add')}."))
    blocks = [
        section("\n".join(lines[at : at + IN_ONE_BLOCK]))
        for at in range(0, len(lines), IN_ONE_BLOCK)
    ]
    said = f"{counted(len(lines), 'capability', 'capabilities')}. {_coverage(call, known)}"
    following = "The board shows the map of what the coalition covers. Being listed is no promise."
    return Reply(reply(said, following, extra=blocks[:MOST_BLOCKS]), None, Tlp.GREEN)


def lines_of(call: Call, member: Member, pool: Pool, fits: Fits = lambda _: True) -> list[str]:
    """A line for each capability of a member that fits; of others, for what is available."""
    own = member.id == call.caller.member.id
    return [
        _line(call, member, pool, id, own=own)
        for id, listing in pool.listings.items()
        if (own or listing.standing == "available") and fits(_spoken(listing.record, member))
    ]


def _narrowed(call: Call) -> tuple[list[Member], Fits]:
    """Whose capabilities, and which of them, the options mean.

    Raises:
        UserError: a word is neither a member nor a service, or an option cannot be read.
    """
    given, members = call.given, list(call.desk.coalition.active)
    service: Service | None = None
    if word := given.text("which").casefold():
        named = [one for one in members if word in (one.id, one.name.casefold())]
        service = None if named else _service(word, members)
        members = named or members
    kind = given.choice("kind", KINDS) if given.has("kind") else ""
    ready = given.duration("ready")
    fits = asked_for(
        service=service,
        kind=next((one for one in KINDS if one == kind), None),
        type_at_most=given.number("type") if given.has("type") else None,
        languages=given.text("languages").replace(",", " ").split(),
        clearance=given.text("clearance").casefold(),
        hours=None if ready is None else int(ready.total_seconds() // 3600),
    )
    return members, fits


def _service(word: str, members: list[Member]) -> Service:
    try:
        return service_of(word)
    except ValueError as error:
        known = ", ".join(one.id for one in members)
        raise UserError(f"{error}.", f"Or name a member: {known}.", field="which") from error


def _spoken(record: CapabilityRecord, member: Member) -> CapabilityRecord:
    """The capability with the languages that it is offered in."""
    return record.model_copy(update={"languages": record.languages or member.languages})


def _line(call: Call, member: Member, pool: Pool, id: str, *, own: bool) -> str:
    one = pool.listings[id].record
    notice = int(one.notice.total_seconds() // 3600)
    unit = f" {one.unit}" if one.unit else ""
    facts = [
        SERVICES[one.service].title,
        f"{one.kind} of {one.size}{unit}, type {one.type}",
        MODES[one.mode],
        f"ready in {notice} h",
        f"up to {counted(one.max_days, 'day')}",
    ]
    if one.cost:
        facts.append(f"{money(one.cost.per_day, one.cost.currency)} each a day")
    if one.not_in:
        facts.append(f"never in {listed(one.not_in)}")
    stands = f" · *{STANDINGS[lifecycle(pool, id)]}*" if own else ""
    return f"• {member_name(call.desk.coalition, member.id)} `{id}`: {', '.join(facts)}{stands}"


def _coverage(call: Call, known: dict[str, Pool]) -> str:
    """How much of the framework is covered: together, and by the broadest member alone."""
    found = coverage(known, call.desk.coalition, call.desk.now())
    all_ = f"Together {found.together} of {len(SERVICES)} services"
    return f"{all_}; no member alone has more than {found.alone}."


LISTING = Verb(
    "capability",
    "list",
    "List capabilities",
    "/capability list [member or service] [--kind team] [--type 2] [--languages et,en] "
    "[--clearance nato-secret] [--ready 4h]",
    "/capability list forensics --languages en --ready 12h",
    list_,
    (
        Field("which", "Which?", place="word", one_word=True),
        Field("kind", "Kind", one_word=True),
        Field("type", "Of this type or better", "number"),
        Field("languages", "In one of these languages"),
        Field("clearance", "With this clearance", one_word=True),
        Field("ready", "Ready within", "duration"),
    ),
    about_incident=False,
    opens_form=False,
)
