"""Which request for aid is meant, which offer of it, and whose side the caller is on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.slack.desk import Reply
from bot.slack.reading import aid_number
from coalition.domain.aid.authority import may_know
from coalition.domain.aid.views import visible_to
from coalition.domain.errors import NotFound, UserError
from coalition.domain.gate import ToViewer, explain
from coalition.domain.labels import strictest
from coalition.domain.world import World
from coalition.rendering.aid_moves import moves
from coalition.rendering.slack.fields import Field
from coalition.rendering.slack.replies import reply
from coalition.rendering.slack.text import escape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.slack.verbs.base import Call
    from coalition.domain.aid.commands import AidCommand
    from coalition.domain.aid.state import Aid, Mission, Offer
    from coalition.domain.incident.state import Incident
    from coalition.domain.labels import Tlp
    from coalition.rendering.slack.rendered import Block

AID = Field("aid", "Which request?", one_word=True, typed_only=True, hint="AID-2026-0003")
OFFER = Field("offer", "Which offer?", "number", hint="Its number, as /aid list shows it")
MOST = 40
"""Requests in one choice."""


def incident_of(call: Call) -> Incident | None:
    """The incident of the request that was named, or of the only one there is here.

    Notes the request's id among what was given. None where the caller's member takes no part in
    the incident, or where it is still to be said which request is meant.

    Raises:
        NotFound: what was named does not exist, or the caller may not see it.
    """
    aid = _meant(call)
    if aid is None:
        return None
    call.given.values["aid"] = (aid.aid,)
    return _incident(call, aid)


def aid_here(call: Call) -> Aid:
    """The request that it is about, as the caller's member may see it.

    Raises:
        UserError: none was named and there are several, or none.
    """
    aid = _meant(call)
    if aid is None:
        known = ", ".join(f"{one.aid} ({one.incident})" for one in visible(call)[:5])
        message = "Which request for aid?" if known else "There is no request that you may see."
        hint = f"Name one: {known}." if known else "/aid request asks for help."
        raise UserError(message, hint, field="aid")
    return visible_to(aid, call.caller.member.id)


def which(call: Call, fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """The fields of a form; which request is asked for where that is not known."""
    if call.given.has("aid"):
        return fields
    choices = tuple((one.aid, _choice(call, one)) for one in visible(call)[:MOST])
    if not choices:
        raise UserError("There is no request that you may see.", "/aid request asks for help.")
    asked = replace(AID, kind="choice", typed_only=False, required=True, hint="", choices=choices)
    return tuple(asked if field.name == AID.name else field for field in fields)


def visible(call: Call, *, every: bool = False) -> list[Aid]:
    """The requests that the caller may know of, whole, the newest first; `every`: over ones too."""
    found = (read(call, id) for id in reversed(call.desk.tocsin.log.ids("aid")))
    return [
        one
        for one in found
        if one is not None and sees(call, one) and (every or not one.ended or moves(one))
    ]


def read(call: Call, id: str) -> Aid | None:
    """A request as it stands, whoever asks."""
    aid: Aid | None = call.desk.tocsin.dispatcher.read("aid", id)
    return aid


def sees(call: Call, aid: Aid) -> bool:
    """Whether the caller's member may know of it: its own, asked, or taking part."""
    incident = call.desk.directory.incident(aid.incident)
    world = World(call.desk.coalition, incident=incident)
    return incident is not None and may_know(call.caller.member, aid, world)


def shows(call: Call, aid: Aid) -> bool:
    """Whether Slack may show the caller its content."""
    incident = _incident(call, aid)
    if incident is not None:
        return call.desk.shows(call.caller, incident, aid.tlp)
    audience = ToViewer(call.caller.delegate.id, None)
    return explain(tlp=_label(call, aid), audience=audience, coalition=call.desk.coalition) is None


