"""`python -m bench.cacao [--quick] [--json]`: how long a CACAO file of 500 steps takes to import.

The limit is one second. Measured are the import itself (bytes to checked YAML text), and the whole
command in a process of its own, which people wait for; for a nested and for a goto-style graph.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.common import Figure, report
from coalition.cacao.importing import import_

STEPS = 500
LIMIT = 1.0  # seconds
NOW = datetime(2026, 1, 31, 8, 0, tzinfo=UTC)

Json = dict[str, Any]


def ids(kind: str, count: int, first: int) -> list[str]:
    return [f"{kind}--{uuid.UUID(int=first + number, version=4)}" for number in range(count)]


def action(number: int, following: str) -> Json:
    command = {"type": "manual", "command": f"Look at host {number} of __site__:value"}
    return {"type": "action", "name": f"Look {number}", "commands": [command],
            "agent": ids("group", 1, 9)[0], "on_completion": following}  # fmt: skip


def document(workflow: Json, start: str) -> bytes:
    at = "2026-01-01T00:00:00.000Z"
    value = {
        "type": "playbook",
        "spec_version": "cacao-2.0",
        "id": ids("playbook", 1, 1)[0],
        "name": "Large",
        "created_by": ids("identity", 1, 2)[0],
        "created": at,
        "modified": at,
        "playbook_variables": {"__site__": {"type": "string", "value": "example.org"}},
        "workflow_start": start,
        "workflow": workflow,
        "agent_definitions": {ids("group", 1, 9)[0]: {"type": "group", "name": "Analysts"}},
    }
    return json.dumps(value, indent=1).encode()


def nested() -> bytes:
    """Every fifth step is an if whose branch holds one action; well nested."""
    start, end = ids("start", 1, 3)[0], ids("end", 1, 4)[0]
    groups = (STEPS - 2) // 5
    forks, ends = ids("if-condition", groups, 10_000), ids("end", groups, 20_000)
    acts = ids("action", 3 * groups, 30_000)
    workflow: Json = {start: {"type": "start", "on_completion": acts[0]}}
    for number, fork in enumerate(forks):
        one, two, inner = acts[3 * number : 3 * number + 3]
        following = acts[3 * number + 3] if number + 1 < groups else end
        workflow |= {
            one: action(3 * number, two),
            two: action(3 * number + 1, fork),
            fork: {"type": "if-condition", "condition": f"__site__:value = 'x{number}'",
                   "on_true": inner, "on_completion": following},
            inner: action(3 * number + 2, ends[number]),
            ends[number]: {"type": "end"},
        }  # fmt: skip
    return document({**workflow, end: {"type": "end"}}, start)


def jumping() -> bytes:
    """Every other step is an if that may jump back: nothing is nested."""
    start, end = ids("start", 1, 3)[0], ids("end", 1, 4)[0]
    pairs = (STEPS - 2) // 2
    forks, acts = ids("if-condition", pairs, 10_000), ids("action", pairs, 30_000)
    workflow: Json = {start: {"type": "start", "on_completion": acts[0]}}
    for number, fork in enumerate(forks):
        workflow |= {
            acts[number]: action(number, fork),
            fork: {"type": "if-condition", "condition": f"__site__:value = 'x{number}'",
                   "on_true": acts[number // 2],
                   "on_false": acts[number + 1] if number + 1 < pairs else end},
        }  # fmt: skip
    return document({**workflow, end: {"type": "end"}}, start)


def alone(raw: bytes) -> float:
    """Seconds for the import itself."""
    began = time.perf_counter()
    found = import_(raw, NOW)
    assert found.status in {"ok", "warnings"}, found.as_json()
    assert found.text
    return time.perf_counter() - began


def command(raw: bytes) -> float:
    """Seconds for `tocsin playbook import`, from the start of the process to its end."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.json"
        path.write_bytes(raw)
        words = ["-m", "coalition.cli", "playbook", "import", str(path), "--json"]
        began = time.perf_counter()
        subprocess.run([sys.executable, *words], check=True, capture_output=True)
        return time.perf_counter() - began


def computing() -> float:
    """Seconds of processor time that this process and its children have used."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def main() -> int:
    rounds = 3 if "--quick" in sys.argv else 7
    figures = []
    for name, raw in (("nested", nested()), ("jumping", jumping())):
        steps = len(json.loads(raw)["workflow"])
        for how, measure in (("import", alone), ("whole command", command)):
            before = computing()
            # What else the machine does only adds to it.
            value = min(measure(raw) for _ in range(rounds))
            each = (computing() - before) / rounds
            detail = f"{steps} steps, {len(raw) // 1024} KiB, of it computing {each:.2f} s"
            figures.append(Figure(f"{how}, {name} (s)", value, LIMIT, False, detail))
    return report(figures)


if __name__ == "__main__":
    sys.exit(main())
