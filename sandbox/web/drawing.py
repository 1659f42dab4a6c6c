"""The Jinja environment: autoescape on, undefined names are errors, Slack's texts as filters."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from sandbox.web import mrkdwn, richtext
from sandbox.web.emoji import REACTIONS
from sandbox.web.mrkdwn import Names, emoji, emoji_html
from sandbox.web.widgets import Directory, widget

AVATAR_COLOURS = 8


def environment() -> Environment:
    """The environment that every page of the sandbox is drawn with."""
    env = Environment(
        loader=PackageLoader("sandbox.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters |= {
        "mrkdwn": mrkdwn.to_html,
        "rich": richtext.to_html,
        "words": words,
        "plain": plain,
        "emoji": lambda name: Markup(emoji_html(name)),  # noqa: S704 - escapes unknown names
        "time_of": time_of,
        "day_of": day_of,
        "full_time": full_time,
        "initials": initials,
        "name_of": lambda ident, names: names.users.get(ident, ident),
        "colour": colour,
        "pretty": pretty,
        "json_attr": lambda value: json.dumps(value, separators=(",", ":")),
    }
    env.globals |= {"widget": widget, "REACTIONS": REACTIONS, "NO_DIRECTORY": Directory()}
    return env


def words(text: Any, names: Names) -> Markup:
    """A Slack text object (or a bare string) as HTML; emoji drawn unless `emoji` is false."""
    if not isinstance(text, Mapping):
        return escape(text or "")
    content = str(text.get("text", ""))
    if text.get("type") == "mrkdwn":
        # Verbatim text is formatted all the same; only bare addresses are left alone.
        return mrkdwn.to_html(content, names, bare_links=not text.get("verbatim"))
    made = str(escape(content)).replace("\n", "<br>")
    return Markup(made if text.get("emoji") is False else emoji(made))  # noqa: S704 - escaped above


def plain(text: Any) -> str:
    """A Slack text object's words, for attributes and option lists."""
    return str(text.get("text", "")) if isinstance(text, Mapping) else str(text or "")


def _at(ts: str, names: Names) -> datetime:
    return datetime.fromtimestamp(float(ts), UTC).astimezone(names.zone())


def time_of(ts: str, names: Names) -> str:
    """Hours and minutes where the reader lives."""
    return f"{_at(ts, names):%H:%M}"


def day_of(ts: str, names: Names) -> str:
    """The day where the reader lives, in words."""
    at = _at(ts, names)
    return f"{at:%A}, {at.day} {at:%B} {at.year}"


def full_time(ts: str, names: Names) -> str:
    """The reader's time with its zone, and UTC."""
    at = _at(ts, names)
    return f"{at:%Y-%m-%d %H:%M:%S} {names.timezone} ({at.astimezone(UTC):%H:%M:%S} UTC)"


def initials(name: str) -> str:
    """One or two letters for an avatar."""
    parts = [part for part in name.replace("-", " ").split() if part[0].isalnum()]
    return "".join(
        part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts)
    ).upper()


def colour(name: str) -> int:
    """A stable number that picks an avatar's colour; it carries no meaning."""
    return sum(name.encode()) % AVATAR_COLOURS


def pretty(value: Any) -> str:
    """JSON to be read by people; a string that holds JSON is opened."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return str(value)
    return json.dumps(value, indent=2, ensure_ascii=False)
