"""Slack's rich_text blocks as safe HTML, drawn with the same parts as mrkdwn."""

import html
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from markupsafe import Markup

from sandbox.web.mrkdwn import (
    Names,
    channel_html,
    date_html,
    emoji_html,
    link_html,
    mention_html,
    user_html,
)

Element = Mapping[str, Any]

_STYLES = (("bold", "strong"), ("italic", "em"), ("strike", "s"), ("code", "code"))


def to_html(block: Element, names: Names) -> Markup:
    """A rich_text block; a kind it does not know is named, never dropped."""
    made = "".join(_part(part, names) for part in block.get("elements", ()))
    return Markup(made)  # noqa: S704 - every leaf is escaped below


def _part(part: Element, names: Names) -> str:
    inside = part.get("elements", ())
    match part.get("type"):
        case "rich_text_section":
            return f"<p>{_run(inside, names)}</p>"
        case "rich_text_list":
            tag = "ol" if part.get("style") == "ordered" else "ul"
            items = "".join(f"<li>{_run(i.get('elements', ()), names)}</li>" for i in inside)
            return f'<{tag} class="indent-{int(part.get("indent", 0))}">{items}</{tag}>'
        case "rich_text_quote":
            return f"<blockquote>{_run(inside, names)}</blockquote>"
        case "rich_text_preformatted":
            return f"<pre>{_run(inside, names).replace('<br>', chr(10))}</pre>"
        case other:
            return f"<p>[{html.escape(str(other))}]</p>"


def _run(elements: Iterable[Element], names: Names) -> str:
    return "".join(_styled(element, _leaf(element, names)) for element in elements)


def _leaf(element: Element, names: Names) -> str:
    kind = str(element.get("type"))
    drawn: dict[str, Callable[[], str]] = {
        "text": lambda: html.escape(str(element.get("text", ""))).replace("\n", "<br>"),
        "link": lambda: link_html(
            str(element.get("url", "")), str(element.get("text") or element.get("url", ""))
        ),
        "user": lambda: user_html(str(element.get("user_id", "")), names),
        "channel": lambda: channel_html(str(element.get("channel_id", "")), names),
        "usergroup": lambda: mention_html(
            "@" + names.groups.get(str(element.get("usergroup_id")), "group")
        ),
        "emoji": lambda: emoji_html(str(element.get("name", ""))),
        "broadcast": lambda: mention_html(f"@{element.get('range', 'here')}", is_me=True),
        "date": lambda: date_html(
            str(element.get("timestamp", "")),
            str(element.get("format", "{date_num} {time}")),
            str(element.get("fallback", "")),
            names,
        ),
        "color": lambda: html.escape(str(element.get("value", ""))),
    }
    return drawn.get(kind, lambda: f"[{html.escape(kind)}]")()


def _styled(element: Element, made: str) -> str:
    style = element.get("style")
    if isinstance(style, Mapping):
        for name, tag in _STYLES:
            if style.get(name):
                made = f"<{tag}>{made}</{tag}>"
    return made
