"""Where everything of a drawn playbook stands: boxes in columns, branches to the right, no overlap.

A step's box stands on the axis of its column. Its first way out goes straight down, every other
way has a column of its own to the right; all that go on meet again below.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from coalition.rehearsal.flow import Shape, Way, caption, shape, target, ways

if TYPE_CHECKING:
    from coalition.domain.playbook.step import Step

BOX = 232
LINE = 16
PAD = 10
GAP = 34
COLUMN_GAP = 28
LETTERS = 32
MOST_LINES = 4


@dataclass
class Box:
    """One step; `x` is its middle, `y` its top."""

    id: str
    verb: str
    lines: list[str]
    shape: Shape
    x: float
    y: float

    @property
    def height(self) -> float:
        """Room for the heading and every line."""
        return 2 * PAD + LINE * (1 + len(self.lines))

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.height


@dataclass
class Line:
    """A way between boxes: corners, and what is said at it."""

    corners: list[tuple[float, float]]
    says: str = ""
    arrow: bool = True
    jump: bool = False


@dataclass
class Layout:
    """Everything, with the size of the whole."""

    boxes: list[Box] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    jumps: list[tuple[str, str]] = field(default_factory=list)  # goto: from box, to box
    width: float = 0
    height: float = 0


def lay_out(steps: tuple[Step, ...]) -> Layout:
    """The layout of a block, with its upper left corner at 0, 0."""
    layout = Layout()
    axis = BOX / 2
    bottom, goes_on, right = _block(layout, steps, axis, 0.0)
    layout.width, layout.height = right, bottom
    if goes_on:
        layout.lines.append(Line([(axis, bottom), (axis, bottom + GAP)]))
    for start, end in layout.jumps:
        _jump(layout, start, end)
    return layout


def _block(
    layout: Layout, steps: tuple[Step, ...], axis: float, top: float
) -> tuple[float, bool, float]:
    """Place a block from `top` on; returns its bottom, whether it goes on, its right edge."""
    y, goes_on, right = top, True, axis + (BOX / 2 if steps else COLUMN_GAP)
    for step in steps:
        layout.lines.append(Line([(axis, y), (axis, y + GAP)], arrow=True))
        y, goes_on, edge = _step(layout, step, axis, y + GAP)
        right = max(right, edge)
        if not goes_on:
            break
    return y, goes_on, right


def _step(layout: Layout, step: Step, axis: float, top: float) -> tuple[float, bool, float]:
    drawn = shape(step)
    lines = textwrap.wrap(caption(step), LETTERS) or [""]
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], lines[MOST_LINES - 1][: LETTERS - 1] + "…"]
    box = Box(step.id, step.word, lines, drawn, axis, top)
    layout.boxes.append(box)
    to = target(step)
    if to is not None:
        layout.jumps.append((step.id, to))
    out = ways(step)
    if not out:
        return box.bottom, False, axis + BOX / 2
    return _ways(layout, box, out, loop=drawn == "loop")


def _ways(layout: Layout, box: Box, out: list[Way], *, loop: bool) -> tuple[float, bool, float]:
    """Place the ways out side by side; what goes on meets at the axis below."""
    start = box.bottom + (GAP if any(way.steps or way.says for way in out) else 0)
    ends: list[tuple[float, float]] = []
    lowest, right = start, box.x - BOX / 2
    for number, way in enumerate(out):
        room = BOX / 2 if way.steps else 0.0
        axis = box.x if number == 0 else right + COLUMN_GAP + room
        corners = [(box.x, box.bottom), (box.x, start)]
        if number:
            middle = box.y + box.height / 2
            corners = [(box.x + BOX / 2, middle), (axis, middle), (axis, start)]
        layout.lines.append(Line(corners, way.says, arrow=False))
        bottom, goes_on, edge = _block(layout, way.steps, axis, start)
        right = max(right, edge)
        lowest = max(lowest, bottom)
        if loop and number:
            right = _back(layout, box, (axis, bottom), right) if goes_on else right
        elif goes_on:
            ends.append((axis, bottom))
    return _meeting(layout, box.x, ends, lowest), bool(ends), max(right, box.x + BOX / 2)


def _meeting(layout: Layout, axis: float, ends: list[tuple[float, float]], lowest: float) -> float:
    alone = len(ends) == 1 and ends[0][0] == axis
    meet = lowest if alone or not ends else lowest + GAP / 2
    for x, bottom in ends:
        corners = [(x, bottom), (x, meet)] if x == axis else [(x, bottom), (x, meet), (axis, meet)]
        if corners[0] != corners[-1]:
            layout.lines.append(Line(corners, arrow=False))
    return meet


def _back(layout: Layout, box: Box, end: tuple[float, float], right: float) -> float:
    """The way back from the end of a round to the loop; returns the right edge."""
    x, bottom = end
    side, above = right + COLUMN_GAP / 2, box.y - GAP / 3
    low = bottom + GAP / 3
    entry = box.x + BOX / 4
    corners = [(x, bottom), (x, low), (side, low), (side, above), (entry, above), (entry, box.y)]
    layout.lines.append(Line(corners, "again"))
    return side


def _jump(layout: Layout, start: str, end: str) -> None:
    """A `goto`, along the left or right edge of what lies between."""
    boxes = {box.id: box for box in layout.boxes}
    if end not in boxes:
        return
    here, there = boxes[start], boxes[end]
    layout.width += COLUMN_GAP / 2
    side = layout.width
    middle, target_middle = here.y + here.height / 2, there.y + PAD
    corners = [
        (here.x + BOX / 2, middle),
        (side, middle),
        (side, target_middle),
        (there.x + BOX / 2, target_middle),
    ]
    layout.lines.append(Line(corners, jump=True))
