"""What changes between the gate's word and the bytes: a mail that waits is asked about again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from coalition.domain.errors import TransientError
from coalition.domain.incident.commands import AddNote, AnswerNotice, ChangeTlp
from coalition.domain.labels import Tlp
from coalition.domain.messages import Actor
from coalition.rendering.notices.model import ThinNotice
from tests.notices.stage import INCIDENT, Stage, email, member, stage
from tests.slack.workspace import Workspace
from workers.channels import Sent
from workers.context import WorkerContext
from workers.rooms import posts


class Slow:
    """A mail server with a long queue: meanwhile something happens."""

    REPEATABLE = False

    def __init__(self, on: Stage, meanwhile: Any) -> None:
        self.on, self.meanwhile = on, meanwhile
        self.left: list[Any] = []

    @property
    def bytes_left(self) -> bool:
        return bool(self.left)

    async def send(self, ctx: WorkerContext, cleared: Any, channel: Any, effect: str) -> Sent:
        self.meanwhile(self.on)
        await ctx.hand_over()
        self.left.append(cleared.content)
        return Sent("delivered", {})


def raised(on: Stage) -> None:
    on.tell(ChangeTlp, tlp=Tlp.AMBER)


def acknowledged(on: Stage) -> None:
    lv = Actor(kind="partner", member="lv", via="link")
    on.tell(AnswerNotice, lv, notice=1, member="lv", answer="acknowledge")


def nothing(on: Stage) -> None:
    assert on.tocsin.dispatcher.read("incident", INCIDENT)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr("workers.desk.GLANCE_SECONDS", 0.0)

    def make(on: Stage, meanwhile: Any) -> Slow:
        one = Slow(on, meanwhile)
        monkeypatch.setattr("workers.channels.channel_module", lambda _kind: one)
        return one

    return make


@pytest.mark.anyio
async def test_a_mail_in_a_queue_leaves_without_content_once_the_label_is_raised(
    tmp_path: Path, slow: Any
) -> None:
    async with stage(tmp_path, [member("lv", [email()])]) as on:
        server = slow(on, raised)
        (claim,) = on.issue("lv")
        with pytest.raises(TransientError, match="its label has just changed"):
            await on.send(claim)
        assert not server.bytes_left
        server.meanwhile = nothing
        assert (await on.send(claim))["stage"] == "delivered"
        (nudge,) = server.left
        assert isinstance(nudge, ThinNotice)  # that something waits, and where to read it
        assert nudge.tlp is Tlp.AMBER


@pytest.mark.anyio
async def test_nor_once_the_partner_has_acknowledged_by_another_way(
    tmp_path: Path, slow: Any
) -> None:
    async with stage(tmp_path, [member("lv", [email()])]) as on:
        server = slow(on, acknowledged)
        (claim,) = on.issue("lv")
        assert (await on.send(claim))["stage"] == "superseded"
        assert not server.bytes_left


@pytest.mark.anyio
async def test_it_leaves_when_nothing_has_changed(tmp_path: Path, slow: Any) -> None:
    async with stage(tmp_path, [member("lv", [email()])]) as on:
        server = slow(on, nothing)
        (claim,) = on.issue("lv")
        assert (await on.send(claim))["stage"] == "delivered"
        assert server.bytes_left


def test_a_post_in_a_thread_hears_of_a_label_raised_while_the_thread_was_looked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    find = posts._thread
    with Workspace() as workspace:
        channel = workspace.open_room()

        async def slow(ctx: Any, claim: Any, incident: Any, post: Any) -> str | None:
            if incident.tlp is Tlp.AMBER:
                workspace.do(ChangeTlp, tlp=Tlp.AMBER_STRICT)
            return await find(ctx, claim, incident, post)

        monkeypatch.setattr(posts, "_thread", slow)
        workspace.do(AddNote, text="Implant in the registry")
        workspace.settle()
        said = [*workspace.history(channel)]
        said += [one for post in said for one in workspace.thread(channel, post["ts"])]
        assert "There is something new." in json.dumps(said)
        assert "Implant in the registry" not in json.dumps(said)
