"""Pushes one event to a MISP server by its REST interface; the same event again is an edit.

An event is known by its UUID. The server edits what it has when the event is newer, and says so
when it is not: then it has it already, which is what we want (a repeat after a crash).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from coalition.adapters.coalition_file import read_secret
from coalition.domain.errors import PermanentError
from workers.channels.calling import Reply, Request, call, judge

if TYPE_CHECKING:
    from coalition.domain.channels import SecretRef
    from workers.context import WorkerContext

LARGEST_ANSWER = 1_000_000

_FORBIDDEN, _NOT_FOUND = 403, 404
_NOT_NEWER = b"not newer than the local copy"
_EXISTS = b"already exists"


class Server:
    """One MISP server, as the user whose automation key we were given."""

    def __init__(self, ctx: WorkerContext, url: str, key: SecretRef) -> None:
        self._ctx = ctx
        self._url = url.rstrip("/")
        secret = read_secret(key, ctx.tocsin.settings.coalition.parent)
        self._headers = {
            "Authorization": secret.get_secret_value(),
            "Accept": "application/json",
            "Content-Type": "application/json",
        }

    async def put(self, uuid: str, event: bytes) -> dict[str, object]:
        """Add the event, or edit the one of that UUID; returns the evidence.

        `event` is JSON, `{"Event": {…}}`.

        Raises:
            TransientError: as `call`.
            PermanentError: as `call`; or our user may not add or change it.
        """
        if await self._knows(uuid):
            return await self._edit(uuid, event)
        reply = await self._post("events/add/metadata:1", event, _NOT_FOUND)
        if reply.status == _NOT_FOUND and _EXISTS in reply.body:  # somebody was faster
            return await self._edit(uuid, event)
        return self._judged(reply, "added")

    async def _knows(self, uuid: str) -> bool:
        request = Request("HEAD", f"{self._url}/events/view/{uuid}", None, self._headers)
        reply = await call(self._ctx, request, accept=frozenset({_NOT_FOUND, _FORBIDDEN}))
        if reply.status == _FORBIDDEN:
            host = urlsplit(self._url).netloc
            raise PermanentError(
                f"{host} does not let our user see or make events.",
                fallback="Ask the partner whether the key is right and its role may add events.",
            )
        return reply.status != _NOT_FOUND

    async def _edit(self, uuid: str, event: bytes) -> dict[str, object]:
        reply = await self._post(f"events/edit/{uuid}/metadata:1", event, _FORBIDDEN)
        if reply.status == _FORBIDDEN and _NOT_NEWER in reply.body:
            return {**reply.evidence, "misp": "known"}
        return self._judged(reply, "edited")

    async def _post(self, path: str, event: bytes, accept: int) -> Reply:
        request = Request("POST", f"{self._url}/{path}", event, self._headers, LARGEST_ANSWER)
        return await call(self._ctx, request, accept=frozenset({accept}))

    def _judged(self, reply: Reply, done: Literal["added", "edited"]) -> dict[str, object]:
        judge(reply.status, urlsplit(self._url).netloc, None)
        return {**reply.evidence, "misp": done}
