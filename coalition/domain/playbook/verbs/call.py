"""`call`: another system of ours is told or asked, and may answer with values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, StrictFloat, StrictInt
from typing_extensions import override

from coalition.domain.labels import TypedTlp, strictest
from coalition.domain.playbook.behaviour import Ending, Moment, Opened, Verb
from coalition.domain.playbook.shapes import Id, OptionalText
from coalition.domain.playbook.values import Results, Variable
from coalition.domain.playbook.verbs._http import (
    BODILESS,
    Address,
    Headers,
    escape_of,
    header_problem,
    percent_encoded,
)

WHOLE = "*"
"""Stands in `keep` for the whole answer."""

_PATH = r"^(\*|[A-Za-z0-9_-]{1,60}(\.[A-Za-z0-9_-]{1,60}){0,7})$"


class Call(Verb):
    """A signed request (Standard Webhooks) to an address of the allow-list; a POST unless said.

    `send` is wrapped in JSON that says which incident and run it comes from; `body` goes as it is
    written, for systems that know nothing of us, with `headers` to say what it is. Values that are
    filled in are encoded for where they stand and never change the host. `keep: {ticket: data.id}`
    keeps what the JSON answer holds there, as text; `*` is the whole answer. Success: a 2xx with
    everything that is kept. No answer, 408, 425, 429 and 5xx are tried again; the other side tells
    repeats by `webhook-id`. Failure: not on the allow-list, the label is above what the list lets
    it have, refused, redirected, or the answer lacks what is kept.
    """

    word = "call"

    do: Literal["call"]
    url: Address
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "POST"
    headers: Headers = Field(default_factory=dict)
    send: dict[Id, OptionalText | StrictInt | StrictFloat] = Field(default_factory=dict)
    body: OptionalText | None = None
    keep: dict[Id, Annotated[str, Field(pattern=_PATH)]] = Field(default_factory=dict)
    tlp: TypedTlp | None = None

    @override
    def problems(self) -> Iterator[tuple[str, str]]:
        for name in self.headers:
            what = header_problem(name)
            if what:
                yield f"headers.{name}", what
        if self.body is not None and self.send:
            yield "body", "stands beside send; keep the one that the other side reads"
        written = "body" if self.body else "send" if self.send else None
        if written and self.method in BODILESS:
            what = f"is not sent with {self.method}; put the values into the url, or use POST"
            yield written, what

    @property
    @override
    def saves(self) -> Results:
        return {name: (Variable("text"), "") for name in self.keep}

    @property
    @override
    def templates(self) -> Iterator[tuple[str, str, str]]:
        yield from super().templates
        yield "url", self.url, "any"
        for name, value in self.headers.items():
            yield f"headers.{name}", value, "any"
        for name, sent in self.send.items():
            if isinstance(sent, str):
                yield f"send.{name}", sent, "any"

    @override
    def request(self, moment: Moment) -> dict[str, Any]:
        sent = {
            name: moment.text(value) if isinstance(value, str) else value
            for name, value in self.send.items()
        }
        bare = self.body is not None or self.method in BODILESS
        body = moment.text(self.body or "", escape_of(self.headers))
        return {
            "url": moment.text(self.url, percent_encoded),
            "method": self.method,
            "headers": {name: moment.text(value) for name, value in self.headers.items()},
            "send": sent,
            "body": body if bare else None,
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
        asked = "Ask" if self.method == "GET" else "Call"
        return self.about or f"{asked} {urlsplit(self.url).hostname}"
