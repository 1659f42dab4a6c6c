"""What only the coalition file can tell: whether the members a playbook names exist."""

from __future__ import annotations

from collections.abc import Iterator

from coalition.domain.errors import NotFound
from coalition.domain.findings import Problem
from coalition.domain.members import Coalition
from coalition.domain.playbook.check_gate import gate_problem
from coalition.domain.playbook.check_waits import wait_problems
from coalition.domain.playbook.model import Playbook
from coalition.domain.playbook.outline import Place, place_of
from coalition.domain.playbook.shapes import IsTarget, marked
from coalition.domain.playbook.targets import WORDS
from coalition.domain.playbook.templates import sole_name


def member_problems(playbook: Playbook, coalition: Coalition) -> Iterator[Problem]:
    """Yield each name that is neither a role, nor a word, nor a member of this coalition."""
    for place, name in _named(playbook):
        try:
            coalition.member(name)
        except NotFound as error:
            yield place, f"{name!r} is neither a role nor a member; {error.hint.lower()}"


def coalition_problems(playbook: Playbook, coalition: Coalition) -> Iterator[Problem]:
    """Yield everything about a playbook that makes no sense in this coalition.

    Besides names, these are waits that can only end late and steps that the gate will always
    refuse: a run may start with them all the same.
    """
    yield from member_problems(playbook, coalition)
    by_id = {id: node.step for id, node in playbook.outline.by_id.items()}
    for node in playbook.outline.nodes.values():
        for field, what in wait_problems(node.step, by_id, playbook.roles, coalition):
            yield (*place_of(node.place), field), what
        refused = gate_problem(node.step, playbook.tlp, playbook.roles, coalition)
        if refused:
            yield (*place_of(node.place), refused[0]), refused[1]


def _named(playbook: Playbook) -> Iterator[tuple[Place, str]]:
    for key, role in playbook.roles.items():
        for name in role.members or ():
            if name not in WORDS:
                yield ("roles", key, "members"), name
    for number, rule in enumerate(playbook.trigger):
        yield from ((("trigger", number, "member"), name) for name in rule.member)
    for node in playbook.outline.nodes.values():
        for attribute, field, _ in marked(type(node.step), IsTarget):
            for name in getattr(node.step, attribute) or ():
                if sole_name(name) is None and name not in {*WORDS, *playbook.roles}:
                    yield (*place_of(node.place), field), name
