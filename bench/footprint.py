"""Memory of an idle worker, and how long the command line takes to start.

Targets: an idle worker at most 60 MB (PSS); `tocsin --help` at most eight bare interpreters.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.common import Figure, interleaved, median, report
from coalition.adapters.redis_client import connect
from coalition.adapters.redis_server import RedisServer
from coalition.cli.parts import PYTHON
from sandbox.scenarios import load


def pss_mb(pid: int) -> float:
    """Proportional set size of a process (Linux), in MB."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
    assert found is not None
    return int(found.group(1)) / 1024


def idle_worker() -> float:
    """Start a worker, wait until it waits for jobs, measure."""
    with tempfile.TemporaryDirectory() as place, RedisServer(Path(place)) as redis:
        scenario = load("estonia-2007", "http://127.0.0.1:9")
        (Path(place) / "coalition.yaml").write_text(scenario.coalition_text, encoding="utf-8")
        env = (
            os.environ
            | scenario.secrets
            | {
                "TOCSIN_COALITION": str(Path(place) / "coalition.yaml"),
                "TOCSIN_DATA_DIR": place,
                "TOCSIN_REDIS_URL": redis.url,
            }
        )
        worker = subprocess.Popen([*PYTHON, "coalition.cli", "worker"], env=env)
        try:
            client, deadline = connect(redis.url), time.monotonic() + 60
            while not client.scard("rq:workers"):
                if time.monotonic() > deadline:
                    raise TimeoutError("the worker did not come up")
                time.sleep(0.05)
            time.sleep(1)  # let it settle into its wait
            return pss_mb(worker.pid)
        finally:
            worker.terminate()
            worker.wait(20)


def seconds(*command: str) -> float:
    """How long a command takes."""
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> int:
    """Print both."""
    found = interleaved(
        5 if "--quick" in sys.argv else 15,
        {
            "bare": lambda: seconds(sys.executable, "-c", "pass"),
            "help": lambda: seconds(*PYTHON, "coalition.cli", "--help"),
        },
    )
    ratio = median([h / b for h, b in zip(found["help"], found["bare"], strict=True)])
    detail = f"{median(found['help']) * 1000:.0f} ms, python {median(found['bare']) * 1000:.0f} ms"
    memory = idle_worker()
    return report(
        [
            Figure("idle worker : 60 MB (PSS)", memory / 60, 1.0, False, f"{memory:.1f} MB"),
            Figure("tocsin --help : bare python", ratio, 8.0, False, detail),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
