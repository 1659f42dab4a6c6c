"""`call`: another system of ours is told, and may answer with values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StrictFloat, StrictInt
from typing_extensions import override

from coalition.domain.labels import TypedTlp, strictest
from coalition.domain.playbook.behaviour import Ending, Moment, Opened, Verb
from coalition.domain.playbook.shapes import Id, OptionalText
from coalition.domain.playbook.values import Results, Variable

_PATH = r"^[A-Za-z0-9_-]{1,60}(\.[A-Za-z0-9_-]{1,60}){0,7}$"


def _address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"https", "http"} or not parts.hostname or "{{" in url:
        raise ValueError(f"{url[:60]!r} is no plain web address; write https://host/path")
    if parts.username or parts.fragment:
        raise ValueError("holds a user name or a fragment; write https://host/path")
    return url


class Call(Verb):
    """A signed POST (Standard Webhooks) of `send` as JSON to an address of the allow-list.

    `keep: {ticket: data.id}` keeps what the JSON answer holds there, as text. Success: a 2xx with
    everything that is kept. No answer, 408, 425, 429 and 5xx are tried again; the other side tells
    repeats by `webhook-id`. Failure: not on the allow-list, the label is above what the list lets
    it have, refused, redirected, or the answer lacks what is kept.
    """

    word = "call"

    do: Literal["call"]
    url: Annotated[str, AfterValidator(_address)]
    send: dict[Id, OptionalText | StrictInt | StrictFloat] = Field(default_factory=dict)
    keep: dict[Id, Annotated[str, Field(pattern=_PATH)]] = Field(default_factory=dict)
    tlp: TypedTlp | None = None

    @property
    @override
    def saves(self) -> Results:
        return {name: (Variable("text"), "") for name in self.keep}

    @property
    @override
    def templates(self) -> Iterator[tuple[str, str, str]]:
        yield from super().templates
        for name, value in self.send.items():
            if isinstance(value, str):
                yield f"send.{name}", value, "any"

    @override
    def request(self, moment: Moment) -> dict[str, Any]:
        sent = {
            name: moment.text(value) if isinstance(value, str) else value
            for name, value in self.send.items()
        }
        return {
            "url": self.url,
            "send": sent,
            "keep": dict(self.keep),
            "tlp": str(strictest(moment.tlp, self.tlp or moment.tlp)),
        }

    @override
    def performed(self, opened: Opened, output: Mapping[str, Any], moment: Moment) -> Ending:
        kept = {name: str(output.get(name, "")) for name in self.keep}
        return Ending("ok", variables=kept)

    @property
    @override
    def sentence(self) -> str:
        return self.about or f"Call {urlsplit(self.url).hostname}"
