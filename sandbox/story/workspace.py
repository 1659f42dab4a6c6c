"""The sandbox over HTTP: what a person types, clicks and sees; what a partner received."""

from __future__ import annotations

import html
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


class StoryError(Exception):
    """The story cannot go on; the text says what was expected and what there was instead."""


def read(message: Json) -> str:
    """All of a message that a person reads: the words of its blocks, else its text."""
    words: list[str] = []
    for block in message.get("blocks") or []:
        parts = [block.get("text"), *block.get("fields", []), *block.get("elements", [])]
        words += [part["text"] for part in parts if part and isinstance(part.get("text"), str)]
    return html.unescape("\n".join(words) or message.get("text", ""))


@dataclass
class Workspace:
    """People act and look. `patience`: how many seconds a wait may take until `StoryError`."""

    url: str
    patience: float = 60.0

    def ask(self, path: str, body: Json | None = None, timeout: float = 20) -> Any:
        """GET a path of the sandbox, or POST a body to it; the JSON it answers.

        Raises:
            StoryError: refused, with the reason; or nobody answers.
        """
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310 - the sandbox on this machine
            f"{self.url.rstrip('/')}/{path}",
            data=data,
            headers={"content-type": "application/json"} if data else {},
            method="PATCH" if path.endswith("/behaviour") and data else None,
        )
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise StoryError(f"{path}: {_reason(error)}") from error
        except OSError as error:
            raise StoryError(f"{path}: the sandbox does not answer ({error})") from error

    # ----------------------------------------------------------------------- what people do
    def act(self, what: str, user: str, **how: Any) -> Json:
        """One act of a person, by its name in the control surface; what they then saw.

        Raises:
            StoryError: refused by the workspace, or not acknowledged by the app.
        """
        told: Json = self.ask(f"_control/{what}", {"user": user, **how})
        delivery = told.get("delivery")
        if delivery and delivery["status"] != "acked":
            notice = told["seen"].get("notice") or delivery.get("reason") or ""
            raise StoryError(f"{what} of {user}, {how}: {delivery['status']}. {notice}")
        return told

    def command(self, user: str, channel: str, text: str) -> str:
        """Type a slash command; returns the reply that only this person sees, as text."""
        told = self.act("command", user, channel=channel, text=text)
        return "\n".join(read(one) for one in told["seen"]["messages"] if one.get("ephemeral"))

    def react(self, user: str, channel: str, ts: str, name: str) -> None:
        """Put an emoji on a message."""
        self.act("reaction", user, channel=channel, ts=ts, name=name)

    def say(self, user: str, channel: str, text: str) -> str:
        """Write a message; returns its ts."""
        return str(self.act("message", user, channel=channel, text=text)["message"]["ts"])

    def click(self, user: str, channel: str, message: Json, label: str) -> Json:
        """Press the button with this label; what the person then saw."""
        for block in message.get("blocks", []):
            for element in block.get("elements", []):
                shown = element.get("text")
                if isinstance(shown, dict) and shown["text"].lower().startswith(label.lower()):
                    ids = {"action_id": element["action_id"], "block_id": block["block_id"]}
                    return self.act("action", user, channel=channel, ts=message["ts"], **ids)
        raise StoryError(f"there is no button {label!r} on: {message.get('text')}")

    # ---------------------------------------------------------------------- what people see
    def wait(self, kind: str, **filters: Any) -> Json:
        """Wait until something is there; returns it."""
        body = {"for": kind, **filters, "timeout": self.patience}
        found: Json = self.ask("_control/wait", body, self.patience + 10)
        return dict(found["match"])

    def until(self, condition: Callable[[], Any], what: str, every: float = 0.1) -> Any:
        """Wait until a condition holds; returns what it returned."""
        deadline = time.monotonic() + self.patience
        while not (found := condition()):
            if time.monotonic() > deadline:
                raise StoryError(f"not within {self.patience:g} s: {what}")
            time.sleep(every)
        return found

    # --------------------------------------------------------------------------- partners
    def inbox(self, partner: str) -> list[Json]:
        """What a partner has received and a person there would read, newest first."""
        items = self.ask(f"partners/{partner}/inbox")["items"]
        return [item for item in items if item["accepted"] and not item["repeat_of"]]

    def answers(self, partner: str) -> list[Json]:
        """What the people of a partner have answered, or are about to."""
        return list(self.ask(f"partners/{partner}/inbox?brief=1")["answers"])

    def behave(self, partner: str, **change: Any) -> None:
        """Change how the people of a partner behave from now on."""
        self.ask(f"_control/partners/{partner}/behaviour", change)

    def answer(self, partner: str, notice: str, answer: str, **how: Any) -> Json:
        """Have a partner answer a notice now."""
        body = {"notice_id": notice, "answer": answer, **how}
        return dict(self.ask(f"_control/partners/{partner}/answer", body))


def _reason(error: urllib.error.HTTPError) -> str:
    """Why the sandbox refused, in words; what was there instead, where it says so."""
    text = error.read().decode(errors="replace")
    try:
        said = json.loads(text)
    except ValueError:
        return f"HTTP {error.code}: {text[:600]}"
    why = said.get("detail") or said.get("error") or said.get("answer", {}).get("log") or text
    near = "".join(f"\n  there was: {' '.join(str(one).split())}" for one in said.get("near", ()))
    return f"{why}{near}"
