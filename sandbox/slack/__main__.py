"""`python -m sandbox.slack`: the workspace on 127.0.0.1."""

import argparse
import json
import sys
from pathlib import Path

from sandbox.slack import Server, World, create_app, default_seed
from sandbox.slack.model import Json


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted. Exit code 2 for a seed that cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.slack", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=3900, help="port on 127.0.0.1 (default 3900; 0: any)"
    )
    parser.add_argument("--seed", type=Path, help="JSON file; without it a small example workspace")
    parser.add_argument("--manifest", type=Path, help="Slack app manifest (JSON) of the app")
    given = parser.parse_args(arguments)
    try:
        seed = _read(given.seed) if given.seed else default_seed()
        if given.manifest:
            seed["manifest"] = _read(given.manifest)
            seed.get("app", {}).pop("slash_commands", None)
        world = World.from_seed(seed)
        server = Server(create_app(world), given.port)
    except (OSError, ValueError, TypeError) as error:
        print(f"sandbox: {error}", file=sys.stderr)  # noqa: T201 - narration goes to stderr
        return 2
    print(_welcome(world), file=sys.stderr)  # noqa: T201 - narration goes to stderr
    print(server.url, flush=True)  # noqa: T201 - the result goes to stdout
    server.run()
    return 0


def _read(path: Path) -> Json:
    content = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise ValueError(f"{path}: must hold a JSON object")  # noqa: TRY004 - as other bad content
    return content


def _welcome(world: World) -> str:
    app = world.app
    lines = [
        f"workspace {world.workspace.name!r} at {world.base_url}; point the app at it with",
        f"  SLACK_API_URL={world.base_url}/api/",
        f"  SLACK_BOT_TOKEN={app.bot_token}",
    ]
    if app.socket_mode:
        lines.append(f"  SLACK_APP_TOKEN={app.app_token}")
    else:
        lines.append(f"  SLACK_SIGNING_SECRET={app.signing_secret}")
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
