"""The loader of files that people write: what it reads, and how it says what is wrong."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, model_validator

from coalition.adapters.yaml_source import ConfigError, load_yaml, validate
from coalition.domain.findings import CrossCheckError


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


class Mail(Strict):
    kind: Literal["email"]
    to: str
    email: str = ""


class Hook(Strict):
    kind: Literal["webhook"]
    url: str
    timeout_seconds: int = 10


class Item(Strict):
    id: str
    colour: Colour = Colour.RED
    channels: tuple[Annotated[Mail | Hook, Field(discriminator="kind")], ...] = ()


class Plan(Strict):
    title: str
    items: tuple[Item, ...]
    limits: dict[Colour, int] = {}

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Plan:
        ids = [item.id for item in self.items]
        problems = [
            (("items", i, "id"), f"{ident!r} is used twice; choose another")
            for i, ident in enumerate(ids)
            if ident in ids[:i]
        ]
        if problems:
            raise CrossCheckError(problems)
        return self


def findings_of(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        validate(Plan, *load_yaml(text, "plan.yaml"))
    return list(caught.value.findings)


def test_yaml_1_2_keeps_norway_and_clock_times_and_dates_as_text() -> None:
    data, _ = load_yaml("{c: NO, on: yes, t: 4:30, d: 2024-01-01, n: 012, b: true, e: , h: 0x1F}")
    assert data == {
        "c": "NO", "on": "yes", "t": "4:30", "d": "2024-01-01", "n": 12, "b": True, "e": None,
        "h": 31,
    }  # fmt: skip


def test_a_yaml_1_1_directive_does_not_turn_norway_into_false() -> None:
    data, _ = load_yaml("%YAML 1.1\n---\nc: NO\nd: off\n")
    assert data == {"c": "NO", "d": "off"}


def test_quoted_scalars_stay_text() -> None:
    assert load_yaml("{a: '1', b: \"true\", c: 'null'}")[0] == {"a": "1", "b": "true", "c": "null"}


def test_keys_are_always_text() -> None:
    assert load_yaml("{1: a, true: b, NO: c}")[0] == {"1": "a", "true": "b", "NO": "c"}


def test_every_duplicate_key_is_found_with_its_line_and_the_first_ones() -> None:
    with pytest.raises(ConfigError) as caught:
        load_yaml("a: 1\nb:\n  c: 1\n  c: 2\na: 2\n", "x.yaml")
    assert caught.value.findings == (
        "x.yaml:4: b.c: is here twice (first on line 3); keep one",
        "x.yaml:5: a: is here twice (first on line 1); keep one",
    )


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: [1\nb: 2\n", 2, "expected ',' or ']'"),
        ("a: !python/object:os.system x\n", 1, "tags are not read"),
        ("a: 1\nb: *nowhere\n", 2, "undefined alias"),
        ("--- a\n--- b\n", 2, "another document"),
        ("a: &x\n  b: *x\n", 1, "contains itself"),
        ("? [a, b]\n: 1\n", 1, "not a plain word"),
        ("[" * 5000, 1, "nested too deeply"),
        ("a: \x00", 1, "save the file as plain UTF-8"),
        ("a" * 1_000_001, 1, "split it"),
    ],
)
def test_text_that_is_not_one_plain_document_is_refused_with_its_line(
    text: str, line: int, words: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        load_yaml(text, "x.yaml")
    assert len(caught.value.findings) == 1
    assert caught.value.findings[0].startswith(f"x.yaml:{line}: ")
    assert words in caught.value.findings[0]


def test_a_billion_laughs_stops_early() -> None:
    laughs = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    laughs += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    with pytest.raises(ConfigError, match="unfolds to more than"):
        load_yaml("\n".join(laughs))


def test_a_file_is_read_and_called_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("title: x\nitems: []\n", encoding="utf-8")
    plan: Plan = validate(Plan, *load_yaml(path))
    assert plan.title == "x"
    with pytest.raises(ConfigError, match=r"absent\.yaml:1: file: cannot be read \(No such file"):
        load_yaml(tmp_path / "absent.yaml")


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes("title: Tõnu".encode("latin-1"))
    with pytest.raises(ConfigError, match="save it as UTF-8"):
        load_yaml(path)


def test_an_empty_file_says_so() -> None:
    assert findings_of("# nothing\n") == [
        "plan.yaml:1: file: is empty; start from the example in docs",
    ]


def test_all_faults_are_told_at_once_in_the_order_of_the_lines() -> None:
    text = """\
titel: A
items:
  - id: one
    colour: gren
    channels:
      - {kind: email, too: x}
      - {kind: fax}
      - kind: webhook
        url: 12
        timeout_seconds: soon
      - {to: x}
limits: {blue: 3}
"""
    assert findings_of(text) == [
        "plan.yaml:1: title: is missing; add it",
        "plan.yaml:1: titel: is not known here; did you mean 'title'?",
        (
            "plan.yaml:4: items[one].colour: 'gren' is not known; did you mean 'green'? "
            "choose one of red, green"
        ),
        "plan.yaml:6: items[one].channels[0].to: is missing; add it",
        "plan.yaml:6: items[one].channels[0].too: is not known here; did you mean 'to'?",
        (
            "plan.yaml:7: items[one].channels[1].kind: 'fax' is not known; "
            "choose one of email, webhook"
        ),
        (
            "plan.yaml:9: items[one].channels[2].url: is read as a number or a yes/no; "
            "put it in quotes"
        ),
        (
            "plan.yaml:10: items[one].channels[2].timeout_seconds: "
            "input should be a valid integer; change it"
        ),
        "plan.yaml:11: items[one].channels[3].kind: is missing; add it to say which kind this is",
        "plan.yaml:12: limits.blue: 'blue' is not known; choose one of red, green",
    ]


def test_an_unknown_key_with_no_near_one_lists_what_is_known() -> None:
    text = "title: A\nitems:\n  - id: a\n    channels: [{kind: webhook, url: u, zzz: 1}]\n"
    assert findings_of(text) == [
        (
            "plan.yaml:4: items[a].channels[0].zzz: is not known here; "
            "known here: kind, timeout_seconds, url"
        ),
    ]


def test_a_branch_named_like_a_field_is_not_mistaken_for_it() -> None:
    text = "title: A\nitems:\n  - id: a\n    channels:\n      - kind: email\n        email: x\n"
    assert findings_of(text) == ["plan.yaml:5: items[a].channels[0].to: is missing; add it"]


def test_a_cross_check_reports_each_place_with_its_own_line() -> None:
    text = "title: A\nitems:\n  - id: a\n  - id: a\n  - colour: red\n    id: a\n"
    assert findings_of(text) == [
        "plan.yaml:4: items[a].id: 'a' is used twice; choose another",
        "plan.yaml:6: items[a].id: 'a' is used twice; choose another",
    ]
