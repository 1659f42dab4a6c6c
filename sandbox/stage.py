"""`python -m sandbox.stage`: a scenario's workspace and partners, ready for a Tocsin beside it.

Once it is ready it prints one line of JSON on stdout:
`{"addresses": {"workspace": url, "inboxes": url}, "env": {…}}`. `env` is all that a Tocsin needs
to be told to work here instead of in the real world. Narration goes to stderr.
"""

from __future__ import annotations

import argparse
import json
import secrets
import socket
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn

from sandbox.app import build
from sandbox.scenarios import ScenarioError, load, names

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from sandbox.scenarios import Scenario

HOST = "127.0.0.1"
GRACE_SECONDS = 1  # open feeds never end by themselves


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted. Exit code 2: no such scenario, or a port cannot be used."""
    given = _parser().parse_args(arguments)
    try:
        listener = socket.create_server((HOST, given.port))
        url = f"http://{HOST}:{listener.getsockname()[1]}"
        scenario = load(given.scenario, url, given.speed)
        manifest = json.loads(given.manifest.read_text("utf-8")) if given.manifest else None
        app = build(_seed(scenario, given.hub, manifest), smtp_port=given.smtp_port)
    except (OSError, ScenarioError) as error:
        print(f"sandbox: {error}", file=sys.stderr)  # noqa: T201 - narration goes to stderr
        return 2
    app.state.world.base_url = url
    ready = {"addresses": _addresses(url), "env": _environment(app, scenario, given.folder)}
    print(json.dumps(ready), flush=True)  # noqa: T201 - the result goes to stdout
    config = uvicorn.Config(
        app,
        log_level="warning",
        lifespan="on",
        ws="websockets-sansio",
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[listener])
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox.stage", description=__doc__)
    parser.add_argument("--hub", required=True, help="the Tocsin's public URL")
    parser.add_argument("--scenario", default=names()[0], help=f"one of: {', '.join(names())}")
    parser.add_argument("--speed", type=float, default=1.0, help="how fast people act")
    parser.add_argument("--port", type=int, default=0, help="HTTP port (default: any)")
    parser.add_argument("--smtp-port", type=int, default=0, help="mail port (default: any)")
    parser.add_argument("--manifest", type=Path, help="the Slack app's manifest (JSON)")
    parser.add_argument(
        "--folder", type=Path, help="where to write the coalition file (default: a new one)"
    )
    return parser


def _seed(scenario: Scenario, hub: str, manifest: dict[str, Any] | None) -> dict[str, Any]:
    seed = scenario.seed(hub, manifest)
    seed["slack"]["app"] = {
        "bot_token": f"xoxb-sandbox-{secrets.token_hex(12)}",
        "app_token": f"xapp-sandbox-{secrets.token_hex(12)}",
        "signing_secret": secrets.token_hex(16),
        "socket_mode": True,
    }
    return seed


def _addresses(url: str) -> dict[str, str]:
    return {"workspace": f"{url}/", "inboxes": f"{url}/inbox"}


def _environment(app: Starlette, scenario: Scenario, folder: Path | None) -> dict[str, str]:
    """Return what a Tocsin is told; writes the coalition file."""
    folder = folder or Path(tempfile.mkdtemp(prefix="tocsin-stage-"))
    folder.mkdir(parents=True, exist_ok=True)
    coalition = folder / "coalition.yaml"
    coalition.write_text(scenario.coalition_text, encoding="utf-8")
    coalition.chmod(0o600)
    host, smtp_port = app.state.partners.mail.address
    slack = app.state.world.app
    return {
        "TOCSIN_COALITION": str(coalition),
        "TOCSIN_SMTP_URL": f"smtp://{host}:{smtp_port}",
        "TOCSIN_PRIVATE_TARGETS": f"{HOST}/32",
        "SLACK_API_URL": f"{scenario.url}/api/",
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        **scenario.secrets,
    }


if __name__ == "__main__":
    raise SystemExit(main())
