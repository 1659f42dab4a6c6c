"""Test cases of a playbook, as ops staff write them into `<playbook>.test.yaml`.

A case is a script with what is expected of it. Every line of `expect` must be met by something
that happened, every line of `never` by nothing, and the run must end as `end` says.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from coalition.domain.durations import Duration
from coalition.domain.errors import UserError
from coalition.domain.findings import Problem
from coalition.domain.labels import parse_tlp
from coalition.domain.playbook.library import runs
from coalition.rehearsal.cast import cast
from coalition.rehearsal.occurrences import WORDS, Occurrence, clock
from coalition.rehearsal.players import INSIDE
from coalition.rehearsal.script import Script, Written
from coalition.rehearsal.simulate import NO_LIBRARY, Rehearsal, simulate
from coalition.rehearsal.telling import tell
from coalition.rehearsal.timeline import still_open

if TYPE_CHECKING:
    from coalition.domain.clocks.model import Clock
    from coalition.domain.members import Coalition
    from coalition.domain.playbook import Playbook

End = Literal["completed", "stopped", "cancelled", "running", "needs_decision"]


def _names(raw: Any) -> Any:
    return raw.replace(",", " ").split() if isinstance(raw, str) else raw


class Expected(Written):
    """Something that must happen (or must not): `{notice: tell_partners, at: 0s, to: [lv]}`.

    The first key is a word of `WORDS` with the step's id; `at` is exact, `to` everybody
    concerned, `text` a part of what is said.
    """

    what: str
    step: str = ""
    at: Duration | None = None
    to: Annotated[frozenset[str] | None, BeforeValidator(_names)] = None
    text: str = ""
    tlp: str = ""

    @model_validator(mode="before")
    @classmethod
    def _word(cls, raw: Any) -> Any:
        if not isinstance(raw, dict):
            raise ValueError("is not a mapping; write it like {notice: tell_partners, at: 5m}")  # noqa: TRY004
        found = [key for key in raw if key in WORDS]
        if len(found) != 1:
            known = ", ".join(WORDS)
            raise ValueError(f"says what happens not exactly once; write one of {known}")
        rest = {key: value for key, value in raw.items() if key != found[0]}
        if "tlp" in rest:
            rest["tlp"] = str(parse_tlp(str(rest["tlp"])))
        return {**rest, "what": found[0], "step": raw[found[0]] or ""}

    def met_by(self, one: Occurrence) -> bool:
        """Whether that is what was meant."""
        return self.is_about(one) and (
            (self.at is None or one.at == self.at)
            and (self.to is None or self.to == set(one.who))
            and (self.text.casefold() in one.text.casefold())
            and (not self.tlp or self.tlp == one.tlp)
        )

    def is_about(self, one: Occurrence) -> bool:
        """Whether it is the same kind of thing of the same step."""
        return one.what == self.what and (not self.step or one.step == self.step)

    @property
    def words(self) -> str:
        """As a sentence says it."""
        parts = [self.what, self.step]
        parts += [f"at {clock(self.at)}"] if self.at is not None else []
        parts += [f"to {', '.join(sorted(self.to)) or 'nobody'}"] if self.to is not None else []
        parts += [self.tlp] if self.tlp else []
        parts += [f"saying {self.text!r}"] if self.text else []
        return " ".join(part for part in parts if part)


class Case(Script):
    """One story and what is expected of it."""

    name: Annotated[str, Field(min_length=1)]
    expect: Annotated[tuple[Expected, ...], Field(min_length=1)]
    never: tuple[Expected, ...] = ()
    end: End
    ends_at: Duration | None = None
    values: dict[str, Any] = Field(default_factory=dict)  # variables at the end


class CaseFile(Written):
    """`<playbook>.test.yaml`. What stands beside `cases` holds for each that does not say it."""

    playbook: str | None = None  # the file's name; the one beside, by default
    common: dict[str, Any] = Field(default_factory=dict)
    cases: Annotated[tuple[Case, ...], Field(min_length=1)]

    @model_validator(mode="before")
    @classmethod
    def _with_common(cls, raw: Any) -> Any:
        if not isinstance(raw, dict) or not isinstance(raw.get("cases"), list):
            return raw
        common = raw.get("common") or {}
        cases = [
            _merged(common, one) if isinstance(one, dict) and isinstance(common, dict) else one
            for one in raw["cases"]
        ]
        return {**raw, "cases": cases}


def _merged(common: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    merged = {**common, **own}
    for key in ("incident", "inputs", "answers"):
        if isinstance(common.get(key), dict) and isinstance(own.get(key), dict):
            merged[key] = {**common[key], **own[key]}
    return merged


def run_case(
    case: Case,
    at: tuple[str | int, ...],
    playbook: Playbook,
    coalition: Coalition | None = None,
    clocks: tuple[Clock, ...] = (),
    library: Mapping[str, Playbook] = NO_LIBRARY,
) -> Iterator[Problem]:
    """Rehearse a case; yield what is not as expected, with its place in the file."""
    for place, what in _unknown_steps(case, playbook, library):
        yield (*at, *place), what
    try:
        members = (
            coalition if coalition is not None and case.members is None else cast(case.members)
        )
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        yield (*at, "members"), f"{where}: {first['msg']}; write what a coalition file could say"
        return
    try:
        rehearsal = simulate(playbook, case, members, clocks=clocks, library=library)
    except UserError as error:
        yield at, f"cannot begin: {error}; change the incident or the inputs"
        return
    for place, what in _differences(case, rehearsal):
        yield (*at, *place), what


def _unknown_steps(
    case: Case, playbook: Playbook, library: Mapping[str, Playbook]
) -> Iterator[Problem]:
    known = set(_steps(playbook, library))

    def problem(step: str) -> str:
        near = difflib.get_close_matches(step, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "mend it"
        return f"there is no step {step!r} in {playbook.playbook}; {hint}"

    for part in ("answers", "decisions"):
        for step in getattr(case, part):
            if step not in known:
                yield (part, step), problem(step)
    for part in ("expect", "never"):
        for index, one in enumerate(getattr(case, part)):
            if one.step and one.step not in known:
                yield (part, index), problem(one.step)


def _steps(
    playbook: Playbook, library: Mapping[str, Playbook], above: tuple[str, ...] = ()
) -> Iterator[str]:
    """Every step, and those of the playbooks that are run in turn as `outer/step`."""
    yield from playbook.outline.by_id
    for _, step in runs(playbook):
        if step.run in library and step.run not in above:
            within = _steps(library[step.run], library, (*above, step.run))
            yield from (f"{step.id}{INSIDE}{inner}" for inner in within)


def _differences(case: Case, rehearsal: Rehearsal) -> Iterator[Problem]:
    said = tell(rehearsal)
    for index, one in enumerate(case.expect):
        if not any(one.met_by(each) for each in said):
            yield ("expect", index), f"expected {one.words}; got {_instead(one, said)}"
    for index, one in enumerate(case.never):
        met = next((each for each in said if one.met_by(each)), None)
        if met is not None:
            yield ("never", index), f"expected no {one.words}; got {_shown(met)}"
    yield from _ending(case, rehearsal)


def _ending(case: Case, rehearsal: Rehearsal) -> Iterator[Problem]:
    status = rehearsal.run.status
    spent = rehearsal.ended_at - rehearsal.records[0].at
    if status != case.end:
        still = "; ".join(still_open(rehearsal)) or "nothing is open"
        yield (
            ("end",),
            f"expected the run to be {case.end}; got {status} at {clock(spent)} ({still})",
        )
    if case.ends_at is not None and spent != case.ends_at:
        yield ("ends_at",), f"expected the end at {clock(case.ends_at)}; got {clock(spent)}"
    for name, value in case.values.items():
        got = rehearsal.run.variables.get(name)
        if got != value:
            yield ("values", name), f"expected {name} to be {value!r}; got {got!r}"


def _instead(one: Expected, said: list[Occurrence]) -> str:
    """What came nearest: the same of the same step, else the same of others, else nothing."""
    near = [each for each in said if one.is_about(each)]
    if not near and one.step:
        same = [each for each in said if each.step == one.step]
        if not same:
            return f"nothing of step {one.step}: it did not run"
        return f"no {one.what}, but " + "; ".join(_shown(each) for each in same[:3])
    return "; ".join(_shown(each) for each in near[:3]) or f"no {one.what} at all"


def _shown(one: Occurrence) -> str:
    to = f" to {', '.join(one.who)}" if one.who else ""
    text = one.text if len(one.text) <= _SHOWN else one.text[: _SHOWN - 1] + "…"
    return f"{one.what} {one.step} at {clock(one.at)}{to} ({text})".replace("  ", " ")


_SHOWN = 80
