"""Slack's mrkdwn as safe HTML.

Everything a person or an app wrote is escaped; the only tags in the result are the ones made
here. Code, links and mentions are taken out first and put back last, so that nothing inside them
is read as formatting.
"""

import html
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from markupsafe import Markup

from sandbox.web.emoji import EMOJI

SAFE_SCHEMES = {"http", "https", "mailto", "tel"}

_OPEN, _CLOSE = "\ue000", "\ue001"
_PLACEHOLDER = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_PRE = re.compile(r"```\n?(.+?)\n?```", re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_TOKEN = re.compile(r"<([^<>\n]+)>")
# Ends before a sentence's own punctuation, and never spans what was taken out already.
_BARE = re.compile(rf"\bhttps?://[^\s<>{_OPEN}{_CLOSE}]*[^\s<>{_OPEN}{_CLOSE}.,;:!?)\]'\"*_~]")
_EMPHASIS_TAGS = {"*": "strong", "_": "em", "~": "s"}
_EMPHASIS = re.compile(
    "|".join(
        rf"(?<![\w{mark}])\{mark}(?=[^\s{mark}])([^{mark}\n]*?[^\s{mark}])\{mark}(?![\w{mark}])"
        for mark in _EMPHASIS_TAGS
    )
)
# A picture typed as such is treated as its name, so that it too can be read where no font has it.
_NAME_OF = {glyph.rstrip("\ufe0f"): name for name, glyph in reversed(EMOJI.items())}
_GLYPHS = re.compile(f"({'|'.join(sorted(map(re.escape, _NAME_OF), reverse=True))})\ufe0f?")
_EMOJI = re.compile(r":([a-z0-9_+-]+):")
_LINE = re.compile(
    r"^(?:(?P<bullet>[•◦▪-]|&bull;)|(?P<number>\d{1,3})\.|(?P<quote>&gt;)) ?(?P<rest>.*)$"
)
# Three at the start of a line quote everything that follows.
_QUOTE_ALL = re.compile(r"(?:^|\n)&gt;&gt;&gt; ?")
_BROADCASTS = {"here", "channel", "everyone"}


@dataclass(frozen=True)
class Names:
    """What ids are called for the person who reads, and the time zone they live in."""

    users: dict[str, str] = field(default_factory=dict)
    channels: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    timezone: str = "UTC"
    reader: str = ""

    def zone(self) -> ZoneInfo:
        """The reader's zone; UTC where the machine does not know it."""
        try:
            return ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError):
            return ZoneInfo("UTC")


def to_html(text: str, names: Names, *, bare_links: bool = True) -> Markup:
    """The text as HTML that is safe to put anywhere inside an element.

    `bare_links`: addresses that stand alone become links too, as Slack does unless told not to.
    """
    kept: list[str] = []

    def keep(made: str) -> str:
        kept.append(made)
        return f"{_OPEN}{len(kept) - 1}{_CLOSE}"

    text = text.replace(_OPEN, "").replace(_CLOSE, "").replace("\r\n", "\n")
    text = _PRE.sub(lambda m: "\n" + keep(f"<pre>{_escape(m[1])}</pre>") + "\n", text)
    text = _CODE.sub(lambda m: keep(f"<code>{_escape(m[1])}</code>"), text)
    text = _TOKEN.sub(lambda m: keep(_token(m[1], names)), text)
    if bare_links:
        text = _BARE.sub(lambda m: keep(link_html(html.unescape(m[0]), html.unescape(m[0]))), text)
    text = _lines(emoji(_emphasised(_escape(text))))
    return Markup(_put_back(text, kept))  # noqa: S704 - made of escaped text and our own tags


def _emphasised(escaped: str) -> str:
    """Outer marks first, then what is inside them, so that the tags always nest."""

    def wrap(found: re.Match[str]) -> str:
        tag = _EMPHASIS_TAGS[found[0][0]]
        return f"<{tag}>{_emphasised(found[0][1:-1])}</{tag}>"

    return _EMPHASIS.sub(wrap, escaped)


def emoji(escaped: str) -> str:
    """Known :names: and pictures drawn; each keeps its name for screen readers."""
    named = _GLYPHS.sub(lambda m: f":{_NAME_OF[m[1]]}:", escaped)
    return _EMOJI.sub(lambda m: emoji_html(m[1]) if m[1] in EMOJI else m[0], named)


def emoji_html(name: str) -> str:
    """One emoji as an image with a name, or :name: where the table does not know it."""
    if name not in EMOJI:
        return _escape(f":{name}:")
    said = html.escape(name.replace("_", " "))
    drawn = EMOJI[name]
    return f'<span class="emoji" role="img" aria-label="{said}" title=":{name}:">{drawn}</span>'


def link_html(url: str, label: str) -> str:
    """A link that opens apart, or the plain words where the address is not a safe one."""
    try:
        scheme = urlsplit(url).scheme.lower()
    except ValueError:
        scheme = ""
    if scheme not in SAFE_SCHEMES:
        return _escape(label if label == url else f"{label} ({url})")
    return (
        f'<a href="{_escape(url)}" target="_blank" rel="noopener noreferrer nofollow">'
        f"{_escape(label)}</a>"
    )


