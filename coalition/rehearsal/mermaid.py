"""A playbook as Mermaid text: what GitHub and most wikis draw by themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from coalition.rehearsal.flow import caption, shape, target, ways

if TYPE_CHECKING:
    from coalition.domain.playbook import Playbook
    from coalition.domain.playbook.step import Step

_BRACKETS = {
    "act": ('["', '"]'),
    "wait": ('(["', '"])'),
    "person": ('[/"', '"/]'),
    "choice": ('{"', '"}'),
    "loop": ('[["', '"]]'),
    "split": ('{{"', '"}}'),
    "jump": ('>"', '"]'),
    "end": ('(("', '"))'),
}


class _Exit(NamedTuple):
    node: str
    says: str = ""


def mermaid(playbook: Playbook) -> str:
    """The flowchart, ending with a line break."""
    drawer = _Drawer()
    last = drawer.steps(playbook.steps, [_Exit("begin")])
    drawer.join(last, "finish")
    head = ["flowchart TD", f'    begin(["{_safe(playbook.title)}"])']
    return "\n".join([*head, *drawer.nodes, '    finish(["end"])', *drawer.edges]) + "\n"


class _Drawer:
    def __init__(self) -> None:
        self.nodes: list[str] = []
        self.edges: list[str] = []

    def steps(self, steps: Iterable[Step], entries: list[_Exit]) -> list[_Exit]:
        """Draw a block; returns where it can be left."""
        for step in steps:
            entries = self.step(step, entries)
        return entries

    def step(self, step: Step, entries: list[_Exit]) -> list[_Exit]:
        """Draw one step with its branches; returns where it can be left."""
        name, drawn = f"s_{step.id}", shape(step)
        left, right = _BRACKETS[drawn]
        label = f"<b>{step.id}</b><br/>{_safe(caption(step))}"
        self.nodes.append(f"    {name}{left}{label}{right}")
        self.join(entries, name)
        if drawn == "end":
            self.join([_Exit(name)], "finish")
        to = target(step)
        if to is not None:
            self.join([_Exit(name)], f"s_{to}")
        exits: list[_Exit] = []
        for way in ways(step):
            inner = self.steps(way.steps, [_Exit(name, way.says)])
            if drawn == "loop" and way.steps:
                self.join([one._replace(says=one.says or "again") for one in inner], name)
            else:
                exits += inner
        return exits

    def join(self, exits: Iterable[_Exit], node: str) -> None:
        """Draw an arrow from each exit."""
        for one in exits:
            says = f'|"{_safe(one.says)}"|' if one.says else ""
            self.edges.append(f"    {one.node} -->{says} {node}")


def _safe(text: str) -> str:
    for letter, code in (("&", "#amp;"), ('"', "#quot;"), ("<", "#lt;"), (">", "#gt;")):
        text = text.replace(letter, code)
    # Braces would be read as shapes by some versions.
    return text.replace("{{", "‹").replace("}}", "›")
