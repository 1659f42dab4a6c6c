"""What a process that never matches does not carry."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import REPOSITORY

LOADS = (
    "import sys, coalition.bootstrap, coalition.application.matching, workers.handlers, "
    "coalition.adapters.solver_highs, bot.slack.verbs; "
    "print(sorted({'scipy', 'numpy'} & set(sys.modules)))"
)


def test_the_solver_is_loaded_by_the_first_problem_only() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADS], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
