"""What is known of an incident, as sentences and rows of a notice's plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.notice.indicators import defang
from coalition.domain.notice.pap import MEANINGS
from coalition.domain.notice.rsit import rsit_name
from coalition.domain.notice.unknown import UNKNOWN
from coalition.rendering.notices.layout import block, bullets, rows
from coalition.rendering.notices.wording import NOT_NAMED, VALUES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from coalition.domain.notice.indicators import Indicator
    from coalition.domain.notice.unknown import Unknown
    from coalition.rendering.notices.languages import Say
    from coalition.rendering.notices.model import OutwardNotice
    from coalition.rendering.notices.parts import Moment

FINGERPRINT_GROUP = 4


def pap(notice: OutwardNotice, _: Say) -> str:
    """The marking, and where there is something to act on also what it permits."""
    if not notice.indicators:
        return notice.pap.value
    return f"{notice.pap.value} - {_(MEANINGS[notice.pap])}"


def takes_the_place(notice: OutwardNotice, _: Say) -> str:
    """Which notice this one supersedes; empty where it supersedes none."""
    if notice.supersedes is None:
        return ""
    if notice.kind == "withdrawal":
        said = _("It withdraws %(id)s: do not act on that one any more.")
    else:
        said = _("Update %(number)s: it takes the place of %(id)s, which no longer stands.")
    return said % {"number": notice.update, "id": notice.supersedes}


def done_by(notice: OutwardNotice, _: Say) -> str:
    """By when what is asked should be done; empty where the sender did not say."""
    at = notice.ask.done_by
    return "" if at == UNKNOWN else _("To be done by %(time)s.") % {"time": at.spoken}


def assessment(notice: OutwardNotice, _: Say) -> str:
    """`S2: significant, national`, or that nobody has assessed it."""
    means = _(notice.severity_means)
    return means if notice.severity == UNKNOWN else f"{notice.severity}: {means}"


def known(notice: OutwardNotice, _: Say) -> Iterator[str]:
    """A row for each thing that is known, and one sentence that names the rest.

    A communications check is about nothing, so there is nothing to know of it.
    """
    if notice.kind == "comms_check":
        return
    facts = list(_facts(notice, _))
    yield from rows([(name, value) for name, value in facts if value != UNKNOWN])
    unknown = [name for name, value in facts if value == UNKNOWN]
    if unknown:
        yield from block(_("Unknown so far: %(list)s.") % {"list": ", ".join(unknown)})


def _facts(notice: OutwardNotice, _: Say) -> Iterator[tuple[str, str]]:
    yield (
        _("Class"),
        notice.rsit if notice.rsit == UNKNOWN else (f"{notice.rsit} ({rsit_name(notice.rsit)})"),
    )
    yield _("Finding"), _value(notice.determination, _)
    yield _("Case"), _value(notice.status, _)
    yield _("Severity"), assessment(notice, _)
    yield _("Confidence"), _value(notice.confidence, _)
    yield _("Malicious"), _value(notice.malicious, _)
    yield _("Cross-border"), _value(notice.cross_border, _)
    yield _("Started"), _time(notice.started)
    yield _("Detected"), _time(notice.detected)
    yield _("Issued"), _time(notice.issued)
    yield _("Impact"), notice.impact
    yield _("Sectors"), _list(notice.sectors, _)
    yield _("Countries"), _list(notice.countries, _)
    counts = notice.counts
    yield (
        _("Counts"),
        _list(
            counts if counts == UNKNOWN else tuple(f"{one.what}: {one.number:,}" for one in counts),
            _,
        ),
    )
    yield _("Victim"), _(NOT_NAMED) if notice.victim == NOT_NAMED else notice.victim


def _value(word: str, _: Say) -> str:
    return word if word == UNKNOWN else _(VALUES[word])


def _time(moment: Moment | Unknown) -> str:
    return UNKNOWN if moment == UNKNOWN else moment.spoken


def _list(items: tuple[str, ...] | Unknown, _: Say) -> str:
    return UNKNOWN if items == UNKNOWN else ", ".join(items) or _("none")


def actions(notice: OutwardNotice, _: Say) -> Iterator[str]:
    """What has been done, and what the recipient may do; nothing where nobody said anything."""
    for heading, items in (
        (_("DONE SO FAR"), notice.mitigations),
        (_("YOU MAY"), notice.permitted_actions),
    ):
        if items != UNKNOWN:
            yield from ("", heading, *bullets(items or [_("nothing")]))


def indicators(notice: OutwardNotice, _: Say) -> Iterator[str]:
    """A line for each, defanged; its type and role are words of the data and stay as they are."""
    if notice.indicators:
        harmless = _("Made harmless to read: take out the square brackets, write http for hxxp.")
        yield from ("", _("INDICATORS"), *block(harmless))
        yield from bullets(_indicator(one, _) for one in notice.indicators)


def dropped(notice: OutwardNotice, _: Say) -> Iterator[str]:
    """What stood in the superseded notice and must not be acted on any more."""
    if notice.dropped:
        stop = _("These stood in the earlier notice and do not hold any more: stop acting on them.")
        yield from ("", _("NO LONGER VALID"), *block(stop))
        yield from bullets(f"{defang(one)}  ({one.type})" for one in notice.dropped)


def _indicator(one: Indicator, _: Say) -> str:
    said: list[str] = [one.type]
    if one.role != UNKNOWN:
        said.append(one.role)
    if one.confidence != UNKNOWN:
        said.append(_("confidence %(level)s") % {"level": _(VALUES[one.confidence])})
    if one.first_seen != UNKNOWN or one.last_seen != UNKNOWN:
        times = {"first": _instant(one.first_seen), "last": _instant(one.last_seen)}
        said.append(_("seen %(first)s to %(last)s") % times)
    if one.to_ids:
        said.append(_("fit for automatic detection"))
    return f"{defang(one)}  ({', '.join(said)})"


def _instant(at: datetime | Unknown) -> str:
    return "?" if at == UNKNOWN else f"{at:%Y-%m-%d %H:%M} UTC"


def contact(notice: OutwardNotice, _: Say) -> Iterator[str]:
    """Whom to phone, whom to ask for, and the keys that prove who writes."""
    who = notice.contact
    names = {"team": who.team, "phone": who.duty_phone, "role": who.role}
    phone = _("%(team)s, duty phone %(phone)s, day and night.") % names
    if who.role != UNKNOWN:
        phone += " " + _("Ask for: %(role)s.") % names
    yield from block(phone)
    address = f", {who.hub_address}" if who.hub_address else ""
    hub = _("%(hub)s (the hub that sent this)") % {"hub": who.hub}
    yield from block(f"{hub}{address}, {who.hub_url}")
    keys = ((who.team, who.fingerprint), (who.hub, who.hub_fingerprint))
    for owner, fingerprint in keys:
        if fingerprint != UNKNOWN:
            text = _("OpenPGP key of %(owner)s: %(fingerprint)s")
            yield from block(text % {"owner": owner, "fingerprint": grouped(fingerprint)})


def grouped(fingerprint: str) -> str:
    """The digits in groups of four, as they are read out on the phone."""
    starts = range(0, len(fingerprint), FINGERPRINT_GROUP)
    return " ".join(fingerprint[at : at + FINGERPRINT_GROUP].upper() for at in starts)
