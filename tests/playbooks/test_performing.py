"""Steps performed on the assembled application (in memory): once, however often they are tried."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from coalition.application.ports import Claim
from coalition.application.run_policies import perform
from coalition.bootstrap import Tocsin, assemble_memory
from coalition.domain.incident.commands import (
    AddMembers,
    AnswerNotice,
    CloseIncident,
    CompleteTask,
    OpenIncident,
)
from coalition.domain.incident.state import Incident
from coalition.domain.incident.words import Severity
from coalition.domain.labels import Tlp
from coalition.domain.messages import SYSTEM, Actor, Command
from coalition.domain.playbook import Playbook
from coalition.domain.playbook.behaviour import Verb
from coalition.domain.playbook.step import REGISTRY
from coalition.domain.run.commands import CancelRun, SignalRun, StartRun
from coalition.domain.run.facts import facts_of
from coalition.domain.run.state import Run
from coalition.settings import load_settings
from tests.domain.cast import COALITION, NOW, NUMBER, partner, person
from tests.domain_run.stage import RUN, notify, playbook, wait_acks
from workers import steps
from workers.running import Running

if TYPE_CHECKING:
    from workers.context import WorkerContext


class At:
    """A clock that stands still."""

    def now(self) -> Any:
        return NOW


class House:
    """An incident of Estonia's, and one run in it."""

    def __init__(self, tmp_path: Path, severity: str = "S2") -> None:
        settings = load_settings(data_dir=tmp_path)
        self.tocsin: Tocsin = assemble_memory(COALITION, At(), settings)
        self._count = 0
        self.tell(
            OpenIncident,
            "ee-op",
            incident=NUMBER,
            title="Banks under fire",
            severity=Severity(severity),
            tlp=Tlp.GREEN,
            kind="ddos",
            invite=("lv", "lt"),
        )

    def tell(self, command: type[Command], actor: Actor | str = SYSTEM, **fields: Any) -> None:
        who = person(actor) if isinstance(actor, str) else actor
        self._count += 1
        about = {"id": f"c{self._count}", "at": NOW, "actor": who}
        self.tocsin.dispatcher.execute(command.model_validate({**about, **fields}))

    def start(self, playbook: Playbook, actor: Actor | str = "ee-op") -> None:
        pinned = self.tocsin.playbooks.pin(playbook)
        about = {"run": RUN, "incident": NUMBER, "playbook": pinned, "name": "try"}
        self.tell(StartRun, actor, **about, facts=facts_of(self.incident))

    @property
    def incident(self) -> Incident:
        found: Incident = self.tocsin.dispatcher.read("incident", NUMBER)
        return found

    @property
    def run(self) -> Run:
        found: Run = self.tocsin.dispatcher.read("run", RUN)
        return found

    def perform(self, step: str, attempt: int = 1) -> dict[str, Any]:
        payload = {"run": RUN, "step": step, "attempt": attempt}
        claim = Claim(f"step-{step}", "step.perform", payload, 1, in_doubt=False)

        async def once() -> dict[str, Any]:
            running = Running(self.tocsin)
            try:
                return await steps.handle(cast("WorkerContext", running.context(claim, "t")), claim)
            finally:
                await running.close()

        return asyncio.run(once())

    def types(self, aggregate: str, id: str) -> Counter[str]:
        records = self.tocsin.log.records(aggregate, id)
        return Counter(record.type for record, _ in records)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_every_verb_that_needs_the_outside_has_a_module_and_no_other() -> None:
    outside = {word for word, kind in REGISTRY.items() if issubclass(kind, Verb) and kind.outside}
    assert set(steps.VERBS) == outside


def test_notify_issues_the_notice_with_its_source_and_reports_whom_it_goes_to(
    house: House,
) -> None:
    house.start(playbook(notify(ask="Help?", answers=["accept", "decline"]), wait_acks()))
    assert house.perform("tell") == {"reported": "performed"}
    (issued,) = house.incident.notices.values()
    assert issued.source is not None
    assert (issued.source.run, issued.source.step, issued.source.attempt) == (RUN, "tell", 1)
    assert issued.tlp == Tlp.GREEN
    assert house.run.steps["tell"].output == {"notice": 1, "refused": [], "told": ["lv", "lt"]}
    assert house.run.open["acks:1"].request["members"] == ["lv", "lt"]


