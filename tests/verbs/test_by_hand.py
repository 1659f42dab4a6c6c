"""What is done by hand in this release: visible as a task, settled by what a person says."""

from __future__ import annotations

from pathlib import Path

import pytest

from coalition.domain.errors import NotAllowed, UserError
from tests.domain_run.stage import playbook
from tests.verbs.stage import House

END = {"id": "end", "do": "wait", "for": "1d"}


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


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
