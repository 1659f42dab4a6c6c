"""A notice as a message for a partner's own Slack channel.

The label stands first and last, here too, and in the text that notifications show. What somebody
wrote is escaped: it can neither mention nor link. Indicators are defanged, and whoever posts this
turns unfurling off, so that Slack looks up nothing that stands in it (PAP).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.notice.indicators import defang
from coalition.rendering.notices import facts
from coalition.rendering.notices.languages import say_in
from coalition.rendering.notices.model import ThinNotice
from coalition.rendering.notices.nudge import waits
from coalition.rendering.notices.wording import EXERCISE_WORD, KINDS, NOT_REAL, Reasons, why_you
from coalition.rendering.slack.blocks import actions, button, context, header, section
from coalition.rendering.slack.rendered import Block, Rendered
from coalition.rendering.slack.text import clip, escape, local

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coalition.rendering.notices.languages import Say
    from coalition.rendering.notices.model import OutwardNotice

OPEN_ACTION = "partner_notice_open"
"""The button is a link: Slack tells of the click, and there is nothing to do about it."""

SHOWN_INDICATORS = 15
LONGEST_ACCOUNT, LONGEST_PART = 2000, 700


def notice_message(notice: OutwardNotice | ThinNotice) -> Rendered:
    """The message, within Slack's limits whatever the notice holds."""
    if isinstance(notice, ThinNotice):
        return _thin(notice)
    _ = say_in(notice.language)
    label = _label(notice, _)
    said = (
        f"{label}. {_(KINDS[notice.kind])}, {notice.originator.name}: {notice.notice_id}. "
        f"{_('Acknowledge by %(time)s.') % {'time': notice.ask.due.spoken}}"
    )
    blocks = [
        context(f"*{escape(label)}*"),
        header(f"{_(KINDS[notice.kind])}: {notice.originator.name}"),
        *_blocks(notice, _),
        context(f"*{escape(label)}*"),
    ]
    return Rendered(said, tuple(blocks))


def _thin(notice: ThinNotice) -> Rendered:
    _ = say_in(notice.language)
    label = f"{EXERCISE_WORD} ({_(NOT_REAL)}) {notice.tlp}" if notice.exercise else notice.tlp.value
    said = waits(notice, _)
    blocks = (
        context(f"*{escape(label)}*"),
        section(escape(said)),
        actions(_open(notice.answer_url, _("Read and answer"))),
        context(f"*{escape(label)}*"),
    )
    return Rendered(f"{label}. {said}", blocks)


def _open(url: str, text: str) -> Block:
    return button(text, OPEN_ACTION, style="primary", url=url)


def _label(notice: OutwardNotice, _: Say) -> str:
    exercise = f"{EXERCISE_WORD} ({_(NOT_REAL)}) " if notice.exercise else ""
    return f"{exercise}{notice.tlp} {notice.pap}"


def _blocks(notice: OutwardNotice, _: Say) -> Iterator[Block]:
    handling = [facts.pap(notice, _), *notice.extra_restrictions, facts.takes_the_place(notice, _)]
    yield context(_said("\n".join(line for line in handling if line)))
    ids = f"{notice.notice_id} · {notice.incident_id}"
    reasons = Reasons(
        notice.kind, notice.recipient, notice.originator.name, notice.coalition, notice.why
    )
    why = why_you(reasons, notice.on_file, _)
    yield section(f"{ids}\n*{_('WHY YOU')}*\n{_said(why)}")
    due = _("Acknowledge by %(time)s.") % {"time": local(notice.ask.due.utc)}
    done = facts.done_by(notice, _)
    asked = "\n".join(line for line in (due, escape(done)) if line)
    yield section(f"*{_('WHAT WE ASK')}*\n{_said(_(notice.ask.what))}\n{asked}")
    yield actions(_open(notice.answer_url, _("Read and answer")))
    account = _said("\n".join(notice.account), LONGEST_ACCOUNT)
    yield section(f"*{_('WHAT HAPPENED')}*\n{account}")
    if known := [line.strip() for line in facts.known(notice, _)]:
        table = _said("\n".join(known), LONGEST_ACCOUNT).replace("`", "'")
        # In a block its columns stay columns.
        yield section(f"*{_('WHAT WE KNOW')}*\n```{table}```")
    if notice.indicators:
        yield section(f"*{_('INDICATORS')}*\n{_indicators(notice)}")
    if notice.dropped:
        gone = ", ".join(defang(one) for one in notice.dropped)
        yield section(f"*{_('NO LONGER VALID')}*\n{_said(gone)}")
    contact = "\n".join(line.strip() for line in facts.contact(notice, _))
    yield section(f"*{_('CONTACT')}*\n{_said(contact)}")


def _indicators(notice: OutwardNotice) -> str:
    shown = [f"{defang(one)}  ({one.type})" for one in notice.indicators[:SHOWN_INDICATORS]]
    more = len(notice.indicators) - len(shown)
    lines = [escape(clip(line, 120, "…")).replace("`", "'") for line in shown]
    return "```" + "\n".join([*lines, *([f"+ {more}"] if more else [])]) + "```"


def _said(text: str, limit: int = LONGEST_PART) -> str:
    return escape(clip(text, limit, " …"))
