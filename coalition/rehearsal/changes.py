"""What a change of a playbook means, in words for those who approve it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from coalition.domain.playbook.step import Step, to_plain

if TYPE_CHECKING:
    from coalition.domain.playbook import Playbook


class Change(NamedTuple):
    """One difference: where (a step, an input …), and what it means."""

    where: str
    what: str


PHRASES: dict[str, str] = {
    "within": "waits {new} instead of {old}",
    "for": "waits {new} instead of {old}",
    "after": "begins after {new} instead of {old}",
    "remind_every": "reminds every {new} instead of {old}",
    "ack_within": "asks for acknowledgement within {new} instead of {old}",
    "to": "concerns {new} instead of {old}",
    "members": "goes through {new} instead of {old}",
    "need": "needs {new} instead of {old}",
    "tlp": "is labelled {new} instead of {old}",
    "answers": "offers the answers {new} instead of {old}",
    "text": "says {new} instead of {old}",
    "ask": "asks {new} instead of {old}",
    "if": "goes on to `then` when {new} instead of when {old}",
    "repeat": "repeats while {new} instead of while {old}",
    "at_most": "repeats at most {new} times instead of {old}",
    "goto": "goes to {new} instead of {old}",
    "do": "does {new} instead of {old}",
    "of": "is about step {new} instead of {old}",
    "about": "is described as {new} instead of {old}",
    "kind": "is sent as {new} instead of {old}",
}
"""What a changed field of a step means; a field that is not here is named."""

ESCALATES = "escalates after {new} instead of {old}"


def changes(old: Playbook, new: Playbook) -> list[Change]:
    """Every difference in meaning; layout and comments are none."""
    found = [*_header(old, new)]
    for part in ("inputs", "roles"):
        found += _named(part.removesuffix("s"), getattr(old, part), getattr(new, part))
    return [*found, *_steps(old, new)]


def _header(old: Playbook, new: Playbook) -> Iterator[Change]:
    for name in ("playbook", "title", "about", "tlp", "kinds", "trigger"):
        was, now = (one.model_dump(mode="json")[name] for one in (old, new))
        if was != now:
            said = (
                "starts by itself for {new} instead of {old}"
                if name == "trigger"
                else PHRASES.get(name, f"{name} is {{new}} instead of {{old}}")
            )
            yield Change("the playbook", said.format(new=_show(now), old=_show(was)))


def _named(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name in [*old, *(name for name in new if name not in old)]:
        where = f"{kind} {name}"
        if name not in new:
            yield Change(where, "is removed")
        elif name not in old:
            yield Change(where, f"is added: {_show(_plain(new[name]))}")
        elif old[name] != new[name]:
            was, now = _plain(old[name]), _plain(new[name])
            for key in dict.fromkeys([*was, *now]):
                if was.get(key) != now.get(key):
                    what = f"{key} is {_show(now.get(key))} instead of {_show(was.get(key))}"
                    yield Change(where, what)


def _plain(model: Any) -> dict[str, Any]:
    dumped: dict[str, Any] = model.model_dump(mode="json", exclude_defaults=True)
    return dumped


def _steps(old: Playbook, new: Playbook) -> Iterator[Change]:
    was, now = _places(old), _places(new)
    for id in [*was, *(id for id in now if id not in was)]:
        if id not in now:
            yield Change(f"step {id}", f"is removed: {was[id][0].sentence}")
        elif id not in was:
            yield Change(f"step {id}", f"is added {now[id][1]}: {now[id][0].sentence}")
        else:
            yield from _step(old, new, was[id][0], now[id][0])
    kept_was, kept_now = [id for id in was if id in now], [id for id in now if id in was]
    if kept_was != kept_now:
        for id in _moved(kept_was, kept_now):
            yield Change(f"step {id}", f"is moved: it now stands {now[id][1]}")
    for id in kept_was:
        (_, before), (_, after) = was[id], now[id]
        if before != after and kept_was == kept_now and _around(before) != _around(after):
            yield Change(f"step {id}", f"is moved: it now stands {after}")


def _step(old: Playbook, new: Playbook, was: Step, now: Step) -> Iterator[Change]:
    before, after = _own(was), _own(now)
    for key in dict.fromkeys([*before, *after]):
        first, second = before.get(key), after.get(key)
        if key in {"within", "for"} or _is_time(first, second):
            first, second = _resolved(first, old), _resolved(second, new)
        if first == second:
            continue
        yield Change(f"step {was.id}", _phrase(now, key, first, second))


def _phrase(step: Step, key: str, was: Any, now: Any) -> str:
    if was in (None, "", [], {}):
        return f"has {key} {_show(now)} from now on"
    if now in (None, "", [], {}):
        return f"has no {key} any more; it was {_show(was)}"
    said = PHRASES.get(key, f"{key} is {{new}} instead of {{old}}")
    late = dict(step.blocks).get("if_late", ())
    if key == "within" and any(one.word == "escalate" for one in late):
        said = ESCALATES
    return said.format(new=_show(now), old=_show(was))


def _is_time(*values: Any) -> bool:
    return any(isinstance(one, str) and one.startswith("{{") for one in values)


def _resolved(value: Any, playbook: Playbook) -> Any:
    """`{{chase_after}}` as the default it stands for, so that a changed default is seen here."""
    name = value.strip("{} ") if isinstance(value, str) and value.startswith("{{") else None
    found = playbook.inputs.get(name) if name else None
    return found.default if found is not None and found.default is not None else value


def _own(step: Step) -> dict[str, Any]:
    """The step's own fields; the steps inside it are looked at by themselves."""
    plain: dict[str, Any] = to_plain(step)
    inside = {name.partition(".")[0] for name, _ in step.blocks}
    return {
        key: [{k: v for k, v in case.items() if k != "then"} for case in value]
        if key == "choose"
        else value
        for key, value in plain.items()
        if key == "choose" or key not in inside
    }


def _places(playbook: Playbook) -> dict[str, tuple[Step, str]]:
    """Every step with where it stands, in words."""
    found: dict[str, tuple[Step, str]] = {}

    def walk(steps: tuple[Step, ...], around: str) -> None:
        before = ""
        for step in steps:
            where = f"after {before}" if before else "at the beginning"
            found[step.id] = (step, f"{where}{around}")
            before = step.id
            for name, block in step.blocks:
                walk(block, f" of {step.id}.{name}")

    walk(playbook.steps, "")
    return found


def _around(where: str) -> str:
    return where.partition(" of ")[2]


def _moved(was: list[str], now: list[str]) -> list[str]:
    """The fewest steps whose moving explains the new order: all but the longest kept sequence."""
    best: list[list[str]] = []
    place = {id: index for index, id in enumerate(now)}
    for index, id in enumerate(was):
        earlier = [best[i] for i in range(index) if place[was[i]] < place[id]]
        best.append([*_longest(earlier), id])
    kept = set(_longest(best))
    return [id for id in now if id not in kept]


def _longest(lists: list[list[str]]) -> list[str]:
    return max(lists, key=len) if lists else []


def _show(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_show(one) for one in value) or "nothing"
    if isinstance(value, dict):
        return ", ".join(f"{k} {_show(v)}" for k, v in value.items() if v not in (None, [], ""))
    if value is None:
        return "nothing"
    return repr(value) if isinstance(value, str) and " " in value else str(value)
