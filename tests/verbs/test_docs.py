"""What docs/playbooks.md says about verbs and clocks is what they are."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from coalition.adapters.clock_files import bundled_clocks
from coalition.domain.playbook.behaviour import Verb
from coalition.domain.playbook.step import REGISTRY
from workers import steps

PAGE = Path(__file__).resolve().parents[2] / "docs" / "playbooks.md"
NEW = (
    "ask", "approve", "vote", "request_aid", "wait_for_aid", "wait_for_event", "call", "share",
    "update_incident", "report", "open_room", "handover",
)  # fmt: skip


def clock_table() -> str:
    rows = ["| clock | where | reports |", "|---|---|---|"]
    for one in bundled_clocks():
        said = []
        for stage in one.stages:
            start = "" if stage.after == "aware" else f" after the {stage.after}"
            said.append(f"`{stage.id}` {stage.within}{start}")
        rows.append(f"| `{one.clock}`: {one.name} | {', '.join(one.countries)} | "
                    f"{', '.join(said)} |")  # fmt: skip
    return "\n".join(rows)


def test_the_table_of_clocks_is_current() -> None:
    page = PAGE.read_text(encoding="utf-8")
    found = re.search(r"<!-- clocks: .*? -->\n(.*?)\n<!-- end of clocks -->", page, re.DOTALL)
    assert found is not None
    assert found.group(1) == clock_table()


OLD = ("notify", "remind", "escalate", "task", "close", "set", "wait", "wait_for_acks")
OURS = sorted((*NEW, *OLD))


@pytest.mark.parametrize("word", OURS)
def test_the_table_of_verbs_names_every_field_and_output_in_the_row_of_its_verb(word: str) -> None:
    kind = REGISTRY[word]
    row = next(
        line for line in PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith(f"| `{word}` |")
    )  # fmt: skip
    common = {"do", "id", "about", "if_fails", "after", "retry", "tlp", "within", "if_late"}
    for name, field in kind.model_fields.items():
        assert name in common or re.search(rf"\b{field.alias or name}\b", row), name
    for name in kind.outputs:
        assert f"`{name}`" in row, name


@pytest.mark.parametrize("word", NEW)
def test_every_verb_says_what_success_and_failure_mean(word: str) -> None:
    kind = REGISTRY[word]
    assert issubclass(kind, Verb)
    said = inspect.getdoc(kind) or ""
    assert "Success:" in said
    assert "Failure:" in said
    if kind.outside:
        outside = inspect.getdoc(steps.VERBS[word]) or ""
        assert "Success:" in outside
        assert "Failure:" in outside
