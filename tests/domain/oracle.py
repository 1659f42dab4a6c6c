"""Who may get what, written down label by label and independently of the gate.

The gate asks "how high may this audience go"; this asks, for one label, "who may read it". The
cases come from a fixed universe: every status with every trust, and every channel.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from coalition.domain.audiences import ToService, UnderOverride
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
from coalition.domain.incident.overrides import Override
from coalition.domain.incident.state import (
    Alarm,
    Attempt,
    Guest,
    Incident,
    NoticeState,
    RecipientState,
)
from coalition.domain.incident.words import Severity
from coalition.domain.labels import Tlp
from coalition.domain.members import Coalition
from coalition.domain.messages import canonical
from tests.domain.cast import NOW, member

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
ENCRYPTED_ON_THE_WAY = {Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER}
IN_THE_OPEN = {Tlp.CLEAR, Tlp.GREEN}
CARRIES = {
    "webhook": ENCRYPTED_ON_THE_WAY,
    "misp": ENCRYPTED_ON_THE_WAY,
    "taxii": ENCRYPTED_ON_THE_WAY,
    "plain mail": IN_THE_OPEN,
    "mattermost": IN_THE_OPEN,
    "slack": IN_THE_OPEN,
    "phone": IN_THE_OPEN,
    "mail to a key": {*ENCRYPTED_ON_THE_WAY, Tlp.AMBER_STRICT},
    "mail to a person": set(Tlp),
}
WAYS = [(kind, ceiling, None) for kind in CARRIES for ceiling in Tlp] + [
    (kind, Tlp.RED, exercise)
    for kind in ("webhook", "mail to a person")
    for exercise in (True, False)
]
"""Kind, the file's ceiling, and whether it is for exercises alone (or never for one)."""
PRIVATE = [at for at, way in enumerate(WAYS) if way[0].startswith("mail") and way[1] > Tlp.AMBER]
IDS = [f"{status}-{trust.lower()}" for status in STATUSES for trust in TRUSTS]


def universe(*, exercise: bool, slack_ceiling: Tlp) -> Coalition:
    """25 members: every status with every trust, each with every kind and ceiling of channel."""
    raw_all = {
        "coalition": {"name": "Universe", "exercise": exercise},
        "charter": {"slack_ceiling": slack_ceiling},
        "members": [_member(id) for id in IDS],
    }
    return Coalition.model_validate_json(canonical(raw_all))


def _member(id: str) -> dict[str, Any]:
    status, trust = id.split("-")
    ways = [_way(id, way) for way in WAYS]
    raw = member(id, status=status, trust=trust.upper(), country="EE", channels=ways)
    for delegate in raw["delegates"]:
        delegate.pop("slack")
    raw["delegates"][0] |= {"email": f"op@{id}.example", **_key(f"{id} op")}
    return raw


def _key(owner: str) -> dict[str, str]:
    fingerprint = hashlib.sha1(owner.encode(), usedforsecurity=False).hexdigest().upper()
    return {"openpgp": fingerprint, "key": "keys/one.asc"}


def _way(id: str, way: tuple[str, Tlp, bool | None]) -> dict[str, Any]:
    kind, ceiling, exercise = way
    mailbox: dict[str, Any] = {"kind": "email", "to": f"cert@{id}.example"}
    secret = {"env": "SECRET"}
    address = {"url": "https://cert.example/x"}
    shape: dict[str, Any] = {
        "webhook": {"kind": "webhook", **address, "secret": secret},
        "plain mail": mailbox,
        "mail to a key": {**mailbox, **_key(id)},
        "mail to a person": {"kind": "email", "to": f"op@{id}.example", "delegate": f"{id}-op"},
        "mattermost": {"kind": "mattermost", "hook": secret},
        "slack": {"kind": "slack", "channel": "C01CERTEE"},
        "misp": {"kind": "misp"},
        "taxii": {"kind": "taxii", **address, "collection": COLLECTION},
        "phone": {"kind": "phone"},
    }[kind]
    only = {} if exercise is None else {"exercise": exercise}
    return {**shape, "ceiling": ceiling, **only}


