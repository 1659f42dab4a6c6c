"""How a verb behaves in a run: begins, is performed outside, hears signals, is late, ends.

Everything here is pure. A verb looks at a `Moment` and returns what should be; the engine
(`coalition.domain.run`) turns that into events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

from pydantic import Field, StrictInt
from typing_extensions import override

from coalition.domain.durations import parse_duration
from coalition.domain.errors import UserError
from coalition.domain.labels import Tlp, TypedTlp, strictest
from coalition.domain.playbook.shapes import IsTarget, Shape, Time, marked
from coalition.domain.playbook.step import Block, Step
from coalition.domain.playbook.targets import Role, Selector, selector
from coalition.domain.playbook.templates import fill, sole_name
from coalition.domain.playbook.values import Value, show

Outcome = Literal["ok", "failed", "refused", "late", "skipped", "cancelled"]


class StepFault(ValueError):
    """The step cannot be done as it is written: `what; what to do`. It fails."""


class Ending(NamedTuple):
    """How a step ends."""

    outcome: Outcome
    output: Mapping[str, Value] = {}
    variables: Mapping[str, Value] = {}
    error: str = ""


class Progress(NamedTuple):
    """The step goes on, knowing more: `note` is a sentence for people, `due` its new deadline.

    A `due` of None leaves the deadline as it is. `alarm`: a human must act on the note.
    """

    note: str = ""
    output: Mapping[str, Any] = {}
    due: datetime | None = None
    alarm: bool = False


class Beginning(NamedTuple):
    """What a step wants once it has begun. `end` is for a step that is over at once."""

    request: Mapping[str, Any] = MappingProxyType(
        {}
    )  # what workers and people need, with all names replaced
    outside: bool = False  # a worker must perform it
    due: datetime | None = None  # when it is late
    remind_every: timedelta | None = None
    end: Ending | None = None


class Opened(NamedTuple):
    """A step that has begun and not ended, as the verb sees it."""

    step: str
    attempt: int
    request: Mapping[str, Any]
    output: Mapping[str, Any] = MappingProxyType({})  # what is known of it so far
    said: Mapping[str, Mapping[str, Any]] = MappingProxyType({})  # answers by delegate


@dataclass(slots=True)
class Moment:
    """What a step may look at where it stands: within a loop, that is its own round first.

    `heard` is who has answered the notice of a step.
    """

    at: datetime
    value: Callable[[str], Value]  # raises StepFault
    heard: Callable[[str], Mapping[str, str]]
    told: Callable[[str], tuple[int, tuple[str, ...]] | None]  # (notice, its recipients)
    resolve: Callable[[Iterable[Selector]], tuple[str, ...]]  # members, as far as is known now
    roles: Mapping[str, Role]
    tlp: Tlp  # of the playbook: the least label of anything made from its text
    started_by: str = ""  # the delegate who started the run; empty: a rule did

    def text(self, template: str, escape: Callable[[str], str] = str) -> str:
        """The text with its names replaced, each value as `escape` writes it."""
        return fill(template, lambda name: escape(show(self.value(name))))

    def time(self, template: str) -> timedelta:
        """The duration that is written, or that the variable holds."""
        written = self.text(template)
        try:
            return parse_duration(written)
        except ValueError as error:
            raise StepFault(f"{template} gives {error}") from error

    def members(self, targets: tuple[str, ...]) -> tuple[str, ...]:
        """Ids of the members meant, as far as the run knows the incident."""
        return self.resolve(one for name in targets for one in self._expand(name))

    def selectors(self, targets: tuple[str, ...]) -> list[dict[str, Any]]:
        """The targets as JSON for the request."""
        return [one.model_dump(mode="json") for name in targets for one in self._expand(name)]

    def _expand(self, target: str) -> list[Selector]:
        variable = sole_name(target)
        if variable is None:
            return [selector(target, self.roles.get(target))]
        found = self.value(variable)
        ids = found if isinstance(found, list) else [show(found)] if found else []
        return [Selector(label=", ".join(ids) or target, who=tuple(ids))]


class Retry(Shape):
    """A step that fails is tried again up to `times` more; the pause doubles each time."""

    times: Annotated[StrictInt, Field(ge=1, le=100)]
    wait: Time


class BareVerb(Step):
    """A step that does something by itself and at once, or when its time has come.

    Subclasses say `do`, their fields, and what differs below.
    """

    outside: ClassVar[bool] = False
    fails_closed: ClassVar[bool] = False
    """Late or refused without a branch for it, the run waits for a human; skipping is refused."""

    after: Time | None = None
    if_fails: Block = ()

    def begin(self, moment: Moment) -> Beginning:
        """Return what is wanted now. Raises `StepFault` when it cannot be done as written."""
        return Beginning(request=self.request(moment), outside=self.outside)

    def request(self, moment: Moment) -> dict[str, Any]:
        """Every text field with its names replaced, and every target as selectors."""
        request: dict[str, Any] = {}
        for name, written, wants in self.templates:
            if wants == "any":
                request[name] = moment.text(written)
        for attribute, name, _ in marked(type(self), IsTarget):
            request[name] = moment.selectors(getattr(self, attribute) or ())
        return request

    def performed(
        self, opened: Opened, output: Mapping[str, Any], moment: Moment
    ) -> Ending | Progress | None:
        """The worker has done its part. Otherwise than with an ending it waits for people."""
        return Ending("ok", output=dict(output))

    def signalled(
        self, opened: Opened, topic: str, data: Mapping[str, Any], moment: Moment
    ) -> Ending | Progress | None:
        """Something happened that concerns the run. None: not what this step waits for."""
        return None

    def passed(self, opened: Opened, moment: Moment) -> Ending | Progress:
        """The due time has passed."""
        return Ending("late")

    def answered(
        self, opened: Opened, values: Mapping[str, Any], moment: Moment
    ) -> Ending | Progress:
        """A person has answered; `opened.said` has it already. Progress: others must answer too.

        Raises:
            UserError: the values are not what is asked.
        """
        raise UserError(f"Step {self.id} asks nothing.", "Look at the questions open in the run.")


class Verb(BareVerb):
    """A verb that needs workers or people: it can be late, and be tried again when it fails.

    Without `if_late`, a late step is over all the same and the run goes on.
    """

    outside: ClassVar[bool] = True
    late_by_itself: ClassVar[bool] = False
    """Whether it has a deadline even without `within`."""

    within: Time | None = None
    if_late: Block = ()
    retry: Retry | None = None
    tlp: TypedTlp | None = None

    @override
    def begin(self, moment: Moment) -> Beginning:
        due = moment.at + moment.time(self.within) if self.within else None
        return super().begin(moment)._replace(due=due)

    @override
    def request(self, moment: Moment) -> dict[str, Any]:
        """As above; `tlp` is the strictest of the playbook's label and the step's."""
        label = strictest(moment.tlp, self.tlp or moment.tlp)
        return {**super().request(moment), "tlp": str(label)}

    @property
    @override
    def templates(self) -> Iterator[tuple[str, str, str]]:
        yield from super().templates
        if self.retry is not None:
            yield "retry.wait", self.retry.wait, "duration"

    @override
    def faults(self) -> Iterator[tuple[str, str]]:
        if self.if_late and self.within is None and not self.late_by_itself:
            yield "if_late", "never comes; add `within`"
        yield from super().faults()
