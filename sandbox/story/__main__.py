"""`python -m sandbox.story --workspace URL --hub URL`: play a story through the sandbox.

It types, clicks, answers and looks as people would, over HTTP, and calls nothing of the product.
Narration on stderr; on stdout, at the end, the ledger of who was told, by which channel, and what
came back. Exit code 0 when the story has ended well, 1 when it could not go on (with the reason).
"""

from __future__ import annotations

import argparse
import sys

from sandbox.story.estonia_2007 import SCENARIO, Story
from sandbox.story.ledger import NoLedgerError, helped, ledger
from sandbox.story.narration import Narrator
from sandbox.story.workspace import StoryError, Workspace

STORIES = {SCENARIO: Story}
PATIENCE = 60.0  # longer than any wait of a story at speed 1


def main(arguments: list[str] | None = None) -> int:
    """Play; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.story", description=__doc__)
    parser.add_argument("--workspace", required=True, help="the sandbox's URL")
    parser.add_argument("--hub", required=True, help="the Tocsin's public URL")
    parser.add_argument("--scenario", default=SCENARIO, choices=sorted(STORIES))
    parser.add_argument("--speed", type=float, default=1.0)
    given = parser.parse_args(arguments)
    tell = Narrator()
    workspace = Workspace(given.workspace, patience=max(PATIENCE, PATIENCE / given.speed))
    try:
        story = STORIES[given.scenario](workspace, tell, given.speed)
        table = ledger(story.play())
        help_ = helped(story.help)
    except (StoryError, NoLedgerError) as error:
        print(f"\nThe story stopped: {error}", file=sys.stderr)  # noqa: T201 - narration
        return 1
    tell.chapter("The ledger: who was told, by which channel, and what came back")
    print(table, flush=True)  # noqa: T201 - the result
    tell.chapter("And who helped: what was needed and offered, who signed, what it cost")
    print(help_, flush=True)  # noqa: T201 - the result
    tell.chapter("What now?")
    tell.explain(
        f"The whole record stands on the board, {given.hub}/board. To sign in there, type "
        f"/incident list all in the workspace, {given.workspace}, as anybody who took part. "
        f"What the partners got: {given.workspace.rstrip('/')}/inbox"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
