"""`python -m sandbox`: a workspace and partner CERTs on this machine, for trying and testing."""

import argparse
import asyncio
import contextlib
import json
import logging
import os
import socket
import sys
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette

from sandbox.app import build, example_seed
from sandbox.partners.seed import SeedError, webhook_path

HOST = "127.0.0.1"
GRACE_SECONDS = 1  # open feeds never end by themselves


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted. Exit code 2: the seed or a port cannot be used.

    The first line on stdout is a JSON object with the addresses, printed when both ports accept
    connections; narration goes to stderr.
    """
    given = _parser().parse_args(arguments)
    try:
        seed = _read(given.seed) if given.seed else example_seed()
        with socket.create_server((HOST, given.port)) as listener:
            app = build(seed, smtp_port=given.smtp_port)
            addresses = json.dumps(_addresses(app, f"http://{HOST}:{listener.getsockname()[1]}"))
            if given.port_file:
                _write_whole(given.port_file, addresses)
            print(addresses, flush=True)  # noqa: T201 - the result goes to stdout
            _serve(app, listener)
    except (OSError, SeedError) as error:
        print(f"sandbox: {error}", file=sys.stderr)  # noqa: T201 - narration goes to stderr
        return 2
    return 0


def _serve(app: Starlette, listener: socket.socket) -> None:
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    config = uvicorn.Config(
        app,
        log_level="warning",
        lifespan="on",
        ws="websockets-sansio",
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    # The server ends cleanly first and then passes the interrupt on.
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])


def _is_news(record: logging.LogRecord) -> bool:
    """At the end, feeds and long reads are cut off; that is how it is meant, and no error."""
    is_cut = record.exc_info is not None and record.exc_info[0] is asyncio.CancelledError
    return not is_cut and not record.getMessage().startswith("Cancel ")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=3900, help="HTTP port (default 3900; 0: any)")
    parser.add_argument(
        "--smtp-port", type=int, default=3925, help="mail port (default 3925; 0: any)"
    )
    parser.add_argument("--seed", type=Path, help="JSON file; without it a small example")
    parser.add_argument("--port-file", type=Path, help="also write the addresses to this file")
    return parser


def _addresses(app: Starlette, url: str) -> dict[str, Any]:
    """Everything a supervisor needs to point the product at this sandbox."""
    world, partners = app.state.world, app.state.partners
    world.base_url = url
    host, smtp_port = partners.mail.address
    return {
        "pid": os.getpid(),
        "url": url,
        "smtp": f"smtp://{host}:{smtp_port}",
        "slack_api_url": f"{url}/api/",
        "bot_token": world.app.bot_token,
        "app_token": world.app.app_token if world.app.socket_mode else None,
        "signing_secret": world.app.signing_secret,
        "webhooks": {
            key: f"{url}{webhook_path(key)}"
            for key, partner in partners.world.partners.items()
            if partner.webhook
        },
    }


def _read(path: Path) -> dict[str, Any]:
    try:
        seed = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise SeedError(f"{path}: not JSON: {error}") from error
    if not isinstance(seed, dict):
        raise SeedError(f"{path}: must hold a JSON object")
    return seed


def _write_whole(path: Path, text: str) -> None:
    """Whoever waits for the file must never see half of it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text + "\n", encoding="utf-8")
    draft.replace(path)


if __name__ == "__main__":
    raise SystemExit(main())
