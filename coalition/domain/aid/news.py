"""What a run is told of a request for aid: how far it is, without anything that is private."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coalition.domain.aid.state import Aid


def news_of(aid: Aid) -> dict[str, Any]:
    """Data of `SignalRun(topic="aid")`; also what performing a step of it leaves behind."""
    counted = [one for one in aid.offers.values() if one.status in ("submitted", "countered")]
    accepted = [one for one in aid.offers.values() if one.status == "accepted"]
    return {
        "aid": aid.aid,
        "status": aid.status,
        "asked": [one for one in aid.asked if one not in aid.refused],
        "offered_by": list(dict.fromkeys(one.member for one in (*accepted, *counted))),
        "accepted_from": list(dict.fromkeys(one.member for one in accepted)),
        "offers": len(counted) + len(accepted),
    }
