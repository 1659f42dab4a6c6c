"""Mail as bytes, with the line ends of mail: headers, text, attachments, parts.

Written out by hand because the standard library takes some five milliseconds for a mail of ours,
half as long as it takes to seal it; what it would parse is known here. No value can begin another
header: each is one line before it is folded.
"""

from __future__ import annotations

import base64
import binascii
from email.header import Header
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH = 76
LONGEST_LINE = 900  # RFC 5322 allows 998


@lru_cache(maxsize=256)
def header(name: str, value: str) -> str:
    """`Name: value`, encoded (RFC 2047) where it is not ASCII, folded where it is long."""
    line = " ".join(value.split())
    if not line.isascii():
        line = Header(line, "utf-8", WIDTH, name).encode(linesep="\r\n")
    elif len(name) + len(line) > WIDTH:
        line = "\r\n ".join(_folded(line.split(" "), WIDTH - len(name) - 2))
    return f"{name}: {line}\r\n"


def _folded(words: list[str], room: int) -> list[str]:
    lines = [words[0]]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= (room if len(lines) == 1 else WIDTH - 1):
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def address(display_name: str, addr_spec: str) -> str:
    """`"Baltic Shield (Tocsin)" <hub@tocsin.example>`, with its name encoded where it has to be."""
    plain = " ".join(display_name.split())
    if plain.isascii():
        quoted = plain.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}" <{addr_spec}>'
    return f"{Header(plain, 'utf-8', 300).encode()} <{addr_spec}>"


def text_part(text: str, more: str = "") -> bytes:
    """A part of plain text: as it is, or quoted-printable where it is more than short ASCII lines.

    `more`: parameters of its Content-Type, such as `; hp="cipher"`.
    """
    data = text.replace("\r\n", "\n").replace("\n", "\r\n").encode()
    short = all(len(line) <= LONGEST_LINE for line in data.split(b"\r\n"))
    simple = text.isascii() and short
    encoding = "7bit" if simple else "quoted-printable"
    head = f'Content-Type: text/plain; charset="utf-8"{more}\r\n'
    head += f"Content-Transfer-Encoding: {encoding}\r\n\r\n"
    return head.encode() + (data if simple else binascii.b2a_qp(data, istext=True))


def attachment(data: bytes, content_type: str, filename: str) -> bytes:
    """A part to be saved, in base64. `content_type` may carry parameters."""
    lines = base64.encodebytes(data).replace(b"\n", b"\r\n")
    head = (
        f"Content-Type: {content_type}\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        f'Content-Disposition: attachment; filename="{filename}"\r\n\r\n'
    )
    return head.encode() + lines


def multipart(content_type: str, boundary: str, parts: Sequence[bytes]) -> bytes:
    """Content-Type and body of a multipart. `boundary` must be one that nobody can have written."""
    mark = f"--{boundary}".encode()
    body = b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts)
    return f'Content-Type: {content_type};\r\n boundary="{boundary}"\r\n\r\n'.encode() + (
        body + mark + b"--\r\n"
    )