COLLECTION = "5c1dd8d5-6a6f-4b5e-9d5c-0d9f2f7f4a11"


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


def channel_carries(index: int, tlp: Tlp, coalition: Coalition, *, waived: bool = False) -> bool:
    if not 0 <= index < len(WAYS):
        return False
    kind, ceiling, exercise = WAYS[index]
    if exercise is not None and exercise != coalition.exercise:
        return False
    if kind == "slack" and tlp not in UP_TO[coalition.charter.slack_ceiling]:
        return False
    return tlp in CARRIES[kind] and (waived or tlp in UP_TO[ceiling])


def sent_rightly(audience: ToChannel, coalition: Coalition, tlp: Tlp) -> bool:
    id = audience.member
    if released(audience):
        released_label = audience.under is not None and tlp in UP_TO[audience.under.override.tlp]
        takes_part = id.startswith(("active", "observer"))
        carried = channel_carries(audience.index, tlp, coalition, waived=True)
        return released_label and takes_part and carried
    return member_reads(id, tlp) and channel_carries(audience.index, tlp, coalition)


def released(audience: ToChannel) -> bool:
    """Whether two approvers have released exactly this, one of them of the originator."""
    under = audience.under
    if under is None or under.override.approved_by is None:
        return False
    people = (under.override.requested_by, under.override.approved_by)
    members = [who.rpartition("-")[0] for who in people]
    return (
        people[0] != people[1]
        and all(who.endswith(("-ap", "-both")) for who in people)
        and all(one.startswith("active-") and one in IDS for one in members)
        and under.origin in members
        and under.override.notice == under.notice
        and under.override.member == audience.member
        and under.override.content == under.content
        and under.at < under.override.expires
    )


def slack_carries(coalition: Coalition, tlp: Tlp) -> bool:
    never = {Tlp.AMBER_STRICT, Tlp.RED}
    return tlp not in never and tlp in UP_TO[coalition.charter.slack_ceiling]


def room_reads(incident: Incident, coalition: Coalition, tlp: Tlp) -> bool:
    meant = incident.exercise == coalition.exercise and incident.participants
    if not meant or not slack_carries(coalition, tlp):
        return False
    if tlp is Tlp.CLEAR:
        return True  # a pointer
    if any("stranger" in subject for subject in incident.alarms):
        return False
    present = (*incident.participants, *(guest.member for guest in incident.guests.values()))
    return all(id in IDS and member_reads(id, tlp) for id in present)


def viewer_reads(audience: ToViewer, coalition: Coalition, tlp: Tlp) -> bool:
    id, _, short = audience.delegate.rpartition("-")
    if id not in IDS or short not in ("op", "ap", "both", "vo") or not member_reads(id, tlp):
        return False
    if audience.surface == "slack" and not slack_carries(coalition, tlp):
        return False
    incident = audience.incident
    if incident is None:
        return tlp in (Tlp.CLEAR, Tlp.GREEN)
    inside = id in incident.participants or audience.delegate in incident.guests
    if incident.exercise != coalition.exercise or not inside:
        return False
    named = audience.delegate == incident.lead or audience.delegate in incident.roles.values()
    return named if tlp is Tlp.RED else True


def page_reads(audience: ToAnswerPage, coalition: Coalition, tlp: Tlp) -> bool:
    notice = audience.incident.notices.get(str(audience.notice))
    if notice is None or audience.member not in notice.recipients:
        return False
    if audience.incident.exercise != coalition.exercise or audience.member not in IDS:
        return False
    if tlp in {Tlp.AMBER_STRICT, Tlp.RED}:
        return False
    went_by = [one.channel for one in notice.recipients[audience.member].attempts]
    carried = all(channel_carries(index, tlp, coalition) for index in went_by)
    return bool(went_by) and carried and member_reads(audience.member, tlp)


