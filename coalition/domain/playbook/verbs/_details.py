"""`details`: what a notice of a playbook states beside its text, with `{{name}}`s in the texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, WithJsonSchema

from coalition.domain.errors import UserError
from coalition.domain.notice.details import NoticeDetails
from coalition.domain.notice.reading import FIELDS, REMEDIES, details_from
from coalition.domain.playbook.behaviour import Moment, StepFault
from coalition.domain.playbook.templates import fault_in

_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "properties": {name: {"description": REMEDIES[name]} for name in FIELDS},
}


def _checked(given: dict[str, Any]) -> dict[str, Any]:
    """What is written out is checked at once; what has names in it, when the step begins."""
    for value in given.values():
        fault = fault_in(value) if isinstance(value, str) else None
        if fault:
            raise ValueError(fault)
    known = dict.fromkeys(FIELDS)
    late = {name for name, value in given.items() if _has_names(value) and name in known}
    if {"victim", "victim_allowed_by"} & late:
        late |= {"victim", "victim_allowed_by"}
    try:
        details_from({name: value for name, value in given.items() if name not in late})
    except UserError as error:
        raise ValueError(str(error)) from error
    return given


def _has_names(value: Any) -> bool:
    return isinstance(value, str) and "{{" in value


Details = Annotated[dict[str, Any], AfterValidator(_checked), WithJsonSchema(_SCHEMA)]
"""Names of `details_from` with their values; a text may hold `{{name}}`s."""


def texts_of(details: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Its texts, as `Step.templates` lists them."""
    for name, value in details.items():
        if _has_names(value):
            yield f"details.{name}", value, "any"


def stated(details: Mapping[str, Any], moment: Moment) -> dict[str, Any]:
    """The details as JSON, every name replaced.

    Raises:
        StepFault: a variable holds what does not fit.
    """
    filled = {
        name: moment.text(value) if _has_names(value) else value for name, value in details.items()
    }
    try:
        read: NoticeDetails = details_from(filled)
    except UserError as error:
        raise StepFault(f"details: {error}") from error
    return read.model_dump(mode="json")


def earlier(step: str | None, moment: Moment) -> int | None:
    """The notice of the step whose place is taken.

    Raises:
        StepFault: that step has told nobody.
    """
    if step is None:
        return None
    told = moment.told(step)
    if told is None:
        raise StepFault(f"step {step} has told nobody; there is nothing to supersede")
    return told[0]
