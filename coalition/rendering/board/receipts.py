"""The receipts matrix: every recipient of every notice, the silent apart from the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from coalition.domain.errors import NotFound
from coalition.domain.incident.answer_details import affected
from coalition.rendering.affected import affected_words
from coalition.rendering.board.ladder import Rung, Step, channel_name, rungs
from coalition.rendering.board.marks import ANSWERS, NO_ANSWER, NOT_SENT, STAGES, Mark
from coalition.rendering.board.moments import Moment, Present
from coalition.rendering.notices.wording import first_reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from coalition.domain.incident.state import Attempt, NoticeState, RecipientState
    from coalition.domain.members import Coalition

Standing = Literal[
    "unreached", "silent", "waiting", "affected", "acknowledged", "answered", "unaffected"
]
"""`unreached`: refused by the gate, or the last sending failed. `silent`: reached, and late.

Silence says nothing: `affected` and `unaffected` are those that have said so.
"""

HEADINGS: dict[Standing, str] = {
    "unreached": "Not reached: the label is too strict for them, or sending failed",
    "silent": "Silent: past the deadline, nothing has come back",
    "waiting": "Waiting: within the deadline",
    "affected": "Affected, they say",
    "acknowledged": "Acknowledged, not yet answered",
    "answered": "Answered",
    "unaffected": "Not affected, they say",
}

KINDS = {
    "alert": "Alert",
    "early_warning": "Early warning",
    "mutual_aid_request": "Request for help",
    "sighting": "Sighting",
    "sitrep": "Situation report",
    "correction": "Correction",
    "withdrawal": "Withdrawal",
    "comms_check": "Test of the channels",
}


class Column(NamedTuple):
    """One notice."""

    notice: int
    kind: str
    tlp: str
    issued: Moment
    superseded_by: int | None = None


class Cell(NamedTuple):
    """One recipient of one notice."""

    column: Column
    standing: Standing
    mark: Mark
    channel: str  # the way it was delivered by, else last tried by; empty where nothing was sent
    steps: tuple[Step, ...]
    deadline: Moment | None  # while it waits
    by: str  # who answered
    note: str
    remarks: tuple[str, ...]
    affected: str  # what it says of being affected; empty where it said nothing
    details: tuple[str, ...]  # of its answer: `size: 4`
    proof: str  # what shows who answered
    ladder: tuple[Rung, ...]


class Row(NamedTuple):
    """One member; `cells` has None for notices that did not go to it."""

    id: str
    name: str
    phone: str
    cells: tuple[Cell | None, ...]


class Group(NamedTuple):
    """The members that stand alike, by the newest notice each of them got."""

    standing: Standing
    heading: str
    rows: tuple[Row, ...]


class Matrix(NamedTuple):
    """Newest notice first; groups with nobody in them are left out."""

    columns: tuple[Column, ...]
    groups: tuple[Group, ...]

    @property
    def tally(self) -> tuple[tuple[Standing, int], ...]:
        """How many members stand where, silent first; those with none are left out."""
        return tuple((group.standing, len(group.rows)) for group in self.groups)


def matrix(notices: Iterable[NoticeState], coalition: Coalition, present: Present) -> Matrix:
    """Return the matrix of these notices."""
    newest_first = sorted(notices, key=lambda notice: -notice.notice)
    columns = tuple(
        Column(
            notice.notice,
            KINDS[notice.kind],
            notice.tlp.value,
            present.moment(notice.issued_at),
            notice.superseded_by,
        )
        for notice in newest_first
    )
    recipients = dict.fromkeys(id for notice in newest_first for id in notice.recipients)
    rows = [_row(id, newest_first, columns, coalition, present) for id in recipients]
    rows.sort(key=lambda row: row.name.casefold())
    groups = (
        Group(standing, heading, tuple(row for row in rows if _standing(row) == standing))
        for standing, heading in HEADINGS.items()
    )
    return Matrix(columns, tuple(group for group in groups if group.rows))


def standing_of(recipient: RecipientState, present: Present) -> Standing:
    """Return where a recipient of one notice stands now."""
    if recipient.affected is not None:
        return "affected" if affected(recipient.affected) else "unaffected"
    if recipient.stage == "answered":
        return "answered"
    if recipient.acknowledged_at is not None:
        return "acknowledged"
    if recipient.stage == "failed" and not _tried_anew(recipient):
        return "unreached"
    if recipient.superseded:
        return "waiting"  # for the notice that took its place; nobody is late with this one
    late = recipient.expired or recipient.exhausted or recipient.attempts[-1].ack_by <= present.now
    return "silent" if late else "waiting"


def _tried_anew(recipient: RecipientState) -> bool:
    """After a failure another channel was asked, and has not failed (yet)."""
    return bool(recipient.attempts) and recipient.attempts[-1].stage != "failed"


def _standing(row: Row) -> Standing:
    return next(cell.standing for cell in row.cells if cell is not None)


def _row(
    id: str,
    notices: Sequence[NoticeState],
    columns: Sequence[Column],
    coalition: Coalition,
    present: Present,
) -> Row:
    try:
        member = coalition.member(id)
        name, phone = member.name, member.duty_phone
        kinds = [channel.kind for channel in member.channels]
    except NotFound:  # left the file since; the record stays
        name, phone, kinds = id, "", []
    cells = tuple(
        _cell(notice.recipients[id], column, kinds, present) if id in notice.recipients else None
        for notice, column in zip(notices, columns, strict=True)
    )
    return Row(id, name, phone, cells)


def _cell(
    recipient: RecipientState, column: Column, kinds: Sequence[str], present: Present
) -> Cell:
    standing = standing_of(recipient, present)
    last = recipient.attempts[-1] if recipient.attempts else None
    return Cell(
        column=column,
        standing=standing,
        mark=_mark(recipient, standing),
        channel=channel_name(_told_by(recipient).channel, kinds) if last else "",
        steps=_steps(recipient, present),
        deadline=present.moment(last.ack_by) if last and recipient.waiting else None,
        by=recipient.answered_by,
        note=recipient.note,
        remarks=_remarks(recipient),
        affected="" if recipient.affected is None else affected_words(recipient.affected),
        details=_details(recipient),
        proof=recipient.proof,
        ladder=rungs(recipient, kinds, present),
    )


def _details(recipient: RecipientState) -> tuple[str, ...]:
    if recipient.answer == "affected":
        return ()
    return tuple(f"{name}: {text}" for name, text in recipient.details.items())


def _mark(recipient: RecipientState, standing: Standing) -> Mark:
    if recipient.answer == "affected" and standing == "unaffected":
        return Mark("Not affected", "check", "good")
    if recipient.answer is not None:
        mark = ANSWERS[recipient.answer]
        word = f"{mark.word}, to be confirmed"
        return Mark(word, "question", "warn") if recipient.unconfirmed else mark
    if not recipient.attempts:
        return NOT_SENT
    stage = recipient.stage
    if standing == "silent" and stage not in ("in_doubt", "expired"):
        return NO_ANSWER._replace(word=f"No answer, {STAGES[stage].word.lower()}")
    return STAGES[stage]


def _told_by(recipient: RecipientState) -> Attempt:
    """The attempt that was delivered first; while none was, the last."""
    done = (attempt for attempt in recipient.attempts if attempt.delivered_at)
    return next(done, recipient.attempts[-1])


def _steps(recipient: RecipientState, present: Present) -> tuple[Step, ...]:
    found: list[Step] = []
    delivered = [attempt.delivered_at for attempt in recipient.attempts if attempt.delivered_at]
    if delivered:
        found.append(Step("delivered", present.moment(delivered[0])))
    elif recipient.attempts:
        last = recipient.attempts[-1]
        found.append(Step(STAGES[last.stage].word.lower(), present.moment(last.at)))
    if recipient.acknowledged_at:
        found.append(Step("acknowledged", present.moment(recipient.acknowledged_at)))
    if recipient.answered_at and recipient.answer is not None:
        found.append(Step("answered", present.moment(recipient.answered_at)))
    return tuple(found)


def _remarks(recipient: RecipientState) -> tuple[str, ...]:
    said = []
    if recipient.recipient.refused:
        said.append(first_reason(recipient.recipient.refused))
    if len(recipient.attempts) > 1:
        said.append(f"attempt {len(recipient.attempts)}")
    if recipient.reminders:
        said.append(f"reminded {recipient.reminders}×")
    if recipient.exhausted and recipient.acknowledged_at is None:
        said.append("no channel is left: phone")
    if recipient.override is not None:
        said.append(f"released by override {recipient.override}")
    if recipient.acknowledged_at is not None and recipient.answered_via:
        said.append(f"answered by {recipient.answered_via}")
    if recipient.acknowledged_at is not None and not recipient.verified:
        said.append("by link, identity not verified")
    return tuple(said)
