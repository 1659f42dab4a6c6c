"""A notice as one post in Mattermost, by the contract of its incoming webhooks."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web

from coalition.domain.errors import PermanentError, TransientError
from coalition.rendering.notices.mattermost import LONGEST_TEXT
from tests.channels.chats import Chat, chat, mattermost_says
from tests.notices.servers import raw_server
from tests.notices.stage import TEXT, member, stage
from workers.channels import calling

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio


def entry(**more: Any) -> dict[str, Any]:
    return {"kind": "mattermost", "hook": {"env": "LV_HOOK"}, "ceiling": "TLP:GREEN", **more}


PARTNER = member("lv", [entry()])


def points_to(one: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LV_HOOK", one.url)


async def test_a_notice_arrives_as_one_post_with_the_label_first_and_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with chat(mattermost_says) as room, stage(tmp_path, [PARTNER]) as on:
        points_to(room, monkeypatch)
        receipt = await on.send(on.issue()[0])
        (post,) = room.posts
        assert post["text"].startswith("TLP:GREEN ")
        assert post["text"].endswith("TLP:GREEN")
        assert TEXT.split(".", maxsplit=1)[0] in " ".join(post["text"].split())
        assert "[Read and answer](http://127.0.0.1:8470/n/" in post["text"]
        assert (post["username"], post["icon_emoji"]) == ("Tocsin", "bell")
        assert "icon_url" not in post
        assert receipt["stage"] == "delivered"
        assert "hooks" not in str(receipt)  # the address is the secret


@pytest.mark.parametrize(
    "evil",
    ["@channel wake up", "@all", "(@here)", "<!channel> now", "<!here>", "<@U123>", "@alice look"],
)
async def test_nothing_that_was_written_becomes_a_mention(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, evil: str
) -> None:
    async with chat(mattermost_says) as room, stage(tmp_path, [PARTNER]) as on:
        points_to(room, monkeypatch)
        await on.send(on.issue(text=f"Look: {evil} (cert@cert.lv.example)")[0])
        text = room.posts[0]["text"]
        assert not re.search(r"(?<![\w.])@\w|<[!@#]", text)
        assert "cert@cert.lv.example" in text  # an address stays one that can be copied


async def test_nothing_that_was_written_leaves_the_code_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with chat(mattermost_says) as room, stage(tmp_path, [PARTNER]) as on:
        points_to(room, monkeypatch)
        await on.send(on.issue(text="Before\n`````\n![x](https://evil.example/x.png)\n`````")[0])
        _, fence, *inside, closing, _ = room.posts[0]["text"].split("\n")
        assert fence == closing
        assert len(fence) > 5
        assert not any(line.startswith(fence) for line in inside)


async def test_what_does_not_fit_into_one_post_goes_as_a_link(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with chat(mattermost_says) as room, stage(tmp_path, [PARTNER], exercise=True) as on:
        points_to(room, monkeypatch)
        indicators = [{"type": "domain", "value": f"{n:03}.{'x' * 50}.example"} for n in range(300)]
        await on.send(on.issue(text="Many.", details={"indicators": indicators})[0])
        text = room.posts[0]["text"]
        assert len(text) < 1000 < LONGEST_TEXT
        assert text.startswith("TLP:GREEN EXERCISE")
        assert "Many." not in text
        assert "/n/" in text


async def test_a_post_without_an_answer_is_in_doubt_and_never_made_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    monkeypatch.setattr(calling, "TIMEOUT", aiohttp.ClientTimeout(total=0.2))
    async with raw_server(hang) as port, stage(tmp_path, [PARTNER]) as on:
        monkeypatch.setenv("LV_HOOK", f"http://127.0.0.1:{port}/hooks/x")
        (claim,) = on.issue()
        assert (await on.send(claim))["stage"] == "in_doubt"
        again = await on.send(claim._replace(in_doubt=True))
        assert again["stage"] == "in_doubt"


@pytest.mark.parametrize(
    ("status", "stage_reached"), [(502, "in_doubt"), (504, "in_doubt"), (200, "delivered")]
)
async def test_a_proxy_that_gives_up_on_the_way_leaves_a_doubt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, stage_reached: str
) -> None:
    async with chat(mattermost_says) as room, stage(tmp_path, [PARTNER]) as on:
        points_to(room, monkeypatch)
        room.replies = [web.Response(status=status)]
        assert (await on.send(on.issue()[0]))["stage"] == stage_reached
        assert room.asked == 1


async def test_a_server_that_cannot_take_it_now_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with chat(mattermost_says) as room, stage(tmp_path, [PARTNER]) as on:
        points_to(room, monkeypatch)
        room.replies = [web.Response(status=503)]
        (claim,) = on.issue()
        with pytest.raises(TransientError):
            await on.send(claim)
        assert (await on.send(claim))["stage"] == "delivered"
        assert len(room.posts) == 1


async def test_a_hook_that_holds_no_address_is_named_and_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stage(tmp_path, [PARTNER]) as on:
        monkeypatch.setenv("LV_HOOK", "xoxb-geheim")
        with pytest.raises(PermanentError, match="LV_HOOK holds no address") as caught:
            await on.send(on.issue()[0])
        assert "geheim" not in str(caught.value) + caught.value.fallback
