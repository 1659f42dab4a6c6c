"""Details of a notice from what people type: flags of a command, keys of a playbook.

Lists may be one text (`energy, finance`), counts one as well (`servers=40, users=1200`), times are
ISO 8601 with a zone (`2026-11-05T01:00Z`), the permission to name a victim stands beside its name.
"""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from coalition.domain.errors import UserError
from coalition.domain.notice.details import NoticeDetails
from coalition.domain.notice.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

VICTIM_ALLOWED_BY = "victim_allowed_by"
"""The key, beside `victim`, that says who permitted to name it."""

FIELDS: tuple[str, ...] = (*NoticeDetails.model_fields, VICTIM_ALLOWED_BY)
"""Everything that can be said, in the order of a notice."""

REMEDIES: dict[str, str] = {
    "extra_restrictions": "Write one or more sentences, with ; between them.",
    "pap": "Write one of PAP:RED, PAP:AMBER, PAP:GREEN, PAP:CLEAR.",
    "why": "Write in at most 1000 letters why these members are told.",
    "done_by": "Write a time with its zone, such as 2026-11-05T01:00Z.",
    "rsit": "Write class:type of the RSIT taxonomy, such as availability:ddos.",
    "determination": "Write suspected, confirmed or unknown.",
    "status": "Write open, closed or unknown.",
    "confidence": "Write low, medium, high or unknown.",
    "malicious": "Write yes, no or unknown.",
    "cross_border": "Write yes, no or unknown.",
    "started": "Write a time with its zone, such as 2026-11-05T01:00Z.",
    "detected": "Write a time with its zone, such as 2026-11-05T01:00Z.",
    "impact": "Write in at most 1000 letters what suffers.",
    "sectors": "Write names such as energy, finance.",
    "countries": "Write codes of ISO 3166 such as EE, LV.",
    "counts": "Write what is counted and how many, such as servers=40, users=1200.",
    "indicators": "Write values such as 203.0.113.5, evil[.]example; or a type beside each.",
    "mitigations": "Write one or more sentences, with ; between them.",
    "permitted_actions": "Write one or more sentences, with ; between them.",
    "contact": "Write the person or role to ask for.",
    "victim": "Write the name, and who permitted to give it in victim_allowed_by.",
    VICTIM_ALLOWED_BY: "Write the name of the victim in victim as well.",
}

_BETWEEN = {
    "extra_restrictions": r"\s*;\s*",
    "mitigations": r"\s*;\s*",
    "permitted_actions": r"\s*;\s*",
    "sectors": r"[\s,]+",
    "countries": r"[\s,]+",
    "indicators": r"[\s,]+",
    "counts": r"\s*,\s*",
}


def details_from(given: Mapping[str, Any]) -> NoticeDetails:
    """The details that these names and values state; `-` may stand for `_` in a name.

    Raises:
        UserError: naming in `field` the first that is unknown or wrong, with what to write.
    """
    named = {name.replace("-", "_"): value for name, value in given.items()}
    unknown = next((name for name in named if name not in FIELDS), None)
    if unknown is not None:
        near = difflib.get_close_matches(unknown, FIELDS, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(FIELDS)}."
        raise UserError(f"{unknown[:40]!r} is no detail of a notice.", hint, field=unknown)
    values = {name: _plain(name, value) for name, value in named.items()}
    _with_permission(values)
    try:
        return NoticeDetails.model_validate(values)
    except ValidationError as error:
        raise _refusal(error, named) from error


def _plain(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        # YAML reads yes and no as truth.
        return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
    text = value.strip()
    if name not in _BETWEEN or text.lower() == UNKNOWN:
        return text.lower() if text.lower() in _WORDS else text
    parts = [part for part in re.split(_BETWEEN[name], text) if part]
    if name == "countries":
        return [part.upper() for part in parts]
    return _counted(parts) if name == "counts" else parts


_WORDS = {"yes", "no", UNKNOWN, "suspected", "confirmed", "open", "closed", "low", "medium", "high"}


def _counted(parts: list[str]) -> dict[str, Any]:
    pairs = (part.partition("=") for part in parts)
    return {what.strip(): number.strip() or None for what, _, number in pairs}


def _with_permission(values: dict[str, Any]) -> None:
    """A victim is named with the permission of the source, or not at all."""
    allowed = values.pop(VICTIM_ALLOWED_BY, None)
    victim = values.get("victim")
    if isinstance(victim, str):
        if victim.lower() in ("", UNKNOWN):
            values["victim"] = None
        elif allowed is None:
            raise UserError(
                "A victim is named only with the permission of whoever told of it.",
                f"Write who permitted it in {VICTIM_ALLOWED_BY}, or leave the name out.",
                field="victim",
            )
        else:
            values["victim"] = {"name": victim, "allowed_by": allowed}
    elif victim is None and allowed is not None:
        raise UserError(
            "There is a permission to name a victim, and no name.",
            REMEDIES[VICTIM_ALLOWED_BY],
            field=VICTIM_ALLOWED_BY,
        )


def _refusal(error: ValidationError, given: Mapping[str, Any]) -> UserError:
    first = error.errors(include_url=False)[0]
    if not first["loc"]:
        return UserError(f"{_sentence(first['msg'])}.", field="started")
    field = str(first["loc"][0])
    said = next((one for one in error.errors() if one["type"] == "value_error"), None)
    if said is None or said["loc"][:1] != first["loc"][:1]:
        what = f"{field}: {str(given.get(field))[:60]!r} does not fit."
        return UserError(what, REMEDIES[field], field=field)
    sentence = _sentence(said["msg"])
    remedy = "" if ";" in sentence else REMEDIES[field]
    return UserError(f"{field}: {sentence}.", remedy, field=field)


def _sentence(message: str) -> str:
    return message.removeprefix("Value error, ").rstrip(".")