def may(tlp: Tlp | None, audience: Audience | None, coalition: Coalition) -> bool:
    if tlp is None:
        return False
    right = False
    match audience:
        case ToChannel():
            right = audience.member in IDS and sent_rightly(audience, coalition, tlp)
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
    recipients = {id: _recipient(rng, id) for id in rng.sample(IDS, 3)}
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
    guests = rng.sample(IDS, rng.choice((0, 0, 1, 2)))
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
        guests={f"{id}-op": Guest(member=id, missions=()) for id in guests},
        opened_at=NOW,
        updated_at=NOW,
        notices={"1": notice},
    )


def _recipient(rng: random.Random, id: str) -> RecipientState:
    few = PRIVATE if rng.random() < 0.3 else [-1, *range(len(WAYS) + 1)]
    went_by = rng.sample(few, rng.choice((0, 1, 1, 2)))
    attempts = [
        Attempt(attempt=n, channel=index, stage="sent", at=NOW, ack_by=NOW)
        for n, index in enumerate(went_by, 1)
    ]
    recipient = Recipient(member=id, channels=tuple(went_by))
    return RecipientState(recipient=recipient, attempts=tuple(attempts))


def _alarms(rng: random.Random) -> dict[str, Alarm]:
    """Open alarms: mostly none, sometimes about a stranger in the room, sometimes others."""
    subjects = rng.choice(((), (), (), ("stranger-U1",), ("silent:1:lv", "stranger-U2"), ("x",)))
    return {one: Alarm(text="t", fallback="f", raised_at=NOW) for one in subjects}


def every_channel(id: str) -> Iterator[Case]:
    """Each channel with each label, with and without an exercise, with Slack open and closed."""
    for coalition in (UNIVERSES[0], UNIVERSES[-1]):
        for index in range(-1, len(WAYS) + 1):
            audience = ToChannel(id, index)
            for tlp in Tlp:
                yield Case(tlp, audience, coalition, may(tlp, audience, coalition))


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
    pick = rng.randrange(22)
    if pick < 6:
        id = rng.choice([*IDS, "gone-t4"])
        under = _under(rng, id) if rng.random() < 0.5 else None
        return ToChannel(id, rng.randrange(-2, len(WAYS) + 2), under)
    if pick < 9:
        among = [*about.notices["1"].recipients] * 3 + [*IDS[:5], "gone-t4"]
        return ToAnswerPage(about, rng.choice((1, 1, 1, 1, 2)), rng.choice(among))
    if pick < 13:
        return ToRoom(about)
    if pick < 19:
        inside = [*about.participants, *(guest.member for guest in about.guests.values())]
        among = inside * 4 + [rng.choice(IDS), "gone-t4"]
        who = f"{rng.choice(among)}-{rng.choice(('op', 'ap'))}"
        concerning = None if rng.random() < 0.15 else about
        return ToViewer(who, concerning, rng.choice(("slack", "board", "board")))
    if pick == 20:
        return ToService(about, "https://tickets.example", rng.choice(list(Tlp)))
    if pick == 19:
        open_to_all = (ToLog(), ToLog("job"), ToLog("error"), ToAnyone(), ToAnyone("room_name"))
        return rng.choice(open_to_all)
    return None


def _under(rng: random.Random, member: str) -> UnderOverride:
    """An override, mostly right in each of its parts, so that each part alone is often wrong."""

    def mostly(right: Any, *wrong: Any) -> Any:
        return right if rng.random() < 0.85 else rng.choice(wrong)

    people = (rng.choice(ACTIVE), rng.choice(ACTIVE))
    asked = f"{mostly(people[0], *IDS)}-{mostly('ap', 'op', 'vo')}"
    override = Override(
        override=1,
        notice=mostly(1, 2),
        member=mostly(member, *IDS),
        tlp=rng.choice(list(Tlp)[2:]),
        content=mostly("hash", "other"),
        reason="r",
        requested_by=asked,
        requested_at=NOW,
        expires=NOW + mostly(timedelta(minutes=1), timedelta(0), timedelta(minutes=-1)),
        approved_by=mostly(f"{people[1]}-both", None, asked, f"{people[1]}-op", "gone-t4-ap"),
        approved_at=NOW,
    )
    return UnderOverride(override, mostly(rng.choice(people), *IDS), 1, "hash", NOW)


ACTIVE = [id for id in IDS if id.startswith("active")]
