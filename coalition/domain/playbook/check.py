"""What a playbook means, checked before it runs: ids, references, variables, reachability.

The checker walks the steps in order with what is certainly set by then; a branch that may not
run adds nothing certain, and of two branches only what both set is certain. `goto` carries what is
certain where it stands to where it leads, so the walk is repeated until nothing changes.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from coalition.domain.findings import Problem
from coalition.domain.playbook import verbs as _verbs  # noqa: F401  # makes the verbs known
from coalition.domain.playbook.certainty import Known
from coalition.domain.playbook.check_conditions import comparison_problem, condition_problems
from coalition.domain.playbook.check_flow import (
    Flow,
    Place,
    certain_after,
    flow_problems,
    item_of,
    parts_of,
    sets,
)
from coalition.domain.playbook.check_waits import wait_problems
from coalition.domain.playbook.conditions import Comparison
from coalition.domain.playbook.control import Choose, Goto, Stop
from coalition.domain.playbook.rounds import Repeat
from coalition.domain.playbook.salvage import Unread
from coalition.domain.playbook.shapes import IsTarget, NamesStep, marked
from coalition.domain.playbook.step import Step
from coalition.domain.playbook.targets import WORDS, Role
from coalition.domain.playbook.templates import names_in, sole_name
from coalition.domain.playbook.values import FACTS, ValueType, Variable

USUAL_ROLES = {
    "lead": "lead: {individual: Incident lead, holds: lead}",
    **{
        role: f"{role}: {{group: {role.capitalize()}s of the member, people: {role}}}"
        for role in ("operator", "approver", "voter")
    },
    "legal": "legal: {group: Legal advisers, people: legal}",
}
"""Roles that people expect to be there: how they are written. No member is called so."""

_FITTING: dict[str, tuple[ValueType, ...]] = {"list": ("list", "members", "member")}


def check(
    steps: tuple[Step, ...], inputs: Mapping[str, Variable], roles: Mapping[str, Role]
) -> Iterator[Problem]:
    """Yield everything wrong, with its place below the playbook."""
    if not steps:
        yield ("steps",), "is empty; write at least one step"
    yield from _header(inputs, roles)
    checker = _Checker(roles, dict(_all_steps(steps, ("steps",))))
    yield from checker.duplicates()
    yield from checker.variables_named_twice({*inputs, *FACTS})
    yield from flow_problems(checker.steps)
    checker.walk(steps, ("steps",), Known.of({**FACTS, **inputs}))
    yield from checker.found


def _header(inputs: Mapping[str, Variable], roles: Mapping[str, Role]) -> Iterator[Problem]:
    for name in inputs:
        if name in FACTS:
            yield (
                ("inputs", name),
                "is known from the incident without asking; remove it, or choose another name",
            )
    for name in roles:
        if name in WORDS:
            yield ("roles", name), "is a word with a meaning of its own; choose another name"


def _all_steps(steps: tuple[Step, ...], at: Place) -> Iterator[tuple[Place, Step]]:
    for index, step in enumerate(steps):
        place = (*at, index)
        yield place, step
        for name, block in step.blocks:
            yield from _all_steps(block, (*place, *parts_of(name)))


@dataclass
class _Checker:
    roles: Mapping[str, Role]
    steps: dict[Place, Step]
    flow: Flow = field(default_factory=Flow)
    found: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.by_id = {step.id: step for step in self.steps.values()}
        self.somewhere = {name: step.id for step in self.steps.values() for name in sets(step)}

    def duplicates(self) -> Iterator[Problem]:
        first: dict[str, Place] = {}
        for place, step in self.steps.items():
            if step.id in first and step.id:  # without an id, that is the finding
                yield (*place, "id"), f"{step.id!r} is used by another step; choose another"
            first.setdefault(step.id, place)

    def variables_named_twice(self, taken: set[str]) -> Iterator[Problem]:
        """A variable that hides an input or a fact would make `{{name}}` mean two things."""
        for place, step in self.steps.items():
            for name in (*step.saves, *item_of(step, {})):
                if name in taken:
                    yield place, f"sets {name!r}, which is an input or a fact; choose another name"
                if name in self.by_id:
                    yield place, f"sets {name!r}, which is also a step; choose another name"

    def walk(self, steps: tuple[Step, ...], at: Place, known: Known) -> None:
        """Check the playbook's steps, as often as jumps change what is certain."""
        for _ in range(len(self.steps) + 1):
            before, self.found = dict(self.flow.arriving), []
            self.block(steps, at, known)
            if self.flow.arriving == before:
                return

    def block(self, steps: tuple[Step, ...], at: Place, known: Known) -> Known | None:
        """Check a block and return what is certain after it; None: its end is not reached."""
        now: Known | None = known
        for index, step in enumerate(steps):
            place = (*at, index)
            arrived = self.flow.arrive(step.id, now)
            if arrived is None and now is None:
                what = "is never reached; remove it, or what ends the run or jumps before it"
                self.found.append((place, what))
            known = known if arrived is None else arrived
            now = self.step(step, place, known)
        return now

    def step(self, step: Step, place: Place, known: Known) -> Known | None:
        """Check a step and all below it; returns what is certain when it has ended."""
        self.references(step, place, known)
        after = known.plus(sets(step))
        if isinstance(step, Goto):
            self.flow.jump(step.target, after)
            return None
        if isinstance(step, Stop):
            return None
        inner = after.plus(item_of(step, known))
        inside = {
            name: self.block(block, (*place, *parts_of(name)), inner) for name, block in step.blocks
        }
        if isinstance(step, Repeat) and step.test == "after":
            self.condition("repeat", step.condition, place, inside["steps"] or inner)
        return certain_after(step, after, inside)

    def references(self, step: Step, place: Place, known: Known) -> None:
        for where, text, wants in step.templates:
            for name in names_in(text):
                self.variable(name, (*place, *where.split(".")), known, wants)
        for where, text in step.conditions:
            self.condition(where, text, place, known)
        if isinstance(step, Choose) and step.on is not None:
            self.cases(step, step.on, place, known)
        for where, what in wait_problems(step, self.by_id, self.roles):
            self.found.append(((*place, where), what))
        for attribute, where, names in marked(type(step), NamesStep):
            wanted = getattr(step, attribute)
            if wanted is not None:
                self.step_named(wanted, names.verbs, (*place, where), known)
        for attribute, where, target in marked(type(step), IsTarget):
            for name in getattr(step, attribute) or ():
                self.target(name, target.reach, (*place, where), known)

    def condition(self, where: str, text: str, place: Place, known: Known) -> None:
        for name, what in condition_problems(text, known):
            at = (*place, *parts_of(where))
            if what is None:
                self.variable(name, at, known, "any")
            else:
                self.found.append((at, what))

    def cases(self, step: Choose, on: str, place: Place, known: Known) -> None:
        self.variable(on, (*place, "on"), known, "any")
        for number, case in enumerate(step.choose_):
            for value in case.one_of:
                what = comparison_problem(Comparison(on, "=", value), known.get(on))
                if what:
                    self.found.append(((*place, "choose", number, "is"), what))

    def variable(self, name: str, place: Place, known: Known, wants: str) -> None:
        if name not in known:
            if not isinstance(self.by_id.get(name.partition(".")[0]), Unread):
                self.found.append((place, self.unknown(name, known)))
        elif wants != "any" and known[name].type not in {*_FITTING.get(wants, (wants,)), None}:
            what = f"{{{{{name}}}}} is a {known[name].type}, not a {wants}; use another input"
            self.found.append((place, what))

    def unknown(self, name: str, known: Known) -> str:
        setter = self.somewhere.get(name)
        if setter is not None:
            return f"{{{{{name}}}}} may have no value yet; step {setter} sets it, run that before"
        near = difflib.get_close_matches(name, [*known, *self.somewhere], n=1)
        hint = f"did you mean {near[0]!r}?" if near else "add it to inputs, or set it before"
        return f"{{{{{name}}}}} is not known; {hint}"

    def step_named(self, wanted: str, verbs: tuple[str, ...], place: Place, known: Known) -> None:
        step = self.by_id.get(wanted)
        fitting = [one.id for one in self.by_id.values() if one.word in verbs]
        what = None
        if step is None:
            near = difflib.get_close_matches(wanted, fitting or list(self.by_id), n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"add a {verbs[0]} step before"
            what = f"there is no step {wanted!r}; {hint}"
        elif step.word not in verbs and not isinstance(step, Unread):
            what = f"step {wanted!r} is a {step.word}; name a {' or '.join(verbs)} step"
        elif f"{wanted}.outcome" not in known:
            what = f"step {wanted!r} may not have run by then; put it before, outside branches"
        if what is not None:
            self.found.append((place, what))

    def target(self, name: str, reach: str, place: Place, known: Known) -> None:
        variable = sole_name(name)
        if variable is not None:
            self.target_variable(variable, place, known)
            return
        role = self.roles.get(name)
        if role is None and name not in WORDS:
            near = difflib.get_close_matches(name, [*self.roles, *WORDS], n=1, cutoff=0.75)
            if name in USUAL_ROLES:
                what = f"there is no role {name!r}; add it under roles: `{USUAL_ROLES[name]}`"
                self.found.append((place, what))
            elif near:
                self.found.append((place, f"there is no role {name!r}; did you mean {near[0]!r}?"))
        if role is not None and reach == "members" and role.members is None:
            what = f"role {name!r} has no members to send to; add `members:` to it, or use a task"
            self.found.append((place, what))

    def target_variable(self, name: str, place: Place, known: Known) -> None:
        if name in known and known[name].type not in {"member", "members", None}:
            what = f"{{{{{name}}}}} is a {known[name].type}, not members; name members or a role"
            self.found.append((place, what))
        else:
            self.variable(name, place, known, "any")
