"""`tocsin aid recommended`: what was shown comes out the same when it is made again."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner

from coalition.cli.main import app
from coalition.domain.matching.model import Model, model_of
from tests.aid_surfaces.cast import MIKKO
from tests.aid_surfaces.helping import AID, Helping

Recommended = Callable[..., Any]


@pytest.fixture
def recommended(helping: Helping, monkeypatch: pytest.MonkeyPatch) -> Recommended:
    """Shown twice: once with one offer, once with two."""
    helping.requested()
    helping.offered()
    helping.types(f"/aid match {AID}")
    helping.types(f"/aid offer {AID} --capability fi-scrubbing --days 5", MIKKO, "C0GENERAL")
    helping.types(f"/aid match {AID}")
    helping.types(f"/aid match {AID} --why lv")
    monkeypatch.setattr("coalition.bootstrap.assemble", lambda _: helping.slack.tocsin)
    return lambda *words: CliRunner().invoke(app, ["aid", "recommended", *words])


def test_each_that_was_shown_is_made_again_and_is_the_same(recommended: Recommended) -> None:
    done = recommended(AID, "--for", "ee-alice")
    first, second = done.stdout.splitlines()
    assert "item 2: lv 4 of lv-ir-team (offer 1); made again: the same" in first
    assert "item 1: fi 40 of fi-scrubbing (offer 2), item 2: lv 4 of lv-ir-team" in second
    assert (done.exit_code, done.stderr) == (
        0,
        "2 recommendations; none come out otherwise when made again.\n",
    )


def test_a_program_gets_the_hashes_in_full(recommended: Recommended) -> None:
    found = json.loads(recommended(AID, "--for", "ee-alice", "--json").stdout)
    assert [one["same"] for one in found] == [True, True]
    assert len({one["inputs_hash"] for one in found}) == 2
    assert all(len(one["charter"]) == len(one["inputs_hash"]) == 64 for one in found)


def test_code_that_decides_otherwise_is_found_out(
    recommended: Recommended, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later version that takes every need for a smaller one."""

    def smaller(question: Any) -> Model:
        needs = tuple(one.model_copy(update={"size": 1}) for one in question.needs)
        return model_of(question.model_copy(update={"needs": needs}))

    monkeypatch.setattr("coalition.domain.matching.recommend.model_of", smaller)
    done = recommended(AID, "--for", "ee-alice")
    assert done.exit_code == 1
    assert "made again: OTHERWISE" in done.stdout
    assert "2 recommendations; 2 come out otherwise" in done.stderr


def test_who_may_not_see_the_request_learns_nothing(recommended: Recommended) -> None:
    done = recommended("AID-2026-0999", "--for", "ee-alice")
    assert done.exit_code != 0
    assert "There is no request 'AID-2026-0999'" in str(done.exception)
