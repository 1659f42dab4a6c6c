"""The command line as a person has it: a process of its own, in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from coalition.data_files import bundled

REPOSITORY = Path(__file__).parents[2]
STAND_INS = Path(__file__).parent / "house"

Run = Callable[..., subprocess.CompletedProcess[str]]
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """What the command is told: nothing of ours, and where the code is."""
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TOCSIN_", "SLACK_", "EE_"))
    }
    return env | {
        "PYTHONPATH": str(REPOSITORY),
        "TOCSIN_DATA_DIR": str(tmp_path / "data"),
        "TMPDIR": str(tmp_path),
        "EXAMPLE": str(bundled("coalition.example.yaml")),
    }


@pytest.fixture
def start(tmp_path: Path, environment: dict[str, str], request: pytest.FixtureRequest) -> Start:
    """Start `tocsin …` and go on; it is killed with the test."""

    def begin(*words: str, env: dict[str, str] | None = None) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "coalition.cli", *words],
            cwd=tmp_path,
            env=environment | (env or {}),
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

        def end() -> None:
            process.kill()
            process.communicate(timeout=20)

        request.addfinalizer(end)
        return process

    return begin


@pytest.fixture
def tocsin(start: Start) -> Run:
    """Run `tocsin …` to its end."""

    def run(*words: str, **given: Any) -> subprocess.CompletedProcess[str]:
        process = start(*words, **given)
        out, err = process.communicate(timeout=50)
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    return run


@pytest.fixture
def stand_ins(environment: dict[str, str]) -> None:
    """Stand-ins for bot, workers and sandbox: they show what the command line does with them."""
    environment["PYTHONPATH"] = f"{STAND_INS}{os.pathsep}{REPOSITORY}"
