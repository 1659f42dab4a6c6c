"""A playbook as SVG: no network, no fonts, no programs; readable on light and dark pages."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from coalition.rehearsal.layout import BOX, GAP, LINE, PAD, Box, Layout, Line, lay_out

if TYPE_CHECKING:
    from coalition.domain.playbook import Playbook

MARGIN = 16
HEAD = 34

STYLE = """
text { font: 12px system-ui, sans-serif; fill: #1c2733; }
.id { font-weight: 600; } .verb { fill: #51606f; }
.box { fill: #f4f6f8; stroke: #51606f; stroke-width: 1.2; }
.person { stroke-width: 2.4; } .wait { stroke-dasharray: 5 3; }
.choice { fill: #e3e9ef; } .loop, .split { fill: #dfe5ec; }
.way { fill: none; stroke: #7b8794; stroke-width: 1.4; } .jump { stroke-dasharray: 2 3; }
.says { fill: #1c2733; } .tag { fill: #d5dce4; }
""".strip()


TIP = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
    'markerHeight="8" orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="#7b8794"/></marker></defs>'
)


def draw(playbook: Playbook) -> str:
    """The drawing, ending with a line break; equal playbooks give equal bytes."""
    layout = lay_out(playbook.steps)
    end_y = layout.height + GAP
    width = layout.width + 2 * MARGIN
    height = HEAD + end_y + HEAD + 2 * MARGIN
    size = f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}"'
    body = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {size}>',
        f"<title>{escape(playbook.title)}</title>",
        f"<style>{STYLE}</style>",
        TIP,
        f'<g transform="translate({MARGIN} {MARGIN})">',
        _pill(BOX / 2, 0, playbook.title),
        f'<g transform="translate(0 {HEAD - 10})">',
        *(_line(line) for line in layout.lines),
        *(_box(box) for box in layout.boxes),
        *(_says(line) for line in layout.lines if line.says),
        "</g>",
        *([_pill(BOX / 2, HEAD - 10 + end_y, "end")] if _ends(layout) else []),
        "</g>",
        "</svg>",
    ]
    return "\n".join(body) + "\n"


def _ends(layout: Layout) -> bool:
    """Whether the last line leads to the end of the playbook."""
    return any(line.corners[-1] == (BOX / 2, layout.height + GAP) for line in layout.lines)


def _box(box: Box) -> str:
    left = box.x - BOX / 2
    radius = {"wait": box.height / 2, "act": 4, "person": 4, "end": 18}.get(box.shape, 0)
    y, words = box.y + PAD + 10, escape(_WORDS.get(box.verb, box.verb))
    place = f'x="{left:g}" y="{box.y:g}" width="{BOX}" height="{box.height:g}"'
    head = f'<tspan class="id">{escape(box.id)}</tspan><tspan class="verb"> · {words}</tspan>'
    parts = [
        f'<rect class="box {box.shape}" {place} rx="{min(radius, 22):g}"/>',
        f'<text x="{box.x:g}" y="{y:g}" text-anchor="middle">{head}</text>',
    ]
    for number, line in enumerate(box.lines, start=1):
        at = f'x="{box.x:g}" y="{y + LINE * number:g}"'
        parts.append(f'<text {at} text-anchor="middle">{escape(line)}</text>')
    return "<g>" + "".join(parts) + "</g>"


_WORDS = {"if": "decision", "choose": "decision", "for_each": "loop", "repeat": "loop"}


def _line(line: Line) -> str:
    points = " ".join(f"{x:g},{y:g}" for x, y in line.corners)
    tip = ' marker-end="url(#tip)"' if line.arrow or line.jump else ""
    kind = "way jump" if line.jump else "way"
    return f'<polyline class="{kind}" points="{points}"{tip}/>'


def _says(line: Line) -> str:
    """The word at a way, on a ground of its own so that it reads on any page."""
    (x, y), (_, before) = line.corners[-1], line.corners[-2]
    if line.says == "again":
        (x, y), before = line.corners[2], line.corners[2][1]
    shown = line.says if len(line.says) <= _LONGEST else line.says[: _LONGEST - 1] + "…"
    width, middle = 7 * len(shown) + 12, y - 10 if y > before else y
    return (
        f'<g><rect class="tag" x="{x - width / 2:g}" y="{middle - 9:g}" width="{width}" '
        f'height="17" rx="8"/><text class="says" x="{x:g}" y="{middle + 4:g}" '
        f'text-anchor="middle">{escape(shown)}</text></g>'
    )


_LONGEST = 34


def _pill(x: float, y: float, text: str) -> str:
    shown = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    width = min(BOX, 8 * len(shown) + 28)
    return (
        f'<g><rect class="tag" x="{x - width / 2:g}" y="{y:g}" width="{width:g}" height="24" '
        f'rx="12"/><text class="id" x="{x:g}" y="{y + 16:g}" text-anchor="middle">'
        f"{escape(shown)}</text></g>"
    )
