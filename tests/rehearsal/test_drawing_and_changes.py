"""Graphs hold every step and every way; differences are said in words."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from coalition.adapters.playbook_files import load_playbook, playbook_paths
from coalition.domain.playbook import Playbook
from coalition.rehearsal.changes import changes
from coalition.rehearsal.drawing import draw
from coalition.rehearsal.layout import BOX, lay_out
from coalition.rehearsal.mermaid import mermaid
from tests.domain_run.stage import notify, playbook, wait_acks

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = [load_playbook(path) for path in playbook_paths(ROOT / "playbooks")]


def chase(**fields: Any) -> dict[str, Any]:
    late = [{"id": "chase", "do": "escalate", "of": "tell", "to": "lead", "text": "Phone them"}]
    return wait_acks(if_late=late, **fields)


WORDS = playbook(
    notify(),
    {"id": "loop", "repeat": "over != 'yes'", "at_most": 3, "steps": [
        {"id": "over_q", "do": "ask", "text": 'Over & "out" <now>?', "save": "over"}]},
    {"id": "both", "parallel": [[{"id": "left", "do": "wait", "for": "5m"}],
                                [{"id": "right", "do": "wait", "for": "9m"}]]},
    {"id": "pick", "choose": [
        {"when": "over = 'yes'", "then": [{"id": "fine", "do": "wait", "for": "1m"}]},
        {"when": "over = 'no'", "then": [{"id": "back", "goto": "loop"}]}],
     "else": [{"id": "halt", "stop": "Nobody answered"}]},
)  # fmt: skip


@pytest.mark.parametrize("one", [*SHIPPED, WORDS], ids=lambda one: one.playbook)
def test_every_step_stands_in_both_drawings_once(one: Playbook) -> None:
    text, picture = mermaid(one), draw(one)
    drawn = ET.fromstring(picture).iter()  # noqa: S314 # our own drawing
    shown = [one.text for one in drawn if one.tag.endswith("tspan") and one.get("class") == "id"]
    for id in one.outline.by_id:
        assert len(re.findall(rf"^    s_{id}\W", text, re.MULTILINE)) >= 1
        assert text.count(f"<b>{id}</b>") == 1
        assert shown.count(id) == 1
    assert picture == draw(one), "equal playbooks give equal bytes"


@pytest.mark.parametrize("one", [*SHIPPED, WORDS], ids=lambda one: one.playbook)
def test_no_box_lies_on_another_and_all_are_inside(one: Playbook) -> None:
    layout = lay_out(one.steps)
    for box in layout.boxes:
        assert box.x - BOX / 2 >= 0
        assert box.x + BOX / 2 <= layout.width
        assert box.bottom <= layout.height
    for a, b in combinations(layout.boxes, 2):
        apart = abs(a.x - b.x) >= BOX or a.bottom <= b.y or b.bottom <= a.y
        assert apart, f"{a.id} and {b.id}"


def test_ways_are_drawn_with_their_words() -> None:
    text = mermaid(WORDS)
    assert 's_loop -->|"each round"| s_over_q' in text
    assert 's_over_q -->|"again"| s_loop' in text
    assert "s_pick -->|\"over = 'no'\"| s_back" in text
    assert "s_back --> s_loop" in text
    assert 's_pick -->|"otherwise"| s_halt' in text
    assert "s_halt --> finish" in text
    assert "#quot;out#quot; #lt;now#gt;" in text


def said(old: Playbook, new: Playbook) -> list[str]:
    return [f"{one.where}: {one.what}" for one in changes(old, new)]


@pytest.mark.parametrize(("new", "words"), [
    ([notify(), chase(within="45m")], ["step acks: escalates after 45m instead of 30m"]),
    ([notify(to=["lv"]), chase()], ["step tell: concerns lv instead of partners"]),
    ([notify(tlp="amber"), chase()], ["step tell: has tlp TLP:AMBER from now on"]),
    ([notify(), chase(remind_every="9m")], ["step acks: has remind_every 9m from now on"]),
    ([notify(), {"id": "nap", "do": "wait", "for": "1h"}, chase()],
     ["step nap: is added after tell: Wait 1h"]),
    ([notify(), wait_acks()], [
        "step chase: is removed: Try the next channel of those silent on tell and alarm lead"]),
    ([notify(text="Beware"), chase()], ["step tell: says Beware instead of 'Look out'"]),
], ids=["late", "audience", "label", "remind", "added", "removed", "text"])  # fmt: skip
def test_a_change_is_said_in_words(new: list[dict[str, Any]], words: list[str]) -> None:
    assert said(playbook(notify(), chase()), playbook(*new)) == words


def test_a_changed_default_is_said_where_it_is_felt() -> None:
    steps = [notify(), chase(within="{{patience}}")]
    old = playbook(*steps, inputs={"patience": {"type": "duration", "default": "45m"}})
    new = playbook(*steps, inputs={"patience": {"type": "duration", "default": "30m"}})
    assert said(old, new) == [
        "input patience: default is 30m instead of 45m",
        "step acks: escalates after 30m instead of 45m",
    ]


def test_the_step_that_was_moved_is_named_and_no_other() -> None:
    first, second, third = ({"id": id, "do": "wait", "for": "1m"} for id in ("a", "b", "c"))
    found = said(playbook(first, second, third), playbook(second, third, first))
    assert found == ["step a: is moved: it now stands after c"]


def test_the_same_meaning_in_another_layout_is_no_change() -> None:
    again = Playbook.from_document(WORDS.document)
    assert changes(WORDS, again) == []
