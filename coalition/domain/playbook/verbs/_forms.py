"""Forms: what people are asked to fill in, and how what they say is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import StrictBool

from coalition.domain.errors import UserError
from coalition.domain.fields import Name
from coalition.domain.playbook.behaviour import Moment, StepFault
from coalition.domain.playbook.shapes import Shape
from coalition.domain.playbook.targets import Selector
from coalition.domain.playbook.values import Value, ValueType, empty, parse_value


class FormField(Shape):
    """One line of a form. Late or skipped, its variable is `default`, or empty."""

    type: ValueType = "text"
    label: Name | None = None
    choices: tuple[Name, ...] = ()
    default: str | int | float | None = None
    required: StrictBool = True

    @property
    def unanswered(self) -> Value:
        """The variable's value where nobody answered."""
        return empty(self.type) if self.default is None else self.default

    def fault(self) -> str | None:
        """What contradicts itself: `what; what to do`."""
        if (self.type == "choice") != bool(self.choices):
            return "has choices exactly when its type is choice; change one of the two"
        if self.default is None:
            return None
        try:
            parse_value(self.type, self.default, self.choices)
        except ValueError as error:
            return f"has a default that {error}"
        return None


Form = Mapping[str, FormField]


def shown(form: Form) -> dict[str, Any]:
    """The form as JSON, for the step's request."""
    return {name: field.model_dump(mode="json") for name, field in form.items()}


def read(form: Form, values: Mapping[str, Any], moment: Moment) -> dict[str, Value]:
    """What the answers mean, by field.

    Raises:
        UserError: naming the first field that is unknown, missing or wrong.
    """
    unknown = sorted(set(values) - set(form))
    if unknown:
        known = ", ".join(form)
        raise UserError(f"{unknown[0]!r} is not asked.", f"Asked: {known}.", field=unknown[0])
    return {name: _read(name, one, values.get(name), moment) for name, one in form.items()}


def _read(name: str, field: FormField, raw: Any, moment: Moment) -> Value:
    label = field.label or name
    if raw is None or raw in ("", []):
        if field.required and field.default is None:
            raise UserError(f"{label} is not answered.", "Write an answer.", field=name)
        return field.unanswered
    try:
        value = parse_value(field.type, raw, field.choices)
        if field.type in {"member", "members"}:
            ids = value if isinstance(value, list) else [str(value)]
            moment.resolve([Selector(label=label, who=(id,)) for id in ids])
    except StepFault as error:
        raise UserError(f"{label}: {error}", field=name) from error
    except ValueError as error:
        raise UserError(f"{label}: {error}.", field=name) from error
    return value
