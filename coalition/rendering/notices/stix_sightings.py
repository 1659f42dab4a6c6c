"""What a partner has seen of a notice's indicators, as STIX sightings."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from coalition.rendering.notices import stix
from coalition.rendering.notices.stix_ids import TLP_IDS, derived, tlp_marking

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from coalition.domain.labels import Tlp
    from coalition.rendering.notices.model import OutwardNotice


class Seen(NamedTuple):
    """A partner's answer that it is affected: which notice it had, and what it said.

    `tlp` is the label in force for what it said. An answer by a mere link is not `verified`.
    """

    notice: OutwardNotice
    at: datetime
    tlp: Tlp
    times: int | None = None
    verified: bool = True


def sightings(told: Sequence[Seen]) -> bytes:
    """A bundle with a sighting of each of the notice's indicators by each of these partners.

    The indicators have the ids of the notice's own bundle, so that whoever has that can join the
    two; they stand in this one as well, because a reference must not lead outside.

    Raises:
        ValueError: nobody has seen anything, or the notice names no indicators.
    """
    objects: dict[str, stix.Object] = {}
    for seen in told:
        for made in _objects(seen):
            objects[str(made["id"])] = made
    if not any(one["type"] == "sighting" for one in objects.values()):
        raise ValueError("nobody has said that it has seen an indicator of this notice")
    label = max((seen.tlp for seen in told), key=lambda tlp: tlp.rank)
    for made in objects.values():
        made["object_marking_refs"] = [TLP_IDS[label]]
    id = derived("bundle", *sorted(objects))
    return stix.dumped(id, [tlp_marking(label), *objects.values()])


def _objects(seen: Seen) -> Iterator[stix.Object]:
    notice = seen.notice
    partner = stix.identity(notice.recipient)
    yield from (stix.identity(notice.originator), partner)
    for one in notice.indicators:
        indicator = stix.indicator(notice, one)
        yield indicator
        yield _sighting(seen, indicator, str(partner["id"]))


def _sighting(seen: Seen, indicator: stix.Object, partner: str) -> stix.Object:
    at = stix.instant(seen.at)
    made: stix.Object = {
        "type": "sighting",
        "spec_version": "2.1",
        "id": derived("sighting", str(indicator["id"]), partner),
        "created_by_ref": partner,
        "created": at,
        "modified": at,
        "labels": [*stix.labels(seen.notice), *([] if seen.verified else ["unverified"])],
        "sighting_of_ref": indicator["id"],
        "where_sighted_refs": [partner],
    }
    return made if seen.times is None else made | {"count": seen.times}
