"""Random playbooks, random answers, timers and restarts: what holds for every run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coalition.adapters.playbook_files import load_playbook, playbook_paths
from coalition.domain.playbook import Playbook
from coalition.domain.run import rounds
from coalition.domain.run.commands import AdvanceRun, CancelRun, ResolveStep, SignalRun
from coalition.domain.run.events import StepStarted
from coalition.domain.run.state import OpenStep
from tests.domain_run.random_playbooks import jumps, playbooks
from tests.domain_run.stage import RunStory, check_log

SHIPPED = playbook_paths(Path(__file__).resolve().parents[2] / "playbooks")
SAID = {
    "yes_no": ("yes", "no"),
    "number": ("1", "5"),
    "duration": ("5m",),
    "severity": ("S1", "S3"),
    "tlp": ("green",),
    "member": ("lv",),
    "members": ("lv, lt",),
}
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@pytest.fixture(autouse=True, scope="module")
def _few_jumps() -> Iterator[None]:
    """A run that goes round for ever finds a human sooner."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rounds, "JUMPS", 12)
        yield


class Driver:
    """Does to a run whatever the outside can do, in any order and at any time."""

    def __init__(self, playbook: Playbook, data: st.DataObject) -> None:
        self.data = data
        asked = {name: one for name, one in playbook.inputs.items() if one.default is None}
        given = {name: self.value(one.model_dump()) for name, one in asked.items()}
        self.story = RunStory(playbook).start(inputs=given)

    def pick(self, *choices: Any) -> Any:
        return self.data.draw(st.sampled_from(choices))

    def act(self) -> None:
        acts = [self.report, self.ring, self.hear, self.complete, self.answer, self.resolve]
        self.pick(*acts, self.repeat, self.too_early, self.pass_time, self.advance)()

    def advance(self) -> None:
        if self.story.now.ready:
            self.story.tell(AdvanceRun)

    def report(self) -> None:
        for step in self.performable():
            if self.pick(True, False):
                self.perform(step, ok=self.pick(False, True, True))

    def performable(self) -> list[OpenStep]:
        steps = self.story.now.open.values()
        return [step for step in steps if step.outside and not step.performed]

    def perform(self, step: OpenStep, *, ok: bool) -> None:
        if step.verb == "notify" and ok:
            self.story.report(step.step, attempt=step.attempt, notice=1, told=["lv", "lt"])
        else:
            self.story.report(step.step, ok=ok, attempt=step.attempt, error="" if ok else "no")

    def ring(self) -> None:
        for name, due in self.story.timers().items():
            if due <= self.story.at:
                self.story.ring(name)

    def pass_time(self) -> None:
        self.story.wait(minutes=self.pick(1, 7, 30))
        self.ring()

    def hear(self) -> None:
        member, answer = self.pick("lv", "lt", "pl"), self.pick("acknowledge", "decline")
        self.story.answers(attempt=self.pick(1, 2), **{member: answer})

    def complete(self) -> None:
        for step in tuple(self.story.now.open.values()):
            if step.verb == "task":
                where = {"step": step.step, "attempt": step.attempt}
                self.story.tell(SignalRun, topic="task", data={**where, "by": "ee-op"})

    def answer(self) -> None:
        for step in tuple(self.story.now.open.values()):
            if step.verb == "ask" and step.performed:
                form = step.request["form"].items()
                values = {name: self.value(field) for name, field in form}
                self.story.reply(step.step, attempt=step.attempt, **values)

    def value(self, field: dict[str, Any]) -> str:
        return str(self.pick(*(field["choices"] or SAID.get(field["type"], ("something",)))))

    def resolve(self, *decisions: str) -> None:
        for stuck in tuple(self.story.now.stuck.values()):
            if self.story.now.over:
                return
            about = {"step": stuck.step, "attempt": stuck.attempt, "reason": "because"}
            decision = self.pick(*decisions or ("retry", "skip", "stop"))
            if decision == "skip" and self.fails_closed(stuck.place):
                decision = "stop"
            self.story.tell(ResolveStep, "ee-op", **about, decision=decision)

    def fails_closed(self, place: str) -> bool:
        return getattr(self.story.playbook.outline.nodes[place].step, "fails_closed", False)

    def repeat(self) -> None:
        """What arrives twice, or too late."""
        for event in self.story.of(StepStarted)[-2:]:
            if f"{event.step}:{event.attempt}" not in self.story.now.open:
                before = len(self.story.records)
                self.story.report(event.step, attempt=event.attempt)
                self.story.ring(f"due:{event.step}:{event.attempt}")
                self.story.ring(f"start:{event.step}:{event.attempt}")
                assert len(self.story.records) == before

    def too_early(self) -> None:
        for name, due in self.story.timers().items():
            if self.story.at < due:
                assert self.story.ring(name) == []

    def finish(self) -> None:
        """Everybody does their part from here on."""
        for _ in range(500):
            if self.story.now.over:
                return
            for step in self.performable():
                self.perform(step, ok=True)
            self.advance()
            self.complete()
            self.answer()
            self.resolve("skip")
            self.story.wait(hours=1)
            self.ring()
        raise AssertionError(f"stuck for ever: {self.story.now.open}")


@settings(max_examples=120, deadline=None, suppress_health_check=SLOW)
@given(playbooks(), st.data())
def test_every_run_is_replayable_consistent_and_ends_when_everybody_does_their_part(
    playbook: Playbook, data: st.DataObject
) -> None:
    driver = Driver(playbook, data)
    for _ in range(data.draw(st.integers(0, 25))):
        driver.act()
        check_log(driver.story)
    driver.finish()
    check_log(driver.story)
    if driver.story.now.status == "completed" and not jumps(playbook):
        assert {step.id for step in playbook.steps} <= driver.story.now.steps.keys()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
@settings(max_examples=25, deadline=None, suppress_health_check=SLOW)
@given(data=st.data())
def test_the_playbooks_that_come_along_end_whatever_happens(
    path: Path, data: st.DataObject
) -> None:
    driver = Driver(load_playbook(path), data)
    for _ in range(data.draw(st.integers(0, 10))):
        driver.act()
    driver.finish()
    check_log(driver.story)


@settings(max_examples=80, deadline=None, suppress_health_check=SLOW)
@given(playbooks(), st.data())
def test_cancelling_at_any_time_leaves_nothing_open_and_nothing_happens_after_it(
    playbook: Playbook, data: st.DataObject
) -> None:
    driver = Driver(playbook, data)
    for _ in range(data.draw(st.integers(0, 15))):
        driver.act()
    story = driver.story
    if not story.now.over:
        story.tell(CancelRun, "ee-op", reason="enough")
    check_log(story)
    before = len(story.records)
    for act in (driver.report, driver.hear, driver.complete, driver.pass_time, driver.repeat):
        act()
    assert len(story.records) == before
    assert Playbook.from_document(playbook.document).content_hash == story.now.playbook
