"""What people are shown of mutual aid as it happens: posts, the headline, and word to one side.

A draft and a request that waits for its own approvers are shown to nobody else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.application.ports import Effect
from coalition.application.wanted import incident_of, post, redraw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from coalition.application.wanted import View
    from coalition.domain.messages import Record


def tell_movers(record: Record, view: View) -> Iterable[Effect]:
    """Tell those whose move it is now, directly, as far as no room tells them."""
    yield Effect(
        id=f"aid-tell-{record.id}-{record.version:06d}",
        kind="aid.tell",
        payload={
            "incident": incident_of(record, view),
            "aid": record.id,
            "version": record.version,
        },
    )


def tell_waiting_runs(record: Record, view: View) -> Iterable[Effect]:
    """Tell the runs of the incident that wait for a request how far this one is."""
    for id, run in view.runs_of(incident_of(record, view)):
        if any(step.verb in WAITING for step in run.open.values()):
            yield Effect(
                id=f"tell-{id}-{record.id}-{record.version}",
                kind="run.tell",
                payload={"run": id, "aid": record.id},
            )


WAITING = ("request_aid", "wait_for_aid")
"""Verbs of playbooks that wait for what becomes of a request."""

MOVES_ON = (
    "RequestReturned",
    "RequestOpened",
    "AskedRecorded",
    "RequestWithdrawn",
    "RequestClosed",
    "RequestExpired",
    "OfferSubmitted",
    "OfferConfirmed",
    "OfferDeclined",
    "OfferWithdrawn",
    "OfferExpired",
    "OfferAccepted",
    "MissionRecalled",
)
"""Events after which a request is further than before, as far as a run is concerned."""

Policies = tuple["Callable[[Record, View], Iterable[Effect]]", ...]
_HEADLINE: Policies = (redraw,)
_SAID: Policies = (post, redraw)
_ASKED: Policies = (post, tell_movers, redraw)

_POSTED: dict[str, Policies] = {
    "RequestSubmitted": (tell_movers,),
    "RequestOpened": _SAID,
    "WaveAsked": _SAID,
    "AskedRecorded": _HEADLINE,
    "RequestDeclined": _HEADLINE,
    "RequestWithdrawn": _SAID,
    "RequestClosed": _SAID,
    "RequestExpired": _HEADLINE,
    "OfferSubmitted": _ASKED,
    "OfferConfirmed": _SAID,
    "OfferRevised": _SAID,
    "OfferCountered": _ASKED,
    "CounterAgreed": _SAID,
    "OfferDeclined": _HEADLINE,
    "OfferWithdrawn": _HEADLINE,
    "OfferExpired": _HEADLINE,
    "TermsProposed": _ASKED,
    "TermsSigned": _ASKED,
    "PaperworkDeferred": _ASKED,
    "PaperworkDone": _SAID,
    "BookingAsked": _HEADLINE,
    "BookingRefused": _HEADLINE,
    "OfferAccepted": _ASKED,
    "MissionAmended": _SAID,
    "MissionMobilised": _SAID,
    "MissionDeployed": _SAID,
    "GuestsNamed": _SAID,
    "CheckedIn": _SAID,
    "MissionRecalled": _SAID,
    "MissionStoodDown": _SAID,
    "MissionHome": _SAID,
    "MissionReported": _SAID,
    "CostsSubmitted": (tell_movers, redraw),
    "CostsQueried": (tell_movers, redraw),
    "CostsSettled": _SAID,
    "CostsWaived": _SAID,
}
"""Event of a request -> what is shown of it; an event that is not here is shown to nobody."""

SHOWN: dict[str, Policies] = {
    kind: (*_POSTED.get(kind, ()), *((tell_waiting_runs,) if kind in MOVES_ON else ()))
    for kind in dict.fromkeys((*_POSTED, *MOVES_ON))
}
"""Event of a request -> who hears of it: people, and the runs that wait."""
