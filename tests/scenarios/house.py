"""A whole Tocsin of real processes around a sandbox: bot, relay, workers, Redis."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, Self

from coalition.adapters.parent_death import ending_with_parent
from coalition.adapters.redis_server import RedisServer
from sandbox.app import build
from sandbox.slack import Server
from tests.conftest import REPOSITORY
from tests.scenarios import coalition as cast

Transport = Literal["socket", "http"]
READY_SECONDS = 90.0  # of a machine on which several houses start at once
STOP_SECONDS = 20.0
MANIFEST = REPOSITORY / "bot/slack/manifest.json"


class House:
    """Processes are started once; a test may kill and start them again."""

    def __init__(
        self,
        folder: Path,
        transport: Transport = "socket",
        *,
        workers: int = 1,
        slack_seconds: float = 8.0,
    ) -> None:
        """`slack_seconds`: how long Slack waits for an answer; really it is three."""
        self.folder = folder
        self.slack_seconds = slack_seconds
        self.programs = {"bot": "bot", "relay": "relay"}
        self.programs |= {f"worker-{number + 1}": "worker" for number in range(workers)}
        self.transport = transport
        self.port = _free_port()
        self.hub = f"http://127.0.0.1:{self.port}"
        self.signing_secret = "scenario-signing-secret"
        app = build(self._seed())
        self.partners = app.state.partners
        self.sandbox = Server(app)
        self.redis = RedisServer(folder / "data")
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        self.sandbox.start()
        self.redis.start()
        file = self.folder / "coalition.yaml"
        file.write_text(json.dumps(cast.coalition(self.sandbox.url)), encoding="utf-8")
        try:
            self.start_all()
            if self.transport == "http":
                url = f"{self.hub}/slack/events"
                self.control("app", {"request_url": url, "socket_mode": False})
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop_all()
        self.redis.stop()
        self.sandbox.stop()

    def _seed(self) -> dict[str, Any]:
        seed = cast.seed(self.hub, json.loads(MANIFEST.read_text(encoding="utf-8")))
        seed["slack"]["app"] = {
            "signing_secret": self.signing_secret,
            "socket_mode": self.transport == "socket",
        }
        wait = self.slack_seconds
        seed["slack"]["timing"] = {"ack_deadline": wait, "trigger_lifetime": wait}
        return seed

    @property
    def environment(self) -> dict[str, str]:
        """What the processes are told: nothing but environment says that this is a sandbox."""
        app = self.sandbox.world.app
        mail_host, mail_port = self.partners.mail.address
        told = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(REPOSITORY),
            "SCENARIO_SECRET": cast.SECRET,
            "TOCSIN_COALITION": str(self.folder / "coalition.yaml"),
            "TOCSIN_DATA_DIR": str(self.folder / "data"),
            "TOCSIN_REDIS_URL": self.redis.url,
            "TOCSIN_PORT": str(self.port),
            "TOCSIN_SMTP_URL": f"smtp://{mail_host}:{mail_port}",
            "TOCSIN_PRIVATE_TARGETS": "127.0.0.1/32",
            "SLACK_API_URL": f"{self.sandbox.url}/api/",
            "SLACK_BOT_TOKEN": app.bot_token,
        }
        if self.transport == "socket":
            return told | {"SLACK_APP_TOKEN": str(app.app_token)}
        return told | {"SLACK_SIGNING_SECRET": self.signing_secret}

    # ---------------------------------------------------------------------------- processes
    def start_all(self) -> None:
        """Start what does not run, and wait until the bot says that it is ready."""
        for name in self.programs:
            self.start(name)
        self.wait(self._ready, READY_SECONDS, "the house to be ready")

    def start(self, name: str) -> None:
        """Start one process, unless it runs."""
        running = self.processes.get(name)
        if running is not None and running.poll() is None:
            return
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-P", "-m", "coalition.cli", self.programs[name]],
                env=self.environment,
                cwd=self.folder,
                stdout=log,
                stderr=log,
                preexec_fn=ending_with_parent(),  # noqa: PLW1509 - nothing else forks here
            )

    def kill(self, name: str) -> None:
        """Kill -9, and wait for its end."""
        if name == "redis":
            pid = self.redis.pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            self.wait(lambda: self.redis.returncode is not None, 5, "redis to be dead")
            return
        self.processes[name].kill()
        self.processes[name].wait(5)

    def stop_all(self) -> None:
        """Ask every process to end, as a deployment does."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait(STOP_SECONDS)

    def _ready(self) -> bool:
        dead = [name for name, one in self.processes.items() if one.poll() is not None]
        assert not dead, f"{dead} ended\n{self.logs()}"
        return self.get("/readyz")[0] == 200 and (
            self.transport == "http" or bool(self.control("state")["sockets"])
        )

    def logs(self) -> str:
        """The last words of every process."""
        parts = []
        for path in sorted(self.folder.glob("*.log")):
            parts += [f"--- {path.name}", path.read_text(errors="replace")[-2000:]]
        return "\n".join(parts)

    # --------------------------------------------------------------------------------- HTTP
    def control(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """The sandbox's control surface: POST with a body, else GET."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json"}
        status, said = request(f"{self.sandbox.url}/_control/{path}", data, headers)
        assert status == 200, said
        return json.loads(said)

    def get(self, path: str) -> tuple[int, str]:
        """(status, body) of a page of the hub; 0 where nobody answers."""
        return request(f"{self.hub}{path}")

    def wait(
        self, condition: Callable[[], object], seconds: float, what: str, every: float = 0.02
    ) -> float:
        """Wait for a condition; how many seconds it took. Fails with everybody's last words."""
        begun = time.monotonic()
        while not condition():
            if time.monotonic() - begun > seconds:
                message = f"not within {seconds:g} s: {what}\n{self.logs()}"
                raise AssertionError(message)
            time.sleep(every)  # between looks
        return time.monotonic() - begun


def request(
    url: str,
    data: bytes | None = None,
    headers: dict[str, str] | None = None,
    method: str | None = None,
) -> tuple[int, str]:
    """(status, body) of one HTTP request; 0 where nobody answers."""
    asked = urllib.request.Request(url, data, headers or {}, method=method)  # noqa: S310
    try:
        with urllib.request.urlopen(asked, timeout=20) as answer:  # noqa: S310
            return answer.status, answer.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(errors="replace")
    except OSError as error:
        return 0, str(error)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
