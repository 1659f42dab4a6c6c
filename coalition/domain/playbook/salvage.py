"""Finds what a broken playbook means all the same, so that every finding is told at once.

An author who has misspelt one key should learn in the same breath that three references lead
nowhere. What cannot be read stands as `Unread`, which the checker gives the benefit of the doubt.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from typing_extensions import override

from coalition.domain.findings import CrossCheckError
from coalition.domain.playbook.shapes import IsBlock, marked
from coalition.domain.playbook.step import REGISTRY, Step, read_step
from coalition.domain.playbook.values import Results, Variable

Model = TypeVar("Model", bound=BaseModel)


class Unread(Step):
    """A step that cannot be read: its id, what it may set, and the branches that can be read."""

    sets: tuple[str, ...] = ()
    inner: dict[str, tuple[Any, ...]]

    @property
    @override
    def blocks(self) -> Iterator[tuple[str, tuple[Step, ...]]]:
        yield from self.inner.items()

    @property
    @override
    def saves(self) -> Results:
        return dict.fromkeys(self.sets, (Variable(None), ""))


def salvage_steps(raw: Any) -> tuple[Step, ...]:
    """As many steps as there are, in their places; `Unread` where there is no reading one."""
    items = raw if isinstance(raw, list) else []
    return tuple(_salvage(item) for item in items)


def salvage_each(kind: type[Model], raw: Any) -> dict[str, Model | None]:
    """Everything of a mapping; None where a value cannot be read as `kind`."""
    items: Mapping[Any, Any] = raw if isinstance(raw, dict) else {}
    return {str(name): _read(kind, value) for name, value in items.items()}


def _read(kind: type[Model], raw: Any) -> Model | None:
    try:
        return kind.model_validate(raw)
    except ValidationError:
        return None


def _salvage(raw: Any) -> Step:
    try:
        return read_step(raw)
    except (ValidationError, CrossCheckError):
        pass
    except ValueError:  # PydanticCustomError: not even a mapping
        return Unread.model_construct(id="", inner={})
    inner = {name: salvage_steps(block) for name, block in _branches(raw)}
    return Unread.model_construct(id=str(raw.get("id", "")), sets=_may_set(raw), inner=inner)


def _branches(raw: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Everything in a step that looks like a block, by its path in the step."""
    for name in sorted(_branch_names() & raw.keys()):
        yield name, raw[name]
    cases, side_by_side = raw.get("choose"), raw.get("parallel")
    for number, case in enumerate(cases if isinstance(cases, list) else ()):
        if isinstance(case, dict):
            yield f"choose.{number}.then", case.get("then")
    for number, block in enumerate(side_by_side if isinstance(side_by_side, list) else ()):
        yield f"parallel.{number}", block


def _may_set(raw: dict[str, Any]) -> tuple[str, ...]:
    """Every verb that sets variables names them in one of these ways."""
    named = [raw[key] for key in ("save", "for_each") if isinstance(raw.get(key), str)]
    mapped = (raw.get(key) for key in ("fields", "values"))
    return (*named, *(str(name) for one in mapped if isinstance(one, dict) for name in one))


def _branch_names() -> set[str]:
    return {name for kind in REGISTRY.values() for _, name, _ in marked(kind, IsBlock)}
