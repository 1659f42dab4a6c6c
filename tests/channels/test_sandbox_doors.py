"""Every channel that speaks HTTP, sent to the simulated partners, who read and answer it."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from starlette.applications import Starlette

from coalition.domain.errors import PermanentError
from sandbox.partners.doors import COLLECTION
from sandbox.partners.service import PartnerService
from tests.notices.stage import member, stage
from tests.sandbox.partners.serving import served

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

pytestmark = pytest.mark.anyio
KEY = "sandbox-key"


@contextmanager
def partners() -> Iterator[str]:
    """CERT-LV of the sandbox with all its doors open."""
    entry = {"id": "lv", "name": "CERT-LV", "doors": ["mattermost", "slack", "misp", "taxii"]}
    service = PartnerService([entry], hub_url="http://127.0.0.1:1")

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with service:
            yield

    with served(Starlette(routes=service.routes, lifespan=lifespan)) as url:
        yield url


def channels(url: str) -> dict[str, dict[str, Any]]:
    at = f"{url}/partners/lv"
    return {
        "mattermost": {"hook": {"env": "LV_MATTERMOST"}, "ceiling": "TLP:GREEN"},
        "slack": {"hook": {"env": "LV_SLACK"}, "ceiling": "TLP:GREEN"},
        "misp": {"url": f"{at}/misp", "key": {"env": "LV_KEY"}, "ceiling": "TLP:AMBER"},
        "taxii": {"url": f"{at}/taxii/", "collection": COLLECTION, "token": {"env": "LV_KEY"},
                  "ceiling": "TLP:AMBER"},
    }  # fmt: skip


def inbox(url: str) -> list[dict[str, Any]]:
    with urllib.request.urlopen(f"{url}/partners/lv/inbox", timeout=10) as answer:  # noqa: S310
        items: list[dict[str, Any]] = json.load(answer)["items"]
    return items


@pytest.mark.parametrize("kind", ["mattermost", "slack", "misp", "taxii"])
async def test_the_partner_reads_what_is_sent_and_sees_a_repeat_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    with partners() as url:
        for chat in ("mattermost", "slack"):
            monkeypatch.setenv(f"LV_{chat.upper()}", f"{url}/partners/lv/hooks/{chat}")
        monkeypatch.setenv("LV_KEY", KEY)
        channel = {"kind": kind, **channels(url)[kind]}
        async with stage(tmp_path, [member("lv", [channel])], exercise=True) as on:
            (claim,) = on.issue()
            assert (await on.send(claim))["stage"] == "delivered"
            if kind in ("misp", "taxii"):
                again = await on.send(claim._replace(attempt=2, in_doubt=True))
                assert again["stage"] == "delivered"
        items = await asyncio.to_thread(inbox, url)
        shown = [one for one in items if one["repeat_of"] is None]
        assert len(shown) == 1
        assert shown[0]["channel"] == kind
        assert shown[0]["label"] == "TLP:GREEN"
        assert shown[0]["exercise"] is True
        if kind in ("mattermost", "slack"):
            assert "/n/" in shown[0]["answer_link"]
            assert shown[0]["notice_id"] == "INC-2026-0007-n1-lv"


@pytest.mark.parametrize("kind", ["misp", "taxii"])
async def test_a_door_opens_only_to_its_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setenv("LV_KEY", "wrong")
    with partners() as url:
        channel = {"kind": kind, **channels(url)[kind]}
        async with stage(tmp_path, [member("lv", [channel])]) as on:
            with pytest.raises(PermanentError, match=r"user|401"):
                await on.send(on.issue()[0])
        assert await asyncio.to_thread(inbox, url) == []
