"""A request for aid as rows and as plain data, of what one member may see of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from coalition.domain.aid.views import visible_to

if TYPE_CHECKING:
    from coalition.domain.aid.state import Aid, Mission, Offer

COLUMNS = (
    "tlp",
    "aid",
    "incident",
    "row",  # request, item, offer, signature, mission, cost
    "number",
    "member",
    "status",
    "what",
    "size",
    "days",
    "at",
    "amount_minor",
    "currency",
    "evidence",
)
Row = dict[str, Any]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def rows(whole: Aid, viewer: str) -> Iterator[Row]:
    """The request, its items, offers, signatures, missions and cost lines; one row each.

    Amounts are integers in minor units of the currency; times ISO 8601, UTC.
    """
    seen = visible_to(whole, viewer)
    yield _row(seen, "request", seen.aid, member=seen.member, status=seen.status,
               what=seen.situation.impact, at=seen.needed_by.isoformat())  # fmt: skip
    for item, need in enumerate(seen.needs, start=1):
        missing = seen.remaining(item)
        status = f"missing {missing}" if missing else "covered"
        yield _row(seen, "item", item, status=status, what=f"{need.service} {need.about}".strip(),
                   size=need.quantity, days=need.days)  # fmt: skip
    for offer in seen.offers.values():
        yield from _offer(seen, offer)
    for mission in seen.missions.values():
        yield from _mission(seen, mission)


def data(whole: Aid, viewer: str) -> dict[str, Any]:
    """The same as plain data for a program: the request as the viewer's member may see it."""
    return visible_to(whole, viewer).model_dump(mode="json")


def as_csv(found: Iterable[Row]) -> str:
    """Rows as CSV (RFC 4180) with a header line.

    What a spreadsheet would take for a formula is kept as text by an apostrophe before it.
    """
    written = io.StringIO()
    writer = csv.DictWriter(written, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for row in found:
        writer.writerow({name: _harmless(value) for name, value in row.items()})
    return written.getvalue()


def _offer(seen: Aid, one: Offer) -> Iterator[Row]:
    supply = one.supply
    yield _row(seen, "offer", one.offer, member=one.member, status=one.status,
               what=supply.capability, size=supply.size, days=supply.days,
               at=supply.starts.isoformat(), amount_minor=supply.cost,
               currency=supply.currency)  # fmt: skip
    for signed in one.signatures:
        yield _row(seen, "signature", one.offer, member=signed.member, status="signed",
                   what=signed.delegate, at=signed.at.isoformat(),
                   evidence=signed.terms_hash)  # fmt: skip


def _mission(seen: Aid, one: Mission) -> Iterator[Row]:
    currency = one.agreement.terms.currency
    yield _row(seen, "mission", one.mission, member=one.member, status=one.status,
               what=one.agreement.supply.capability, size=one.agreement.supply.size,
               days=one.agreement.supply.days, at=one.tasked_at.isoformat(),
               amount_minor=one.settled_amount, currency=currency)  # fmt: skip
    for line in one.costs:
        status = "eligible" if line.eligible else "own"
        yield _row(seen, "cost", f"{one.mission}.{line.line}", member=one.member,
                   status=status if line.within_cap or not line.eligible else "above cap",
                   what=f"{line.kind}: {line.text}", amount_minor=line.amount,
                   currency=line.currency, evidence=line.evidence)  # fmt: skip


def _row(seen: Aid, row: str, number: object, **more: Any) -> Row:
    head = {"tlp": seen.tlp.value, "aid": seen.aid, "incident": seen.incident, "row": row}
    return {**dict.fromkeys(COLUMNS, ""), **head, "number": number, **more}


def _harmless(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value
