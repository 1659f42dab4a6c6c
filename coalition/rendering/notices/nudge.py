"""A notice whose content may not stand in a channel, or does not fit: where to read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.rendering.notices.wording import EXERCISE_WORD, KINDS, NOT_REAL

if TYPE_CHECKING:
    from coalition.rendering.notices.model import ThinNotice


def nudge(notice: ThinNotice) -> str:
    """Label, ids and link as plain text; lines end with a newline."""
    exercise = f"{EXERCISE_WORD} {EXERCISE_WORD} {EXERCISE_WORD} - {NOT_REAL}"
    lines = [
        notice.tlp.value,
        *([exercise] if notice.exercise else []),
        "",
        f"{KINDS[notice.kind]} {notice.notice_id} is waiting for you.",
        "Its content may not stand here, or does not fit. Read and answer it on this page:",
        f"  {notice.answer_url}",
        "",
        notice.tlp.value,
    ]
    return "\n".join(lines) + "\n"
