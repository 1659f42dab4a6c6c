"""An `http-api` command as our `call` verb, where `call` can say the same.

`call` asks only the hosts that operators have allowed, so an imported command runs only there. What
names its host by a variable, holds a secret, or sends what is no text stays a task.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from coalition.cacao.build import Build, Raw
from coalition.cacao.naming import readable
from coalition.cacao.words import content_of, text_of
from coalition.domain.playbook.step import read_step
from coalition.domain.playbook.values import MAX_TEXT
from coalition.domain.playbook.verbs._http import BODILESS

LONGEST_BODY = 2500
_TYPE = "content-type"
_PORTS = {"80": "http", "443": "https"}
_HOSTS = ("dname", "ipv4", "ipv6")


def called(build: Build, step: Raw, command: Raw, keep: list[str]) -> Raw | None:
    """The fields of a `call` step, which keeps the whole answer under the names of `keep`.

    None where the command says something that `call` cannot.
    """
    words = text_of(command).split()
    if len(words) not in {2, 3}:
        return None
    url = _address(build, step, words[1])
    headers = _headers(build, command)
    content = content_of(command)
    if url is None or headers is None or not _can_be_written(content):
        return None
    made: Raw = {"do": "call", "url": readable(url, build.variables.name)}
    made |= {"method": words[0].upper()} if words[0].upper() != "POST" else {}
    if content and _is_json(content) and not any(name.lower() == _TYPE for name in headers):
        headers = {"Content-Type": "application/json", **headers}
    made |= {"headers": headers} if headers else {}
    if content or words[0].upper() not in BODILESS:
        # Even where it is empty: `send` would tell a stranger's system what it does not expect.
        made["body"] = readable(content, build.variables.name, limit=MAX_TEXT)
    made |= {"keep": dict.fromkeys(keep, "*")} if keep else {}
    try:
        read_step({"id": "x", **made})
    except (ValidationError, ValueError):
        return None
    return None if "__" in made["url"] else made  # a variable that nothing declares


def _can_be_written(content: str) -> bool:
    """Whether our format can say exactly this, or JSON that means the same."""
    if content.startswith("(base64)") or len(content) > LONGEST_BODY:
        return False
    written = readable(content, limit=MAX_TEXT)
    return written == content or (
        _is_json(content) and _is_json(written) and json.loads(written) == json.loads(content)
    )


def _is_json(content: str) -> bool:
    try:
        return isinstance(json.loads(content), dict | list)
    except (ValueError, RecursionError):
        return False


def _headers(build: Build, command: Raw) -> Raw | None:
    """The headers as one text each; None where one is no list of texts."""
    headers = command.get("headers") or {}
    if not isinstance(headers, dict):
        return None
    found: Raw = {}
    for name, values in headers.items():
        listed = values if isinstance(values, list) else [values]
        if not all(isinstance(one, str) for one in listed):
            return None
        found[name] = readable(", ".join(listed), build.variables.name)
    return found


def _address(build: Build, step: Raw, path: str) -> str | None:
    if urlsplit(path).scheme in {"http", "https"}:
        return path
    targets = step.get("targets")
    named = targets if isinstance(targets, list) and targets else [step.get("agent")]
    target = build.definition(named[0])
    if len(named) > 1 or target.get("authentication_info"):  # its secrets are not ours
        return None
    origin = _origin(target)
    return None if origin is None else origin.rstrip("/") + "/" + path.lstrip("/")


def _origin(target: Mapping[str, Any]) -> str | None:
    address = target.get("address")
    if not isinstance(address, dict):
        return None
    url = _first(address.get("url"))
    if url is not None:
        return url
    host = next(filter(None, (_first(address.get(kind)) for kind in _HOSTS)), None)
    port = target.get("port", "80")
    if host is None or not isinstance(port, str) or not port.isdecimal():
        return None
    host = f"[{host}]" if ":" in host else host
    return f"{_PORTS[port]}://{host}" if port in _PORTS else f"http://{host}:{port}"


def _first(values: Any) -> str | None:
    first = values[0] if isinstance(values, list) and values else None
    return first if isinstance(first, str) else None
