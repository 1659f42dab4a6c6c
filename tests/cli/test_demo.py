"""`tocsin demo`: a story that plays itself, in the same house of stand-ins as `tocsin up`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.watching import Run, Start, stopped

pytestmark = pytest.mark.usefixtures("stand_ins")


def test_demo_plays_the_story_and_ends_with_its_ledger(tocsin: Run, tmp_path: Path) -> None:
    done = tocsin("demo", "--exit", "--speed", "20")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    board = next(line for line in lines if line.startswith("board\t")).split("\t")[1]
    assert lines[-1] == (
        f"ledger --workspace http://127.0.0.1:9 --hub {board.removesuffix('/board')} "
        "--scenario estonia-2007 --speed 20.0"
    )
    assert not list(tmp_path.glob("tocsin-demo-*")), "nothing is left behind"


def test_demo_leaves_the_real_world_alone(tocsin: Run, tmp_path: Path) -> None:
    done = tocsin(
        "demo",
        "--exit",
        env={
            "TOCSIN_REDIS_URL": "redis://127.0.0.1:1/0",
            "SLACK_BOT_TOKEN": "xoxb-real",
            "SLACK_APP_TOKEN": "xapp-real",
            "TOCSIN_COALITION": "/nowhere.yaml",
        },
    )
    assert done.returncode == 0, done.stderr
    assert "a local workspace stands in" in done.stderr
    assert not (tmp_path / "data").exists()


def test_a_story_that_fails_fails_the_demo_and_keeps_its_logs(tocsin: Run, tmp_path: Path) -> None:
    done = tocsin("demo", "--exit", env={"STORY_ENDS_WITH": "1"})
    assert done.returncode == 1
    folder = next(tmp_path.glob("tocsin-demo-*"))
    assert f"What the processes said is in {folder / 'logs'}." in done.stderr
    assert (folder / "logs" / "bot.log").exists()


def test_a_sandbox_that_does_not_come_up_is_reported_with_its_last_words(tocsin: Run) -> None:
    done = tocsin("demo", "--exit", "--scenario", "broken")
    assert done.returncode == 1
    assert "The sandbox did not come up: there is no story called broken" in done.stderr


def test_without_exit_the_demo_goes_on_until_it_is_stopped(start: Start) -> None:
    process = start("demo")
    assert process.stderr is not None
    while "The story is told" not in process.stderr.readline():
        pass
    assert stopped(process)[0] == 0
