"""`python -m sandbox.stage`: a scenario's workspace and partners, ready for a Tocsin beside it.

Once it is ready it prints one line of JSON on stdout:
`{"addresses": {"workspace": url, "inboxes": url}, "env": {…}}`. `env` is all that a Tocsin needs
to be told to work here instead of in the real world. Narration goes to stderr.
"""

from __future__ import annotations

import argparse
import json
import secrets
import signal
import socket
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn

from sandbox.app import build
from sandbox.partners.openpgp import GpgError, PartnerKeys, Post, installed, partners_with_keys
from sandbox.scenarios import ScenarioError, key_file, load, names, with_keys

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from starlette.applications import Starlette

    from sandbox.scenarios import Scenario

HOST = "127.0.0.1"
GRACE_SECONDS = 1  # open feeds never end by themselves


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted. Exit code 2: no such scenario, or a port cannot be used."""
    given = _parser().parse_args(arguments)
    # However it is told to stop, the partners' GnuPG homes and agents go with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        with _keys(given.scenario, given.hub_key) as keys:
            return _serve(given, keys)
    except (OSError, ScenarioError, GpgError) as error:
        _say(str(error))
        return 2


def _serve(given: argparse.Namespace, keys: Mapping[str, PartnerKeys]) -> int:
    listener = socket.create_server((HOST, given.port))
    url = f"http://{HOST}:{listener.getsockname()[1]}"
    pinned = {id: one.fingerprint for id, one in keys.items()}
    scenario = load(given.scenario, url, given.speed, pinned)
    manifest = json.loads(given.manifest.read_text("utf-8")) if given.manifest else None
    folder = given.folder or Path(tempfile.mkdtemp(prefix="tocsin-stage-"))
    post = Post(keys, folder / "maildrop") if keys else None
    seed = _seed(scenario, given.hub, manifest)
    app = build(seed, smtp_port=given.smtp_port, post=post)
    app.state.world.base_url = url
    ready = {"addresses": _addresses(url), "env": _environment(app, scenario, folder)}
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


@contextmanager
def _keys(scenario: str, hub_key: Path | None) -> Iterator[dict[str, PartnerKeys]]:
    """The partners that get a key for this run; none without gpg or without the hub's key."""
    wanted = with_keys(scenario)
    if not wanted:
        yield {}
    elif hub_key is None or not installed():
        who = ", ".join(wanted)
        _say(f"no gpg, or no key of the hub: mail to {who} is plain, and answered by link")
        yield {}
    else:
        with partners_with_keys(wanted, hub_key.read_bytes()) as made:
            yield made


def _say(text: str) -> None:
    print(f"sandbox: {text}", file=sys.stderr, flush=True)  # noqa: T201 - narration


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox.stage", description=__doc__)
    parser.add_argument("--hub", required=True, help="the Tocsin's public URL")
    parser.add_argument("--scenario", default=names()[0], help=f"one of: {', '.join(names())}")
    parser.add_argument("--speed", type=float, default=1.0, help="how fast people act")
    parser.add_argument("--port", type=int, default=0, help="HTTP port (default: any)")
    parser.add_argument("--smtp-port", type=int, default=0, help="mail port (default: any)")
    parser.add_argument("--hub-key", type=Path, help="the hub's OpenPGP public key")
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


def _environment(app: Starlette, scenario: Scenario, folder: Path) -> dict[str, str]:
    """Return what a Tocsin is told; writes the coalition file and the keys that it pins."""
    folder.mkdir(parents=True, exist_ok=True)
    coalition = folder / "coalition.yaml"
    post: Post | None = app.state.partners.world.post
    for id, keys in post.keys.items() if post else ():
        path = folder / key_file(id)
        path.parent.mkdir(exist_ok=True)
        path.write_text(keys.public, encoding="ascii")
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
        **({"TOCSIN_MAIL_DROP": str(post.drop)} if post else {}),
        **scenario.secrets,
    }


if __name__ == "__main__":
    raise SystemExit(main())
