"""Takes a mail apart without trusting it: sizes, depth, charsets and headers are bounded here.

The old policy of the standard library is used on purpose: it keeps headers as they came, where
the newer one parses them at once and can fail on one that was made to.
"""

from __future__ import annotations

import binascii
import email
import email.policy
import re
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from html.parser import HTMLParser
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST_MAIL = 10_000_000
DEEPEST = 100  # places that could nest a part; a mail that people wrote has a handful
LONGEST_HEADER = 2_000
LONGEST_TEXT = 100_000

_BOUNDARIES = re.compile(rb"boundary\s*=|message/", re.IGNORECASE)
Entity: TypeAlias = "Message[str, str]"


class NotAMail(Exception):
    """It cannot be read as a mail; says why."""


def parse(raw: bytes) -> Entity:
    """The mail, or a part of one.

    Raises:
        NotAMail: it is too large, nested too deep, or breaks the parser.
    """
    if len(raw) > LARGEST_MAIL:
        raise NotAMail(f"it is larger than {LARGEST_MAIL // 1_000_000} MB")
    if sum(1 for _ in _BOUNDARIES.finditer(raw)) > DEEPEST:
        raise NotAMail("it is nested too deep")
    try:
        return email.message_from_bytes(raw, policy=email.policy.compat32)
    except (MessageError, ValueError, LookupError, RecursionError) as error:
        raise NotAMail(f"it is malformed ({type(error).__name__})") from error


def header(entity: Entity, name: str) -> str:
    """A header on one line of printable letters, decoded; empty where there is none."""
    found = entity.get(name)
    if found is None:
        return ""
    text = str(found)[:LONGEST_HEADER]
    try:
        parts = [
            part.decode(charset or "latin-1", "replace") if isinstance(part, bytes) else part
            for part, charset in decode_header(text)
        ]
    except (MessageError, ValueError, LookupError, binascii.Error):
        parts = [text]
    return one_line("".join(parts), LONGEST_HEADER)


def one_line(text: str, limit: int) -> str:
    """The text without line breaks and without what nobody can see."""
    spaced = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(spaced.split())[:limit]


def leaves(entity: Entity) -> Iterator[Entity]:
    """The parts that hold something, in order; what is attached as a whole mail is one of them."""
    for part in entity.walk():
        if not part.is_multipart() or part.get_content_type() == "message/rfc822":
            yield part


def content(entity: Entity) -> bytes:
    """What a part holds, without its transfer encoding."""
    try:
        held = entity.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        return b""
    return held if isinstance(held, bytes) else b""


def text_of(entity: Entity) -> str:
    """What a person wrote: the first plain text, else the first HTML as plain text."""
    for wanted in ("text/plain", "text/html"):
        for part in leaves(entity):
            attached = part.get_content_disposition() == "attachment"
            if part.get_content_type() == wanted and not attached:
                written = decoded(content(part)[: 4 * LONGEST_TEXT], part.get_content_charset())
                text = written if wanted == "text/plain" else _plain(written)
                return text[:LONGEST_TEXT].replace("\r\n", "\n").replace("\r", "\n")
    return ""


def decoded(data: bytes, charset: str | None) -> str:
    """The bytes as text, in the charset they claim or in one that never fails."""
    for name in (charset or "utf-8", "utf-8"):
        try:
            return data.decode(name)
        except (LookupError, UnicodeError, ValueError):
            continue
    return data.decode("latin-1")


def signed_bytes(raw: bytes, boundary: str) -> bytes | None:
    """The first part of a multipart, exactly as it was signed: with CRLF line ends (RFC 3156 §5).

    Kept mails have lost theirs, so that they are put back. None where it cannot be found.
    """
    lines = raw.replace(b"\r\n", b"\n")
    mark = b"\n--" + boundary.encode("utf-8", "surrogateescape")
    start = lines.find(mark)
    begin = lines.find(b"\n", start + 1) + 1 if start >= 0 else 0
    end = lines.find(mark, begin - 1) if begin else -1
    return lines[begin:end].replace(b"\n", b"\r\n") if begin and end >= begin else None


class _Text(HTMLParser):
    """The text of a page, without what it quotes."""

    _BREAKS = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3"})
    _HIDDEN = frozenset({"blockquote", "style", "script", "head", "title"})

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._HIDDEN:
            self._hidden += 1
        elif tag in self._BREAKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._HIDDEN:
            self._hidden = max(0, self._hidden - 1)
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data.replace("\n", " "))


def _plain(page: str) -> str:
    reader = _Text()
    try:
        reader.feed(page)
    except (ValueError, AssertionError, RecursionError):
        return ""
    return "".join(reader.words)
