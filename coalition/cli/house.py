"""All parts of one Tocsin, built up in order from the environment."""

from __future__ import annotations

import http.client
import os
import socket
import time
from pathlib import Path

from coalition.adapters.coalition_file import load_coalition
from coalition.adapters.gnupg_calls import installed, stop_agent
from coalition.adapters.openpgp import Keyring
from coalition.adapters.openpgp_hub import make_hub_key, public_hub_key
from coalition.adapters.redis_server import RedisServer
from coalition.cli.output import result, say
from coalition.cli.parts import PYTHON, Agent, Redis, Sandbox, tocsin
from coalition.cli.supervisor import Process, Supervisor
from coalition.domain.errors import PermanentError, TransientError
from coalition.settings import Settings, load_settings

READY_WITHIN_SECONDS = 60.0

MANIFEST = Path(__file__).resolve().parents[2] / "bot" / "slack" / "manifest.json"
"""The Slack app as it is installed in a real workspace; the sandbox installs the very same."""

_HTTP_OK = 200

# Stopped from the highest to the lowest.
STORE, WORLD, WORK = 0, 1, 2


class House:
    """Builds Redis, the sandbox, bot, relay and workers from the environment of this process.

    What is not set there is filled in, for this process and its children: the own Redis, the
    sandbox's Slack and mail, a free port. What is set wins over what the sandbox would say.
    """

    def __init__(
        self,
        supervisor: Supervisor,
        *,
        workers: int = 2,
        verbose: bool = False,
        sandbox_options: tuple[str, ...] = (),
    ) -> None:
        self.settings = load_settings()
        self.sandbox: Sandbox | None = None
        self._supervisor = supervisor
        self._workers = workers
        self._verbose = verbose
        self._sandbox_options = sandbox_options
        self._logs = self.settings.data_dir.resolve() / "logs"

    def build(self) -> None:
        """Start every part, each when the ones it needs are there.

        Raises:
            ConfigError: the environment or the coalition file is wrong.
            PermanentError: a part does not come up.
        """
        self._logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.environ["TOCSIN_DATA_DIR"] = str(self.settings.data_dir.resolve())
        asked = {"TOCSIN_PORT", "TOCSIN_PORT_FILE"} & set(os.environ)
        if not asked or self.settings.port == 0:  # 0: any port, but all must know which
            os.environ.pop("TOCSIN_PORT_FILE", None)
            os.environ["TOCSIN_PORT"] = str(_free_port(self.settings))
        self._supervisor.add(Agent(self.settings.gnupg_home), stage=STORE)
        if self.settings.redis_url is None:
            self._bring_redis()
        if self.settings.slack_bot_token is None and self.settings.slack_app_token is None:
            self._bring_sandbox()
        self.settings = load_settings()
        self.settings.require_slack()
        load_coalition(self.settings.coalition)  # say what is wrong here, once, with file and line
        self._add(tocsin("bot", self._log("bot")))
        self._add(tocsin("relay", self._log("relay")))
        for number in range(1, self._workers + 1):
            name = f"worker-{number}"
            self._add(tocsin("worker", self._log(name), name))

    def wait_until_ready(self) -> bool:
        """Wait until the bot says that everything is there; False when asked to stop meanwhile.

        Raises:
            PermanentError: it takes longer than a minute; with what is missing.
        """
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        last = "no answer"

        def ready() -> bool:
            nonlocal last
            answered, last = _ask(self.settings, "/readyz")
            return answered or time.monotonic() > deadline

        self._supervisor.watch(until=ready)
        if self._supervisor.stopping:
            return False
        if time.monotonic() > deadline:
            message = f"Tocsin is not ready after {READY_WITHIN_SECONDS:.0f} s: {last}"
            raise PermanentError(message, fallback=f"Read the logs in {self._logs}.")
        return True

    def show_addresses(self) -> None:
        """The addresses on stdout, one a line: what, tab, URL."""
        for what, url in (self.sandbox.addresses if self.sandbox else {}).items():
            result(f"{what}\t{url}")
        result(f"board\t{self.settings.public_url}/board")

    @property
    def workspace(self) -> str:
        """The address of the sandbox's workspace.

        Raises:
            PermanentError: there is none.
        """
        found = self.sandbox.addresses.get("workspace") if self.sandbox else None
        if found is None:
            message = "There is no local workspace to play a story in."
            raise PermanentError(message, fallback="Run it without Slack credentials.")
        return found

    def _bring_redis(self) -> None:
        server = RedisServer(self.settings.data_dir)
        self._supervisor.add(Redis(server), stage=STORE)
        os.environ["TOCSIN_REDIS_URL"] = server.url
        say(f"redis runs in {server.folder} (process {server.pid}).")

    def _bring_sandbox(self) -> None:
        hub = load_settings().public_url  # with the port that has been chosen
        options = ("--hub", hub, "--manifest", str(MANIFEST), *self._sandbox_options)
        folder = self.settings.data_dir.resolve() / "stage"
        if key := _hub_key(self.settings, folder):
            options += ("--hub-key", str(key))
        command = (*PYTHON, "sandbox.stage", "--folder", str(folder), *options)
        self.sandbox = Sandbox("sandbox", command, dict(os.environ), self._log("sandbox"))
        self._supervisor.add(self.sandbox, stage=WORLD, restart=False)
        for name, value in self.sandbox.ready_env.items():
            os.environ.setdefault(name, value)
        say("No Slack credentials are set: a local workspace stands in.")

    def _add(self, part: Process) -> None:
        self._supervisor.add(part, stage=WORK)

    def _log(self, name: str) -> Path | None:
        return None if self._verbose else self._logs / f"{name}.log"


def _hub_key(settings: Settings, folder: Path) -> Path | None:
    """The hub's public key as a file, made when there is none yet; None where gpg cannot be used.

    In a real house a person makes it (`tocsin keys init`); here the partners are made as well.
    """
    if not installed():
        say("GnuPG is not installed: mail is not encrypted, and TLP:GREEN at most.")
        return None
    keyring = Keyring(settings.gnupg_home)
    try:
        if keyring.hub is None:
            make_hub_key(keyring, name="Tocsin (local)", mail="tocsin@localhost", years=2)
        armoured = public_hub_key(keyring)
    except (PermanentError, TransientError) as error:
        say(f"Mail is not encrypted, and TLP:GREEN at most: {error}")
        return None
    finally:
        stop_agent(keyring.home)  # the first mail that is sealed starts another
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / "hub.asc"
    path.write_text(armoured, encoding="ascii")
    return path


def _free_port(settings: Settings) -> int:
    """The default port, or any other one when somebody has it; only when none was asked for."""
    for port in (settings.port, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.host, port))
            except OSError:
                continue
            found: int = probe.getsockname()[1]
            return found
    message = f"No port of {settings.host} can be used."
    raise PermanentError(message, fallback="Set TOCSIN_HOST to an address of this machine.")


def _ask(settings: Settings, path: str) -> tuple[bool, str]:
    """(whether it answered 200, what it said)."""
    connection = http.client.HTTPConnection(settings.host, settings.port, timeout=2)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        said = answer.read(2000).decode("utf-8", errors="replace").strip()
        return answer.status == _HTTP_OK, " ".join(said.split())
    except (OSError, http.client.HTTPException) as error:
        return False, f"the bot does not answer ({error})"
    finally:
        connection.close()
