"""A delegate answers a notice for their own CERT, from the button below it in the room.

Slack has told who they are, so what they promise counts. Typed it is `/incident notify --answer`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.slack.desk import Reply
from bot.slack.verbs.base import Call, Verb
from coalition.application.answering import Given, answer_received
from coalition.domain.errors import UserError
from coalition.domain.incident.answer_details import AFFECTED, NAMES, OFFER
from coalition.rendering.notices.wording import ANSWERS
from coalition.rendering.slack.fields import Field
from coalition.rendering.slack.names import label_line
from coalition.rendering.slack.receipts import ANSWERS as TOLD
from coalition.rendering.slack.replies import reply

if TYPE_CHECKING:
    from coalition.domain.incident.state import Incident, NoticeState
    from coalition.domain.incident.words import Answer

UNAFFECTED = "unaffected"
"""The answer `affected` with a count of 0."""

CHOICES: tuple[str, ...] = (*ANSWERS, UNAFFECTED)
DETAILS = tuple(name for name in ("question", *OFFER, *AFFECTED) if name != "note")
HOW = "/incident notify --answer acknowledge --notice 2"


def respond(call: Call) -> Reply:
    """Record the answer and say what stands."""
    notice, word = _notice(call, call.here), call.given.choice("answer", CHOICES)
    answer: Answer = next((one for one in ANSWERS if one == word), "affected")
    details = {"count": "0"} if word == UNAFFECTED else _details(call, answer)
    person = call.caller.delegate
    standing = answer_received(
        call.desk.tocsin.dispatcher,
        Given(
            incident=call.here.number,
            notice=notice.notice,
            member=call.caller.member.id,
            answer=answer,
            way="slack",
            once=call.id,
            at=call.desk.now(),
            note=call.given.text("note"),
            by=person.name,
            delegate=person.id,
            details=details,
        ),
    )
    if not standing.holds(answer):
        what = f"{call.caller.member.name} has answered notice {notice.notice} before; that stands."
        raise UserError(what, "Tell the room if it has changed: /incident update.")
    said = f"Notice {notice.notice}: your CERT {TOLD[answer]}. It is verified; the room sees it."
    following = "The board shows it beside the others."
    return Reply(reply(f"{label_line(standing.incident)}\n{said}", following), standing.incident)


def _details(call: Call, answer: Answer) -> dict[str, str]:
    return {
        name: call.given.text(name)
        for name in DETAILS
        if name in NAMES[answer] and call.given.has(name)
    }


def _notice(call: Call, incident: Incident) -> NoticeState:
    """The notice that was named; else the newest that went to the caller's member."""
    mine = [
        one
        for one in incident.notices.values()
        if one.superseded_by is None and call.caller.member.id in one.recipients
    ]
    wanted = call.given.text("notice")
    found = [one for one in mine if wanted in ("", str(one.notice))]
    if found:
        return found[-1]
    known = ", ".join(str(one.notice) for one in mine) or "none"
    what = f"No notice {wanted or 'of this incident'} went to {call.caller.member.name}."
    raise UserError(what, f"Sent to you: {known}. Type: {HOW}", field="notice")


def _offered(call: Call, fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """The answers that this notice takes, and the fields that belong to them."""
    try:
        allowed = _notice(call, call.here).answers
    except UserError:
        return fields
    words: list[tuple[str, str]] = [
        (one, ANSWERS[one]) for one in ANSWERS if one in allowed and one != "affected"
    ]
    if "affected" in allowed:
        words += [("affected", "We are affected too."), (UNAFFECTED, "We are not affected.")]
    useful = {name for answer in allowed for name in NAMES[answer]} | {"answer", "note"}
    return tuple(
        Field("answer", field.label, "choice", required=True, choices=tuple(words))
        if field.name == "answer"
        else field
        for field in fields
        if field.name in useful or field.typed_only
    )


LABELS = {
    "question": "What do you need to know?",
    "capability": "Offer: which capability?",
    "service": "Offer: which service?",
    "size": "Offer: how many?",
    "mode": "Offer: remote or on site?",
    "starts": "Offer: from when?",
    "days": "Offer: for how many days?",
    "cost": "Offer: at what cost?",
    "currency": "Offer: in which currency?",
    "count": "Affected: how many systems?",
    "services": "Affected: which services?",
}

FIELDS = (
    Field("answer", "Your answer", "choice", required=True, place="word"),
    *(Field(name, LABELS[name], longest=500) for name in DETAILS),
    Field("note", "Note", "text", longest=2000),
    Field("notice", "Notice", typed_only=True, one_word=True),
)

RESPONDING = Verb(
    "notice",
    "answer",
    "Answer for your CERT",
    "/incident notify --answer accept [--notice 2]",
    HOW,
    respond,
    FIELDS,
    "Answer",
    when="always",
    complete=_offered,
)
"""Reached by the button below a notice; not a slash command of its own."""
