"""Foreign actions as our steps. A table: what each type of command becomes.

Nothing is ever executed here or handed to a shell: `manual` is put to people as it was meant,
`http-api` becomes the `call` verb (which asks the list of allowed hosts), and every other type
becomes a task that shows the command to a person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from coalition.cacao.build import Build, Raw
from coalition.cacao.calls import called
from coalition.cacao.naming import one_line, readable
from coalition.cacao.words import content_of, text_of

_PEOPLE = ("group", "individual", "organization")


def action(build: Build, id: str, *, result: str | None) -> list[Raw]:
    """The steps of an action; with `result`, whether it was done is asked and kept there."""
    step = build.steps[id]
    commands = [one for one in _list(step.get("commands")) if isinstance(one, dict)]
    commands = commands or [{"type": "manual"}]
    made: list[Raw] = []
    for index, command in enumerate(commands):
        convert = _COMMANDS.get(str(command.get("type")), _by_hand)
        last = index == len(commands) - 1
        fields = _fields(build, step, result) if last else {}
        ident = build.new_name(build.label(id)) if index else build.step_name(id)
        converted = convert(build, step, command, fields)
        if last and result is not None and converted["do"] == "call":
            # An answer of 2xx is how a call is done; if it fails, a person says whether it was.
            done = {"id": build.new_name("done"), "do": "set", "values": {result: "done"}}
            made.append(done)
        made.append({"id": ident, "about": build.label(id), **converted})
    return made


def referral(build: Build, id: str, *, result: str | None) -> list[Raw]:
    """Another playbook that is to be carried out: a task, because only people know where it is."""
    step = build.steps[id]
    version = f" (version {step['playbook_version']})" if step.get("playbook_version") else ""
    ordered = readable(f"Carry out the playbook {step.get('playbook_id')}{version}.", limit=300)
    said = readable(step.get("description"), build.variables.name)
    put = _put(build, step, f"{said}\n\n{ordered}".strip(), _fields(build, step, result))
    return [{"id": build.step_name(id), "about": build.label(id), **put}]


ACTIONS: Mapping[str, Callable[..., list[Raw]]] = {"action": action, "playbook-action": referral}
"""The types of steps in which something is done."""


def _manual(build: Build, step: Raw, command: Raw, fields: Raw) -> Raw:
    return _put(build, step, _parts(build, step, command, ""), fields)


def _by_hand(build: Build, step: Raw, command: Raw, fields: Raw) -> Raw:
    kind = one_line(command.get("type"), "unknown")
    build.handed_over[kind] = build.handed_over.get(kind, 0) + 1
    lead = f"Nothing runs this {kind} command for you. Have it carried out, if you agree:"
    return _put(build, step, _parts(build, step, command, lead), fields)


def _http(build: Build, step: Raw, command: Raw, fields: Raw) -> Raw:
    """The `call` verb where it can say the same; refused by the list of hosts, a task."""
    keep = [name for name in fields if fields[name]["type"] == "text"]
    told = {name for name in fields if fields[name]["type"] != "choice"}
    call = called(build, step, command, keep) if told == set(keep) else None
    by_hand = _by_hand(build, step, command, fields)
    if call is None:
        return by_hand
    instead = {"id": build.new_name(f"{step.get('name')} by hand"), **by_hand}
    return {**call, "if_fails": [instead]}


_COMMANDS: Mapping[str, Callable[[Build, Raw, Raw, Raw], Raw]] = {
    "manual": _manual,
    "http-api": _http,
}


def _put(build: Build, step: Raw, text: str, fields: Raw) -> Raw:
    """A task, or a question where something is to be told back."""
    made: Raw = {"do": "ask" if fields else "task"}
    role = _role(build, step)
    if role:
        made["to"] = role
    made["text"] = text
    if fields:
        made["fields"] = fields
    within = build.duration(step.get("timeout"))
    if within:
        made["within"] = within
    return made


def _parts(build: Build, step: Raw, command: Raw, lead: str) -> str:
    """What people read: what it is for, the command as it stands, and on what."""
    fill = build.variables.name
    described = (step.get("description"), command.get("description"))
    parts = [readable(one, fill, limit=500) for one in described if isinstance(one, str)]
    parts += [lead, readable(text_of(command), fill, limit=1200)]
    parts.append(readable(content_of(command), fill, limit=400))
    targets = ", ".join(_target(build, one) for one in _list(step.get("targets"))[:3])
    if targets:
        parts.append(f"On: {readable(targets, limit=200)}")
    return "\n\n".join(dict.fromkeys(part for part in parts if part)) or one_line(
        step.get("name"), "Nothing is said here; see the CACAO document."
    )


def _target(build: Build, id: Any) -> str:
    target = build.definition(id)
    return one_line(target.get("name"), one_line(id, "an unnamed target"))


def _role(build: Build, step: Raw) -> str | None:
    agent = step.get("agent")
    definition = build.definition(agent)
    kind = definition.get("type")
    if kind not in _PEOPLE:
        return None
    return build.role(str(agent), {kind: one_line(definition.get("name"), "unnamed")})


def _fields(build: Build, step: Raw, result: str | None) -> Raw:
    fields: Raw = {}
    if result is not None:
        fields[result] = {"type": "choice", "label": "Was it done?", "choices": ["done", "failed"]}
    for variable in _list(step.get("out_args")):
        name = build.variables.name(variable) if isinstance(variable, str) else None
        if name is not None:
            known = build.variables.known[name].type
            fields[name] = {"type": "number" if known == "number" else "text", "label": name}
            fields[name]["required"] = False
    return fields


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
