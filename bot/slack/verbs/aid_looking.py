"""/aid list: the requests one may see, and whose move it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.slack.desk import Reply
from bot.slack.verbs.aid_finding import (
    AID,
    aid_here,
    answer,
    incident_of,
    read,
    shows,
    typed,
    visible,
)
from bot.slack.verbs.base import Call, Verb
from coalition.domain.labels import Tlp, strictest
from coalition.rendering.aid_words import REQUESTS, money
from coalition.rendering.slack import aid as said_of
from coalition.rendering.slack.blocks import section
from coalition.rendering.slack.fields import Field
from coalition.rendering.slack.names import member_names
from coalition.rendering.slack.replies import reply
from coalition.rendering.slack.text import counted, escape, listed, local

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coalition.domain.aid.state import Aid
    from coalition.rendering.slack.rendered import Block

MOST = 12
"""Requests in one reply; the board has them all."""


def list_(call: Call) -> Reply:
    """One request in full where it was named or the room has only one, else a line for each."""
    every = call.given.text("which").lower() == "all"
    found = visible(call, every=every)
    if call.given.has("aid") and (named := read(call, aid_here(call).aid)):
        return _one(call, named)
    if len(found) == 1:
        return _one(call, found[0])
    if not found:
        said = "There is no request for aid that you may see."
        return Reply(reply(said, f"{call.slash('aid request')} asks for help."))
    shown = found[:MOST]
    blocks = [section(_line(call, aid)) for aid in shown]
    label = strictest(Tlp.CLEAR, *(aid.tlp for aid in shown if shows(call, aid)))
    more = f" {len(found) - MOST} more are on the board." if len(found) > MOST else ""
    text = reply(
        f"{counted(len(found), 'request')} for aid that you may see.{more}",
        f"{call.slash('aid list AID-…')} shows one in full; {call.slash('aid list all')} those "
        "that are over too.",
        extra=blocks,
    )
    return Reply(text, None, label)


def _line(call: Call, aid: Aid) -> str:
    if not shows(call, aid):
        return f"*{aid.tlp.value}* · *{aid.aid}* ({aid.incident})\nSlack may not carry more of it."
    coalition = call.desk.coalition
    own = said_of.move_lines(coalition, aid, call.desk.prefix, [call.caller.member.id])
    lines = [
        f"*{aid.tlp.value}* · {said_of.head_line(coalition, aid)} ({aid.incident})",
        *said_of.need_lines(aid)[:3],
        *(["*Your move:*", *own] if own else []),
    ]
    return "\n".join(lines)


def _one(call: Call, aid: Aid) -> Reply:
    if not shows(call, aid):
        link = call.desk.link(call.caller, f"aid/{aid.aid}")
        said = f"{aid.aid} is {REQUESTS[aid.status].lower()}. Slack may not carry more of it."
        return Reply(reply(f"*{aid.tlp.value}* · {said}", f"<{link}|Your link to the board>."))
    coalition, prefix = call.desk.coalition, call.desk.prefix
    blocks: list[Block] = [section("\n".join(said_of.need_lines(aid)))]
    if aid.opened_at:
        counts = said_of.counts_line(coalition, aid, call.caller.member.id)
        blocks.append(section(f"*Answers:* {counts}{_clock(aid)}"))
    offers = said_of.offer_lines(coalition, aid, call.caller.member.id)
    if offers:
        blocks.append(section("*Offers*\n" + "\n".join(offers)))
    if signed := said_of.signature_lines(coalition, aid):
        blocks.append(section("*Signatures*\n" + "\n".join(signed)))
    waiting = said_of.move_lines(coalition, aid, prefix)
    blocks.append(section("\n".join(["*Whose move it is*", *(waiting or ["• Nobody's."])])))
    if private := _private(call, aid):
        blocks.append(section(private))
    following = f"{typed(call, f'aid match {aid.aid}')} recommends whom to accept, and says why."
    return answer(call, aid, said_of.head_line(coalition, aid), following, blocks)


def _clock(aid: Aid) -> str:
    return f". Answers are due {local(aid.answer_by)}" if aid.answer_by and aid.seeking else ""


def _private(call: Call, aid: Aid) -> str:
    """What only the caller's own member or the two sides may know."""
    own = call.caller.member.id
    lines = [*_missions(call, aid)]
    refusal = aid.declined.get(own)
    if refusal is not None:
        why = escape(" ".join(filter(None, [refusal.reason.replace("_", " "), refusal.note])), 400)
        lines.append(f"Your member cannot help{f': {why}' if why else ''}.")
    lines += [
        f"Offer {one.offer} was not booked: {escape(one.booking_refusal, 300)}"
        for one in aid.offers.values()
        if one.member == own and one.booking_refusal
    ]
    if aid.member == own and aid.unclear:
        names = listed(member_names(call.desk.coalition, aid.unclear))
        lines.append(f"Ask back, their offer could not be read: {names}.")
    return "\n".join(lines)


def _missions(call: Call, aid: Aid) -> Iterator[str]:
    """Of missions that the caller's member sent or has: check-in, report, costs."""
    for one in aid.missions.values():
        if call.caller.member.id not in (one.member, aid.member):
            continue
        about, currency = f"*Mission {one.mission}*", one.agreement.terms.currency
        if one.last_check_in:
            yield f"{about}, last check-in: {escape(one.last_check_in, 500)}"
        if one.report:
            yield f"{about}, report: {escape(one.report, 700)}"
        if one.costs:
            cap = money(one.agreement.terms.cost_cap, currency)
            yield f"{about}, costs: {money(one.total, currency)}, cap {cap}"
        if one.status == "queried":
            yield f"{about}, asked about the costs: {escape(one.query, 500)}"


LISTING = Verb(
    "aid",
    "list",
    "List requests for aid",
    "/aid list [AID-…] [all]",
    "/aid list AID-2026-0003",
    list_,
    (
        AID,
        Field(
            "which",
            "Which?",
            "choice",
            place="word",
            choices=(("open", "open"), ("all", "all")),
        ),
    ),
    about_incident=False,
    about=incident_of,
    opens_form=False,
    when="always",
)
