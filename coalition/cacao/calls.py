"""An `http-api` command as our `call` verb, where `call` can say the same.

`call` sends a POST with a flat JSON object, and only to the hosts that operators have allowed.
Anything else (another method, headers, other content, an address with variables) stays a task.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from coalition.cacao.build import Build, Raw
from coalition.cacao.naming import readable
from coalition.cacao.words import content_of, text_of
from coalition.domain.playbook.step import read_step


def called(build: Build, step: Raw, command: Raw) -> Raw | None:
    """The fields of a `call` step; None where the command says something else."""
    words = text_of(command).split()
    if len(words) < 2 or words[0].upper() != "POST" or _headers(command):  # noqa: PLR2004
        return None
    url, sent = _address(build, step, words[1]), _sent(build, content_of(command))
    if url is None or sent is None or "__" in url:  # an address with a variable is no address
        return None
    made: Raw = {"do": "call", "url": url}
    if sent:
        made["send"] = sent
    try:
        read_step({"id": "x", **made})
    except (ValidationError, ValueError):
        return None
    return made


def _headers(command: Raw) -> bool:
    """Whether it sends headers that matter: the type of its content goes without saying."""
    headers = command.get("headers")
    names = headers if isinstance(headers, dict) else ()
    return any(name.lower() not in {"content-type", "accept"} for name in names)


def _address(build: Build, step: Raw, path: str) -> str | None:
    if urlsplit(path).scheme in {"http", "https"}:
        return path
    targets = step.get("targets")
    named = targets if isinstance(targets, list) and targets else [step.get("agent")]
    address = build.definition(named[0]).get("address")
    urls = address.get("url") if isinstance(address, dict) else None
    if len(named) > 1 or not isinstance(urls, list) or not urls or not isinstance(urls[0], str):
        return None
    return urls[0].rstrip("/") + "/" + path.lstrip("/")


def _sent(build: Build, content: str) -> Raw | None:
    if not content.strip():
        return {}
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or not all(_flat(one) for one in value.values()):
        return None
    return {name: _filled(build, one) for name, one in value.items()}


def _flat(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _filled(build: Build, value: Any) -> Any:
    return readable(value, build.variables.name) if isinstance(value, str) else value
