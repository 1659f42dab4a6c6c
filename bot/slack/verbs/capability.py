"""/capability add and withdraw: what the own member could help with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from pydantic import ValidationError

from bot.slack.desk import Reply
from bot.slack.verbs import aid_values as read
from bot.slack.verbs.base import Call, Verb
from bot.slack.verbs.capability_list import IN_ONE_BLOCK, LISTING, lines_of
from coalition.application.pools import pool_of
from coalition.domain.capabilities import CapabilityRecord, EcsfRole, Kind, Mode
from coalition.domain.errors import UserError
from coalition.domain.pool.commands import (
    AddCapability,
    BookElsewhere,
    ConfirmCapability,
    FreeElsewhere,
    WithdrawCapability,
)
from coalition.rendering.aid_words import MODES
from coalition.rendering.slack.blocks import section
from coalition.rendering.slack.fields import Field
from coalition.rendering.slack.replies import reply
from coalition.rendering.slack.text import escape, local

if TYPE_CHECKING:
    from coalition.domain.pool.state import Pool

KINDS: tuple[str, ...] = get_args(Kind)
ROLES: tuple[str, ...] = get_args(EcsfRole)


def add(call: Call) -> Reply:
    """List a capability of the own member; confirm a draft; take back one promised elsewhere."""
    id, member = call.given.text("id").casefold(), call.caller.member.id
    about = {**call.base, "member": member}
    if call.given.has("back"):
        call.desk.execute(FreeElsewhere(**about, ref=call.given.text("back")))
        return _own(call, "What was promised elsewhere is free again here.")
    listing = _pool(call).listings.get(id)
    if listing is not None and listing.standing == "draft" and not call.given.has("service"):
        call.desk.execute(ConfirmCapability(**about, capability=id))
        return _own(call, f"{escape(id)} is available from now on.")
    if not id:
        raise UserError("What is it called?", f"Type: {ADD_EXAMPLE}", field="id")
    missing = [one for one in ("service", "kind", "notice", "max-days") if not call.given.has(one)]
    if missing:
        message = f"Say more about {id[:40]}: {', '.join(missing)} is missing."
        raise UserError(message, f"Type: {ADD_EXAMPLE}", field=missing[0])
    call.desk.execute(AddCapability(**about, capability=_record(call, id)))
    now = _pool(call).listings[id].standing
    if now == "draft":
        confirm = call.slash(f"capability add {id}")
        return _own(call, f"{escape(id)} is a draft. An approver of yours confirms it: {confirm}.")
    return _own(call, f"{escape(id)} is listed and available.")


def _record(call: Call, id: str) -> CapabilityRecord:
    """The capability as it was described.

    Raises:
        UserError: at the field that does not fit.
    """
    given = call.given
    found: dict[str, Any] = {"id": id, "service": given.text("service")}
    found["kind"] = given.choice("kind", KINDS)
    found["notice"] = given.duration("notice")
    found["max_days"] = given.number("max-days")
    for option, name in (("size", "size"), ("type", "type")):
        if given.has(option):
            found[name] = given.number(option)
    if given.has("mode"):
        found["mode"] = given.choice("mode", get_args(Mode))
    for option, name in _LISTS.items():
        if given.has(option):
            found[name] = tuple(one for one in given.text(option).replace(",", " ").split() if one)
    for option, name in (("unit", "unit"), ("until", "valid_until")):
        if given.has(option):
            found[name] = given.text(option)
    currency = call.desk.coalition.charter.aid.currency
    if (per_day := read.money(call, "cost", currency)) is not None:
        found["cost"] = {"per_day": per_day, "currency": currency}
    try:
        return CapabilityRecord.model_validate(found)
    except ValidationError as error:
        fault = error.errors()[0]
        name = str(fault["loc"][0]) if fault["loc"] else "id"
        said = str(fault["msg"]).removeprefix("Value error, ")
        option = _OPTIONS.get(name, name)
        raise UserError(f"{option}: {said}.", f"Type: {ADD_EXAMPLE}", field=option) from error


_LISTS = {
    "roles": "roles",
    "languages": "languages",
    "clearances": "clearances",
    "not-in": "not_in",
}
_OPTIONS = {"max_days": "max-days", "not_in": "not-in", "valid_until": "until"}


def withdraw(call: Call) -> Reply:
    """Offer no more of it; or, with --elsewhere, say that it is promised outside."""
    id = call.given.text("id").casefold()
    about = {**call.base, "member": call.caller.member.id, "capability": id}
    reason = call.given.text("reason")
    if not call.given.has("elsewhere"):
        call.desk.execute(WithdrawCapability(**about, reason=reason))
        return _own(call, f"{escape(id)} is withdrawn; nothing more of it is offered.")
    via = call.given.text("elsewhere")
    starts = read.moment(call, "starts") or call.desk.now()
    ends = read.moment(call, "ends")
    if ends is None:
        raise UserError("Until when is it promised?", "Add --ends 14d.", field="ends")
    size = call.given.number("size") if call.given.has("size") else 1
    ref = call.given.text("ref") or f"{id}-{starts:%Y%m%d%H%M}"
    booked = BookElsewhere(**about, via=via, ref=ref, size=size, starts=starts, ends=ends)
    call.desk.execute(booked)
    back = call.slash(f"capability add --back {ref}")
    said = f"{size} of {escape(id)} are promised to {escape(via, 100)} until {local(ends)}."
    return _own(call, f"{said} Nobody here can book them. Free again earlier: {back}.")


def _pool(call: Call) -> Pool:
    return pool_of(call.desk.tocsin, call.caller.member.id)


def _own(call: Call, said: str) -> Reply:
    lines = lines_of(call, call.caller.member, _pool(call))[:IN_ONE_BLOCK]
    extra = [section("\n".join(lines))] if lines else []
    return Reply(reply(said, f"{call.slash('capability list')} shows everybody's.", extra=extra))


_KIND_CHOICES = tuple((kind, kind) for kind in KINDS)
ADD_EXAMPLE = "/capability add lv-ir-team incident-response team --size 4 --notice 4h --max-days 14"

VERBS = (
    Verb(
        "capability",
        "add",
        "List a capability",
        "/capability add <id> [service] [kind] [--size 4] [--notice 4h] [--max-days 14] "
        "[--mode remote] [--type 2] [--unit gbit-s] [--roles a,b] [--languages en,lv] "
        "[--clearances nato-secret] [--not-in XX] [--cost 800] [--until 2027-12-31] [--back ref]",
        ADD_EXAMPLE,
        add,
        (
            Field("id", "Its id", place="word", one_word=True, longest=60, hint="lv-ir-team"),
            Field(
                "service",
                "Service",
                place="word",
                one_word=True,
                longest=60,
                hint="Of the FIRST framework, or incident-response, scrubbing, forensics …",
            ),
            Field("kind", "Kind", "choice", place="word", choices=_KIND_CHOICES),
            Field("size", "How many?", "number", hint="People, or units of what it is"),
            Field("notice", "Ready within", "duration", hint="Such as 4h"),
            Field("max-days", "Longest stay in days", "number"),
            Field("mode", "Where?", "choice", choices=tuple(MODES.items())),
            Field("type", "Type", "number", hint="1 can do most, 4 least"),
            Field("unit", "Unit", one_word=True, hint="Such as gbit-s; empty for people"),
            Field("roles", "Roles", hint="ENISA ECSF, with commas between them"),
            Field("languages", "Languages", hint="Such as en,lv. Empty: those of your member"),
            Field("clearances", "Clearances", hint="Such as nato-secret"),
            Field("not-in", "Never used in", hint="Countries, such as RU,BY"),
            Field("cost", "Cost of one for a day", hint="In the charter's currency; an estimate"),
            Field("until", "Valid until", one_word=True, hint="2027-12-31"),
            Field("back", "No longer promised elsewhere", typed_only=True, one_word=True),
        ),
        "List it",
        about_incident=False,
    ),
    LISTING,
    Verb(
        "capability",
        "withdraw",
        "Withdraw a capability",
        "/capability withdraw <id> [reason] [--elsewhere whom --ends 14d [--size 2] [--starts 1d] "
        "[--ref name]]",
        "/capability withdraw lv-ir-team --elsewhere EU reserve --size 2 --ends 14d",
        withdraw,
        (
            Field("id", "Which one?", required=True, place="word", one_word=True, longest=60),
            Field("reason", "Why?", "text", place="rest", longest=500),
            Field("elsewhere", "Promised elsewhere: to whom?", longest=100),
            Field("size", "How many of it?", "number"),
            Field("starts", "From when?", hint="1d from now, or a time; empty: now"),
            Field("ends", "Until when?", hint="14d from now, or a time"),
            Field("ref", "A name for this promise", one_word=True, longest=60),
        ),
        "Withdraw",
        about_incident=False,
    ),
)
