"""The page about the rules of mutual aid says what the table of the code says."""

from __future__ import annotations

import re
from typing import cast, get_args

from coalition.application.aid_acting import ACTS, OURS
from coalition.domain.aid.decide import Machine, legal_next
from coalition.domain.aid.words import MissionStatus, OfferStatus, RequestStatus
from coalition.domain.aid_clocks import AidClocks
from coalition.domain.durations import format_duration
from tests.conftest import REPOSITORY

PAGE = (REPOSITORY / "docs" / "mutual-aid.md").read_text(encoding="utf-8")
STATUSES = {"request": RequestStatus, "offer": OfferStatus, "mission": MissionStatus}


def rows() -> list[str]:
    """`| offer | countered | revise it; … |` for every status of the three machines."""
    return [
        f"| {machine} | {status.replace('_', ' ')} | "
        f"{'; '.join(legal_next(cast('Machine', machine), status)) or 'nothing more'} |"
        for machine, statuses in STATUSES.items()
        for status in get_args(statuses)
    ]


def test_the_page_shows_every_status_with_what_can_be_done_in_it() -> None:
    missing = [row for row in rows() if row not in PAGE]
    assert missing == [], "\n" + "\n".join(rows())


def test_the_page_names_every_clock_of_the_charter_with_its_default() -> None:
    clocks = AidClocks()
    for name in AidClocks.model_fields:
        value = getattr(clocks, name)
        shown = value.S0 if name == "answer" else value
        assert f"`{name}`" in PAGE
        assert f"| `{name}` | {format_duration(shown)}" in PAGE


def test_the_page_names_every_act_of_a_partners_system_with_its_fields() -> None:
    section = PAGE.partition("## From a partner's own system")[2].partition("## The clocks")[0]
    for word, command in ACTS.items():
        (row,) = [line for line in section.splitlines() if re.match(rf"\| [^|]*`{word}`", line)]
        known = set(command.model_fields) - OURS - {"member"}
        if word in ("confirm", "agree", "mobilise", "home"):
            assert known == {"mission" if word in ("mobilise", "home") else "offer"}
        assert all(f"`{field}`" in row for field in known), (word, known)
