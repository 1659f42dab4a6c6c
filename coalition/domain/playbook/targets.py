"""Who a step is for: members to tell, people to ask.

A playbook says a role, a member id, a variable or one of the words below. When the step begins
these become selectors (plain JSON in the step's request); when it is performed the selectors are
resolved against the incident and the coalition as they are then, so that a member who joined in
the meantime is not left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pydantic import model_validator

from coalition.domain.errors import NotFound
from coalition.domain.fields import Name, Slug
from coalition.domain.members import Coalition, Member
from coalition.domain.members import Role as DelegateRole
from coalition.domain.messages import Message
from coalition.domain.playbook.shapes import Names, Shape

WORDS = ("affected", "participants", "all")
"""Groups that every incident has; `all` is every active member."""


class Role(Shape):
    """A name for somebody: members that are told, or people who are asked.

    `group`, `organization` or `individual` says who it is, in words for people. `members` are
    member ids or `affected`, `participants`, `all`, narrowed by `sector` and `dependency`.
    `holds` is a role of the incident (`lead`, `comms`, …) and means whoever has it at the time;
    `people` is a delegate's role and means those delegates of the members. A role with none of
    these is outside the coalition: people can be asked to speak to it, nothing can be sent.
    """

    group: Name | None = None
    organization: Name | None = None
    individual: Name | None = None
    members: Names | None = None
    sector: Slug | None = None
    dependency: Slug | None = None
    holds: Slug | None = None
    people: DelegateRole | None = None

    @model_validator(mode="after")
    def _is_somebody(self) -> Role:
        labels = [label for label in (self.group, self.organization, self.individual) if label]
        if len(labels) != 1:
            raise ValueError("says who it is not exactly once; write one of group, "
                             "organization, individual")  # fmt: skip
        if self.members is None and (self.sector or self.dependency):
            raise ValueError("narrows members that it does not name; add members: all")
        return self

    @property
    def label(self) -> str:
        """Who it is, in words."""
        return self.group or self.organization or self.individual or ""


class Selector(Message):
    """A target as it stands in a step's request: to be resolved when the step is performed."""

    label: str  # how the playbook calls it
    who: tuple[str, ...] = ()  # member ids, `affected`, `participants`, `all`
    sector: str | None = None
    dependency: str | None = None
    holds: str | None = None
    people: DelegateRole | None = None


class Scene(NamedTuple):
    """What a selector is resolved against."""

    coalition: Coalition
    member: str  # the originator
    affected: tuple[str, ...]
    participants: tuple[str, ...]
    lead: str | None
    roles: dict[str, str]  # of the incident: role -> delegate


def selector(name: str, role: Role | None) -> Selector:
    """The selector of a target: a role of the playbook, a word, or a member id."""
    if role is None:
        return Selector(label=name, who=(name,))
    return Selector(
        label=role.label,
        who=role.members or (),
        sector=role.sector,
        dependency=role.dependency,
        holds=role.holds,
        people=role.people,
    )


def resolve_members(selectors: Iterable[Selector], scene: Scene) -> tuple[str, ...]:
    """Ids of the active members meant, in the order of the coalition file.

    The originator is meant only where its id is written: nobody is told their own incident.

    Raises:
        NotFound: for an id that no member has.
    """
    wanted = {member.id for one in selectors for member in _members_of(one, scene)}
    return tuple(member.id for member in scene.coalition.active if member.id in wanted)


def resolve_people(selectors: Iterable[Selector], scene: Scene) -> tuple[str, ...]:
    """Ids of the active delegates meant, each once.

    Where a target means nobody (a role not assigned, an organization outside), the incident's
    lead is asked; without a lead, the operators of the member whose incident it is.

    Raises:
        NotFound: for an id that no member has.
    """
    found: list[str] = []
    for one in selectors:
        people = list(_people_of(one, scene)) or list(_fallback(scene))
        found.extend(person for person in people if person not in found)
    return tuple(found)


def _members_of(one: Selector, scene: Scene) -> Iterator[Member]:
    for name in one.who:
        group = _group(name, scene)
        for member in group if group is not None else (scene.coalition.member(name),):
            fits = one.sector is None or one.sector in member.sectors
            if fits and (one.dependency is None or one.dependency in member.dependencies):
                yield member


def _group(name: str, scene: Scene) -> Iterable[Member] | None:
    ids: Iterable[str]
    if name == "all":
        ids = (member.id for member in scene.coalition.active)
    elif name == "affected":
        ids = scene.affected
    elif name == "participants":
        ids = scene.participants
    else:
        return None
    return [scene.coalition.member(id) for id in ids if id != scene.member]


def _people_of(one: Selector, scene: Scene) -> Iterator[str]:
    if one.holds is not None:
        holder = scene.lead if one.holds == "lead" else scene.roles.get(one.holds)
        if holder is not None and _may_act(holder, scene.coalition):
            yield holder
        return
    members = list(_members_of(one, scene))
    if one.people is not None and not one.who:
        members = [scene.coalition.member(scene.member)]
    for member in members:
        if member.active:
            role: DelegateRole = one.people or "operator"
            yield from (person.id for person in member.delegates if role in person.roles)


def _fallback(scene: Scene) -> Iterator[str]:
    if scene.lead is not None and _may_act(scene.lead, scene.coalition):
        yield scene.lead
        return
    home = scene.coalition.member(scene.member)
    yield from (person.id for person in home.delegates if "operator" in person.roles)


def _may_act(delegate: str, coalition: Coalition) -> bool:
    try:
        return coalition.delegate(delegate)[0].active
    except NotFound:
        return False
