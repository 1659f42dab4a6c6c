"""What follows from what has happened in mutual aid, and what it is told by incidents and pools.

Effects hold ids, numbers and times; what people wrote is read from the record by who acts on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.application.aid_signing_policies import put_terms
from coalition.application.ports import Effect
from coalition.application.wanted import command_effect
from coalition.domain.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from coalition.application.wanted import View
    from coalition.domain.aid.state import Aid
    from coalition.domain.messages import Record


def ask_wave(record: Record, view: View) -> Iterable[Effect]:
    """Have the notice issued that asks a wave of members."""
    yield Effect(
        id=f"aid-ask-{record.id}-{record.data['wave']}",
        kind="aid.ask",
        payload={
            "incident": view.aid(record.id).incident,
            "aid": record.id,
            "wave": record.data["wave"],
        },
    )


def record_asked(record: Record, view: View) -> Iterable[Effect]:
    """Tell the request whom its notice goes to, and whom the gate refused."""
    data = record.data
    if data["aid"]:
        reached = [one["member"] for one in data["recipients"] if one["channels"]]
        refused = [one["member"] for one in data["recipients"] if not one["channels"]]
        yield command_effect(
            f"aid-asked-{record.id}-{data['notice']}",
            "RecordAsked",
            aid=data["aid"],
            notice=data["notice"],
            asked=reached,
            refused=refused,
        )


def hear_answer(record: Record, view: View) -> Iterable[Effect]:
    """Tell the request what a member answered to the notice that asked it."""
    notice = view.incident(record.id).notices[str(record.data["notice"])]
    if notice.aid:
        yield Effect(
            id=f"aid-hear-{record.id}-{record.version}",
            kind="aid.hear",
            payload={"incident": record.id, "version": record.version, "aid": notice.aid},
        )


def ask_about_requests(record: Record, view: View) -> Iterable[Effect]:
    """The incident is over: nobody closes a request silently, a human is asked."""
    for aid in view.aids_of(record.id):
        if aid.seeking:
            yield command_effect(
                f"aid-over-{aid.aid}-{record.version}",
                "AskAboutRequest",
                aid=aid.aid,
                why=view.incident(record.id).status,
            )


def book(record: Record, view: View) -> Iterable[Effect]:
    """Ask the member's pool for the capability."""
    data = record.data
    wanted = ("member", "capability", "offer", "attempt", "size", "starts", "ends")
    yield command_effect(
        f"aid-book-{record.id}-{data['offer']}-{data['attempt']}",
        "ReserveCapability",
        aid=record.id,
        **{name: data[name] for name in wanted},
    )


def tell_booked(record: Record, view: View) -> Iterable[Effect]:
    """Tell the request what the pool decided, if it is one of ours."""
    aid = _known(record.data["aid"], view)
    if aid is not None:
        yield Effect(
            id=f"aid-booked-{record.id}-{record.version}",
            kind="aid.booked",
            payload={
                "incident": aid.incident,
                "aid": aid.aid,
                "member": record.id,
                "version": record.version,
            },
        )


def give_back(record: Record, view: View) -> Iterable[Effect]:
    """Give the capability back to its pool: after the mission, or when nobody waits for it."""
    data = record.data
    offer = data.get("mission") or data["offer"]
    yield command_effect(
        f"aid-release-{record.id}-{record.version}",
        "ReleaseCapability",
        member=data["member"],
        capability=data["capability"],
        aid=record.id,
        offer=offer,
        attempt=view.aid(record.id).offers[str(offer)].attempt,
        rest_until=data.get("rest_until"),
    )


def put_to_use(record: Record, view: View) -> Iterable[Effect]:
    """Tell the pool that the capability is at work."""
    yield command_effect(
        f"aid-deploy-{record.id}-{record.version}",
        "DeployCapability",
        member=record.data["member"],
        aid=record.id,
        offer=record.data["mission"],
    )


def alarm_deployment(record: Record, view: View) -> Iterable[Effect]:
    """The pool does not know of a mission at work: two records differ, a human looks."""
    data = record.data
    aid = _known(data["aid"], view)
    if aid is not None:
        yield command_effect(
            f"aid-alarm-{record.id}-{record.version}",
            "RaiseAlarm",
            incident=aid.incident,
            subject=f"aid:{aid.aid}:deploy:{data['offer']}",
            text=f"Mission {data['offer']} of {aid.aid} is at work, but the pool of {record.id} "
            f"does not have it so: {data['shown']}",
            fallback=f"{record.id} looks at /capability list and books it, or recalls the mission.",
        )


def raise_alarm(record: Record, view: View) -> Iterable[Effect]:
    """Tell the humans in the incident's room. The words hold names, numbers and clocks only."""
    yield command_effect(
        f"aid-alarm-{record.id}-{record.version}",
        "RaiseAlarm",
        incident=view.aid(record.id).incident,
        subject=f"aid:{record.id}:{_matter(record)}",
        text=record.data["text"],
        fallback=record.data["fallback"],
    )


