"""What a person can type is documented, and what is documented can be typed."""

from __future__ import annotations

import re

import pytest

from bot.slack.listeners.events import NOTE_REACTIONS
from bot.slack.typed import parse, split_verb
from bot.slack.verbs import GROUPS
from bot.slack.verbs.base import Verb
from tests.conftest import REPOSITORY

PAGE = (REPOSITORY / "docs/responders.md").read_text(encoding="utf-8")
VERBS = [verb for verbs in GROUPS.values() for verb in verbs.values()]
FIXED = {  # the verbs that stay the same for everyone; export comes later
    "incident": "open warn list status severity tlp lead role task note update notify merge close "
    "reopen report",
    "playbook": "list preview run approve answer cancel",
    "coalition": "members reach check",
    "aid": "request offer match accept decline deploy recall complete cost list",
    "capability": "add list withdraw",
}


def test_the_verbs_are_those_that_were_promised() -> None:
    assert {group: set(names.split()) for group, names in FIXED.items()} == {
        group: set(verbs) for group, verbs in GROUPS.items()
    }


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: f"{verb.group} {verb.name}")
def test_every_verb_is_documented_with_its_usage_and_an_example(verb: Verb) -> None:
    assert f"`{verb.usage}`".replace("|", r"\|") in PAGE
    assert verb.example in PAGE


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: f"{verb.group} {verb.name}")
def test_every_example_can_be_typed(verb: Verb) -> None:
    group, _, rest = verb.example.removeprefix("/").partition(" ")
    name, text = split_verb(rest)
    assert (group, name) == (verb.group, verb.name)
    text = (
        re.sub(r"^(INC|AID)-\d{4}-\d{4}", "", text) if verb.about or verb.about_incident else text
    )
    fields = {field.name: field for field in verb.typed_fields}
    values = parse(text or "INC-2026-0008" if name == "merge" else text, verb.typed_fields)
    assert set(values) <= set(fields)
    missing = [field.name for field in verb.fields if field.required and field.name not in values]
    assert missing == []


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: f"{verb.group} {verb.name}")
def test_every_option_in_a_usage_exists(verb: Verb) -> None:
    options = set(re.findall(r"--([a-z-]+)", verb.usage))
    assert options <= {field.name for field in verb.typed_fields}


def test_the_reactions_are_documented() -> None:
    for reaction in NOTE_REACTIONS:
        assert f":{reaction}:" in PAGE
