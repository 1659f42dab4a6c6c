"""Single commands: results on stdout, narration on stderr, exit codes 0, 1 and 2."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

from coalition.adapters.redis_client import connect
from coalition.adapters.redis_server import RedisServer, socket_url

Run = Callable[..., subprocess.CompletedProcess[str]]
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def coalition_yaml(tmp_path: Path, tocsin: Run) -> Path:
    path = tmp_path / "coalition.yaml"
    path.write_text(tocsin("coalition", "example").stdout, encoding="utf-8")
    return path


def by_subject(found: subprocess.CompletedProcess[str]) -> dict[str, list[dict[str, str]]]:
    subjects: dict[str, list[dict[str, str]]] = {}
    for finding in json.loads(found.stdout)["findings"]:
        subjects.setdefault(finding["subject"], []).append(finding)
    return subjects


def test_the_version_is_that_of_the_package(tocsin: Run) -> None:
    done = tocsin("--version")
    assert (done.returncode, done.stdout) == (0, f"tocsin {version('tocsin')}\n")


def test_help_needs_none_of_the_heavy_libraries() -> None:
    code = (
        "import sys; sys.argv = ['tocsin', '--help']\n"
        "from coalition.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'redis', 'pydantic', 'slack_bolt', 'slack_sdk', 'aiohttp', 'starlette', 'rq'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stderr.strip() == "[]"
    assert "demo" in done.stdout


@pytest.mark.parametrize("words", [("nonsense",), ("up", "--workers", "0"), ("up", "--wrong")])
def test_wrong_use_is_exit_code_2(tocsin: Run, words: tuple[str, ...]) -> None:
    done = tocsin(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Usage" in done.stderr


def test_a_good_coalition_file_is_summed_up(tocsin: Run, coalition_yaml: Path) -> None:
    done = tocsin("coalition", "check", str(coalition_yaml), env={"EE_WEBHOOK_SECRET": "x"})
    assert done.returncode == 0
    assert done.stdout.startswith(f"{coalition_yaml}: Baltic Shield, 2 active of 2 members, char")
    assert done.stderr == ""


def test_a_faulty_coalition_file_is_exit_code_1_with_every_finding(
    tocsin: Run, coalition_yaml: Path
) -> None:
    text = coalition_yaml.read_text(encoding="utf-8")
    coalition_yaml.write_text(text.replace("trust: T3", "trust: T9").replace(" EE ", " ee "))
    done = tocsin("coalition", "check")
    assert done.returncode == 1
    assert [line.split(": ")[0] for line in done.stdout.splitlines()] == [
        "coalition.yaml:14", "coalition.yaml:18",
    ]  # fmt: skip
    assert done.stderr == "2 to mend in coalition.yaml.\n"
    as_json = tocsin("coalition", "check", "--json")
    assert as_json.returncode == 1
    assert json.loads(as_json.stdout)["findings"] == done.stdout.splitlines()


def test_what_may_surprise_is_narrated(tocsin: Run, coalition_yaml: Path) -> None:
    done = tocsin("coalition", "check", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["remarks"] == [
        (
            "ee: There is no secret in the environment variable EE_WEBHOOK_SECRET. "
            "Set EE_WEBHOOK_SECRET and restart."
        )
    ]


def test_the_schema_goes_to_stdout_or_into_a_folder(tocsin: Run, tmp_path: Path) -> None:
    done = tocsin("coalition", "schema")
    assert json.loads(done.stdout)["title"] == "coalition.yaml"
    assert tocsin("coalition", "schema", "--write", str(tmp_path)).returncode == 0
    assert (tmp_path / "coalition.schema.json").read_text(encoding="utf-8") == done.stdout
    refused = tocsin("coalition", "schema", "--write", str(tmp_path / "no" / "where"))
    assert refused.returncode == 2
    assert "choose another path" in refused.stderr


def test_doctor_is_content_with_nothing_set(tocsin: Run) -> None:
    done = tocsin("doctor", "--json")
    found = by_subject(done)
    assert done.returncode == 0
    assert {"python", "data folder", "redis", "coalition", "playbooks", "slack", "mail", "web"} <= (
        set(found)
    )
    assert "`tocsin up` will start" in found["redis"][0]["what"]


def test_doctor_fails_on_what_would_fail_later_and_says_what_to_do(
    tocsin: Run, coalition_yaml: Path, tmp_path: Path
) -> None:
    coalition_yaml.write_text("coalition: {}\n", encoding="utf-8")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        done = tocsin(
            "doctor",
            "--json",
            env={
                "TOCSIN_REDIS_URL": f"redis://:hunter2@127.0.0.1:{port}/0",
                "TOCSIN_PLAYBOOKS": str(tmp_path / "nowhere"),
                "TOCSIN_REDISURL": "x",
                "SLACK_BOT_TOKEN": "xoxb-hunter2",
                "TOCSIN_PUBLIC_URL": "http://bell.example",
            },
        )
    found = by_subject(done)
    failed = {subject for subject, all_ in found.items() for one in all_ if one["level"] == "fail"}
    assert done.returncode == 1
    assert failed == {"redis", "playbooks", "slack", "coalition"}
    assert all(one["remedy"] for all_ in found.values() for one in all_ if one["level"] == "fail")
    assert found["environment"][0]["what"].endswith("did you mean TOCSIN_REDIS_URL?")
    assert found["web"][0]["level"] == "warn"
    assert "hunter2" not in done.stdout + done.stderr


def test_doctor_warns_of_a_redis_that_would_lose_data(tocsin: Run, tmp_path: Path) -> None:
    with RedisServer(tmp_path / "data") as server:
        client = connect(server.url)
        assert [one["level"] for one in by_subject(tocsin("doctor", "--json"))["redis"]] == ["ok"]
        client.config_set("maxmemory-policy", "allkeys-lru")
        client.config_set("appendonly", "no")
        levels = [one["level"] for one in by_subject(tocsin("doctor", "--json"))["redis"]]
        client.close()
    assert levels == ["ok", "warn", "warn"]


def test_doctor_asks_slack_whether_the_token_is_good(tocsin: Run) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        done = tocsin(
            "doctor",
            env={
                "SLACK_BOT_TOKEN": "xoxb-1",
                "SLACK_APP_TOKEN": "xapp-1",
                "SLACK_API_URL": f"http://127.0.0.1:{nobody.getsockname()[1]}/api/",
            },
        )
    assert done.returncode == 1
    assert "no answer at http://127.0.0.1:" in done.stdout
    assert "\x1b" not in done.stdout, "no colours where nobody looks"


def test_the_bot_names_the_credentials_it_lacks(tocsin: Run) -> None:
    done = tocsin("bot")
    assert (done.returncode, done.stdout) == (2, "")
    assert "SLACK_BOT_TOKEN: is missing" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_environment_is_told_before_anything_starts(tocsin: Run, tmp_path: Path) -> None:
    done = tocsin("up", env={"TOCSIN_PORT": "many"})
    assert done.returncode == 2
    assert done.stderr.startswith("environment: TOCSIN_PORT: ")
    assert not (tmp_path / "data").exists()


def test_redis_runs_in_the_foreground_until_it_is_told_to_stop(
    start: Start, tmp_path: Path
) -> None:
    process = start("redis")
    assert process.stderr is not None
    assert "Redis runs at" in process.stderr.readline()
    client = connect(socket_url(tmp_path / "data"))
    client.set("a", "1")
    client.close()
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0, "Redis hears of it and stops cleanly, within its patience"


def test_redis_has_nothing_to_run_where_another_is_set(start: Start, redis_url: str) -> None:
    process = start("redis", env={"TOCSIN_REDIS_URL": redis_url})
    assert process.stderr is not None
    assert "nothing to run" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
