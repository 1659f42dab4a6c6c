"""Bot, relay, workers and Redis as real processes that are killed and come back."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Self

from coalition.adapters.redis_server import RedisServer
from sandbox.app import build
from sandbox.slack import Server
from tests.chaos import coalition as cast

REPOSITORY = Path(__file__).resolve().parents[2]
PROGRAMS = {
    "bot": "bot",
    "relay-1": "relay",
    "relay-2": "relay",
    "worker-1": "worker",
    "worker-2": "worker",
}


def free_port() -> int:
    """A port that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class House:
    """Everything around one chaos run. `kill(name)` is kill -9; a keeper starts it again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.hub = f"http://127.0.0.1:{self.port}"
        manifest = json.loads((REPOSITORY / "bot/slack/manifest.json").read_text("utf-8"))
        app = build(cast.seed(self.hub, manifest))
        self.partners = app.state.partners
        self.sandbox = Server(app)
        self.redis = RedisServer(folder / "redis")
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.kills = 0
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._keeper = threading.Thread(target=self._keep)

    def __enter__(self) -> Self:
        self.sandbox.start()
        self.redis.start()
        (self.folder / "coalition.yaml").write_text(json.dumps(cast.coalition(self.sandbox.url)))
        books = self.folder / "playbooks"
        books.mkdir()
        (books / "chaos.yaml").write_text((REPOSITORY / "tests/chaos/playbook.yaml").read_text())
        for name in PROGRAMS:
            self._start(name)
        self._keeper.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._keeper.join()
        for child in self.children.values():
            child.terminate()
        for child in self.children.values():
            child.wait(30)
        self.redis.stop()
        self.sandbox.stop()

    @property
    def env(self) -> dict[str, str]:
        """What the processes are told."""
        app = self.sandbox.world.app
        mail_host, mail_port = self.partners.mail.address
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(REPOSITORY),
            "CHAOS_SECRET": cast.SECRET,
            "TOCSIN_COALITION": str(self.folder / "coalition.yaml"),
            "TOCSIN_PLAYBOOKS": str(self.folder / "playbooks"),
            "TOCSIN_DATA_DIR": str(self.folder / "data"),
            "TOCSIN_REDIS_URL": self.redis.url,
            "TOCSIN_PORT": str(self.port),
            "TOCSIN_SMTP_URL": f"smtp://{mail_host}:{mail_port}",
            "TOCSIN_PRIVATE_TARGETS": "127.0.0.1/32",
            "SLACK_API_URL": f"{self.sandbox.url}/api/",
            "SLACK_BOT_TOKEN": app.bot_token,
            "SLACK_APP_TOKEN": str(app.app_token),
        }

    def _start(self, name: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.children[name] = subprocess.Popen(
                [sys.executable, "-P", "-m", "coalition.cli", PROGRAMS[name]],
                env=self.env,
                stdout=log,
                stderr=log,
                cwd=self.folder,
            )

    def _keep(self) -> None:
        """Start again what has ended, as `tocsin up`, systemd or Kubernetes would."""
        while not self._over.wait(0.1):
            with self._lock:
                for name, child in self.children.items():
                    if child.poll() is not None and not self._over.is_set():
                        self._start(name)
                if self.redis.returncode is not None:
                    self.redis.start()

    def kill(self, name: str) -> None:
        """Kill -9."""
        pid = self.redis.pid if name == "redis" else self.children[name].pid
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            self.kills += 1

    def names(self) -> list[str]:
        """Everything that may be killed."""
        return [*PROGRAMS, "redis"]

    def logs(self) -> str:
        """The last words of every process."""
        parts: list[Any] = []
        for path in sorted(self.folder.glob("*.log")):
            parts += [f"--- {path.name}", path.read_text(errors="replace")[-1500:]]
        return "\n".join(parts)

    def wait(self, condition: Any, seconds: float, what: str) -> None:
        """Wait for a condition; fail with the processes' last words."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {seconds} s: {what}\n{self.logs()}")
            time.sleep(0.1)  # between looks
