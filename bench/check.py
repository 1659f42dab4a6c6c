"""`tocsin playbook check` of 200 playbooks: at most 2 s; and how checking grows with a playbook.

The playbooks that come along, copied under other names until there are 200, checked by the
command as a person types it, interpreter start included, in a process of its own.
"""

from __future__ import annotations

import re
import resource
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from bench.common import Figure, median, report
from coalition.adapters.playbook_files import load_playbook, playbook_paths
from coalition.domain.playbook import Playbook

COUNT = 200
SHIPPED = Path(__file__).resolve().parents[1] / "playbooks"
COMMAND = "import sys; from coalition.cli.main import main; sys.exit(main())"


def write(folder: Path) -> int:
    """Write the copies; returns how many steps there are in all."""
    steps = 0
    for number, path in enumerate(islice(cycle(playbook_paths(SHIPPED)), COUNT)):
        text = path.read_text(encoding="utf-8")
        steps += len(load_playbook(path).outline.nodes)
        name = f"{path.stem}-{number:03d}"
        text = re.sub(r"^playbook: .*$", f"playbook: {name}", text, count=1, flags=re.MULTILINE)
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return steps


def seconds(folder: Path) -> tuple[float, float]:
    """How long the command takes, and how much of a processor."""
    files = sorted(str(path) for path in folder.glob("*.yaml"))
    command = [sys.executable, "-c", COMMAND, "playbook", "check", *files]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    took = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return took, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def jumping(count: int) -> Playbook:
    """A playbook of about `count` steps in which every other one may jump over the next."""
    hop = {"if": "severity = 'S3'", "then": []}
    steps: list[dict[str, Any]] = [
        {"id": f"s{number}", "do": "wait", "for": "1m"}
        if number % 2
        else {**hop, "id": f"s{number}", "then": [{"id": f"g{number}", "goto": f"s{number + 1}"}]}
        for number in range(count * 2 // 3 // 2 * 2)
    ]
    return Playbook.model_validate(
        {"playbook": "long", "title": "Long", "tlp": "clear", "steps": steps}
    )


def growth() -> Figure:
    """Four times the steps: how many times the time."""
    taken: dict[int, list[float]] = {1_000: [], 4_000: []}
    for _ in range(5):
        for count, times in taken.items():
            started = time.perf_counter()
            jumping(count)
            times.append(time.perf_counter() - started)
    short, long = (median(times) for times in taken.values())
    detail = f"{long * 1000:.0f} ms, {short * 1000:.0f} ms; jumps and branches throughout"
    return Figure("check of 4,000 steps : of 1,000 (time)", long / short, 6.0, False, detail)


def main() -> int:
    """Print the medians."""
    rounds = 2 if "--quick" in sys.argv else 5
    with tempfile.TemporaryDirectory() as name:
        steps = write(Path(name))
        measured = [seconds(Path(name)) for _ in range(rounds)]
    took, worked = (median([one[part] for one in measured]) for part in (0, 1))
    detail = f"{COUNT} playbooks, {steps} steps; {worked:.2f} s of processor"
    all_of_them = Figure("check of 200 playbooks, seconds : 2", took, 2.0, False, detail)
    return report([all_of_them, growth()])


if __name__ == "__main__":
    sys.exit(main())
