"""/aid match: whom Tocsin would recommend, why, and why not somebody else. It assigns nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.slack.verbs.aid_finding import AID, aid_here, answer, incident_of, shows, typed, which
from bot.slack.verbs.base import Call, Verb
from coalition.application.matching import advise_on_record
from coalition.domain.errors import UserError
from coalition.rendering.aid_matching import recommended, why_not_lines
from coalition.rendering.slack.blocks import section
from coalition.rendering.slack.fields import Field
from coalition.rendering.slack.text import escape

if TYPE_CHECKING:
    from bot.slack.desk import Reply


def match(call: Call) -> Reply:
    """The recommended set with its reasons; with --why, what decides against one member."""
    aid = aid_here(call)
    if not shows(call, aid):
        message = f"Slack may not show you what is recommended for {aid.aid}."
        raise UserError(message, "The board shows it: /aid list gives you the way in.")
    if not aid.seeking:
        message = f"{aid.aid} looks for no help: it is {aid.status.replace('_', ' ')}."
        raise UserError(message, f"/aid list {aid.aid} shows how far it is.")
    coalition = call.desk.coalition
    found = advise_on_record(call.desk.tocsin, aid.aid).for_request(aid.aid)
    if call.given.has("why"):
        lines = [
            line
            for member in call.given.members("why")
            for line in why_not_lines(found, aid, member, coalition)
        ]
        said = "\n".join(f"• {escape(line, 600)}" for line in lines)
        return answer(call, aid, said or "Nothing is missing any more.")
    picks = recommended(found, aid, coalition)
    blocks = [section("\n".join(f"• {escape(line, 600)}" for line in picks))] if picks else []
    said = "*Recommended, not assigned:*" if picks else "Nobody can be recommended yet."
    accept = typed(call, f"aid accept {aid.aid} --offer N")
    why = typed(call, f"aid match {aid.aid} --why member")
    return answer(call, aid, said, f"Why not somebody else: {why}. To agree: {accept}.", blocks)


MATCHING = Verb(
    "aid",
    "match",
    "See the recommended set",
    "/aid match [AID-…] [--why member]",
    "/aid match AID-2026-0003 --why fi",
    match,
    (AID, Field("why", "Why not this member?", "members")),
    about_incident=False,
    about=incident_of,
    opens_form=False,
    complete=which,
)
