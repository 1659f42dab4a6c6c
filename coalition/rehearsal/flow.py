"""What drawings need to know of a step: its shape, and its ways out with their words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from coalition.domain.playbook.step import Step

Shape = Literal["act", "wait", "person", "choice", "loop", "split", "jump", "end"]

_SHAPES: dict[str, Shape] = {
    "if": "choice",
    "choose": "choice",
    "for_each": "loop",
    "repeat": "loop",
    "parallel": "split",
    "goto": "jump",
    "stop": "end",
    "wait": "wait",
    "wait_for_acks": "wait",
    "wait_for_aid": "wait",
    "wait_for_event": "wait",
    "ask": "person",
    "task": "person",
    "approve": "person",
    "vote": "person",
    "report": "person",
}

_WAYS = {"then": "yes", "else": "no", "if_late": "late", "if_fails": "fails", "steps": "each round"}


class Way(NamedTuple):
    """A branch of a step: what is said at it, and its steps (none: straight on)."""

    says: str
    steps: tuple[Step, ...]


def shape(step: Step) -> Shape:
    """How the step is drawn; a verb that is not known here acts."""
    return _SHAPES.get(step.word, "act")


def ways(step: Step) -> list[Way]:
    """Every way out of a step, in order; the first goes straight down."""
    drawn = shape(step)
    branches = [Way(_says(step, name), block) for name, block in step.blocks]
    if drawn in {"jump", "end"}:
        return []
    if drawn in {"choice", "split"}:
        return branches
    return [Way("", ()), *(way for way in branches if way.steps)]


def target(step: Step) -> str | None:
    """The step that a `goto` goes to."""
    return str(getattr(step, "target", "")) or None if step.word == "goto" else None


def caption(step: Step) -> str:
    """What the step does, for a box."""
    return " ".join(step.sentence.split())


def goes_on(steps: tuple[Step, ...]) -> bool:
    """Whether the end of these steps is ever reached from their beginning."""
    for step in steps:
        out = ways(step)
        if not out or not any(goes_on(way.steps) for way in out):
            return False
    return True


def _says(step: Step, name: str) -> str:
    if name in _WAYS:
        return "otherwise" if (name, step.word) == ("else", "choose") else _WAYS[name]
    kind, _, rest = name.partition(".")
    if kind == "choose":
        case = step.choose_[int(rest.partition(".")[0])]  # type: ignore[attr-defined]
        return str(case.when) if case.when else ", ".join(str(one) for one in case.one_of)
    return "" if kind == "parallel" else name.replace("_", " ")