def test_performing_again_after_a_crash_tells_nobody_twice(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.start(playbook(notify()))

    async def crash(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(steps, "_report", crash)
        with pytest.raises(KeyboardInterrupt):
            house.perform("tell")
    assert house.types("incident", NUMBER)["NoticeIssued"] == 1
    assert house.perform("tell") == {"reported": "performed"}
    assert house.perform("tell") == {"skipped": "this attempt is not open any more"}
    assert house.types("incident", NUMBER)["NoticeIssued"] == 1
    assert house.types("run", RUN)["StepEnded"] == 1
    assert house.run.status == "completed"


def test_a_refusal_of_the_gate_is_a_failure_of_the_step_with_its_reason(house: House) -> None:
    house.start(playbook(notify(tlp="red")))
    assert house.perform("tell") == {"reported": "failed"}
    (stuck,) = house.run.stuck.values()
    assert "TLP:RED may go to none of them" in stuck.error
    assert house.incident.notices == {}


def test_the_label_of_the_playbook_binds_what_is_made_from_its_text(house: House) -> None:
    house.start(playbook(notify(to="lv"), tlp="amber"))
    house.perform("tell")
    assert house.incident.notices["1"].tlp == Tlp.AMBER


def test_members_who_joined_after_the_start_are_told_too(house: House) -> None:
    house.start(playbook(notify()))
    house.tell(AddMembers, "ee-op", incident=NUMBER, invite=("pl",))
    house.perform("tell")
    assert set(house.incident.notices["1"].recipients) == {"lv", "lt", "pl"}


def test_a_target_that_means_nobody_fails_and_says_what_to_type(house: House) -> None:
    house.start(playbook(notify(to="affected")))
    house.perform("tell")
    (stuck,) = house.run.stuck.values()
    assert stuck.error == (
        "affected means no active member besides the originator. "
        "Add members to the incident: /incident update --members …"
    )


def test_what_has_been_cancelled_is_not_sent(house: House) -> None:
    house.start(playbook(notify()))
    house.tell(CancelRun, "ee-op", run=RUN, reason="false alarm")
    assert house.perform("tell") == {"skipped": "this attempt is not open any more"}
    assert house.incident.notices == {}


def test_reminding_and_escalating_go_through_the_incident(house: House) -> None:
    chase = {"id": "chase", "do": "escalate", "of": "tell", "to": "lead", "text": "{{title}}!"}
    house.start(playbook(notify(), {"id": "nudge", "do": "remind", "of": "tell"}, chase))
    house.perform("tell")
    assert house.perform("nudge") == {"reported": "performed"}
    lv = {"incident": NUMBER, "notice": 1, "member": "lv", "answer": "acknowledge"}
    house.tell(AnswerNotice, partner("lv"), **lv)
    house.tell(SignalRun, run=RUN, topic="notice",
               data={"step": "tell", "attempt": 1, "answers": {"lv": "acknowledge"}})  # fmt: skip
    assert house.perform("chase") == {"reported": "performed"}
    assert house.types("incident", NUMBER)["ChannelEscalated"] >= 1
    (alarm,) = (one for subject, one in house.incident.alarms.items() if "chase" in subject)
    assert alarm.text == "EE Op: Banks under fire!"
    assert "CERT-LT +372 555 0100" in alarm.fallback
    assert house.run.status == "completed"


def test_a_question_finds_its_people_and_stays_open(house: House) -> None:
    house.start(playbook({"id": "q", "do": "ask", "to": "lead", "text": "?", "save": "a"}))
    house.perform("q")
    assert house.run.open["q:1"].output == {"people": ["ee-op"]}
    assert house.types("run", RUN)["QuestionAsked"] == 1
    assert house.perform("q") == {"skipped": "this attempt is not open any more"}


def test_a_task_is_added_once_for_its_person_and_ends_when_done(house: House) -> None:
    house.start(playbook({"id": "job", "do": "task", "to": "lead", "text": "Do {{title}}"}))
    house.perform("job")
    (task,) = house.incident.tasks.values()
    assert (task.text, task.assignee) == ("Do Banks under fire", "ee-op")
    house.tell(CompleteTask, "lv-op", incident=NUMBER, task=1)
    house.tell(SignalRun, run=RUN, topic="task",
               data={"step": "job", "attempt": 1, "by": "lv-op"})  # fmt: skip
    assert house.run.steps["job"].output == {"task": 1, "done_by": "lv-op"}


def test_a_task_for_somebody_who_takes_no_part_is_for_nobody_in_particular(house: House) -> None:
    house.start(playbook({"id": "job", "do": "task", "to": "pl", "text": "Do it"}))
    house.perform("job")
    assert house.incident.tasks["1"].assignee is None


def test_closing_is_done_in_the_name_of_whoever_started_the_run(house: House) -> None:
    house.start(playbook({"id": "shut", "do": "close"}))
    house.perform("shut")
    assert house.incident.status == "closed"
    closed = next(
        record
        for record, _ in house.tocsin.log.records("incident", NUMBER)
        if record.type == "IncidentClosed"
    )
    assert (closed.actor.delegate, closed.actor.via) == ("ee-op", "playbook")
    assert house.run.status == "completed"


def test_a_run_started_by_a_rule_cannot_close(house: House) -> None:
    house.start(playbook({"id": "shut", "do": "close"}), SYSTEM)
    house.perform("shut")
    assert house.incident.status == "open"
    (stuck,) = house.run.stuck.values()
    assert "only a person closes an incident" in stuck.error


def test_closing_without_the_lessons_that_it_needs_fails(tmp_path: Path) -> None:
    house = House(tmp_path, "S3")
    house.start(playbook({"id": "shut", "do": "close", "cause": "flood"}))
    house.perform("shut")
    (stuck,) = house.run.stuck.values()
    assert "Missing: lessons" in stuck.error


def test_closing_what_somebody_has_closed_is_done(house: House) -> None:
    house.start(playbook({"id": "shut", "do": "close"}))
    house.tell(CloseIncident, "lv-op", incident=NUMBER)
    assert house.perform("shut") == {"reported": "performed"}


def test_nothing_of_the_content_is_a_job_argument(house: House) -> None:
    house.start(playbook(notify(text="SECRET")))
    records = [record for record, _ in house.tocsin.log.records("run", RUN)]
    effects = [
        effect
        for record in records
        if record.type == "StepStarted"
        for effect in perform(record, house.tocsin.view)
    ]
    (effect,) = effects
    assert effect.kind == "step.perform"
    assert "SECRET" not in json.dumps(effect.payload)
