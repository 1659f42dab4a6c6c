"""A notice as the payload of a Mattermost incoming webhook.

The text stands in a code block: there Mattermost turns nothing into a mention, a link, a picture
or a heading, whatever a reporter may have written. Only what we say ourselves stands outside.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from coalition.rendering.notices.model import OutwardNotice, ThinNotice
from coalition.rendering.notices.nudge import nudge
from coalition.rendering.notices.text import plain_text
from coalition.rendering.notices.wording import EXERCISE_WORD

if TYPE_CHECKING:
    from typing import Any

LONGEST_TEXT = 16_000
"""Letters. Mattermost takes 16,383 in one post, and would cut a longer text into several, of
which only the first and the last would carry the label."""

USERNAME = "Tocsin"
ICON = "bell"

_MENTION = re.compile(r"(?<![\w.])@(?=\w)|<(?=[!@#])")
_JOINER = "\u2060"


def mattermost(notice: OutwardNotice | ThinNotice, effect: str) -> bytes:
    """The JSON to post; the link alone where the whole text does not fit into one post.

    `effect` is the id of the sending, kept with the post (`props`), where people do not see it.
    """
    text = _post(notice)
    if len(text) > LONGEST_TEXT and isinstance(notice, OutwardNotice):
        text = _post(ThinNotice.of(notice))
    payload: dict[str, Any] = {
        "text": text,
        "username": USERNAME,
        "icon_emoji": ICON,
        "props": {"tocsin_sending": effect},
    }
    return json.dumps(payload, ensure_ascii=False).encode()


def _post(notice: OutwardNotice | ThinNotice) -> str:
    said = nudge(notice) if isinstance(notice, ThinNotice) else plain_text(notice)
    # In a code block nothing is a mention; and should a client think otherwise, the invisible
    # joiner between the sign and the name keeps it from being one. (Slack's <!channel> as well:
    # Mattermost rewrites that before it looks at Markdown.)
    quiet = _MENTION.sub(rf"\g<0>{_JOINER}", said.rstrip("\n"))
    fence = "`" * max(3, _longest_run(quiet) + 1)
    exercise = f" {EXERCISE_WORD}" if notice.exercise else ""
    return "\n".join(
        (
            f"{notice.tlp}{exercise} **{notice.notice_id}** [Read and answer]({notice.answer_url})",
            fence,
            quiet,
            fence,
            f"{notice.tlp}{exercise}",
        )
    )


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
