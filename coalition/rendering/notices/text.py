"""A notice as plain text, readable at 80 columns without anything of ours.

The label stands directly before the information and again at its end (FIRST TLP 2.0); what is
asked and the answer link come before what happened, so that both are on the first screen. Whoever
reads another language gets theirs first and the same in English below, which is what is spoken
when somebody phones. Indicators are defanged, and stand there once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.rendering.notices import facts
from coalition.rendering.notices.languages import in_english, say_in
from coalition.rendering.notices.layout import block, bullets, rows, wrap
from coalition.rendering.notices.wording import EXERCISE_WORD, KINDS, NOT_REAL, Reasons, why_you

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from coalition.rendering.notices.languages import Say
    from coalition.rendering.notices.model import OutwardNotice


def plain_text(notice: OutwardNotice) -> str:
    """The whole notice; lines end with a newline, only links may be longer than `layout.WIDTH`."""
    return "\n".join(_lines(notice)) + "\n"


def _lines(notice: OutwardNotice) -> Iterator[str]:
    _ = say_in(notice.language)
    yield notice.tlp.value
    yield from _handling(notice, _, reminder=True)
    indicators = (*facts.indicators(notice, _), *facts.dropped(notice, _))
    yield from _body(notice, _, indicators, _answering(notice, _))
    if notice.language != "en":
        yield from ("", "=" * 30 + " ENGLISH " + "=" * 30)
        yield from _handling(notice, in_english, reminder=True)
        yield from _body(notice, in_english, _above(notice), _answering(notice, in_english))
    if notice.exercise:
        yield from ("", _exercise(_))
    yield from ("", notice.tlp.value)


def _above(notice: OutwardNotice) -> Iterator[str]:
    for heading, listed in (("INDICATORS", notice.indicators), ("NO LONGER VALID", notice.dropped)):
        if listed:
            yield from ("", heading, *block(f"{len(listed)}, listed above, once."))


def record_text(notice: OutwardNotice) -> str:
    """What stays true of a notice in whichever copy of it, in English: for data that is kept.

    Without the answer link, which whoever the data is passed on to could use, and without the
    deadline to acknowledge, which another attempt moves.
    """
    indicators = (*facts.indicators(notice, in_english), *facts.dropped(notice, in_english))
    lines = [
        notice.tlp.value,
        *_handling(notice, in_english),
        *_body(notice, in_english, indicators, ()),
        *(("", _exercise(in_english)) if notice.exercise else ()),
        "",
        notice.tlp.value,
    ]
    return "\n".join(lines) + "\n"


def _exercise(_: Say) -> str:
    return f"{EXERCISE_WORD} {EXERCISE_WORD} {EXERCISE_WORD} - {_(NOT_REAL)}"


def _handling(notice: OutwardNotice, _: Say, *, reminder: bool = False) -> Iterator[str]:
    """What must be known before anything is read."""
    if notice.exercise:
        yield _exercise(_)
    yield from wrap(facts.pap(notice, _), "")
    for restriction in notice.extra_restrictions:
        yield from wrap(_("Restriction: %(text)s") % {"text": restriction}, "")
    if reminder and notice.is_reminder:
        again = _(
            "REMINDER (sent %(number)s times): "
            "you have not acknowledged this notice yet, as far as we know."
        )
        yield from wrap(again % {"number": notice.attempt}, "")
    if said := facts.takes_the_place(notice, _):
        yield from wrap(said, "")


def _body(
    notice: OutwardNotice, _: Say, indicators: Iterable[str], answering: Iterable[str]
) -> Iterator[str]:
    yield from ("", *_ids(notice, _))
    reasons = Reasons(
        notice.kind, notice.recipient, notice.originator.name, notice.coalition, notice.why
    )
    yield from ("", _("WHY YOU"), *block(why_you(reasons, notice.on_file, _)))
    yield from ("", _("WHAT WE ASK"), *block(_(notice.ask.what)))
    yield from block(facts.done_by(notice, _))
    yield from answering
    yield from ("", _("WHAT HAPPENED"))
    for part in notice.account:
        yield from block(part)
    if known := list(facts.known(notice, _)):
        yield from ("", _("WHAT WE KNOW"), *known)
    yield from indicators
    yield from facts.actions(notice, _)
    yield from ("", _("CONTACT"), *facts.contact(notice, _))


def _answering(notice: OutwardNotice, _: Say) -> Iterator[str]:
    """By when to acknowledge, and how; it continues what is asked."""
    due = _("Acknowledge by %(time)s.") % {"time": notice.ask.due.spoken}
    yield from block(due)
    yield from ("", _("HOW TO ANSWER"), *block(_("Open this page, choose, and send it:")))
    yield f"  {notice.answer_url}"
    yield from bullets(f"{one.answer}: {_(one.means)}" for one in notice.ask.choices)


def _ids(notice: OutwardNotice, _: Say) -> Iterator[str]:
    kind = _("%(kind)s (notice %(number)s of this incident)")
    pairs = [
        (_("Notice"), notice.notice_id),
        (_("Incident"), notice.incident_id),
        (_("Kind"), kind % {"kind": _(KINDS[notice.kind]), "number": notice.number}),
        (_("From"), f"{notice.originator.name} ({notice.originator.country})"),
        (_("To"), f"{notice.recipient.name} ({notice.recipient.country})"),
    ]
    yield from rows(pairs, indent="")
