"""Which label a thing made of several sources carries.

The strictest of theirs. Only the source itself can lower its own label, and only by a permission
that is recorded; whoever combines never can.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.errors import UserError
from coalition.domain.labels import Tlp, parse_tlp, strictest
from coalition.domain.messages import Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class SourceLabel(Message):
    """What one member contributed, and under which label."""

    member: str
    tlp: Tlp


def sources_from(text: str) -> tuple[SourceLabel, ...]:
    """What somebody typed: `lv=AMBER, lt=GREEN`; nothing for an empty text.

    Raises:
        UserError: a part is not a member and a label; `field` is `sources`.
    """
    return tuple(_source(part.strip()) for part in text.split(",") if part.strip())


def _source(part: str) -> SourceLabel:
    member, equals, label = part.partition("=")
    try:
        if member.strip() and equals:
            return SourceLabel(member=member.strip().lower(), tlp=parse_tlp(label))
    except UserError as error:
        raise UserError(error.message, error.hint, field="sources") from error
    hint = "Write whose information it is and its label, such as lv=AMBER, lt=GREEN."
    raise UserError(f"{part[:60]!r} names no source with its label.", hint, field="sources")


def combined(labels: Iterable[SourceLabel], permissions: Mapping[str, Tlp]) -> Tlp:
    """The label of what is made of these sources.

    `permissions`: the label each member has permitted for what came from it (member id -> label).
    A permission that is stricter than the source's label raises nothing: it permits less than is
    permitted already.

    Raises:
        TypeError: for no source at all; no label is not TLP:CLEAR.
    """
    return strictest(
        *(min(one.tlp, permissions.get(one.member, one.tlp)) for one in labels),
    )