def answer(
    call: Call, aid: Aid, said: str, following: str = "", extra: Sequence[Block] = ()
) -> Reply:
    """A reply about a request, under its label; `said` and `following` are mrkdwn."""
    incident, label = _incident(call, aid), _label(call, aid)
    mark = " · *EXERCISE*" if aid.exercise else ""
    head = f"*{label.value}*{mark} · *{aid.aid}* ({aid.incident})"
    return Reply(reply(f"{head}\n{said}", following, extra=extra), incident, label)


def done(call: Call, command: AidCommand) -> Aid:
    """Carry out a command; the request as it stands after it."""
    call.desk.execute(command)
    after = read(call, command.aid)
    if after is None:
        raise NotFound(f"There is no request {command.aid}.", "/aid list shows yours.")
    return after


def typed(call: Call, command: str) -> str:
    """A command as code, with the prefix of this installation."""
    return f"`/{call.desk.prefix}{escape(command)}`"


def offer_here(call: Call, aid: Aid, *statuses: str) -> Offer:
    """The offer that was named, else the only one of these statuses that concerns the caller.

    Raises:
        UserError: none was named and there is not exactly one.
        NotFound: there is none of that number, or it is a draft of somebody else.
    """
    mine, seen = call.caller.member.id, aid.offers
    if call.given.has("offer"):
        number = call.given.number("offer")
        if str(number) not in seen:
            known = ", ".join(seen) or "none yet"
            raise NotFound(f"{aid.aid} has no offer {number}.", f"Offers: {known}.", field="offer")
        return seen[str(number)]
    fitting = [one for one in seen.values() if one.status in statuses]
    own = [one for one in fitting if one.member == mine]
    found = fitting if mine == aid.member else own
    if len(found) == 1:
        return found[0]
    message = "Which offer?" if found else f"{aid.aid} has no offer that you could mean."
    hint = f"Add --offer {found[0].offer}, …" if found else "/aid list shows the offers."
    raise UserError(message, hint, field="offer")


def mission_here(call: Call, aid: Aid) -> Mission:
    """The mission of the offer that was named, else the only one there is.

    Raises:
        UserError: none was named and there is not exactly one.
        NotFound: the offer has no mission: it was not accepted.
    """
    if call.given.has("offer"):
        number = call.given.number("offer")
        found = aid.missions.get(str(number))
        if found is None:
            message = f"Offer {number} of {aid.aid} has no mission."
            raise NotFound(message, f"Accept it first: /aid accept {aid.aid}.", field="offer")
        return found
    mine = call.caller.member.id
    going = [one for one in aid.missions.values() if mine in (one.member, aid.member)]
    going = [one for one in going if one.status not in ("settled", "waived")] or going
    if len(going) == 1:
        return going[0]
    message = "Which mission?" if going else f"{aid.aid} has no mission of yours."
    hint = f"Add --offer {going[0].mission}, …" if going else "/aid list shows how far it is."
    raise UserError(message, hint, field="offer")


def _meant(call: Call) -> Aid | None:
    word = call.given.text("aid")
    if word:
        number = aid_number(word, call.desk.now().year)
        aid = read(call, number) if number else None
        if aid is None or not sees(call, aid):
            message = f"There is no request {(number or word)[:40]} that you may see."
            raise NotFound(message, "/aid list shows yours; write it like AID-2026-0003.")
        return aid
    here = call.desk.directory.by_channel(call.channel)
    every = visible(call)
    found = [one for one in every if one.incident == here] if here else every
    return found[0] if len(found) == 1 else None


def _label(call: Call, aid: Aid) -> Tlp:
    """Its own, or that of its incident now, where that is stricter."""
    incident = call.desk.directory.incident(aid.incident)
    return strictest(aid.tlp, incident.tlp) if incident else aid.tlp


def _incident(call: Call, aid: Aid) -> Incident | None:
    """Its incident, where the caller takes part in that."""
    incident = call.desk.directory.incident(aid.incident)
    if incident is None or not call.desk.directory.sees(call.caller.delegate, incident):
        return None
    return incident


def _choice(call: Call, aid: Aid) -> str:
    what = f" {aid.needs[0].service}" if shows(call, aid) else ""
    return f"{aid.aid} {aid.tlp.value}{what}"
