"""Serving a world: in a thread of this process, or as the process itself. 127.0.0.1 only."""

import socket
import threading
import time
from types import TracebackType
from typing import Self

import uvicorn
from starlette.applications import Starlette

from sandbox.slack.world import World

HOST = "127.0.0.1"
PATIENCE = 10.0
GRACE = 1  # seconds for open streams at the end; they never end by themselves


class Server:
    """A world behind a port (0: any free one). As a context manager it serves in a thread.

    `url` is known from the start, so that addresses can be handed out before serving begins.
    """

    def __init__(self, app: Starlette, port: int = 0) -> None:
        """Take the port.

        Raises:
            OSError: the port is not free.
        """
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((HOST, port))
        self._socket.listen()  # callers may connect from now on; they wait until serving begins
        self.url = f"http://{HOST}:{self._socket.getsockname()[1]}"
        self.world: World = app.state.world
        self.world.base_url = self.url
        config = uvicorn.Config(
            app,
            log_level="warning",
            lifespan="on",
            ws="websockets-sansio",
            timeout_graceful_shutdown=GRACE,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self.run, name="sandbox-slack", daemon=True)

    def run(self) -> None:
        """Serve until told to stop (or, as the main thread, until interrupted)."""
        self._server.run(sockets=[self._socket])

    def start(self) -> None:
        """Serve in a thread; returns when requests are answered.

        Raises:
            RuntimeError: it does not come up.
        """
        self._thread.start()
        ends = time.monotonic() + PATIENCE
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > ends:
                raise RuntimeError(f"the sandbox did not come up at {self.url}")
            time.sleep(0.005)

    def stop(self) -> None:
        """Stop serving and wait for the thread."""
        self._server.should_exit = True
        self._thread.join(PATIENCE)
        self._socket.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
