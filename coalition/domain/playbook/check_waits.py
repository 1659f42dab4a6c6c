"""Waits that nobody can satisfy: more is needed than there can be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from coalition.domain.members import Coalition, Member
from coalition.domain.playbook.step import Step
from coalition.domain.playbook.targets import WORDS, Role
from coalition.domain.playbook.templates import sole_name


def wait_problems(
    step: Step,
    by_id: Mapping[str, Step],
    roles: Mapping[str, Role],
    coalition: Coalition | None = None,
) -> Iterator[tuple[str, str]]:
    """Yield (field, problem) of a wait for acknowledgements that can only end late.

    Without a coalition, only member ids that the playbook writes down can be counted.
    """
    need, told = getattr(step, "need", None), by_id.get(getattr(step, "of", "") or "")
    if step.word != "wait_for_acks" or not isinstance(need, int) or told is None:
        return
    most = possible(getattr(told, "to", ()), roles, coalition)
    counted = getattr(step, "to", None)
    narrowed = possible(counted, roles, coalition) if counted else most
    both = most if narrowed is None else narrowed if most is None else most & narrowed
    if both is not None and need > len(both):
        yield (
            "need",
            (
                f"nobody can satisfy this: it needs {need} and step {told.id} tells {len(both)} "
                "who count; lower it, or tell more members"
            ),
        )


def possible(
    targets: Iterable[str], roles: Mapping[str, Role], coalition: Coalition | None
) -> set[str] | None:
    """Everybody that targets can mean at any time; None where that cannot be told."""
    found: set[str] = set()
    for name in targets:
        role = roles.get(name)
        if sole_name(name) is not None or (role is not None and role.members is None):
            return None
        for one in (name,) if role is None else role.members or ():
            if one not in WORDS:
                found.add(one)
            elif coalition is None:
                return None
            else:
                found |= {member.id for member in coalition.active if _fits(member, role)}
    return found if coalition is None else found & {member.id for member in coalition.active}


def _fits(member: Member, role: Role | None) -> bool:
    if role is None:
        return True
    sector = role.sector is None or role.sector in member.sectors
    return sector and (role.dependency is None or role.dependency in member.dependencies)
