"""A notice in a partner's own Slack channel: by our bot, or by an incoming webhook of theirs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from coalition.application.ports import Claim
from coalition.domain.errors import PermanentError, TransientError
from coalition.domain.labels import Tlp
from tests.channels.chats import chat, slack_says
from tests.notices.stage import Stage, member, stage
from tests.slack.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

pytestmark = pytest.mark.anyio


def entry(**where: Any) -> dict[str, Any]:
    return {"kind": "slack", "ceiling": "TLP:GREEN", **where}


@pytest.fixture(scope="module")
def workspace() -> Iterator[Workspace]:
    with Workspace() as one:
        yield one


@pytest.fixture
def room(workspace: Workspace) -> str:
    """A private channel of the partner's that the bot is in, empty."""
    made = workspace.client.conversations_create(name=f"cert-lv-{len(ROOMS)}", is_private=True)
    ROOMS.append(str(made["channel"]["id"]))
    return ROOMS[-1]


ROOMS: list[str] = []


def hub(folder: Path, workspace: Workspace, channel: str) -> AbstractAsyncContextManager[Stage]:
    partner = member("lv", [entry(channel=channel)])
    url = f"{workspace.url}/api/"
    return stage(folder, [partner], slack_api_url=url, slack_bot_token="xoxb-sandbox")


@pytest.fixture
async def on(tmp_path: Path, workspace: Workspace, room: str) -> AsyncIterator[Stage]:
    async with hub(tmp_path, workspace, room) as one:
        yield one


def claimed(on: Stage, **fields: Any) -> Claim:
    (claim,) = on.issue("lv", **fields)
    return claim


async def test_a_notice_is_one_message_with_the_id_of_its_sending(
    on: Stage, workspace: Workspace, room: str
) -> None:
    claim = claimed(on)
    receipt = await on.send(claim)
    (message,) = workspace.ours(room)
    assert receipt["stage"] == "delivered"
    assert receipt["evidence"] == {"slack": "ok", "ts": message["ts"]}
    assert message["metadata"]["event_payload"]["effect"] == claim.id
    assert message["text"].startswith("TLP:GREEN")


async def test_a_message_whose_answer_was_lost_is_found_and_not_posted_again(
    on: Stage, workspace: Workspace, room: str
) -> None:
    claim = claimed(on)
    workspace.post("faults", kind="lost_response", method="chat.postMessage")
    with pytest.raises(TransientError):
        await on.send(claim)
    receipt = await on.send(claim._replace(attempt=2))
    assert receipt["evidence"]["known"] is True
    assert len(workspace.ours(room)) == 1


async def test_slack_says_how_long_to_wait(on: Stage, workspace: Workspace, room: str) -> None:
    workspace.fault("chat.postMessage", status=429, retry_after=7)
    with pytest.raises(TransientError) as caught:
        await on.send(claimed(on))
    assert caught.value.retry_after == 7


async def test_a_channel_that_the_bot_is_not_in_is_final_and_says_what_to_do(
    tmp_path: Path, workspace: Workspace
) -> None:
    async with hub(tmp_path, workspace, "C0NOWHERE") as on:
        with pytest.raises(PermanentError, match="channel_not_found") as caught:
            await on.send(claimed(on))
        assert "invite Tocsin" in caught.value.fallback


async def test_what_is_above_green_never_goes_to_slack_with_its_content(
    on: Stage, workspace: Workspace, room: str
) -> None:
    secret = "the victim is Bank Nord"
    for claim in on.issue("lv", text=secret, tlp=Tlp.AMBER):
        await on.send(claim)
    assert secret not in json.dumps(workspace.ours(room))


async def test_without_slack_the_operator_is_told_what_to_set(tmp_path: Path) -> None:
    async with stage(tmp_path, [member("lv", [entry(channel="C01")])]) as on:
        with pytest.raises(PermanentError) as caught:
            await on.send(claimed(on))
        assert "SLACK_BOT_TOKEN" in caught.value.fallback


async def test_a_hook_of_their_own_workspace_gets_text_and_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        chat(slack_says) as theirs,
        stage(tmp_path, [member("lv", [entry(hook={"env": "LV_HOOK"})])]) as on,
    ):
        monkeypatch.setenv("LV_HOOK", theirs.url)
        receipt = await on.send(claimed(on, text="<!channel> look"))
        (post,) = theirs.posts
        assert receipt["stage"] == "delivered"
        assert post["text"].startswith("TLP:GREEN")
        assert "<!channel>" not in json.dumps(post)
        assert post["unfurl_links"] is False


async def test_what_a_hook_may_have_posted_is_in_doubt_and_never_posted_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        chat(slack_says) as theirs,
        stage(tmp_path, [member("lv", [entry(hook={"env": "LV_HOOK"})])]) as on,
    ):
        monkeypatch.setenv("LV_HOOK", theirs.url)
        theirs.replies = [web.Response(status=504)]
        claim = claimed(on)
        assert (await on.send(claim))["stage"] == "in_doubt"
        assert (await on.send(claim._replace(attempt=2, in_doubt=True)))["stage"] == "in_doubt"
        assert theirs.asked == 1