def clear_alarms(record: Record, view: View) -> Iterable[Effect]:
    """What an alarm was about has been seen to."""
    incident = view.aid(record.id).incident
    opened = view.incident(incident).alarms
    for matter in CLEARS[record.type]:
        about = f"aid:{record.id}:{matter.format(**record.data)}"
        for subject in opened:
            if subject == about or subject.startswith(f"{about}:"):
                yield command_effect(
                    f"aid-clear-{record.id}-{record.version}-{subject}",
                    "ClearAlarm",
                    incident=incident,
                    subject=subject,
                )


def change_guests(record: Record, view: View) -> Iterable[Effect]:
    """Let guests of a mission into the room of its incident alone, and out again."""
    incident = view.aid(record.id).incident
    for command, people in (
        ("AddGuest", record.data["added"]),
        ("RemoveGuest", record.data["removed"]),
    ):
        for delegate in people:
            yield command_effect(
                f"aid-guest-{record.id}-{record.version}-{delegate}",
                command,
                incident=incident,
                delegate=delegate,
                aid=record.id,
                mission=record.data["mission"],
            )


CLEARS: dict[str, tuple[str, ...]] = {
    "RequestReturned": ("approval",),
    "RequestOpened": ("approval",),
    "RequestWithdrawn": ("approval", "answer", "questioned"),
    "RequestClosed": ("answer", "questioned"),
    "RequestExpired": ("answer", "questioned"),
    "OfferSubmitted": ("unclear:{member}",),
    "TermsSigned": ("unclear:{signature[member]}",),
    "OfferRevised": ("refused:{offer}",),
    "OfferAccepted": ("booking:{offer}", "refused:{offer}"),
    "OfferDeclined": ("refused:{offer}",),
    "OfferWithdrawn": ("booking:{offer}", "refused:{offer}"),
    "OfferExpired": ("booking:{offer}", "refused:{offer}"),
    "BookingRefused": ("booking:{offer}",),
    "PaperworkDone": ("paperwork:{offer}",),
    "MissionAmended": ("paperwork:{mission}",),
    "CheckedIn": ("checkin:{mission}",),
    "MissionHome": ("checkin:{mission}", "recall:{mission}", "deploy:{mission}"),
    "MissionReported": ("report:{mission}",),
}
"""Which matters of an alarm are seen to by what."""


def _matter(record: Record) -> str:
    """What an alarm is about; the same matter alarms once while it is open."""
    data = record.data
    match record.type:
        case "ClockPassed":
            return str(data["clock"])
        case "AnswerUnclear":
            return f"unclear:{data['member']}"
        case "BookingRefused":
            return f"refused:{data['offer']}"
        case "RecallProposed":
            return f"recall:{data['mission']}:{data['member']}"
        case "RequestExpired":
            return "expiry"
        case _:
            return "questioned"


def _known(aid: str, view: View) -> Aid | None:
    """The request; None where the pool was booked by hand for something we do not know."""
    try:
        return view.aid(aid)
    except NotFound:
        return None


AID_REACTIONS: dict[str, tuple[Callable[[Record, View], Iterable[Effect]], ...]] = {
    "RequestDrafted": (),
    "RequestChanged": (),
    "RequestSubmitted": (),
    "RequestReturned": (clear_alarms,),
    "RequestOpened": (clear_alarms,),
    "WaveAsked": (ask_wave,),
    "AskedRecorded": (),
    "RecommendationMade": (),
    "RequestDeclined": (),
    "AnswerUnclear": (raise_alarm,),
    "RequestWithdrawn": (clear_alarms,),
    "RequestClosed": (clear_alarms,),
    "RequestExpired": (raise_alarm, clear_alarms),
    "RequestQuestioned": (raise_alarm,),
    "ClockPassed": (raise_alarm,),
    "OfferSubmitted": (clear_alarms,),
    "OfferConfirmed": (),
    "OfferRevised": (clear_alarms, put_terms),
    "OfferCountered": (),
    "CounterAgreed": (put_terms,),
    "OfferDeclined": (clear_alarms,),
    "OfferWithdrawn": (clear_alarms,),
    "OfferExpired": (clear_alarms,),
    "TermsProposed": (put_terms,),
    "TermsSent": (),
    "TermsSigned": (clear_alarms,),
    "PaperworkDeferred": (),
    "PaperworkDone": (clear_alarms,),
    "BookingAsked": (book,),
    "BookingRefused": (clear_alarms, raise_alarm),
    "BookingReturned": (give_back,),
    "OfferAccepted": (clear_alarms,),
    "MissionTasked": (),
    "MissionAmended": (clear_alarms,),
    "MissionMobilised": (),
    "MissionDeployed": (put_to_use,),
    "GuestsNamed": (change_guests,),
    "CheckedIn": (clear_alarms,),
    "MissionRecalled": (),
    "MissionStoodDown": (),
    "MissionHome": (give_back, clear_alarms),
    "RecallProposed": (raise_alarm,),
    "MissionReported": (clear_alarms,),
    "CostsSubmitted": (),
    "CostsQueried": (),
    "CostsSettled": (),
    "CostsWaived": (),
}
