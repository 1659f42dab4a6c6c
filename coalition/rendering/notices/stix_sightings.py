"""What a partner has seen of a notice's indicators, as STIX sightings."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from coalition.rendering.notices import stix
from coalition.rendering.notices.stix_ids import TLP_IDS, derived, tlp_marking

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from coalition.domain.labels import Tlp
    from coalition.domain.notice.indicators import Indicator
    from coalition.rendering.notices.model import OutwardNotice


class Seen(NamedTuple):
    """A partner's answer that it has seen something.

    `tlp` is the label it gave; without indicators it speaks of all in the notice.
    """

    at: datetime
    tlp: Tlp
    times: int | None = None
    indicators: Sequence[Indicator] = ()


def sightings(notice: OutwardNotice, seen: Seen) -> bytes:
    """A bundle with a sighting of each indicator by the notice's recipient.

    The indicators are those of the notice by id, so that whoever has its bundle can join the two;
    they stand in this one as well, because a reference must not lead outside.

    Raises:
        ValueError: the notice names no indicators, so nothing of it can have been seen.
    """
    of = tuple(seen.indicators) or notice.indicators
    if not of:
        raise ValueError("a notice without indicators has no sightings")
    partner, author = stix.identity(notice.recipient), stix.identity(notice.originator)
    label = max(seen.tlp, notice.tlp)
    objects = [author, partner]
    for one in of:
        indicator = stix.indicator(notice, one)
        objects += [indicator, _sighting(notice, seen, indicator, str(partner["id"]))]
    for made in objects:
        made["object_marking_refs"] = [TLP_IDS[label]]
    id = derived("bundle", "sightings", notice.notice_id, stix.instant(seen.at))
    return stix.dumped(id, [tlp_marking(label), *objects])


def _sighting(
    notice: OutwardNotice, seen: Seen, indicator: stix.Object, partner: str
) -> stix.Object:
    at = stix.instant(seen.at)
    made: stix.Object = {
        "type": "sighting",
        "spec_version": "2.1",
        "id": derived("sighting", str(indicator["id"]), partner, at),
        "created_by_ref": partner,
        "created": at,
        "modified": at,
        "labels": stix.labels(notice),
        "sighting_of_ref": indicator["id"],
        "where_sighted_refs": [partner],
    }
    return made if seen.times is None else made | {"count": seen.times}
