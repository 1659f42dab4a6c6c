"""The quick and the careful way through YAML read a file alike, or the quick one gives up."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coalition.adapters.playbook_files import playbook_paths
from coalition.adapters.yaml_nodes import MAX_NODES, read_carefully, read_nodes
from coalition.adapters.yaml_plain import read_plain
from coalition.domain.errors import ConfigError

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = [*playbook_paths(ROOT / "playbooks"), *(ROOT / "playbooks").glob("*.test.yaml")]
LINES = [path.read_text(encoding="utf-8").split("\n") for path in SHIPPED]
EXAMPLES = int(os.environ.get("YAML_EXAMPLES", "600"))

EVERYTHING = (
    "a: 1\nb: [x, 'y', \"z\"]\nc:\n  - {d: e, f: g}\n  - h\ni: |\n  text\n  more\n\nj: >-\n"
    '  folded\n   in\n\n  k\nl: plain words\n  go on\nm: "q\n  r"\n'
)
SMALL = (
    EVERYTHING,
    "- a\n- b: c\n  d: 'e'\n-\n  - f\n",
    "x",
)
TOKENS = [
    *"\n\n\n  \t:,-[]{}#'\"|>+?!&*%@`=\\/~.<0aNÆ",
    *(": ", "- ", "\n  ", "\n- ", "? ", "---", "...\n", "\\n", "\\x41", "\\/", "\u2028", "\x85"),
    *("\ufeff", "\r", "\r\n", "\xa0", "😀", "|\n", "|-\n", "|2\n", ">-\n  ", " # c", "::", "//"),
    *('"a":b', "{a:1}", "[a:1]", "\t#", " #", "\\\n", "<<: ", "\x07", "\ufffe", "yes", "0o17"),
    *("0x1F", "1_000", "1:30", ".5", "1e3", "-", "+", ".inf", "null", "True", "!!str 5", "&a x"),
]


@st.composite
def nearly_yaml(draw: st.DrawFn) -> str:
    """A piece of a real file, or a small one with everything in it, with a few slips of the pen."""
    text = draw(st.sampled_from(SMALL))
    if draw(st.booleans()):
        lines = draw(st.sampled_from(LINES))
        start = draw(st.integers(0, len(lines) - 1))
        text = "\n".join(lines[start : start + draw(st.integers(1, 8))])
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(text)))
        cut = draw(st.sampled_from([0, 0, 0, 1, 1, 2, 5]))
        text = text[:at] + draw(st.sampled_from(TOKENS)) + text[at + cut :]
    return text


def carefully(text: str) -> Any:
    """What `read_carefully` makes of a text: the data as Python writes it, and the lines."""
    try:
        data, locator = read_carefully(text, "f")
    except ConfigError as error:
        return list(error.findings)
    return repr(data), locator.lines


@settings(max_examples=EXAMPLES, deadline=None)
@given(nearly_yaml())
def test_whatever_is_read_quickly_is_read_alike_with_care(text: str) -> None:
    quick = read_plain(text, MAX_NODES)
    if quick is not None:
        assert (repr(quick[0]), quick[1]) == carefully(text)


STYLES: tuple[dict[str, Any], ...] = (
    {},
    {"default_flow_style": True},
    {"default_flow_style": False},
    {"default_style": ">"},
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(min_size=1, max_size=5), inner)
    ),
    max_leaves=12,
)


@settings(max_examples=EXAMPLES // 4, deadline=None)
@given(JSON, st.sampled_from(STYLES))
def test_what_another_program_writes_is_read_alike_both_ways(data: Any, style: Any) -> None:
    import yaml  # noqa: PLC0415 - only here to write

    text = yaml.safe_dump(data, **style, allow_unicode=True)
    quick = read_plain(text, MAX_NODES)
    if quick is not None:
        assert (repr(quick[0]), quick[1]) == carefully(text)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_a_file_as_people_write_it_takes_the_quick_way(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    quick = read_plain(text, MAX_NODES)
    assert quick is not None
    assert (repr(quick[0]), quick[1]) == carefully(text)


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("c: NO", {"c": "NO"}),
        ("c: on", {"c": "on"}),
        ("c: =", {"c": "="}),
        ("c: 1:30", {"c": "1:30"}),
        ("c: 2026-11-21", {"c": "2026-11-21"}),
        ("c: 0o17", {"c": 15}),
        ("c: 017", {"c": 17}),
        ("c: 1_000", {"c": "1_000"}),
        ("1: x", {"1": "x"}),
        ("c: {a:1}", {"c": {"a:1": None}}),
        ("c: " + "9" * 65, {"c": "9" * 65}),
    ],
)
def test_the_quick_way_knows_yaml_1_2(text: str, data: Any) -> None:
    assert read_plain(text, MAX_NODES) is not None
    assert read_nodes(text, "f")[0] == data == read_carefully(text, "f")[0]


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\na: 2",  # twice
        "a: &x 1\nb: *x",
        "a: !!str 1",
        "%YAML 1.1\n---\na: on",
        "--- a",
        "a\n---\nb",
        "a:\tb",
        "a: b\x85c: d",
        "? a\n: b",
        "a: |2\n    b",
        "- \n- a",
        '{"a":1}',
        "[" * 100_000,
        "- " * 100_000,
        "a: [" + "1, " * MAX_NODES + "1]",
        "",
    ],
    ids=range(16),
)
def test_what_is_wrong_or_unusual_takes_the_careful_way(text: str) -> None:
    assert read_plain(text, MAX_NODES) is None


def test_without_the_c_library_every_file_takes_the_careful_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("yaml.__with_libyaml__", False)
    assert read_plain("a: 1", MAX_NODES) is None
    assert read_nodes("a: 1", "f")[0] == {"a": 1}