def mention_html(text: str, *, is_me: bool = False) -> str:
    """A name that was mentioned; one's own stands out."""
    return f'<span class="mention{" me" if is_me else ""}">{_escape(text)}</span>'


def user_html(user: str, names: Names) -> str:
    """A mention of a user by id."""
    return mention_html(f"@{names.users.get(user, user)}", is_me=user == names.reader)


def channel_html(channel: str, names: Names, label: str = "") -> str:
    """A mention of a room by id; a room the reader cannot see is not named."""
    return mention_html(f"#{names.channels.get(channel) or label or 'private room'}")


def date_html(timestamp: str, pattern: str, fallback: str, names: Names) -> str:
    """Slack's `<!date^…>` in the reader's zone; the fallback where it cannot be read."""
    try:
        at = datetime.fromtimestamp(int(timestamp), UTC).astimezone(names.zone())
    except (ValueError, OverflowError, OSError):
        return _escape(fallback)
    shown = re.sub(r"\{(\w+)\}", lambda m: _date_part(m[1], at) or m[0], pattern)
    utc = at.astimezone(UTC)
    title = f"{utc:%Y-%m-%d %H:%M} UTC"
    return f'<time datetime="{utc.isoformat()}" title="{title}">{_escape(shown)}</time>'


def _date_part(name: str, at: datetime) -> str:
    date = {
        "date_num": f"{at:%Y-%m-%d}",
        "date": f"{at:%B} {at.day}, {at.year}",
        "date_short": f"{at:%b} {at.day}, {at.year}",
        "date_long": f"{at:%A}, {at:%B} {at.day}, {at.year}",
        "time": f"{at:%H:%M}",
        "time_secs": f"{at:%H:%M:%S}",
        "ago": f"{at:%Y-%m-%d %H:%M}",
    }
    return date.get(name) or date.get(name.removesuffix("_pretty"), "")


def _token(token: str, names: Names) -> str:
    target, _, label = (html.unescape(part) for part in token.partition("|"))
    if _OPEN in target:
        return _escape(f"<{token}>")
    if re.fullmatch(r"@[UWB][A-Z0-9]+", target):
        return user_html(target[1:], names)
    if re.fullmatch(r"#[CGD][A-Z0-9]+", target):
        return channel_html(target[1:], names, label)
    if target.startswith("!"):
        return _special(target[1:], label, names)
    if ":" in target:
        return link_html(target, label or target)
    return _escape(f"<{token}>")


def _special(target: str, label: str, names: Names) -> str:
    name, _, rest = target.partition("^")
    if name in _BROADCASTS:
        return mention_html(f"@{name}", is_me=True)
    if name == "subteam":
        return mention_html(f"@{names.groups.get(rest) or label.lstrip('@') or rest}")
    if name == "date":
        timestamp, _, pattern = rest.partition("^")
        return date_html(timestamp, pattern.partition("^")[0], label, names)
    return _escape(label or f"<!{target}>")


def _escape(text: str) -> str:
    """Escape for HTML; Slack's own three entities are one character each, not two times escaped."""
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(entity, character)
    return html.escape(text, quote=True)


def _lines(text: str) -> str:
    """Newlines as breaks; runs of bullets, numbers and quotes as lists and quotations."""
    before, *quoted = _QUOTE_ALL.split(text, maxsplit=1)
    made = _runs(before) if before or not quoted else ""
    if quoted:
        made += f"<blockquote>{quoted[0].strip().replace(chr(10), '<br>')}</blockquote>"
    return re.sub(r"<br>(?=</?(?:ul|ol|blockquote)>|$)", "", made)


def _runs(text: str) -> str:
    out: list[str] = []
    open_tag = ""
    for line in text.split("\n"):
        found = _LINE.match(line)
        tag = _tag_of(found)
        if tag != open_tag:
            out.append((f"</{open_tag}>" if open_tag else "") + (f"<{tag}>" if tag else ""))
            open_tag = tag
        if found and tag in {"ul", "ol"}:
            value = f' value="{found["number"]}"' if tag == "ol" else ""
            out.append(f"<li{value}>{found['rest']}</li>")
        else:
            out.append((found["rest"] if found and tag else line) + "<br>")
    return "".join(out) + (f"</{open_tag}>" if open_tag else "")


def _tag_of(found: re.Match[str] | None) -> str:
    if found is None:
        return ""
    if found["quote"]:
        return "blockquote"
    # A dash or a number only starts an item when a space follows it.
    if not found["rest"] or found[0][found.start("rest") - 1] != " ":
        return ""
    return "ul" if found["bullet"] else "ol"


def _put_back(text: str, kept: list[str]) -> str:
    while _PLACEHOLDER.search(text):  # a link's words may hold code
        text = _PLACEHOLDER.sub(lambda m: kept[int(m[1])], text)
    return re.sub(r"(?:<br>)*(<pre>.*?</pre>)(?:<br>)*", r"\1", text, flags=re.DOTALL)
