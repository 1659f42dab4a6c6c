"""STIX objects into a partner's TAXII 2.1 collection: medallion, and servers that are slow."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from coalition.domain.errors import PermanentError
from tests.channels.taxii_server import PASSWORD, USER, taxii_server
from tests.notices.stage import member, stage
from workers.channels.taxii import collection

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.anyio
ID = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
TYPE = "application/taxii+json;version=2.1"


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LV_TAXII", PASSWORD)


def taxii(url: str, collection: str = ID, **more: Any) -> dict[str, Any]:
    known = more or {"user": USER, "password": {"env": "LV_TAXII"}}
    return {"kind": "taxii", "url": url, "collection": collection, "ceiling": "TLP:AMBER", **known}


async def test_a_notice_stands_in_the_collection_as_stix(tmp_path: Path) -> None:
    with taxii_server() as server:
        partner = member("lv", [taxii(server.url, server.collection)])
        async with stage(tmp_path, [partner]) as on:
            receipt = await on.send(on.issue()[0])
        assert receipt["stage"] == "delivered"
        assert receipt["evidence"]["taxii"] == "complete"
        assert receipt["evidence"]["status"] == 202
        kinds = {one["type"] for one in server.held}
        assert {"report", "note", "identity", "marking-definition"} <= kinds


async def test_point_29_a_repeated_push_of_the_same_bundle_is_a_success(tmp_path: Path) -> None:
    with taxii_server() as server:
        partner = member("lv", [taxii(server.url, server.collection)])
        async with stage(tmp_path, [partner]) as on:
            (claim,) = on.issue()
            await on.send(claim)
            held = len(server.held)
            again = await on.send(claim._replace(attempt=2, in_doubt=True))
        assert again["stage"] == "delivered"
        assert again["evidence"]["known"] == held == len(server.held) > 0


async def test_a_wrong_password_is_final_and_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LV_TAXII", "geheim")
    with taxii_server() as server:
        partner = member("lv", [taxii(server.url, server.collection)])
        async with stage(tmp_path, [partner]) as on:
            with pytest.raises(PermanentError, match="answered 401") as caught:
                await on.send(on.issue()[0])
        assert "geheim" not in str(caught.value) + caught.value.fallback
        assert server.held == []


class Scripted:
    """A server that answers `post` with the first status, and `GET status/…` with the others."""

    def __init__(self, *statuses: dict[str, Any]) -> None:
        self.statuses = [{"id": ID, **status} for status in statuses]
        self.held: list[dict[str, Any]] = []
        self.taken: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.body: bytes | None = None

    async def post(self, request: web.Request) -> web.Response:
        self.headers.append(dict(request.headers))
        self.taken = json.loads(await request.read())["objects"]
        if self.body is not None:
            return web.Response(status=202, body=self.body)
        return self._next(202)

    async def status(self, request: web.Request) -> web.Response:
        assert request.headers["Accept"] == TYPE
        return self._next(200)

    async def objects(self, request: web.Request) -> web.Response:
        wanted = request.query["match[id]"].split(",")
        found = [one for one in self.held if one["id"] in wanted]
        return web.json_response({"objects": found}, content_type="application/taxii+json")

    def _next(self, code: int) -> web.Response:
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        for failure in status.get("failures", ()):
            failure.setdefault("id", self.taken[0]["id"])
        return web.json_response(status, status=code, content_type="application/taxii+json")


@asynccontextmanager
async def serving(server: Scripted) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post(f"/api/collections/{ID}/objects/", server.post)
    app.router.add_get(f"/api/collections/{ID}/objects/", server.objects)
    app.router.add_get(f"/api/status/{ID}/", server.status)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    finally:
        await runner.cleanup()


@pytest.fixture
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collection, "FIRST_PAUSE", 0.0)


@pytest.mark.usefixtures("_no_pause")
async def test_a_pending_status_is_asked_for_until_it_is_complete(tmp_path: Path) -> None:
    pending, complete = {"status": "pending"}, {"status": "complete"}
    server = Scripted(pending, pending, complete)
    async with (
        serving(server) as url,
        stage(tmp_path, [member("lv", [taxii(url, token={"env": "LV_TAXII"})])]) as on,
    ):
        receipt = await on.send(on.issue()[0])
    assert receipt["stage"] == "delivered"
    (headers,) = server.headers
    assert headers["Content-Type"] == headers["Accept"] == TYPE
    assert headers["Authorization"] == f"Bearer {PASSWORD}"


@pytest.mark.usefixtures("_no_pause")
async def test_a_server_that_stays_at_it_has_not_delivered_yet(tmp_path: Path) -> None:
    server = Scripted({"status": "pending"})
    async with serving(server) as url, stage(tmp_path, [member("lv", [taxii(url)])]) as on:
        receipt = await on.send(on.issue()[0])
    assert (receipt["stage"], receipt["evidence"]["taxii"]) == ("sent", "pending")


async def test_an_object_that_is_refused_and_not_there_is_a_failure(tmp_path: Path) -> None:
    server = Scripted({"status": "complete", "failures": [{"message": "no"}]})
    async with serving(server) as url, stage(tmp_path, [member("lv", [taxii(url)])]) as on:
        with pytest.raises(PermanentError, match="did not take 1 of") as caught:
            await on.send(on.issue()[0])
    assert ID in caught.value.fallback


async def test_an_older_version_that_is_there_is_no_success(tmp_path: Path) -> None:
    server = Scripted({"status": "complete", "failures": [{}]})
    async with serving(server) as url, stage(tmp_path, [member("lv", [taxii(url)])]) as on:
        (claim,) = on.issue()
        with pytest.raises(PermanentError):
            await on.send(claim)
        server.held = [{**server.taken[0], "modified": "2001-01-01T00:00:00Z"}]
        with pytest.raises(PermanentError, match="did not take 1 of"):
            await on.send(claim)
        server.held = [server.taken[0]]
        assert (await on.send(claim))["stage"] == "delivered"


@pytest.mark.parametrize("body", [b"<html>welcome</html>", b"[]", b"\xff"])
async def test_what_is_no_taxii_server_is_named(tmp_path: Path, body: bytes) -> None:
    server = Scripted({"status": "complete"})
    server.body = body
    async with serving(server) as url, stage(tmp_path, [member("lv", [taxii(url)])]) as on:
        with pytest.raises(PermanentError, match=r"did not answer as a TAXII 2\.1 server"):
            await on.send(on.issue()[0])
