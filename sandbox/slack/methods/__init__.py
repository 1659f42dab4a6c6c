"""The Web API's methods, one module per family. Importing this package fills the table."""

from sandbox.slack.methods import (
    basics,
    bookmarks,
    chat,
    conversations,
    conversations_read,
    files,
    oauth,
    pins,
    reactions,
    usergroups,
    users,
    views,
)
from sandbox.slack.methods.registry import METHODS

__all__ = [
    "METHODS",
    "basics",
    "bookmarks",
    "chat",
    "conversations",
    "conversations_read",
    "files",
    "oauth",
    "pins",
    "reactions",
    "usergroups",
    "users",
    "views",
]
