"""Seeds and manifests, and the command line."""

import json
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from sandbox.slack import World, default_seed
from tests.sandbox.slack.harness import Json

MANIFEST: Json = {
    "display_information": {"name": "bell"},
    "features": {
        "slash_commands": [{"command": "/aid", "description": "Help"}],
        "shortcuts": [{"name": "Add", "type": "message", "callback_id": "add"}],
    },
    "oauth_config": {"scopes": {"bot": ["chat:write", "commands"]}},
    "settings": {
        "event_subscriptions": {"bot_events": ["app_home_opened"]},
        "socket_mode_enabled": False,
    },
}


def test_a_manifest_declares_the_app() -> None:
    app = World.from_seed({"manifest": MANIFEST}).app
    assert app.name == "bell"
    assert app.scopes == frozenset({"chat:write", "commands"})
    assert app.bot_events == frozenset({"app_home_opened"})
    assert [command["command"] for command in app.slash_commands] == ["/aid"]
    assert app.shortcuts[0]["callback_id"] == "add"
    assert app.socket_mode is False


def test_the_apps_own_settings_win_over_the_manifest() -> None:
    seed = {"manifest": MANIFEST, "app": {"socket_mode": True, "bot_token": "xoxb-other"}}
    world = World.from_seed(seed)
    assert world.app.socket_mode is True
    assert set(world.grants) == {"xoxb-other", "xapp-sandbox"}


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"rooms": []}, r"seed: unknown field \['rooms'\]"),
        ({"users": [{"id": "U1"}]}, "has no name"),
        ({"users": [{"name": "a", "id": "U1"}, {"name": "b", "id": "U1"}]}, "given twice"),
        ({"users": [{"name": "a", "colour": "red"}]}, "users: unknown field"),
        ({"channels": [{"name": "x", "members": ["U1"]}]}, "x: unknown members"),
        ({"channels": [{"id": "C1"}]}, "has no name"),
        ({"app": {"slash_commands": [{"command": "aid"}]}}, "starting with /"),
        ({"app": {"shortcuts": [{"type": "message"}]}}, "needs type and callback_id"),
        ({"app": {"secret": "x"}}, "app: unknown field"),
        ({"timing": {"patience": 1}}, "timing: unknown field"),
    ],
)
def test_a_wrong_seed_names_its_field(part: Json, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        World.from_seed(part)


def test_members_may_be_named_and_default_to_everybody() -> None:
    world = World.from_seed(default_seed() | {"channels": [{"name": "x", "members": ["alice"]}]})
    (channel,) = world.channels.values()
    assert channel.members == ["U01ALICE"]
    assert len(next(iter(World.from_seed(default_seed()).channels.values())).members) == 4


def test_the_command_line_serves_a_seed_until_it_is_ended(tmp_path: Path) -> None:
    seed = tmp_path / "seed.json"
    seed.write_text(json.dumps(default_seed() | {"workspace": {"name": "Baltic Shield"}}))
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps(MANIFEST))
    command = [sys.executable, "-m", "sandbox.slack", "--port", "0"]
    command += ["--seed", str(seed), "--manifest", str(manifest)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        url = process.stdout.readline().decode().strip()
        assert "SLACK_SIGNING_SECRET" in "".join(
            process.stderr.readline().decode() for _ in range(4)
        )
        try:
            with urllib.request.urlopen(f"{url}/_control/state") as answer:  # noqa: S310
                state = json.load(answer)
        finally:
            process.terminate()
    assert state["workspace"]["name"] == "Baltic Shield"
    assert [command["command"] for command in state["app"]["slash_commands"]] == ["/aid"]


def test_the_command_line_says_which_seed_it_cannot_read(tmp_path: Path) -> None:
    broken = tmp_path / "seed.json"
    broken.write_text("[]")
    command = [sys.executable, "-m", "sandbox.slack", "--port", "0", "--seed", str(broken)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 2
    assert "seed.json: must hold a JSON object" in done.stderr
    assert done.stdout == ""
