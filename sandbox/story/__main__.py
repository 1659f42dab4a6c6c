"""`python -m sandbox.story`: play a story through the sandbox's HTTP surface.

Narration goes to stderr; the ledger (who was told, when they acknowledged, what they answered) to
stdout. Exit code 0: the story came to its end; 1: it could not; 2: no such story.
"""

from __future__ import annotations

import argparse
import sys

from sandbox.story.estonia_2007 import Story
from sandbox.story.ledger import ledger
from sandbox.story.narration import Narrator
from sandbox.story.workspace import StoryError, Workspace

STORIES = {"estonia-2007": Story}


def main(arguments: list[str] | None = None) -> int:
    """Play; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.story", description=__doc__)
    parser.add_argument("--workspace", required=True, help="the sandbox's URL")
    parser.add_argument("--hub", required=True, help="the Tocsin's public URL")
    parser.add_argument("--scenario", default="estonia-2007", choices=sorted(STORIES))
    parser.add_argument("--speed", type=float, default=1.0)
    given = parser.parse_args(arguments)
    workspace, tell = Workspace(given.workspace), Narrator()
    try:
        report = STORIES[given.scenario](workspace, tell, given.speed).play()
    except StoryError as error:
        print(f"The story stopped: {error}", file=sys.stderr)  # noqa: T201 - narration
        return 1
    tell.chapter("Who was told, by which channel, and what came back")
    print(ledger(report))  # noqa: T201 - the result
    tell.say("", f"the board: {given.hub}/board")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
