"""A picture of need against offers over time: one row of bars for each item, as numbers for SVG.

Everything in it is said in words beside it; the picture is for the eye alone.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from coalition.domain.aid.state import Aid, Offer

WIDTH, LEFT, BAR, GAP, TOP = 640, 4, 20, 6, 22
"""In units of the drawing."""

WORD = 70
"""About as wide as a word over a line; two lines that are nearer would write over each other."""

LOOKS = {"accepted": "taken", "submitted": "offered", "countered": "offered"}


class Bar(NamedTuple):
    """One offer: from when to when, and how it looks; `label` stands in it."""

    x: float
    y: float
    width: float
    height: float
    look: str
    label: str


class Picture(NamedTuple):
    """One item. `wanted` is the span that is asked for; `lines` are (x, word)."""

    item: int
    width: int
    height: float
    wanted: Bar
    bars: tuple[Bar, ...]
    lines: tuple[tuple[float, str], ...]
    alt: str


class _Scale:
    def __init__(self, begin: datetime, end: datetime) -> None:
        self.begin = begin
        self.length = max((end - begin).total_seconds(), 1.0)

    def x(self, at: datetime) -> float:
        share = (at - self.begin).total_seconds() / self.length
        return round(LEFT + min(max(share, 0.0), 1.0) * (WIDTH - 2 * LEFT), 1)


def pictures(aid: Aid, now: datetime) -> tuple[Picture, ...]:
    """One for each item that anything has been offered for."""
    return tuple(
        _picture(aid, item, offers, now)
        for item in range(1, len(aid.needs) + 1)
        if (offers := _offers(aid, item))
    )


def _offers(aid: Aid, item: int) -> list[Offer]:
    return [one for one in aid.offers.values() if one.item == item and one.status in LOOKS]


def _picture(aid: Aid, item: int, offers: list[Offer], now: datetime) -> Picture:
    need = aid.needs[item - 1]
    until = aid.needed_by + timedelta(days=need.days)
    starts = [aid.opened_at or aid.drafted_at, aid.needed_by, *(o.supply.starts for o in offers)]
    ends = [until, *(o.supply.starts + timedelta(days=o.supply.days) for o in offers)]
    scale = _Scale(min(starts), max(ends))
    bars = tuple(_bar(scale, one, row) for row, one in enumerate(offers, start=1))
    wanted = _span(scale, aid.needed_by, until, 0, "wanted", f"Asked: {need.quantity}")
    lines = [(scale.x(aid.needed_by), "needed by")]
    if scale.begin <= now <= max(ends) and abs(scale.x(now) - lines[0][0]) > WORD:
        lines.append((scale.x(now), "now"))
    return Picture(
        item=item,
        width=WIDTH,
        height=TOP + (len(offers) + 1) * (BAR + GAP),
        wanted=wanted,
        bars=bars,
        lines=tuple(lines),
        alt=f"Item {item}: {need.quantity} asked for {need.days} days; "
        + "; ".join(_words(one) for one in offers),
    )


def _bar(scale: _Scale, one: Offer, row: int) -> Bar:
    end = one.supply.starts + timedelta(days=one.supply.days)
    label = f"Offer {one.offer}: {one.supply.size}"
    return _span(scale, one.supply.starts, end, row, LOOKS[one.status], label)


def _span(scale: _Scale, begin: datetime, end: datetime, row: int, look: str, label: str) -> Bar:
    x = scale.x(begin)
    width = max(round(scale.x(end) - x, 1), 2.0)
    return Bar(x, TOP + row * (BAR + GAP), width, BAR, look, label)


def _words(one: Offer) -> str:
    return f"offer {one.offer}, {one.status}: {one.supply.size} for {one.supply.days} days"
