"""The environment: every name, its NAME_FILE, and what is said when it is wrong."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network
from pathlib import Path

import pytest
from pydantic import SecretStr

from coalition.adapters.secret_key import secret_key
from coalition.data_files import bundled, bundled_playbooks
from coalition.domain.errors import ConfigError, PermanentError
from coalition.settings import Settings, load_settings, unknown_variables, variable

# The contract with operators: these names and no others (docs: design §6).
CONTRACT = {
    "TOCSIN_COALITION", "TOCSIN_PLAYBOOKS", "TOCSIN_REDIS_URL", "TOCSIN_DATA_DIR",
    "TOCSIN_PUBLIC_URL", "TOCSIN_HOST", "TOCSIN_PORT", "TOCSIN_SECRET_KEY", "TOCSIN_SMTP_URL",
    "TOCSIN_GNUPG_HOME", "TOCSIN_MAIL_DROP", "TOCSIN_IMAP_URL", "TOCSIN_PRIVATE_TARGETS",
    "TOCSIN_CALL_TARGETS", "TOCSIN_CALL_SECRET", "SLACK_API_URL", "SLACK_BOT_TOKEN",
    "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_COMMAND_PREFIX",
}  # fmt: skip
KEY = "k" * 32


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("TOCSIN_", "SLACK_")):
            monkeypatch.delenv(name)


@pytest.fixture
def env(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def set_all(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return set_all


def findings() -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_settings()
    return list(caught.value.findings)


def test_the_names_are_those_of_the_contract() -> None:
    assert {variable(name) for name in Settings.model_fields} == CONTRACT


def test_without_an_environment_everything_has_a_usable_default() -> None:
    settings = load_settings()
    assert settings.playbooks == bundled_playbooks()
    assert settings.public_url == "http://127.0.0.1:8470"
    assert settings.private_targets == ()
    assert settings.gnupg_home == Path(".tocsin/gnupg")
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.slack_mode == "none"


def test_values_come_from_the_environment(env: Callable[..., None]) -> None:
    env(
        TOCSIN_HOST="::1", TOCSIN_PORT="9000", TOCSIN_PUBLIC_URL="https://bell.example/",
        TOCSIN_PRIVATE_TARGETS="127.0.0.1/32, 10.1.2.3/8", SLACK_API_URL="http://127.0.0.1:1/api",
        TOCSIN_SECRET_KEY=KEY, TOCSIN_DATA_DIR="",
    )  # fmt: skip
    settings = load_settings()
    assert (settings.host, settings.port) == ("::1", 9000)
    assert settings.public_url == "https://bell.example"
    assert settings.private_targets == (ip_network("127.0.0.1/32"), ip_network("10.0.0.0/8"))
    assert settings.slack_api_url == "http://127.0.0.1:1/api/"
    assert settings.data_dir == Path(".tocsin"), "an empty variable counts as not set"


def test_each_name_can_also_be_given_as_a_file(env: Callable[..., None], tmp_path: Path) -> None:
    values = {
        "TOCSIN_PORT": "9001", "TOCSIN_SECRET_KEY": KEY, "TOCSIN_REDIS_URL": "redis://:pw@h/1",
        "TOCSIN_SMTP_URL": "smtp://u:p@h", "TOCSIN_IMAP_URL": "imaps://u:p@h",
        "TOCSIN_PUBLIC_URL": "https://b.example",
        "TOCSIN_CALL_TARGETS": "https://tickets.example=TLP:GREEN",
        "SLACK_API_URL": "http://s/api/", "SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1",
        "TOCSIN_PRIVATE_TARGETS": "127.0.0.1/32",
    }  # fmt: skip
    for name in CONTRACT:
        path = tmp_path / name
        path.write_text(values.get(name, "value") + "\n", encoding="utf-8")
        env(**{f"{name}_FILE": str(path)})
    settings = load_settings()
    assert settings.port == 9001
    assert settings.coalition == Path("value")
    assert settings.redis_url == SecretStr("redis://:pw@h/1")
    assert settings.slack_mode == "socket"


def test_what_code_gives_wins_over_the_environment(env: Callable[..., None]) -> None:
    env(TOCSIN_PORT="9000")
    assert load_settings(port=1).port == 1


def test_secrets_do_not_show(env: Callable[..., None]) -> None:
    env(
        TOCSIN_SECRET_KEY="hunter2" * 5, TOCSIN_REDIS_URL="redis://:hunter2@h",
        TOCSIN_SMTP_URL="smtp://u:hunter2@h", TOCSIN_IMAP_URL="imaps://u:hunter2@h",
        SLACK_BOT_TOKEN="xoxb-hunter2",
        SLACK_APP_TOKEN="xapp-hunter2", SLACK_SIGNING_SECRET="hunter2",
    )  # fmt: skip
    settings = load_settings()
    assert "hunter2" not in repr(settings) + str(settings) + settings.model_dump_json()


def test_all_wrong_values_are_told_at_once_without_repeating_secrets(
    env: Callable[..., None],
) -> None:
    env(
        TOCSIN_PORT="70000", TOCSIN_SECRET_KEY="hunter2", TOCSIN_REDIS_URL="http://:hunter2@h",
        SLACK_BOT_TOKEN="xoxp-hunter2", SLACK_COMMAND_PREFIX="A B", TOCSIN_PRIVATE_TARGETS="10/8/8",
        TOCSIN_PUBLIC_URL="bell.example",
    )  # fmt: skip
    said = findings()
    assert [one.split(": ")[1] for one in said] == [
        "TOCSIN_REDIS_URL", "TOCSIN_PORT", "TOCSIN_PUBLIC_URL", "TOCSIN_SECRET_KEY",
        "TOCSIN_PRIVATE_TARGETS", "SLACK_BOT_TOKEN", "SLACK_COMMAND_PREFIX",
    ]  # fmt: skip
    assert all(one.startswith("environment: ") and ";" in one for one in said)
    assert "hunter2" not in " ".join(said)


def test_a_value_and_its_file_together_are_refused(env: Callable[..., None]) -> None:
    env(TOCSIN_HOST="h", TOCSIN_HOST_FILE="/x", TOCSIN_PORT_FILE="/nowhere/at/all")
    assert findings() == [
        "environment: TOCSIN_HOST: is set, and TOCSIN_HOST_FILE too; keep one of them",
        (
            "environment: TOCSIN_PORT_FILE: cannot read /nowhere/at/all; "
            "check the path and its permissions"
        ),
    ]


@pytest.mark.parametrize(
    ("given", "mode"),
    [
        ({"bot": "xoxb-1", "app": "xapp-1", "signing": "s"}, "socket"),
        ({"bot": "xoxb-1", "app": "xapp-1"}, "socket"),
        ({"bot": "xoxb-1", "signing": "s"}, "http"),
    ],
)
def test_the_slack_mode_follows_from_the_credentials(given: dict[str, str], mode: str) -> None:
    settings = load_settings(
        slack_bot_token=given.get("bot"),
        slack_app_token=given.get("app"),
        slack_signing_secret=given.get("signing"),
    )
    assert settings.slack_mode == mode
    assert settings.require_slack() == mode


def test_missing_credentials_are_named_with_the_page_they_are_on() -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings().require_slack()
    assert [one.split(": ")[1] for one in caught.value.findings] == [
        "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN",
    ]  # fmt: skip
    with pytest.raises(ConfigError, match="SLACK_SIGNING_SECRET for signed HTTP"):
        load_settings(slack_bot_token="xoxb-1").require_slack()


def test_a_misspelt_variable_is_noticed() -> None:
    environ = {"TOCSIN_REDISURL": "x", "TOCSIN_PORT": "1", "TOCSIN_HOST_FILE": "x", "HOME": "/"}
    assert unknown_variables(environ) == [
        "TOCSIN_REDISURL is not a setting of Tocsin; did you mean TOCSIN_REDIS_URL?"
    ]


def test_the_files_that_come_with_tocsin_are_there() -> None:
    assert bundled("coalition.example.yaml").is_file()
    assert bundled("coalition.schema.json").is_file()


def test_the_signing_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    with ThreadPoolExecutor(8) as pool:
        keys = {
            key.get_secret_value()
            for key in pool.map(lambda _: secret_key(None, data_dir), "x" * 8)
        }
    assert len(keys) == 1
    assert len(keys.pop()) == 64
    assert [path.name for path in data_dir.iterdir()] == ["secret-key"]
    assert stat.S_IMODE((data_dir / "secret-key").stat().st_mode) == 0o600
    assert secret_key(SecretStr(KEY), data_dir).get_secret_value() == KEY


def test_a_data_folder_that_cannot_be_written_says_what_to_set(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="ascii")
    with pytest.raises(PermanentError) as caught:
        secret_key(None, tmp_path / "file" / "data")
    assert "TOCSIN_SECRET_KEY" in caught.value.fallback


def test_sentinels_with_ipv6_addresses_are_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "redis+sentinel://a,[::1]:26379/main"
    monkeypatch.setenv("TOCSIN_REDIS_URL", url)
    assert load_settings().redis_url == SecretStr(url)
