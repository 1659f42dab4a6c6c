"""What is recommended for a request for aid, and why not somebody else: sentences in plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.matching.why import why, why_not
from coalition.rendering.aid_words import service_title

if TYPE_CHECKING:
    from coalition.domain.aid.state import Aid
    from coalition.domain.matching.recommendation import Judged, Recommendation
    from coalition.domain.members import Coalition


def recommended(found: Recommendation, aid: Aid, coalition: Coalition) -> list[str]:
    """One sentence for each candidate that is recommended for the request, by item."""
    return [
        _pick(found, one, item, coalition)
        for item in range(1, len(aid.needs) + 1)
        for one in found.chosen(key(aid, item))
    ]


def why_not_lines(found: Recommendation, aid: Aid, member: str, coalition: Coalition) -> list[str]:
    """For each item that is still looked for: what decides about one member."""
    name = coalition.member(member).name
    items = [item for item in range(1, len(aid.needs) + 1) if aid.remaining(item)]
    return [
        f"Item {item} ({service_title(aid.needs[item - 1].service)}), {name}: "
        f"{why_not(found, key(aid, item), member, lambda one: coalition.member(one).name).clause}."
        for item in items
    ]


def key(aid: Aid, item: int) -> str:
    """How an item of a request is called in a recommendation."""
    return f"{aid.aid}/{item}"


def _pick(found: Recommendation, one: Judged, item: int, coalition: Coalition) -> str:
    offer = f"offer {one.offer}" if one.offer else "not offered yet"
    name = coalition.member(one.member).name
    return f"Item {item}: {name}, {one.units} of {one.capability} ({offer}): {why(one, found)}."
