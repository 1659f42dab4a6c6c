"""A notice as somebody writes it into a file, to see what would become of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, ValidationError

from coalition.domain.durations import Duration
from coalition.domain.errors import UserError
from coalition.domain.fields import Strict
from coalition.domain.incident.notices import Draft, issue
from coalition.domain.incident.words import USUAL, Answer, NoticeKind, Severity
from coalition.domain.labels import TypedTlp
from coalition.domain.messages import canonical
from coalition.domain.notice.reading import details_from

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from coalition.domain.incident.events import NoticeIssued
    from coalition.domain.members import Coalition


class NoticeFile(Strict):
    """`from` and `to` are member ids; `details` as `/incident notify` takes them."""

    sender: Annotated[str, Field(alias="from")]
    to: tuple[str, ...]
    title: str
    text: str
    tlp: TypedTlp
    kind: NoticeKind = "alert"
    ask: str = ""
    answers: tuple[Answer, ...] = USUAL
    severity: Severity = Severity.S2
    within: Duration | None = None
    details: dict[str, Any] = {}  # noqa: RUF012 - never changed


def read_notice(path: Path, incident: str, coalition: Coalition, at: datetime) -> NoticeIssued:
    """The notice of a file, as it would be recorded.

    Raises:
        NotFound, GateRefusal: unknown members, or nobody may get it.
        UserError: the file cannot be read, or something in it is missing or wrong.
    """
    written = _read(path)
    within: timedelta = written.within or coalition.charter.ack_deadline[written.severity]
    draft = Draft(
        number=incident,
        notice=1,
        kind=written.kind,
        text=written.text,
        ask=written.ask,
        answers=written.answers,
        tlp=written.tlp,
        severity=written.severity,
        assessed=True,
        title=written.title,
        sender=coalition.member(written.sender),
        within=within,
        details=details_from(written.details),
    )
    return issue(draft, [coalition.member(one) for one in written.to], at, coalition)


def _read(path: Path) -> NoticeFile:
    from coalition.adapters.yaml_source import load_yaml

    try:
        return NoticeFile.model_validate_json(canonical(load_yaml(path)[0]))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise UserError(f"{path.name}: {where}: {first['msg']}.", "See docs/notices.md.") from None
