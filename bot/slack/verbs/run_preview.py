"""Whom a run would tell and ask, before it is started: by the roles and inputs as they are now."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from bot.slack.verbs import reaching
from coalition.domain.errors import NotFound
from coalition.domain.labels import Tlp, strictest
from coalition.domain.messages import canonical
from coalition.domain.playbook.check_gate import SENDING
from coalition.domain.playbook.shapes import IsTarget, marked
from coalition.domain.playbook.targets import Scene, resolve_members, resolve_people, selector
from coalition.domain.playbook.templates import sole_name
from coalition.rendering.slack.names import member_names
from coalition.rendering.slack.text import clip, escape, listed, one_line

if TYPE_CHECKING:
    from bot.slack.verbs.base import Call
    from coalition.domain.playbook import Playbook
    from coalition.domain.playbook.step import Step

LONGEST = 2400


def whom(call: Call, playbook: Playbook, inputs: Mapping[str, Any]) -> str:
    """Who is told what under which label and by which way, and who is asked (mrkdwn)."""
    told = _told(call, playbook, inputs)
    parts = []
    for label in sorted(told, key=lambda one: one.rank):
        known, later = told[label]
        parts.append(f"*Told, {label.value}:*")
        parts += [reaching.preview(call, known, label)] if known else []
        parts += [f"• {escape(one, 150)}: known when the step begins" for one in later]
    asked = listed(_asked(call, playbook))
    parts += [f"*Asked:* {escape(asked, 600)}"] if asked else []
    return clip("\n".join(parts) or "It tells nobody outside this room.", LONGEST)


def fingerprint(call: Call, playbook: Playbook, inputs: Mapping[str, Any]) -> str:
    """Of what `whom` shows: the same text is not shown twice, another one is."""
    shown = {"playbook": playbook.content_hash, "whom": whom(call, playbook, inputs)}
    return hashlib.sha256(canonical(shown)).hexdigest()[:16]


def _told(
    call: Call, playbook: Playbook, inputs: Mapping[str, Any]
) -> dict[Tlp, tuple[tuple[str, ...], tuple[str, ...]]]:
    """For each label: members, and targets that only the run itself will know."""
    found: dict[Tlp, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    for step, names in _targets(playbook, "members"):
        if step.word not in SENDING:
            continue
        label = strictest(call.here.tlp, playbook.tlp, getattr(step, "tlp", None) or playbook.tlp)
        known, later = found.get(label, ((), ()))
        for name in names:
            members = _members(call, playbook, name, inputs)
            if members is None:
                later = tuple(dict.fromkeys((*later, name)))
            else:
                known = tuple(dict.fromkeys((*known, *members)))
        found[label] = known, later
    return found


def _members(
    call: Call, playbook: Playbook, name: str, inputs: Mapping[str, Any]
) -> tuple[str, ...] | None:
    """Who is meant now; None where that is not known yet."""
    variable = sole_name(name)
    if variable is None:
        one = selector(name, playbook.roles.get(name))
        return _resolved(call, [one])
    asked = playbook.inputs.get(variable)
    given = inputs.get(variable) or (asked.default if asked else None)
    if asked is None or not given:
        return None
    chosen = given if isinstance(given, list) else str(given).replace(",", " ").split()
    return _resolved(call, [selector(one, None) for one in chosen])


def _resolved(call: Call, selectors: list[Any]) -> tuple[str, ...] | None:
    try:
        return resolve_members(selectors, _scene(call))
    except NotFound:  # the run itself will say so
        return None


def _asked(call: Call, playbook: Playbook) -> Iterator[str]:
    """The people who are asked, by how the playbook calls them, with their names of now."""
    seen: set[str] = set()
    for _, names in _targets(playbook, "people"):
        for name in names:
            if name in seen or sole_name(name) is not None:
                continue
            seen.add(name)
            one = selector(name, playbook.roles.get(name))
            try:
                people = resolve_people([one], _scene(call))
            except NotFound:
                people = ()
            called = [call.desk.coalition.delegate(id)[1].name for id in people]
            who = f" ({listed(called[:3])}{' …' if len(called) > 3 else ''})" if called else ""  # noqa: PLR2004
            label = one.label
            if name in {member.id for member in call.desk.coalition.members}:
                label = listed(member_names(call.desk.coalition, [name]))
            yield one_line(f"{label}{who}")


def _targets(playbook: Playbook, reach: str) -> Iterator[tuple[Step, tuple[str, ...]]]:
    for node in playbook.outline.nodes.values():
        for attribute, _, target in marked(type(node.step), IsTarget):
            if target.reach == reach:
                yield node.step, getattr(node.step, attribute) or ()


def _scene(call: Call) -> Scene:
    incident = call.here
    return Scene(
        coalition=call.desk.coalition,
        member=incident.member,
        affected=incident.affected,
        participants=incident.participants,
        lead=incident.lead,
        roles=incident.roles,
    )
