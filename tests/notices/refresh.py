"""Writes anew what is compared: `python -m tests.notices.refresh`, then read the difference.

The golden files beside this, and the samples in docs/partners.md.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from coalition.rendering.notices.blocks import notice_message
from coalition.rendering.notices.languages import LANGUAGES
from coalition.rendering.notices.misp import misp_event
from coalition.rendering.notices.model import ThinNotice
from coalition.rendering.notices.nudge import nudge
from coalition.rendering.notices.stix import bundle
from coalition.rendering.notices.text import plain_text
from coalition.rendering.notices.webhook import body
from tests.notices.sample import DETAILS, outward

GOLDEN = Path(__file__).parent / "golden"
PAGE = Path(__file__).parents[2] / "docs" / "partners.md"


def pretty(sent: bytes) -> str:
    return json.dumps(json.loads(sent), indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    notice = outward(details=DETAILS)
    made = {
        "stix.json": pretty(bundle(notice)),
        "misp.json": pretty(misp_event(notice)),
        "slack.json": pretty(json.dumps(notice_message(notice).arguments).encode()),
        "nudge.txt": nudge(ThinNotice.of(outward(languages=("et",), exercise=True))),
    }
    for language in LANGUAGES:
        made[f"{language}.txt"] = plain_text(outward(details=DETAILS, languages=(language,)))
    for name, content in made.items():
        (GOLDEN / f"notice.{name}").write_text(content, encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    at = datetime(2026, 1, 21, 3, 12, 5, tzinfo=UTC)
    for kind, content in (("text", plain_text(notice)), ("json", pretty(body(notice, at)))):
        before, after = page.split(f"```{kind}\n", 1)
        page = f"{before}```{kind}\n{content}```{after.partition('```')[2]}"
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
