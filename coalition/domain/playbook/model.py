"""The playbook as ops staff write it: header, inputs, roles, triggers and steps."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    ModelWrapValidatorHandler,
    StrictBool,
    ValidationError,
    model_validator,
)
from pydantic_core import InitErrorDetails

from coalition.domain.errors import UserError
from coalition.domain.fields import Name, Slug
from coalition.domain.findings import CrossCheckError, Problem
from coalition.domain.incident.words import IncidentKind, Severity
from coalition.domain.labels import Tlp, TypedTlp, strictest
from coalition.domain.members import Member
from coalition.domain.messages import canonical
from coalition.domain.playbook.check import check
from coalition.domain.playbook.check_gate import call_problem
from coalition.domain.playbook.origin import Origin
from coalition.domain.playbook.outline import Outline, place_of
from coalition.domain.playbook.salvage import salvage_each, salvage_steps
from coalition.domain.playbook.shapes import Id, OptionalText, Shape
from coalition.domain.playbook.step import Block, repeated
from coalition.domain.playbook.targets import Role
from coalition.domain.playbook.values import Value, ValueType, Variable, parse_value

MAX_NESTING = 40
"""Levels of lists and mappings; a step in a branch takes two."""

SENDING = ("notify", "share", "call")
"""Verbs whose words go out under a label of their own and are not shown of a run."""

PlaybookKind = Literal[
    "attack",
    "detection",
    "engagement",
    "investigation",
    "mitigation",
    "notification",
    "prevention",
    "remediation",
]
"""CACAO 2.0, playbook-type-ov."""


class Input(Shape):
    """A value the run is started with. Without a default it must be given."""

    type: ValueType = "text"
    about: Name | None = None
    choices: tuple[Name, ...] = ()
    default: str | int | float | list[str] | None = None
    required: StrictBool | None = None

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Input:
        if (self.type == "choice") != bool(self.choices):
            raise ValueError("has choices exactly when its type is choice; change one of the two")
        if self.required is not None and self.required != (self.default is None):
            raise ValueError("is required exactly when it has no default; change one of the two")
        if self.default is not None:
            try:
                parse_value(self.type, self.default, self.choices)
            except ValueError as error:
                raise ValueError(f"has a default that {error}") from error
        return self


def _one_or_more(raw: Any) -> Any:
    return [raw] if isinstance(raw, str) else raw


Kinds = Annotated[
    tuple[IncidentKind, ...],
    BeforeValidator(_one_or_more, json_schema_input_type=IncidentKind | tuple[IncidentKind, ...]),
]


Slugs = Annotated[
    tuple[Slug, ...],
    BeforeValidator(_one_or_more, json_schema_input_type=Slug | tuple[Slug, ...]),
]


class Trigger(Shape):
    """Starts the playbook by itself, where everything that is written fits the incident.

    The kind is one of these, the severity at least this; and one affected member is one of these,
    is in this sector, has this dependency (the same member for all three).
    """

    kind: Kinds = ()  # empty: any
    severity: Severity = Severity.S0
    member: Slugs = ()
    sector: Slugs = ()
    dependency: Slugs = ()

    def matches(self, kind: str, severity: Severity, affected: Iterable[Member] = ()) -> bool:
        """Whether such an incident, with these members affected, starts the playbook."""
        if (self.kind and kind not in self.kind) or severity.rank < self.severity.rank:
            return False
        anybody = not (self.member or self.sector or self.dependency)
        return anybody or any(self._concerns(member) for member in affected)

    def _concerns(self, member: Member) -> bool:
        return (
            (not self.member or member.id in self.member)
            and (not self.sector or not set(self.sector).isdisjoint(member.sectors))
            and (not self.dependency or not set(self.dependency).isdisjoint(member.dependencies))
        )


class Playbook(Shape):
    """All of one playbook file. Runs are pinned to its `content_hash`."""

    playbook: Slug
    title: Name
    about: OptionalText = ""
    tlp: TypedTlp
    kinds: tuple[PlaybookKind, ...] = ()
    inputs: dict[Id, Input] = Field(default_factory=dict)
    roles: dict[Id, Role] = Field(default_factory=dict)
    trigger: tuple[Trigger, ...] = ()
    steps: Block
    cacao: Origin | None = None

    @model_validator(mode="before")
    @classmethod
    def _is_not_too_deep(cls, raw: Any) -> Any:
        layer = [raw]
        for _ in range(MAX_NESTING):
            layer = [inner for outer in layer for inner in _inside(outer)]
        if layer:
            raise ValueError(f"is nested deeper than {MAX_NESTING} levels; flatten its branches")
        return raw

    @model_validator(mode="after")
    def _makes_sense(self) -> Playbook:
        inputs = {name: Variable(one.type, one.choices) for name, one in self.inputs.items()}
        problems = [
            *_startable_by_rule(self.inputs, self.trigger),
            *check(self.steps, inputs, self.roles),
            *self._calls_too_strict(),
        ]
        if problems:
            raise CrossCheckError(problems)
        return self

    @model_validator(mode="wrap")
    @classmethod
    def _says_everything_at_once(
        cls, raw: Any, handler: ModelWrapValidatorHandler[Playbook]
    ) -> Playbook:
        try:
            return handler(raw)
        except ValidationError as error:
            details = error.errors(include_url=False)
            sense_was_checked = any(not detail["loc"] for detail in details)
            problems = [] if sense_was_checked else list(_problems_of_the_rest(raw))
            if not problems:
                raise
            faults = [repeated(detail) for detail in details]
            sense = InitErrorDetails(
                type="value_error", loc=(), input=raw, ctx={"error": CrossCheckError(problems)}
            )
            raise ValidationError.from_exception_data("playbook", [*faults, sense]) from error

    def _calls_too_strict(self) -> Iterator[Problem]:
        for node in self.outline.nodes.values():
            refused = call_problem(node.step, self.tlp)
            if refused:
                yield (*place_of(node.place), refused[0]), refused[1]

    @cached_property
    def document(self) -> bytes:
        """The canonical bytes that a run is pinned to: layout and comments do not count."""
        return canonical(self.model_dump(mode="json", by_alias=True))

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 (hex) of `document`: the key under which `Documents` keeps it."""
        return hashlib.sha256(self.document).hexdigest()

    @cached_property
    def words_tlp(self) -> Tlp:
        """The label of what rooms and boards show of a run: the strictest of all its steps.

        The label of what a step sends out is not among them: the gate sees to that.
        """
        steps = (node.step for node in self.outline.nodes.values())
        shown = (getattr(step, "tlp", None) for step in steps if step.word not in SENDING)
        return strictest(self.tlp, *(label for label in shown if label is not None))

    @cached_property
    def outline(self) -> Outline:
        """Every step by its place."""
        return Outline(self.steps)

    @classmethod
    def from_document(cls, body: bytes) -> Playbook:
        """The playbook that `document` was made from. Raises pydantic's ValidationError."""
        return cls.model_validate(json.loads(body))

    def triggered_by(self, kind: str, severity: Severity, affected: Iterable[Member] = ()) -> bool:
        """Whether such an incident, with these members affected, starts this playbook by itself."""
        return any(one.matches(kind, severity, affected) for one in self.trigger)

    def read_inputs(self, given: Mapping[str, Any]) -> dict[str, Value]:
        """The value of every input, defaults included.

        Raises:
            UserError: naming the first input that is unknown, missing or wrong (`field`).
        """
        for name in given:
            if name not in self.inputs:
                known = ", ".join(self.inputs) or "none"
                message = f"{self.playbook} has no input {name[:40]!r}."
                raise UserError(message, f"Its inputs: {known}.", field=name)
        return {name: _read(name, one, given.get(name)) for name, one in self.inputs.items()}


