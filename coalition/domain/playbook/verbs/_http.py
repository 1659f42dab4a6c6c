"""What a request to another system may look like: its address, headers and body, filled in safely.

A value that a run fills in can be anybody's text. It never changes which host is called, which
page, which headers there are, or how a JSON or form body is built: in an address it is
percent-encoded, in JSON and forms it is escaped, and a line break in a header is a failure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Annotated
from urllib.parse import quote, quote_plus, urlsplit

from pydantic import AfterValidator, Field

from coalition.domain.playbook.templates import fault_in
from coalition.domain.playbook.values import MAX_TEXT

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
BODILESS = ("GET", "DELETE")

_FIELD_NAME = r"^[A-Za-z][A-Za-z0-9!#$%&'*+.^_`|~-]{0,79}$"  # RFC 9110, field-name
# Whose they are: of the connection, of the signature, or secrets, which a playbook never holds.
_RESERVED = re.compile(
    r"host|connection|content-length|content-encoding|transfer-encoding|te|trailer|upgrade|expect"
    r"|keep-alive|idempotency-key|webhook-.*|proxy-.*|authorization|cookie|.*api-?key|.*token"
    r"|.*secret",
    re.IGNORECASE,
)
BREAKING = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def _address(url: str) -> str:
    parts = urlsplit(url)
    host = f"{parts.scheme}://{parts.netloc}"
    if parts.scheme not in {"https", "http"} or not parts.hostname or "{" in host:
        raise ValueError(f"{url[:60]!r} is no plain web address; write https://host/path")
    if parts.username or parts.fragment:
        raise ValueError("holds a user name or a fragment; write https://host/path")
    if BREAKING.search(url) or len(url) > MAX_TEXT:
        raise ValueError("holds a line break, or is too long; write one line")
    fault = fault_in(url)
    if fault:
        raise ValueError(fault)
    return url


def _header(value: str) -> str:
    fault = fault_in(value)
    if fault:
        raise ValueError(fault)
    if BREAKING.search(value):
        raise ValueError("holds a line break; write one line")
    return value


Address = Annotated[str, AfterValidator(_address)]
"""A web address whose path and query may hold `{{name}}`s; its host may not."""

Headers = dict[
    Annotated[str, Field(pattern=_FIELD_NAME)],
    Annotated[str, AfterValidator(_header), Field(max_length=1000)],
]
"""Further headers of a request, by name."""


def header_problem(name: str) -> str | None:
    """Why a playbook may not set this header: `what; what to do`, or None."""
    if not _RESERVED.fullmatch(name):
        return None
    return (
        f"header {name} belongs to the connection, to the signature or to a secret, and a playbook "
        "sets none of them; remove it"
    )


def percent_encoded(value: str) -> str:
    """A value as it stands in an address: `/`, `?` and `&` in it are letters like others."""
    return quote(value, safe="")


def escape_of(headers: Mapping[str, str]) -> Callable[[str], str]:
    """How a value is written into a body of the type that these headers state."""
    kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    kind = kind.partition(";")[0].strip().lower()
    if kind == "application/json" or kind.endswith("+json"):
        return lambda value: json.dumps(value, ensure_ascii=False)[1:-1]
    if kind == "application/x-www-form-urlencoded":
        return quote_plus
    return str
