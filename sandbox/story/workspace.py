"""The sandbox over HTTP: what a person types, clicks and sees; what a partner received."""

from __future__ import annotations

import html
import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any


class StoryError(Exception):
    """The story cannot go on; the text says what was expected and what there was instead."""


def read(message: dict[str, Any]) -> str:
    """All of a message that a person reads: the words of its blocks, else its text."""
    words: list[str] = []
    for block in message.get("blocks") or []:
        parts = [block.get("text"), *block.get("fields", []), *block.get("elements", [])]
        words += [part["text"] for part in parts if part and isinstance(part.get("text"), str)]
    return html.unescape("\n".join(words) or message.get("text", ""))


@dataclass
class Workspace:
    """`as_(user)` acts. Waits end with `StoryError` and say what was there."""

    url: str
    patience: float = 60.0
    started: float = field(default_factory=time.monotonic)

    def _ask(self, path: str, body: dict[str, Any] | None = None, timeout: float = 20) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310 - the sandbox on this machine
            f"{self.url.rstrip('/')}/{path}",
            data=data,
            headers={"content-type": "application/json"} if data else {},
        )
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310
                return json.load(answer)
        except urllib.error.HTTPError as error:
            said = error.read().decode(errors="replace")[:600]
            raise StoryError(f"{path}: HTTP {error.code}: {said}") from error
        except OSError as error:
            raise StoryError(f"{path}: the sandbox does not answer ({error})") from error

    def command(self, user: str, channel: str, text: str) -> str:
        """Type a slash command; returns what the person then saw, as text."""
        told = self._ask("_control/command", {"user": user, "channel": channel, "text": text})
        status = told["delivery"]["status"]
        if status != "acked":
            raise StoryError(f"{text!r}: {status}; {told['seen'].get('notice')}")
        return "\n".join(read(message) for message in told["seen"]["messages"])

    def react(self, user: str, channel: str, ts: str, name: str) -> None:
        """Put an emoji on a message."""
        body = {"user": user, "channel": channel, "ts": ts, "name": name}
        self._ask("_control/reaction", body)

    def say(self, user: str, channel: str, text: str) -> str:
        """Write a message; returns its ts."""
        told = self._ask("_control/message", {"user": user, "channel": channel, "text": text})
        return str(told["message"]["ts"])

    def click(self, user: str, channel: str, message: dict[str, Any], label: str) -> None:
        """Press the button with this label."""
        for block in message.get("blocks", []):
            for element in block.get("elements", []):
                if element.get("text", {}).get("text", "").lower().startswith(label.lower()):
                    body = {"user": user, "channel": channel, "ts": message["ts"]}
                    body |= {"action_id": element["action_id"], "block_id": block["block_id"]}
                    self._ask("_control/action", body)
                    return
        raise StoryError(f"there is no button {label!r} on: {message.get('text')}")

    def wait(self, kind: str, **filters: Any) -> dict[str, Any]:
        """Wait until something is there; returns it."""
        body = {"for": kind, **filters, "timeout": self.patience}
        found: dict[str, Any] = self._ask("_control/wait", body, self.patience + 10)
        return dict(found["match"])

    def inbox(self, partner: str) -> list[dict[str, Any]]:
        """What a partner has received, oldest first."""
        told = self._ask(f"partners/{partner}/inbox")
        return list(told["items"] if isinstance(told, dict) else told)
