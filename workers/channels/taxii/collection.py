"""Adds objects to a TAXII 2.1 collection and finds out whether the server has them.

OASIS, TAXII 2.1, sections 3.4 (status), 5.4 and 5.5 (objects). Some servers count an object that
they have already as a failure; so each failure is looked up, and one that is there is a success.
"""

from __future__ import annotations

import asyncio
import base64
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from coalition.adapters.coalition_file import read_secret
from coalition.domain.errors import PermanentError
from workers.channels.calling import Reply, Request, call

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from coalition.domain.channels import TaxiiChannel
    from workers.context import WorkerContext

MEDIA_TYPE = "application/taxii+json;version=2.1"
LARGEST_ANSWER = 1_000_000
POLLS = 8
FIRST_PAUSE = 0.25
"""A status that is pending is asked for again after 0.25, 0.5, 1, 2, 2 … seconds."""

Version = tuple[str, str]
"""Id of an object, and its version: `modified`, else `created`, else nothing."""


class Collection:
    """One collection, as the user (or token) of its entry in the coalition file."""

    def __init__(self, ctx: WorkerContext, channel: TaxiiChannel) -> None:
        self._ctx = ctx
        self._root = channel.url.rstrip("/")
        self._objects = f"{self._root}/collections/{channel.collection}/objects/"
        folder = ctx.tocsin.settings.coalition.parent
        self._headers = {"Accept": MEDIA_TYPE, **_authorization(channel, folder)}

    async def add(self, objects: Sequence[Mapping[str, Any]]) -> dict[str, object]:
        """Add them; returns the evidence once the server has them all, or says it is still at it.

        Raises:
            TransientError: as `call`.
            PermanentError: as `call`; it refuses some of them; or the answer is not TAXII.
        """
        envelope = json.dumps({"objects": list(objects)}, ensure_ascii=False).encode()
        headers = {**self._headers, "Content-Type": MEDIA_TYPE}
        request = Request("POST", self._objects, envelope, headers, LARGEST_ANSWER)
        reply = await call(self._ctx, request)
        status = await self._settled(self._parsed(reply))
        failed = {str(one.get("id", "")) for one in status.get("failures", ())}
        absent = failed and await self._absent(one for one in objects if one["id"] in failed)
        if absent:
            raise PermanentError(
                f"{self._host} did not take {len(absent)} of {len(objects)} objects.",
                fallback="Ask the partner what its TAXII server said; the status id is "
                f"{str(status.get('id', 'not given'))[:60]}.",
            )
        return {**reply.evidence, "taxii": str(status["status"]), "known": len(failed)}

    @property
    def _host(self) -> str:
        return urlsplit(self._root).netloc

    async def _settled(self, status: dict[str, Any]) -> dict[str, Any]:
        pause = FIRST_PAUSE
        for _ in range(POLLS):
            if status.get("status") != "pending" or "id" not in status:
                break
            await asyncio.sleep(pause)
            pause = min(2 * pause, 2.0)
            place = f"{self._root}/status/{quote(str(status['id']), safe='')}/"
            reply = await call(
                self._ctx, Request("GET", place, None, self._headers, LARGEST_ANSWER)
            )
            status = self._parsed(reply)
        return status

    async def _absent(self, objects: Iterable[Mapping[str, Any]]) -> set[Version]:
        """Those that the collection does not have in this version."""
        wanted = {_version(one) for one in objects}
        ids = quote(",".join(sorted(id for id, _ in wanted)), safe=",")
        place = f"{self._objects}?match[id]={ids}&match[version]=all"
        reply = await call(self._ctx, Request("GET", place, None, self._headers, LARGEST_ANSWER))
        return wanted - {_version(one) for one in self._parsed(reply).get("objects", ())}

    def _parsed(self, reply: Reply) -> dict[str, Any]:
        try:
            found = json.loads(reply.body or b"{}")
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise PermanentError(
                f"{self._host} did not answer as a TAXII 2.1 server.",
                fallback="Check the address of the API root in the coalition file.",
            )
        return found


def _version(one: Mapping[str, Any]) -> Version:
    return str(one.get("id", "")), str(one.get("modified") or one.get("created") or "")


def _authorization(channel: TaxiiChannel, folder: Path) -> dict[str, str]:
    if channel.token is not None:
        token = read_secret(channel.token, folder).get_secret_value()
        return {"Authorization": f"Bearer {token}"}
    if channel.user is not None and channel.password is not None:
        password = read_secret(channel.password, folder).get_secret_value()
        pair = base64.b64encode(f"{channel.user}:{password}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}
    return {}
