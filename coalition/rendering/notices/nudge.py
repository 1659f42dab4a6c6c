"""A notice whose content may not stand in a channel, or does not fit: where to read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.rendering.notices.languages import in_english, say_in
from coalition.rendering.notices.layout import wrap
from coalition.rendering.notices.wording import EXERCISE_WORD, KINDS, NOT_REAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coalition.rendering.notices.languages import Say
    from coalition.rendering.notices.model import ThinNotice


def nudge(notice: ThinNotice) -> str:
    """Label, ids and link as plain text; lines end with a newline."""
    exercise = f"{EXERCISE_WORD} {EXERCISE_WORD} {EXERCISE_WORD} - "
    languages = [say_in(notice.language)]
    if notice.language != "en":
        languages.append(in_english)
    lines = [notice.tlp.value]
    if notice.exercise:
        lines += [exercise + _(NOT_REAL) for _ in languages]
    for _ in languages:
        lines += ["", *_waiting(notice, _)]
    lines += ["", f"  {notice.answer_url}", "", notice.tlp.value]
    return "\n".join(lines) + "\n"


def waits(notice: ThinNotice, _: Say) -> str:
    """That it waits, and for whom by its id."""
    names = {"kind": _(KINDS[notice.kind]), "id": notice.notice_id}
    return _("%(kind)s: %(id)s is waiting for you.") % names


def _waiting(notice: ThinNotice, _: Say) -> Iterator[str]:
    yield from wrap(waits(notice, _), "")
    where = _("Its content may not stand here, or does not fit. Read and answer it on this page:")
    yield from wrap(where, "")
