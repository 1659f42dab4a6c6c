"""What all steps have in common, and how a step is read: by its verb or its control word.

A new verb is one module in `verbs/` (its fields, what it tells the checker, how it behaves in a
run) and, where it needs the outside, one module of the same name in `workers/steps/`. A new
control word is one class in `control.py`. Nothing else lists them.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from coalition.domain.fields import Name
from coalition.domain.findings import CrossCheckError
from coalition.domain.playbook.shapes import Fills, Id, IsBlock, IsCondition, Shape, marked
from coalition.domain.playbook.values import Results

REGISTRY: dict[str, type[Step]] = {}
"""Every verb and control word with its class; filled by the classes themselves."""

STEP_SCHEMA = {"x-step": "any"}
"""Stands for a step in generated JSON Schemas until `schema.py` puts in the real ones."""


class Step(Shape):
    """One step: `id` is how everything else names it."""

    word: ClassVar[str] = ""  # the verb after `do:`, or the control word that makes the step
    outputs: ClassVar[Results] = {}
    """What `{{id.name}}` gives once the step has ended, with the value where nothing was put."""

    id: Id
    about: Name | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.word:
            REGISTRY[cls.word] = cls

    @property
    def blocks(self) -> Iterator[tuple[str, tuple[Step, ...]]]:
        """The branches below this step, empty ones too, by where they stand in it.

        A branch further in is named by its path: `choose.0.then`, `parallel.1`.
        """
        for attribute, name, _ in marked(type(self), IsBlock):
            yield name, getattr(self, attribute)

    @property
    def saves(self) -> Results:
        """Variables that are set when the step has ended, with their value if nobody gave one."""
        return {}

    @property
    def templates(self) -> Iterator[tuple[str, str, str]]:
        """Texts whose names are replaced: (field, text, type the name must have or `any`)."""
        for attribute, name, mark in marked(type(self), Fills):
            written = getattr(self, attribute)
            if isinstance(written, str):
                yield name, written, mark.wants

    @property
    def conditions(self) -> Iterator[tuple[str, str]]:
        """Conditions that must hold or not when the step begins: (field, text)."""
        for attribute, name, _ in marked(type(self), IsCondition):
            yield name, getattr(self, attribute)

    def faults(self) -> Iterator[tuple[str, str]]:
        """Everything that contradicts itself: `problems`, and what any step of its kind may not."""
        yield from self.problems()

    def problems(self) -> Iterator[tuple[str, str]]:
        """What contradicts itself within the step: (field, `what; what to do`)."""
        return iter(())

    @property
    def sentence(self) -> str:
        """What the step does, in one line for people."""
        return self.about or self.id


class _StepType:
    """Reads any step by its word; the classes are looked up when the step is read."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            read_step,
            serialization=core_schema.plain_serializer_function_ser_schema(
                lambda step: step.model_dump(mode="json", by_alias=True)
            ),
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return dict(STEP_SCHEMA)


AnyStep = Annotated[Step, _StepType()]


def _a_list(raw: Any) -> Any:
    if not isinstance(raw, list | tuple):
        # Pydantic takes a ValueError alone as a finding.
        raise ValueError(  # noqa: TRY004
            "is not a list of steps; write each step after a dash"
        )
    return raw


Block = Annotated[tuple[AnyStep, ...], BeforeValidator(_a_list), IsBlock()]
"""Steps, one after the other."""


def read_step(raw: Any) -> Step:
    """The step that `raw` describes.

    Raises:
        ValidationError: with everything that is wrong with it and with the steps inside it.
    """
    if isinstance(raw, Step):
        return raw
    if not isinstance(raw, dict):
        raise PydanticCustomError("step", "is not a step; write `id:` and `do:` below each other")
    kind = _kind_of(raw)
    known = [field.alias or name for name, field in kind.model_fields.items()]
    errors = [_unknown(key, known, raw) for key in raw if key not in known]
    step = None
    try:
        step = kind.model_validate({key: raw[key] for key in raw if key in known})
    except ValidationError as error:
        details = error.errors(include_url=False)
        meant = {near for key in raw if key not in known for near in _near(key, known)}
        # A key that is misspelt is not missing too.
        told = [one for one in details if one["type"] != "missing" or one["loc"][0] not in meant]
        errors += [repeated(detail) for detail in told]
    if step is not None and not errors:  # a misspelt key would look like a missing one
        errors += [_fault(*one, raw) for one in dict.fromkeys(step.faults())]
    if step is None or errors:
        raise ValidationError.from_exception_data("step", errors)
    return step


def _kind_of(raw: dict[str, Any]) -> type[Step]:
    words = [raw["do"]] if "do" in raw else [word for word in raw if word in REGISTRY]
    if not words:
        nearest = _nearest_control(raw)
        raise CrossCheckError([((), f"says neither a verb nor a control word; {nearest}")])
    if isinstance(words[0], str) and words[0] in REGISTRY:
        kind = REGISTRY[words[0]]
        if "do" not in raw or "do" in kind.model_fields:
            return kind
    verbs = sorted(word for word, kind in REGISTRY.items() if "do" in kind.model_fields)
    near = difflib.get_close_matches(str(words[0]), verbs, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    known = f"choose one of {', '.join(verbs)}"
    raise CrossCheckError([(("do",), f"{words[0]!r} is not a verb; {hint}{known}")])


def _nearest_control(raw: dict[str, Any]) -> str:
    controls = [word for word, kind in REGISTRY.items() if "do" not in kind.model_fields]
    for key in raw:
        near = difflib.get_close_matches(key, ["do", *controls], n=1)
        if near and key not in {"id", "about"}:
            return f"did you mean {near[0]!r} for {key!r}?"
    return f"add `do:` with a verb, or one of {', '.join(sorted(controls))}"


def _unknown(key: str, known: list[str], raw: dict[str, Any]) -> InitErrorDetails:
    near = _near(key, known)
    what = f"did you mean {near[0]!r}?" if near else f"known here: {', '.join(sorted(known))}"
    return _fault(key, f"is not known here; {what}", raw)


def _near(key: Any, known: list[str]) -> list[str]:
    """What a key that is not known was probably meant to be; at most one."""
    return difflib.get_close_matches(str(key), known, n=1)


def _fault(field: str, what: str, raw: dict[str, Any]) -> InitErrorDetails:
    # Braces would be read as placeholders of the message.
    kind = PydanticCustomError("step", "{what}", {"what": what})
    return InitErrorDetails(type=kind, loc=(field,) if field else (), input=raw.get(field))


def repeated(detail: Any) -> InitErrorDetails:
    """A fault found further in, as it was, so that it keeps its place and its words."""
    context = detail.get("ctx", {})
    known = detail["type"] != "step"
    kind: Any = detail["type"] if known else PydanticCustomError("step", "{what}", context)
    return InitErrorDetails(type=kind, loc=detail["loc"], input=detail["input"], ctx=context)


def to_plain(step: Step) -> Any:
    """The step as JSON values, as it stands in the pinned document."""
    return json.loads(step.model_dump_json(by_alias=True))
