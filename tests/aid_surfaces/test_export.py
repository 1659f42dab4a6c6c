"""`tocsin aid export`: everything that its reader may see, and nothing else."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner

from coalition.cli.main import app
from tests.aid_surfaces.cast import INGA, MART, MIKKO
from tests.aid_surfaces.helping import AID, Helping

SECRET = "=Only between the two of us"
Export = Callable[..., Any]


@pytest.fixture
def settled(helping: Helping) -> Helping:
    """A mission that has come, gone, and been paid."""
    helping.requested()
    helping.offered(f"/aid offer {AID} --size 4 --days 10 --cost 4000 --conditions {SECRET}")
    helping.types(f"/aid offer {AID} --capability fi-scrubbing --days 5", MIKKO, "C0GENERAL")
    helping.accepted()
    for _ in range(2):
        helping.types(f"/aid deploy {AID} --offer 1", INGA)
    for text in ("", "", "--report Done --lessons None"):
        helping.types(f"/aid complete {AID} --offer 1 {text}", INGA)
    bill = f"personnel 3600 {SECRET} sha256:{'a' * 64}"
    helping.types(f"/aid cost {AID} --offer 1 {bill}", INGA)
    helping.types(f"/aid cost {AID} --offer 1 --settle SEPA-17", MART)
    assert helping.aid.missions["1"].status == "settled"
    return helping


@pytest.fixture
def export(settled: Helping, monkeypatch: pytest.MonkeyPatch) -> Export:
    """Run the command over the stage's Tocsin."""
    monkeypatch.setattr("coalition.bootstrap.assemble", lambda _: settled.slack.tocsin)
    return lambda *words: CliRunner().invoke(app, ["aid", "export", *words])


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_both_sides_get_offers_signatures_missions_and_costs(export: Export) -> None:
    found = rows(export(AID, "--for", "lv-inga", "--csv").stdout)
    assert [one["row"] for one in found] == [
        "request", "item", "item", "offer", "signature", "signature", "offer", "mission", "cost",
    ]  # fmt: skip
    (cost,) = (one for one in found if one["row"] == "cost")
    assert (cost["amount_minor"], cost["currency"], cost["evidence"]) == ("360000", "EUR", "a" * 64)
    mission = next(one for one in found if one["row"] == "mission")
    assert (mission["status"], mission["amount_minor"]) == ("settled", "360000")
    assert {one["tlp"] for one in found} == {"TLP:GREEN"}


def test_a_third_member_gets_neither_costs_nor_amounts_nor_conditions(export: Export) -> None:
    told = export("--for", "fi-mikko")
    found = rows(told.stdout)
    assert "cost" not in {one["row"] for one in found}
    (mission,) = (one for one in found if one["row"] == "mission")
    assert mission["amount_minor"] == ""
    assert SECRET.lstrip("=") not in told.stdout
    assert SECRET.lstrip("=") not in export("--for", "fi-mikko", "--json").stdout


def test_json_is_the_request_as_the_reader_may_see_it(export: Export) -> None:
    told = json.loads(export(AID, "--for", "ee-alice", "--json").stdout)
    assert told["for"] == "ee-alice"
    (request,) = told["requests"]
    assert request["missions"]["1"]["settled_amount"] == 360000
    assert request["offers"]["1"]["supply"]["conditions"] == SECRET


def test_no_cell_is_a_formula(export: Export) -> None:
    told = export(AID, "--for", "ee-alice")
    assert not [
        cell for row in rows(told.stdout) for cell in row.values() if cell[:1] in "=+-@" and cell
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("AID-2026-0099", "--for", "ee-alice"),
            "There is no request 'AID-2026-0099' for ee-alice",
        ),
        ((AID, "--for", "nobody"), "No delegate is called 'nobody'"),
        ((AID, "--for", "ee-alice", "--json", "--csv"), "CSV and JSON at once"),
    ],
)
def test_what_cannot_be_exported_is_refused_with_the_reason(
    export: Export, words: tuple[str, ...], said: str
) -> None:
    told = export(*words)
    assert said in str(told.exception)
    assert told.stdout == ""