def _startable_by_rule(inputs: Mapping[str, Input | None], trigger: Any) -> Iterator[Problem]:
    for name, one in inputs.items():
        if trigger and one is not None and one.default is None:
            what = "has no default, and a trigger can give it none; add `default:`"
            yield ("inputs", name), what


def _problems_of_the_rest(raw: dict[str, Any]) -> Iterator[Problem]:
    """What makes no sense in as much of a broken playbook as can be read."""
    inputs = salvage_each(Input, raw.get("inputs"))
    known = {
        name: Variable(one.type, one.choices) if one else Variable(None)
        for name, one in inputs.items()
    }
    anybody = Role(group="anybody", members=("all",))
    roles = {name: one or anybody for name, one in salvage_each(Role, raw.get("roles")).items()}
    yield from _startable_by_rule(inputs, raw.get("trigger"))
    steps = salvage_steps(raw.get("steps"))
    if steps:
        yield from check(steps, known, roles)


def _read(name: str, one: Input, raw: Any) -> Value:
    if raw is None or raw == "":
        if one.default is None:
            what = f" ({one.about})" if one.about else ""
            raise UserError(f"Input {name}{what} is missing.", f"Write {name}=….", field=name)
        raw = one.default
    try:
        return parse_value(one.type, raw, one.choices)
    except ValueError as error:
        raise UserError(f"Input {name}: {error}.", field=name) from error


def _inside(value: Any) -> list[Any]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [one for one in inner if isinstance(one, dict | list)]
