"""Steps that the sharing gate will always refuse, because their label is too strict for anybody.

What a step is labelled at least is known before any run: the strictest of the playbook's label and
its own. The gate itself is asked, so this says no less and no more than what a run would meet. What
depends on the incident (its own label, who takes part) is not judged here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from coalition.domain.audiences import ToChannel
from coalition.domain.gate import ceiling_of, explain
from coalition.domain.labels import Tlp, strictest
from coalition.domain.limits import SHARED, member_ceiling
from coalition.domain.members import Coalition, Member
from coalition.domain.playbook.check_waits import possible
from coalition.domain.playbook.shapes import IsTarget, marked
from coalition.domain.playbook.step import Step
from coalition.domain.playbook.targets import Role

SENDING = ("notify", "share")
"""Verbs that send a notice to the members of their `to`."""

ASKING_ALL = "request_aid"
"""The verb that asks every member for help, wave by wave."""


def call_problem(step: Step, least: Tlp) -> tuple[str, str] | None:
    """(field, problem) of a call that no allow-list can let through."""
    if step.word != "call" or (label := _label(step, least)) <= SHARED:
        return None
    what = (
        f"{label} is never told to another system, whatever the allow-list says; "
        f"{_instead(least, SHARED, 'make it a task')}"
    )
    return _field(step, "url"), what


def gate_problem(
    step: Step, least: Tlp, roles: Mapping[str, Role], coalition: Coalition
) -> tuple[str, str] | None:
    """(field, problem) of a step whose label nobody that it can mean may be sent or shown."""
    label = _label(step, least)
    if step.word == ASKING_ALL:
        return _problem(step, "text", least, _sent(coalition.active, label, coalition), "sent to")
    for attribute, field, target in marked(type(step), IsTarget):
        names = getattr(step, attribute) or ()
        meant = _meant(names, roles, coalition)
        if names and meant and target.reach == "people":
            return _problem(step, field, least, _shown(meant), "shown to")
        if names and meant and step.word in SENDING:
            return _problem(step, field, least, _sent(meant, label, coalition), "sent to")
    return None


def _problem(
    step: Step, field: str, least: Tlp, found: tuple[Tlp | None, str], verb: str
) -> tuple[str, str] | None:
    highest, why = found
    label = _label(step, least)
    if highest is not None and label <= highest:
        return None
    return _field(step, field), (
        f"{label} may be {verb} nobody whom this can mean ({why}); "
        f"{_instead(least, highest, 'name others')}"
    )


def _label(step: Step, least: Tlp) -> Tlp:
    return strictest(least, getattr(step, "tlp", None) or least)


def _field(step: Step, otherwise: str) -> str:
    return "tlp" if getattr(step, "tlp", None) is not None else otherwise


def _meant(names: tuple[str, ...], roles: Mapping[str, Role], coalition: Coalition) -> list[Member]:
    """Everybody that targets can mean at any time: all, where that cannot be told."""
    ids = possible(names, roles, coalition)
    return [one for one in coalition.active if ids is None or one.id in ids]


def _sent(meant: Iterable[Member], label: Tlp, coalition: Coalition) -> tuple[Tlp | None, str]:
    """The strictest label that one of them can be sent by some channel, and why no stricter."""
    best: Tlp | None = None
    why = "none of them has a channel"
    for member in meant:
        for index in range(len(member.channels)):
            audience = ToChannel(member.id, index)
            ceiling = ceiling_of(audience, coalition)
            if ceiling is not None and (best is None or ceiling > best):
                best = ceiling
                refused = explain(tlp=label, audience=audience, coalition=coalition) or ""
                why = refused.partition(": ")[2].rstrip(".")
    return best, why


def _shown(meant: list[Member]) -> tuple[Tlp | None, str]:
    """The strictest label that one of them may see at all, and whose that is."""
    ceilings = [(ceiling, one) for one in meant if (ceiling := member_ceiling(one)) is not None]
    if not ceilings:
        return None, "none of them is active"
    ceiling, member = max(ceilings, key=lambda pair: pair[0].rank)
    return ceiling, f"{member.name} is active with trust {member.trust}, {ceiling} at most"


def _instead(least: Tlp, highest: Tlp | None, otherwise: str) -> str:
    if highest is None:
        return otherwise
    if least <= highest:
        return f"did you mean {highest}?"
    return f"the playbook itself is {least}: lower that to {highest}, or {otherwise}"
