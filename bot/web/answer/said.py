"""What has been answered so far, in sentences for whoever opens the page after that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.incident.answer_details import affected
from coalition.rendering.board.text import visible
from coalition.rendering.notices.build import moment
from coalition.rendering.notices.languages import N_
from coalition.rendering.notices.wording import ANSWERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.web.answer.case import Case
    from coalition.domain.incident.words import Answer
    from coalition.rendering.notices.languages import Say


def proof(case: Case, _: Say) -> str:
    """What makes a promise of help count."""
    said = _(
        "A link proves nobody's identity. To make it count, give the same answer once more: by "
        "mail signed with your OpenPGP key, signed to /api/v1/inbox/%(member)s of the hub, or by "
        "one of your delegates in Slack."
    )
    return said % {"member": case.member.id}


def said(case: Case, _: Say, *, whole: bool) -> list[str]:
    """The first answer, who gave it and when, and what followed; nothing where none was given.

    Times stand in UTC and in the partner's own zone. Where the notice itself may not stand on the
    page (`whole` is false), neither may the words that somebody wrote under its label.
    """
    if not whole:
        case = _without_words(case)
    recipient, zone = case.recipient, case.member.timezone
    if recipient.acknowledged_at is None:
        return []
    acknowledged = moment(recipient.acknowledged_at, zone).spoken
    if recipient.answer is None or recipient.answered_at is None:
        return [_sentence(case, "acknowledge", acknowledged, _)]
    lines = []
    if recipient.answered_at != recipient.acknowledged_at:
        lines.append(_("Acknowledged on %(time)s.") % {"time": acknowledged})
    answered = moment(recipient.answered_at, zone).spoken
    lines.append(_sentence(case, recipient.answer, answered, _))
    if recipient.affected is not None and recipient.answer != "affected":
        lines.append(visible(means("affected", recipient.affected, _)))
    if recipient.unconfirmed:
        unproven = _("Recorded as NOT VERIFIED: it counts as an acknowledgement.")
        lines.append(f"{unproven} {proof(case, _)}")
    return lines


def _without_words(case: Case) -> Case:
    affected_too = case.recipient.affected
    bare = {
        "answered_by": "",
        "note": "",
        "details": {},
        "affected": affected_too and {k: v for k, v in affected_too.items() if k == "count"},
    }
    return case._replace(recipient=case.recipient.model_copy(update=bare))


def means(answer: Answer, details: Mapping[str, str], _: Say) -> str:
    """The sentence of an answer, with the details that were given."""
    if answer == "affected" and not affected(details):
        return _("We have checked: we are not affected.")
    text = _("We are affected too.") if answer == "affected" else _(ANSWERS[answer])
    named = "; ".join(f"{_(LABELS[name])}: {one}" for name, one in details.items())
    return f"{text} {named}" if named else text


def _sentence(case: Case, answer: Answer, when: str, _: Say) -> str:
    recipient = case.recipient
    is_named = recipient.answered_by and not recipient.answered_by.startswith("partner:")
    no_name = _("%(member)s (no name given)") % {"member": case.member.name}
    details = recipient.affected if answer == "affected" else recipient.details
    line = _("Answered by %(who)s on %(time)s:") % {
        "who": recipient.answered_by if is_named else no_name,
        "time": when,
    }
    note = f" {_('Note')}: {recipient.note}" if recipient.note else ""
    return visible(f"{line} “{means(answer, details or {}, _)}”{note}")


LABELS = {
    "question": N_("Question"),
    "capability": N_("Capability"),
    "service": N_("Service"),
    "size": N_("How many"),
    "mode": N_("How"),
    "starts": N_("From when"),
    "days": N_("For how many days"),
    "cost": N_("Cost"),
    "currency": N_("Currency"),
    "note": N_("Note"),
    "count": N_("How many systems"),
    "services": N_("Which services"),
}
"""What each detail is called."""
