"""The incident report in Markdown: facts, who was told and answered, tasks, timeline. Pure.

The label stands before and after everything (TLP 2.0), and is the strictest of what is inside.
Text that people wrote is escaped: it can neither format the report nor draw pictures from afar.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from coalition.domain.labels import Tlp, strictest
from coalition.domain.severity import EQUIVALENTS
from coalition.domain.sharing import without
from coalition.rendering.affected import affected_words
from coalition.rendering.comms import findings
from coalition.rendering.timeline import Names, timeline

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from coalition.domain.incident.overrides import Override
    from coalition.domain.incident.state import Attempt, Incident, NoticeState, RecipientState
    from coalition.domain.members import Coalition
    from coalition.domain.messages import Record


class Report(NamedTuple):
    """Markdown, and the label to ask the gate with. `withheld` parts were above the ceiling."""

    text: str
    tlp: Tlp
    withheld: int


def report(
    incident: Incident,
    records: Iterable[Record],
    coalition: Coalition,
    *,
    ceiling: Tlp = Tlp.RED,
) -> Report:
    """The report of an incident from its state and all its records.

    Notices and lines labelled above `ceiling` are left out and counted. The incident itself is
    not: whether its own label may go to the reader is the gate's to say.
    """
    names = Names(coalition)
    lines = list(timeline(records, coalition))
    shown = [line for line in lines if line.tlp is None or line.tlp <= ceiling]
    notices = [one for one in incident.notices.values() if one.tlp <= ceiling]
    above = [one for one in incident.notices.values() if one.tlp > ceiling]
    seen = without(incident, above)
    withheld = len(lines) - len(shown) + len(above)
    labels = [*(line.tlp for line in shown if line.tlp), *(one.tlp for one in notices)]
    tlp = strictest(incident.tlp, *labels)
    mark = f"**{tlp}**" + (" · **EXERCISE EXERCISE EXERCISE**" if incident.exercise else "")
    parts = [
        mark,
        f"# {incident.number}: {escaped(incident.title)}",
        *_facts(incident, names),
        *_check(incident, coalition),
        *_notices(notices, names),
        *_released(seen, names),
        *_tasks(seen, names),
        *_alarms(seen),
        "## Timeline",
        "\n".join(
            f"- {_time(line.at)} **{escaped(line.who)}** {escaped(line.text)}" for line in shown
        ),
        *_ending(incident),
    ]
    if withheld:
        parts.append(f"_{withheld} entries above {ceiling} are left out._")
    return Report("\n\n".join([*parts, mark]) + "\n", tlp, withheld)


_SPECIAL = re.compile(r"([\\`*_\[\]<>|#!~&])")
_SPACE = re.compile(r"\s+")


def escaped(text: str) -> str:
    """One line of plain text that Markdown shows as it was typed."""
    return _SPECIAL.sub(r"\\\1", _SPACE.sub(" ", text).strip())


def _facts(incident: Incident, names: Names) -> Iterator[str]:
    rows = {
        "Status": incident.status,
        "Severity": _severity(incident),
        "Kind": incident.kind,
        "From": names.member(incident.member),
        "Affected": names.members(incident.affected),
        "Taking part": names.members(incident.participants),
        "Lead": names.person(incident.lead) if incident.lead else "nobody",
        "Begun": _time(incident.opened_at),
        "Last change": _time(incident.updated_at),
    }
    if incident.severity_reason:
        rows["Severity, because"] = incident.severity_reason
    for role, delegate in incident.roles.items():
        rows[f"Role: {role}"] = names.person(delegate)
    if incident.linked:
        rows["Linked"] = ", ".join(incident.linked)
    if incident.merged_into:
        rows["Goes on in"] = incident.merged_into
    yield _table(("Fact", "Value"), rows.items())


def _check(incident: Incident, coalition: Coalition) -> Iterator[str]:
    """What a communications check has found; nothing of an incident."""
    found = findings(incident, coalition)
    if found is None:
        return
    yield "## Who was reached, by what, how fast"
    yield escaped(found.summary)
    ways = {
        one.name: "; ".join(f"{way.kind} {way.said}" for way in one.ways) for one in found.members
    }
    rows = ((name, said or "no channel") for name, said in ways.items())
    yield _table(("Member", "Channels"), rows)
    if found.keys:
        yield "\n".join(f"- {escaped(key)}" for key in found.keys)


def _severity(incident: Incident) -> str:
    if incident.checks_comms:
        return "none (a communications check is no incident)"
    if not incident.assessed:
        return "not assessed (an early warning, no legal status)"
    same = EQUIVALENTS[incident.severity]
    return (
        f"{incident.severity}, {same.meaning} "
        f"(NCISS {same.nciss}; UK NCSC {same.ncsc}; NIS2 {same.nis2})"
    )


def _notices(notices: list[NoticeState], names: Names) -> Iterator[str]:
    if notices:
        yield "## Who was told"
    for notice in notices:
        kind = notice.kind.replace("_", " ")
        sender = names.member(notice.member)
        newer = notice.superseded_by
        gone = f" (superseded by notice {newer})" if newer else ""
        yield f"### Notice {notice.notice}: {kind}, {notice.tlp}, by {escaped(sender)}{gone}"
        head = ("Member", "Reached by", "Delivered", "Acknowledged", "Answer")
        rows = [_receipt(member, one, names) for member, one in notice.recipients.items()]
        yield _table(head, rows)


def _receipt(member: str, one: RecipientState, names: Names) -> tuple[str, ...]:
    if not one.recipient.channels:
        return (names.member(member), f"not sent: {one.recipient.refused}", "", "", "")
    ways = " → ".join(_way(member, one, attempt, names) for attempt in one.attempts)
    delivered = next(
        (attempt.delivered_at for attempt in one.attempts if attempt.delivered_at), None
    )
    answer = one.answer or ("none" if one.acknowledged_at is None else "acknowledged only")
    hit = "" if one.affected is None else f"; {affected_words(one.affected)}"
    proof = ", to be confirmed" if one.unconfirmed else ""
    said = f": {one.note}" if one.note else ""
    return (
        names.member(member),
        ways,
        _time(delivered) if delivered else "no proof",
        _time(one.acknowledged_at) if one.acknowledged_at else _silence(one),
        f"{answer.replace('_', ' ')}{proof}{said}{hit}",
    )


def _way(member: str, one: RecipientState, attempt: Attempt, names: Names) -> str:
    facts = [attempt.stage.replace("_", " "), attempt.evidence]
    if attempt.channel in one.recipient.nudged:
        facts.append("nudge only")
    if attempt.reason == "override":
        facts.append(f"override {one.override}")
    return f"{names.channel(member, attempt.channel)} ({', '.join(filter(None, facts))})"


def _silence(one: RecipientState) -> str:
    if one.expired:
        return "no (incident over)"
    return "no (phone)" if one.exhausted else "not yet"


def _released(incident: Incident, names: Names) -> Iterator[str]:
    """Overrides and permissions, each with the names of those who gave it."""
    said = [
        f"- {_time(one.requested_at)} override {one.override}: notice {one.notice} ({one.tlp}) to "
        f"{escaped(names.member(one.member))}, asked for by "
        f"{escaped(names.person(one.requested_by))}, {_second(one, names)}: {escaped(one.reason)}"
        for one in incident.overrides.values()
    ]
    said += [
        f"- permission: what comes from {escaped(names.member(member))} may be {tlp}"
        for member, tlp in incident.permissions.items()
    ]
    if said:
        yield "## Overrides and permissions"
        yield "\n".join(said)


def _second(override: Override, names: Names) -> str:
    if override.approved_by is None or override.approved_at is None:
        return f"not released (until {_time(override.expires)})"
    who = escaped(names.person(override.approved_by))
    return f"released by {who} on {_time(override.approved_at)}"


def _tasks(incident: Incident, names: Names) -> Iterator[str]:
    if not incident.tasks:
        return
    yield "## Tasks"
    yield "\n".join(
        f"- [{'x' if task.done_at else ' '}] {task.task}. {escaped(task.text)}"
        + (f" ({escaped(names.person(task.assignee))})" if task.assignee else "")
        for task in incident.tasks.values()
    )


def _alarms(incident: Incident) -> Iterator[str]:
    if not incident.alarms:
        return
    yield "## Open alarms"
    yield "\n".join(
        f"- {_time(one.raised_at)} {escaped(one.text)} {escaped(one.fallback)}"
        for one in incident.alarms.values()
    )


def _ending(incident: Incident) -> Iterator[str]:
    if incident.cause:
        yield f"## Cause\n\n{escaped(incident.cause)}"
    if incident.lessons:
        yield f"## Lessons\n\n{escaped(incident.lessons)}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head)]
    lines.extend(tuple(escaped(cell) for cell in row) for row in rows)
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
