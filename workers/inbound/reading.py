"""What a partner wrote: which notice it is about, and which answer it gives.

Quoted text never answers. It may say which notice is meant, because a reply quotes what it is
about; within what is signed that is proof enough.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from coalition.domain.incident.answer_details import NAMES
from workers.inbound import mime
from workers.inbound.words import is_answer_alone, meant_by

if TYPE_CHECKING:
    from coalition.domain.incident.words import Answer
    from workers.inbound.mime import Entity
    from workers.inbound.opening import Letter

LONGEST_NOTE = 1_500

_SENDING = re.compile(
    r"(INC-[0-9]{4}-[0-9]{1,9})-n([0-9]{1,6})-([a-z][a-z0-9-]{0,39}?)(?:-([0-9]{1,4}))?@"
)
_NOTICE = re.compile(r"\b(INC-[0-9]{4}-[0-9]{1,9})-n([0-9]{1,6})-([a-z][a-z0-9-]{0,39})(?![\w-])")
_DETAIL = re.compile(r"([A-Za-z_]{2,20})\s*:\s*(.*\S)\s*")

# Where what was answered begins, if it is not marked line by line.
_CUT = re.compile(r"-- ?|_{8,}|-{2,}\s*[^\s-].*[^\s-]\s*-{2,}")
_QUOTED = (">", "|")


@dataclass(frozen=True, slots=True)
class About:
    """One sending, or (attempt 0) a notice to a member without saying which sending of it."""

    incident: str
    notice: int
    member: str
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """What was written above, below and between what was quoted."""

    answer: Answer | None
    details: dict[str, str] = field(default_factory=dict)
    note: str = ""


def about(letter: Letter) -> tuple[list[About], list[About]]:
    """(what the signed part says it is about, what only the clear headers say), nearest first."""
    inside = _unique([*_headers(letter.inside, letter), *_named(letter.text)])
    return inside, [one for one in _unique(in_headers(letter.outside)) if one not in inside]


def _headers(inside: Entity | None, letter: Letter) -> list[About]:
    return [] if inside is None or inside is letter.outside else in_headers(inside)


def in_headers(entity: Entity) -> list[About]:
    """What the headers say, nearest first: the message it answers, then its thread backwards."""
    answered = mime.header(entity, "In-Reply-To")
    thread = mime.header(entity, "References")
    return [
        *sendings(answered),
        *reversed(sendings(thread)),
        *_named(mime.header(entity, "Subject")),
    ]


def sendings(text: str) -> list[About]:
    """The sendings of ours whose message ids stand in a text."""
    return [
        About(incident, int(notice), member, int(attempt or 0))
        for incident, notice, member, attempt in _SENDING.findall(text)
    ]


def _named(text: str) -> list[About]:
    return [
        About(incident, int(notice), member) for incident, notice, member in _NOTICE.findall(text)
    ]


def _unique(found: list[About]) -> list[About]:
    """Each notice once; the first that says which sending stands for it."""
    kept: dict[tuple[str, int, str], About] = {}
    for one in found:
        key = (one.incident, one.notice, one.member)
        if key not in kept or (one.attempt and not kept[key].attempt):
            kept[key] = one
    return list(kept.values())


def read(text: str) -> Reply:
    """The answer that the first line of the reply begins with, and what follows it."""
    lines = [line.strip() for line in own_lines(text)]
    written = [line for line in lines if line]
    if not written:
        return Reply(None)
    meant = meant_by(written[0])
    if is_answer_alone(written[0]):
        lines.remove(written[0])
    note = "\n".join(lines).strip()[:LONGEST_NOTE]
    if meant is None:
        return Reply(None, note=note)
    details = _details(meant.answer, written[1:])
    if meant.unaffected:
        details["count"] = "0"
    return Reply(meant.answer, details, note)


def _details(answer: Answer, lines: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines:
        matched = _DETAIL.fullmatch(line)
        name = matched[1].lower() if matched else ""
        if matched and name in NAMES[answer]:
            found.setdefault(name, matched[2])
    return found


def own_lines(text: str) -> list[str]:
    """The lines that the sender wrote, down to where an unmarked quotation or a signature begins.

    What introduces a quotation ("On … wrote:", in whatever language) goes with it.
    """
    kept: list[str] = []
    for line in text.split("\n"):
        if line.lstrip().startswith(_QUOTED):
            _drop_introduction(kept)
        elif _CUT.fullmatch(line.rstrip("\r")):
            break
        else:
            kept.append(line)
    return kept


def _drop_introduction(kept: list[str]) -> None:
    while kept and not kept[-1].strip():
        kept.pop()
    if kept and kept[-1].rstrip().endswith(":"):
        introduction = kept.pop()
        if introduction.lstrip().startswith("<") and kept:  # it took two lines, broken at <address>
            kept.pop()
