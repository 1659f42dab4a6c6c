"""The systems of ours that playbooks may call, and the strictest label that each may get."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from coalition.domain.labels import Tlp, parse_tlp

_USUAL = {"https": 443, "http": 80}


def origin_of(url: str) -> str:
    """`https://host:port` in lower case, without the port that goes without saying.

    Raises:
        ValueError: it is no web address.
    """
    parts = urlsplit(url.strip())
    if parts.scheme not in _USUAL or not parts.hostname or "@" in parts.netloc:
        msg = f"{url[:60]!r} is no address of a host; write it like https://tickets.example"
        raise ValueError(msg)
    port = "" if parts.port in (None, _USUAL[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{parts.hostname.lower()}{port}"


def parse_allow_list(text: str) -> dict[str, Tlp]:
    """`https://tickets.example=TLP:GREEN, https://wall.example` by origin; TLP:CLEAR unsaid.

    Raises:
        ValueError: an entry is more than an origin, or has no known label.
    """
    found: dict[str, Tlp] = {}
    for word in filter(None, re.split(r"[,\s]+", text)):
        address, _, label = word.partition("=")
        origin = origin_of(address)
        if urlsplit(address).path.strip("/") or urlsplit(address).query:
            msg = f"{address[:60]!r} names a page; the list holds hosts only: write {origin}"
            raise ValueError(msg)
        found[origin] = parse_tlp(label) if label else Tlp.CLEAR
    return found
