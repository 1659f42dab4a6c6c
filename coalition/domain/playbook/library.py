"""What holds between playbooks: those that others run exist, fit, and never run each other."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping

from coalition.domain.errors import UserError
from coalition.domain.findings import Problem
from coalition.domain.playbook.check_flow import parts_of
from coalition.domain.playbook.model import Playbook
from coalition.domain.playbook.verbs.playbook import RunPlaybook

Find = Callable[[str], Playbook | None]


def runs(playbook: Playbook) -> Iterator[tuple[str, RunPlaybook]]:
    """The steps that run another playbook, with their places."""
    for node in playbook.outline.nodes.values():
        if isinstance(node.step, RunPlaybook):
            yield node.place, node.step


def family(playbook: Playbook, find: Find) -> dict[str, Playbook]:
    """Every playbook that this one runs, and those that they run, by name.

    Raises:
        UserError: one does not exist, or they run each other for ever.
    """
    found: dict[str, Playbook] = {}
    _add(playbook, find, (playbook.playbook,), found)
    return found


def _add(
    playbook: Playbook, find: Find, above: tuple[str, ...], found: dict[str, Playbook]
) -> None:
    for name in dict.fromkeys(step.run for _, step in runs(playbook)):
        if name in above:
            message = f"{playbook.playbook} cannot run: {' runs '.join((*above, name))}, for ever."
            raise UserError(message, "Take one of these steps out.", field="playbook")
        child = found.get(name) or find(name)
        if child is None:
            message = f"{playbook.playbook} cannot run: it runs {name}, which is not in force."
            raise UserError(message, "/playbook list shows what is.", field="playbook")
        found[name] = child
        _add(child, find, (*above, name), found)


def library_problems(playbook: Playbook, library: Mapping[str, Playbook]) -> Iterator[Problem]:
    """Yield what is wrong with the playbooks that this one runs, given all there are."""
    for place, step in runs(playbook):
        at = ("steps", *parts_of(place))
        child = library.get(step.run)
        if child is None:
            near = difflib.get_close_matches(step.run, library, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "add it, or mend it if it is invalid"
            yield (*at, "run"), f"there is no valid playbook {step.run!r}; {hint}"
            continue
        circle = _circle(playbook.playbook, child, library, (playbook.playbook,))
        if circle:
            what = f"runs itself for ever ({' -> '.join(circle)}); take one of these steps out"
            yield (*at, "run"), what
        yield from _misfits(step, child, at)


def _circle(
    name: str, child: Playbook, library: Mapping[str, Playbook], above: tuple[str, ...]
) -> tuple[str, ...]:
    here = (*above, child.playbook)
    if child.playbook == name:
        return here
    if child.playbook in above:  # a circle that this one is not part of: told where it is
        return ()
    below = (library[step.run] for _, step in runs(child) if step.run in library)
    return next((found for one in below if (found := _circle(name, one, library, here))), ())


def _misfits(step: RunPlaybook, child: Playbook, at: tuple[str | int, ...]) -> Iterator[Problem]:
    for name in step.with_:
        if name not in child.inputs:
            near = difflib.get_close_matches(name, child.inputs, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "remove it"
            yield (*at, "with", name), f"{child.playbook} has no input {name!r}; {hint}"
    for name, one in child.inputs.items():
        if one.default is None and name not in step.with_:
            yield at, f"gives {child.playbook} no {name!r}, which it asks for; add it to `with`"
    known = {*child.inputs, *_leaves(child)}
    for ours, theirs in step.save.items():
        if theirs not in known:
            near = difflib.get_close_matches(theirs, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "name a variable or step.output of it"
            yield (*at, "save", ours), f"{child.playbook} never sets {theirs!r}; {hint}"


def _leaves(playbook: Playbook) -> Iterator[str]:
    for node in playbook.outline.nodes.values():
        yield from node.step.saves
        yield from (f"{node.step.id}.{name}" for name in (*node.step.outputs, "outcome"))
