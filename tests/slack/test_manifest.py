"""The manifest declares exactly what the app listens to and calls."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot.slack.listeners.shortcuts import ADD_TO_TIMELINE
from bot.slack.verbs import ABOUT, GROUPS
from tests.conftest import REPOSITORY
from tests.slack.stage import Stage

MANIFEST = json.loads((REPOSITORY / "bot/slack/manifest.json").read_text(encoding="utf-8"))
CALL = re.compile(r"(?:client(?:\(ctx\)|\(opening\.ctx\))?|slack)\.([a-z]+(?:_[a-zA-Z]+)+)\(")
PRIVATE_ONLY = "groups:"
"""We use private channels and direct messages alone; a method's other scopes are not needed."""


@pytest.mark.parametrize("version", ["1.0.0", "2.0.0"])
def test_the_manifest_fits_slacks_schema(contract_data: Path, version: str) -> None:
    path = contract_data / f"slack-contract/manifest.schema.{version}.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.validators.validator_for(schema)(schema).validate(MANIFEST)


def test_the_declared_commands_are_those_that_exist() -> None:
    declared = {one["command"]: one for one in MANIFEST["features"]["slash_commands"]}
    assert set(declared) == {f"/{group}" for group in GROUPS}
    for group, about in ABOUT.items():
        assert declared[f"/{group}"]["description"] == about
        assert declared[f"/{group}"]["should_escape"] is True  # mentions come as ids
        named = set(re.findall(r"[a-z]+", declared[f"/{group}"]["usage_hint"]))
        assert named <= {*GROUPS[group], "help"}


def test_the_declared_shortcut_is_the_one_that_is_listened_to() -> None:
    (shortcut,) = MANIFEST["features"]["shortcuts"]
    assert (shortcut["type"], shortcut["callback_id"]) == ("message", ADD_TO_TIMELINE)


def registered_events(slack: Stage) -> Iterator[str]:
    for source in (REPOSITORY / "bot/slack/listeners").glob("*.py"):
        yield from re.findall(r'@app\.event\("([a-z_]+)"\)', source.read_text(encoding="utf-8"))


def test_the_subscribed_events_are_those_that_are_listened_to(slack: Stage) -> None:
    subscribed = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
    assert sorted(registered_events(slack)) == subscribed


@pytest.mark.parametrize("event", MANIFEST["settings"]["event_subscriptions"]["bot_events"])
def test_every_subscribed_event_is_answered(slack: Stage, event: str) -> None:
    payload = {
        "type": event,
        "user": "U01ALICE",
        "channel": "C1",
        "reaction": "pushpin",
        "item": {"type": "message", "channel": "C1", "ts": "1.1"},
    }
    assert slack.event(payload).status == 200


def methods_called() -> set[str]:
    """Web API methods by name, as the product's sources call them."""
    called: set[str] = set()
    for folder in ("bot/slack", "workers/rooms", "workers/steps"):
        for source in (REPOSITORY / folder).rglob("*.py"):
            found = CALL.findall(source.read_text(encoding="utf-8"))
            called |= {name.replace("_", ".", 1) for name in found}
    return called


def test_the_scopes_cover_the_methods_and_nothing_more(contract_data: Path) -> None:
    written = (contract_data / "slack-contract/methods.json").read_text(encoding="utf-8")
    methods: dict[str, Any] = json.loads(written)
    called = methods_called()
    assert {"chat.postMessage", "views.open", "conversations.create"} <= called
    assert called <= set(methods)
    scopes = set(MANIFEST["oauth_config"]["scopes"]["bot"])
    needed = {"commands", "reactions:read"}  # slash commands, reaction_added
    for method in called:
        one_of = set((methods[method].get("scope") or {}).get("bot", ()))
        assert not one_of or one_of & scopes, f"{method} needs one of {sorted(one_of)}"
        needed |= one_of & scopes
    assert scopes == needed
