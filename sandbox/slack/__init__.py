"""A local Slack-compatible workspace; see README.md beside this file."""

from sandbox.slack.app import create_app
from sandbox.slack.model import Timing
from sandbox.slack.seed import default_seed
from sandbox.slack.server import Server
from sandbox.slack.world import World

__all__ = ["Server", "Timing", "World", "create_app", "default_seed"]
