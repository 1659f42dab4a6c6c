"""`python -m bench [--quick] [--json]`: every benchmark; exit code 1 when a limit is missed."""

from __future__ import annotations

import subprocess
import sys

ALL = (
    "append",
    "decide",
    "timers",
    "waiting_runs",
    "slash",
    "runs",
    "check",
    "matching",
    "fanout",
    "openpgp",
    "footprint",
)


def main() -> int:
    """Each in a process of its own, so that none warms up another."""
    missed = 0
    for name in ALL:
        print(f"--- bench.{name}", file=sys.stderr, flush=True)
        missed |= subprocess.run(
            [sys.executable, "-m", f"bench.{name}", *sys.argv[1:]], check=False
        ).returncode
    return missed


if __name__ == "__main__":
    sys.exit(main())
