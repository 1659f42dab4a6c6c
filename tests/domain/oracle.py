"""Who may get what, written down label by label and independently of the gate.

The gate asks "how high may this audience go"; this asks, for one label, "who may read it". The
cases come from a fixed universe: every status with every trust, and every channel.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from coalition.domain.audiences import ToService
from coalition.domain.gate import (
    Audience,
    ToAnswerPage,
    ToAnyone,
    ToChannel,
    ToLog,
    ToRoom,
    ToViewer,
)
from coalition.domain.incident.events import Recipient
from coalition.domain.incident.state import Alarm, Incident, NoticeState, RecipientState
from coalition.domain.incident.words import Severity
from coalition.domain.labels import Tlp
from coalition.domain.members import Coalition
from coalition.domain.messages import canonical
from tests.domain.cast import NOW, channel, member

if TYPE_CHECKING:
    from collections.abc import Iterator

STATUSES = ("applied", "observer", "active", "suspended", "left")
TRUSTS = ("T0", "T1", "T2", "T3", "T4")
MAY_SEE = {
    "T0": {Tlp.CLEAR},
    "T1": {Tlp.CLEAR, Tlp.GREEN},
    "T2": {Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER},
    "T3": {Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT},
    "T4": set(Tlp),
}
UP_TO: dict[Tlp, set[Tlp]] = {
    Tlp.CLEAR: {Tlp.CLEAR},
    Tlp.GREEN: {Tlp.CLEAR, Tlp.GREEN},
    Tlp.AMBER: {Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER},
    Tlp.AMBER_STRICT: {Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT},
    Tlp.RED: set(Tlp),
}
WAYS = [(kind, ceiling) for kind in ("webhook", "email") for ceiling in Tlp]
IDS = [f"{status}-{trust.lower()}" for status in STATUSES for trust in TRUSTS]


def universe(*, exercise: bool, slack_ceiling: Tlp) -> Coalition:
    """25 members: every status with every trust, each with every kind and ceiling of channel."""
    people = []
    for id in IDS:
        status, trust = id.split("-")
        ways = [channel(id, *way) for way in WAYS]
        for way in ways:
            if way["kind"] == "webhook":
                way["secret"] = {"env": "SECRET"}
        raw = member(id, status=status, trust=trust.upper(), country="EE", channels=ways)
        for delegate in raw["delegates"]:
            delegate.pop("slack")
        people.append(raw)
    raw_all = {
        "coalition": {"name": "Universe", "exercise": exercise},
        "charter": {"slack_ceiling": slack_ceiling},
        "members": people,
    }
    return Coalition.model_validate_json(canonical(raw_all))


UNIVERSES = [
    universe(exercise=exercise, slack_ceiling=ceiling)
    for exercise in (False, True)
    for ceiling in Tlp
]


@dataclass(frozen=True)
class Case:
    """One question to the gate and the answer that is right."""

    tlp: Tlp | None
    audience: Audience
    coalition: Coalition
    allowed: bool
    broken: bool = False  # the question itself is malformed: any reason will do


def member_reads(id: str, tlp: Tlp) -> bool:
    status, trust = id.split("-")
    if status == "active":
        return tlp in MAY_SEE[trust.upper()]
    return status == "observer" and tlp in MAY_SEE[trust.upper()] & {Tlp.CLEAR, Tlp.GREEN}


def channel_carries(index: int, tlp: Tlp) -> bool:
    if not 0 <= index < len(WAYS):
        return False
    kind, ceiling = WAYS[index]
    carries = {Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER} if kind == "webhook" else {Tlp.CLEAR, Tlp.GREEN}
    return tlp in carries and tlp in UP_TO[ceiling]


def slack_carries(coalition: Coalition, tlp: Tlp) -> bool:
    never = {Tlp.AMBER_STRICT, Tlp.RED}
    return tlp not in never and tlp in UP_TO[coalition.charter.slack_ceiling]


def room_reads(incident: Incident, coalition: Coalition, tlp: Tlp) -> bool:
    if incident.exercise != coalition.exercise or not incident.participants:
        return False
    if not slack_carries(coalition, tlp):
        return False
    if tlp is Tlp.CLEAR:
        return True  # a pointer
    if any("stranger" in subject for subject in incident.alarms):
        return False
    return all(id in IDS and member_reads(id, tlp) for id in incident.participants)


def viewer_reads(audience: ToViewer, coalition: Coalition, tlp: Tlp) -> bool:
    id, _, short = audience.delegate.rpartition("-")
    if id not in IDS or short not in ("op", "ap", "both", "vo") or not member_reads(id, tlp):
        return False
    if audience.surface == "slack" and not slack_carries(coalition, tlp):
        return False
    incident = audience.incident
    if incident is None:
        return tlp in (Tlp.CLEAR, Tlp.GREEN)
    if incident.exercise != coalition.exercise or id not in incident.participants:
        return False
    named = audience.delegate == incident.lead or audience.delegate in incident.roles.values()
    return named if tlp is Tlp.RED else True


def page_reads(audience: ToAnswerPage, coalition: Coalition, tlp: Tlp) -> bool:
    notice = audience.incident.notices.get(str(audience.notice))
    if notice is None or audience.member not in notice.recipients:
        return False
    if audience.incident.exercise != coalition.exercise or audience.member not in IDS:
        return False
    ways = notice.recipients[audience.member].recipient.channels
    carried = any(channel_carries(index, tlp) for index in ways)
    return carried and member_reads(audience.member, tlp)


def may(tlp: Tlp | None, audience: Audience | None, coalition: Coalition) -> bool:
    if tlp is None:
        return False
    right = False
    match audience:
        case ToChannel(member=id, index=index):
            right = id in IDS and member_reads(id, tlp) and channel_carries(index, tlp)
        case ToAnswerPage():
            right = page_reads(audience, coalition, tlp)
        case ToRoom():
            right = room_reads(audience.incident, coalition, tlp)
        case ToViewer():
            right = viewer_reads(audience, coalition, tlp)
        case ToService(incident=about, ceiling=ceiling):
            lax = tlp in UP_TO[ceiling] and tlp in {Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER}
            right = lax and about.exercise == coalition.exercise
        case ToLog() | ToAnyone():
            right = tlp is Tlp.CLEAR
    return right


def broken(audience: Audience | None) -> bool:
    """Whether the audience names somebody who does not exist, so that any refusal will do."""
    match audience:
        case ToChannel(member=id) | ToAnswerPage(member=id):
            return id not in IDS
        case ToViewer(delegate=id):
            return id.rpartition("-")[0] not in IDS
    return False


def incident(rng: random.Random, *, exercise: bool) -> Incident:
    few = rng.choice((0, 1, 1, 2, 3))
    trusted = [id for id in IDS if id.startswith("active") and id[-1] in "234"]
    takes_part = rng.sample(IDS if rng.random() < 0.6 else trusted, few)
    if rng.random() < 0.05:
        takes_part.append("gone-t4")
    named = [f"{id}-{rng.choice(('op', 'ap'))}" for id in takes_part]
    recipients = {
        id: RecipientState(
            recipient=Recipient(
                member=id,
                channels=tuple(
                    rng.sample([-1, *range(len(WAYS) + 1)], rng.choice((0, 1, 1, 2, 3)))
                ),
            )
        )
        for id in rng.sample(IDS, 3)
    }
    notice = NoticeState(
        notice=1,
        version=2,
        kind="alert",
        tlp=Tlp.CLEAR,
        ack_within_seconds=60,
        issued_at=NOW,
        source=None,
        recipients=recipients,
    )
    return Incident(
        number="INC-2026-0001",
        title="t",
        status="open",
        severity=Severity.S2,
        tlp=rng.choice(list(Tlp)),
        member=rng.choice(IDS),
        affected=(),
        participants=tuple(takes_part),
        lead=rng.choice([None, *named]),
        roles={"scribe": rng.choice(named)} if named and rng.random() < 0.5 else {},
        exercise=exercise,
        charter="c",
        alarms=_alarms(rng),
        opened_at=NOW,
        updated_at=NOW,
        notices={"1": notice},
    )


def _alarms(rng: random.Random) -> dict[str, Alarm]:
    """Open alarms: mostly none, sometimes about a stranger in the room, sometimes others."""
    subjects = rng.choice(((), (), (), ("stranger-U1",), ("silent:1:lv", "stranger-U2"), ("x",)))
    return {one: Alarm(text="t", fallback="f", raised_at=NOW) for one in subjects}


def cases(seed: int, count: int) -> Iterator[Case]:
    """`count` random cases; the same seed gives the same ones."""
    rng = random.Random(seed)
    for _ in range(count):
        coalition = rng.choice(UNIVERSES)
        exercise = coalition.exercise if rng.random() < 0.85 else not coalition.exercise
        tlp = rng.choice([*Tlp, *Tlp, *Tlp, None])
        audience = _audience(rng, incident(rng, exercise=exercise))
        right = may(tlp, audience, coalition)
        yield Case(tlp, cast("Any", audience), coalition, right, broken(audience))


def _audience(rng: random.Random, about: Incident) -> Audience | None:  # noqa: PLR0911 - a table
    pick = rng.randrange(21)
    if pick < 5:
        return ToChannel(rng.choice([*IDS, "gone-t4"]), rng.randrange(-2, len(WAYS) + 2))
    if pick < 8:
        among = [*about.notices["1"].recipients] * 3 + [*IDS[:5], "gone-t4"]
        return ToAnswerPage(about, rng.choice((1, 1, 1, 1, 2)), rng.choice(among))
    if pick < 12:
        return ToRoom(about)
    if pick < 18:
        among = [*about.participants] * 4 + [rng.choice(IDS), "gone-t4"]
        who = f"{rng.choice(among)}-{rng.choice(('op', 'ap'))}"
        concerning = None if rng.random() < 0.15 else about
        return ToViewer(who, concerning, rng.choice(("slack", "board", "board")))
    if pick == 19:
        return ToService(about, "https://tickets.example", rng.choice(list(Tlp)))
    if pick == 18:
        return rng.choice(
            (ToLog(), ToLog("job"), ToLog("error"), ToAnyone(), ToAnyone("room_name"))
        )
    return None
