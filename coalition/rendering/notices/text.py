"""A notice as plain text, readable at 80 columns without anything of ours.

The label stands directly before the information and again at its end (FIRST TLP 2.0); what is
asked and the answer link come before what happened, so that both are on the first screen.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from coalition.rendering.notices.wording import EXERCISE, KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coalition.rendering.notices.model import OutwardNotice

WIDTH = 78


def plain_text(notice: OutwardNotice) -> str:
    """The whole notice; lines end with a newline, only links may be longer than `WIDTH`."""
    return "\n".join(_lines(notice)) + "\n"


def _lines(notice: OutwardNotice) -> Iterator[str]:
    yield notice.tlp.value
    yield from _head(notice)
    yield from ("", "WHY YOU", *_block(notice.why_you))
    yield from ("", "WHAT WE ASK", *_block(notice.ask.what))
    yield from _block(f"By {notice.ask.due.spoken}.")
    yield from ("", "HOW TO ANSWER", *_block("Open this page, choose, and send it:"))
    yield f"  {notice.answer_url}"
    for choice in notice.ask.choices:
        yield from _block(f"- {choice.answer}: {choice.means}")
    yield from ("", "WHAT HAPPENED")
    for part in notice.account:
        yield from _block(part)
    yield from _block(f"{notice.assessment}.")
    yield from _block(f"Issued {notice.issued.spoken}.")
    yield from ("", "CONTACT", *_contact(notice))
    if notice.exercise:
        yield from ("", EXERCISE)
    yield from ("", notice.tlp.value)


def _head(notice: OutwardNotice) -> Iterator[str]:
    if notice.exercise:
        yield EXERCISE
    if notice.is_reminder:
        reminder = (
            f"REMINDER (sent {notice.attempt} times): "
            "you have not acknowledged this notice yet, as far as we know."
        )
        yield from _wrap(reminder, "")
    yield ""
    yield f"Notice    {notice.notice_id}"
    yield f"Incident  {notice.incident_id}"
    yield f"Kind      {KINDS[notice.kind]} (notice {notice.number} of this incident)"
    yield f"From      {_party(notice.originator.name, notice.originator.country)}"
    yield f"To        {_party(notice.recipient.name, notice.recipient.country)}"


def _contact(notice: OutwardNotice) -> Iterator[str]:
    contact = notice.contact
    yield from _block(f"{contact.team}, duty phone {contact.duty_phone}, day and night.")
    address = f", {contact.hub_address}" if contact.hub_address else ""
    yield from _block(f"{contact.hub} (the hub that sent this){address}, {contact.hub_url}")


def _party(name: str, country: str) -> str:
    return f"{name} ({country})"


def _block(text: str) -> Iterator[str]:
    for paragraph in text.splitlines():
        yield from _wrap(paragraph, "  ")


def _wrap(paragraph: str, indent: str) -> Iterator[str]:
    wrapped = textwrap.wrap(
        paragraph,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    yield from wrapped or [""]
