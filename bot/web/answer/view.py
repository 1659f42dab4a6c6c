"""What the answer page's template is filled with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from bot.web.answer.forms import DETAILS, LONGEST_NAME, LONGEST_NOTE, OFFERED, UNAFFECTED
from bot.web.answer.said import LABELS, proof, said
from coalition.domain.incident.answer_details import AFFECTED, LONGEST, NUMBERS
from coalition.rendering.notices import facts
from coalition.rendering.notices.languages import LANGUAGES, N_, say_in
from coalition.rendering.notices.model import OutwardNotice
from coalition.rendering.notices.wording import ANSWERS, KINDS, Reasons, why_you

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.web.answer.case import Case
    from bot.web.answer.forms import Form
    from coalition.rendering.notices.languages import Say
    from coalition.rendering.notices.model import ThinNotice


class Choice(NamedTuple):
    """One answer on the form: its value and its sentence."""

    value: str
    means: str


class Extra(NamedTuple):
    """A text to fill in beside an answer. `numeric`: phones show digits for it."""

    name: str
    label: str
    value: str
    numeric: bool


class Part(NamedTuple):
    """The extras of one answer; shown while it is chosen, where the browser can tell."""

    answer: str
    legend: str
    extras: tuple[Extra, ...]


def notice_page(
    case: Case, notice: OutwardNotice | ThinNotice, now: datetime, form: Form, phone: str
) -> dict[str, Any]:
    """Everything that `notice.html` names, in the page's language."""
    _ = say_in(case.language)
    choices = tuple(_choices(case, _))
    whole = notice if isinstance(notice, OutwardNotice) else None
    return {
        "notice": notice,
        "whole": whole,
        "to": case.member,
        "tlp_class": notice.tlp.name.partition("_")[0].lower(),
        "kind": _(KINDS[notice.kind]),
        "due": case.due,
        "due_utc": f"{case.due.utc:%Y-%m-%d %H:%M} UTC",
        "late": bool(choices) and now > case.due.utc,
        "said": said(case, _, whole=whole is not None),
        "choices": choices,
        "parts": tuple(_parts(case, form, _)),
        "proof": proof(case, _) if choices and case.promises else "",
        "ended": case.incident.over,
        "form": form,
        "phone": phone,
        "longest_name": LONGEST_NAME,
        "longest_note": LONGEST_NOTE,
        "longest_detail": LONGEST,
        "other": () if case.language == "en" else (("en", LANGUAGES["en"]),),
        **(_content(whole, _) if whole else {}),
    }


def _content(notice: OutwardNotice, _: Say) -> dict[str, Any]:
    reasons = Reasons(
        notice.kind, notice.recipient, notice.originator.name, notice.coalition, notice.why
    )
    return {
        "assessment": facts.assessment(notice, _),
        "what": _(notice.ask.what),
        "done_by": facts.done_by(notice, _),
        "place": facts.takes_the_place(notice, _),
        "pap": facts.pap(notice, _),
        "why": why_you(reasons, notice.on_file, _),
        "known": [line.strip() for line in facts.known(notice, _)],
        "indicators": [
            line.strip() for line in (*facts.indicators(notice, _), *facts.dropped(notice, _))
        ],
        "actions": [line.strip() for line in facts.actions(notice, _)],
    }


def _choices(case: Case, _: Say) -> Iterator[Choice]:
    for answer in ANSWERS:
        if answer not in case.open_answers:
            continue
        if answer == "affected":
            yield Choice(answer, _("We are affected too."))
            yield Choice(UNAFFECTED, _("We have checked: we are not affected."))
        else:
            yield Choice(answer, _(ANSWERS[answer]))


LEGENDS = {
    "need_info": N_("What do you need to know?"),
    "offer": N_("What do you offer?"),
    "affected": N_("What is affected?"),
}


def _parts(case: Case, form: Form, _: Say) -> Iterator[Part]:
    wanted = {"need_info": ("question",), "offer": OFFERED, "affected": AFFECTED}
    for answer, names in wanted.items():
        if answer not in case.open_answers:
            continue
        extras = tuple(
            Extra(name, _(LABELS[name]), form.details.get(name, ""), name in NUMBERS)
            for name in DETAILS
            if name in names
        )
        yield Part(answer, _(LEGENDS[answer]), extras)
