"""What is done by hand in this release: visible as a task, settled by what a person says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from coalition.domain.errors import NotAllowed, UserError
from tests.domain_run.stage import playbook
from tests.verbs.stage import House

AID = {"id": "aid", "do": "request_aid", "to": "partners", "text": "Two analysts"}
WAIT: dict[str, Any] = {
    "id": "got", "do": "wait_for_aid", "of": "aid", "within": "2h", "save": "help",
}  # fmt: skip
END = {"id": "end", "do": "wait", "for": "1d"}


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_the_task_names_what_is_asked_and_of_whom(house: House) -> None:
    house.start(playbook(AID, WAIT, END)).settle()
    (task,) = house.incident.tasks.values()
    assert task.text.startswith("Ask Partner CERTs for aid, in your own name: Two analysts")
    assert task.assignee == house.incident.lead


def test_an_answer_settles_the_step_and_ticks_the_task_off_in_the_name_of_who_gave_it(
    house: House,
) -> None:
    house.start(playbook(AID, WAIT, END)).settle()
    house.answer("aid", "lv-op", result="granted", note="From Monday")
    house.settle()
    (task,) = house.incident.tasks.values()
    assert task.done_by == "lv-op"
    assert house.run.steps["aid"].output["note"] == "From Monday"


def test_waiting_for_aid_that_is_known_is_over_at_once(house: House) -> None:
    house.start(playbook(AID, WAIT, END)).settle()
    house.answer("aid", "lv-op", result="refused")
    house.settle()
    assert house.outcome("got") == "ok"
    assert house.run.variables["help"] == "refused"
    assert len(house.incident.tasks) == 1


def test_waiting_for_aid_whose_answer_is_out_follows_it_up(house: House) -> None:
    house.start(playbook(AID, WAIT, END)).settle()
    house.answer("aid", "lv-op", result="asked")
    house.settle()
    assert "Follow up the request for aid of step aid" in house.incident.tasks["2"].text
    house.answer("got", "lt-op", result="partly")
    house.settle()
    assert house.run.variables["help"] == "partly"


def test_the_result_of_a_vote_is_recorded_by_an_operator_and_a_rejection_is_no_failure(
    house: House,
) -> None:
    vote = {"id": "vote", "do": "vote", "to": "all", "text": "Blackhole?", "within": "1h"}
    house.start(playbook(vote, END)).settle()
    with pytest.raises(NotAllowed, match="operator"):
        house.answer("vote", "ee-vo", result="passed")
    with pytest.raises(UserError, match="passed, rejected"):
        house.answer("vote", "ee-op", result="perhaps")
    house.answer("vote", "ee-op", result="rejected")
    assert house.outcome("vote") == "ok"
    assert house.run.steps["vote"].output["result"] == "rejected"
