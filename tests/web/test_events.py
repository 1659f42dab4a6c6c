"""The stream of changes: it tells each viewer only of what they may see."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Callable
from typing import TYPE_CHECKING

from coalition.domain.incident import commands as c
from coalition.domain.labels import Tlp
from coalition.domain.run.commands import CancelRun
from tests.web.asgi import Browser, Loop

if TYPE_CHECKING:
    from tests.web.stage import Stage

SignIn = Callable[[str], Browser]


def version_of(browser: Browser, path: str) -> str:
    found = re.search(r'data-version="([0-9a-f]+)"', browser.get(path).text)
    assert found
    return found[1]


async def heard(stream: AsyncGenerator[tuple[str, str], None]) -> tuple[str, str]:
    async with asyncio.timeout(10):
        return await anext(stream)


async def nothing_more(stream: AsyncGenerator[tuple[str, str], None]) -> bool:
    """Whether the stream keeps silent for some forty looks at the store."""
    waiting = asyncio.ensure_future(anext(stream))
    done, _ = await asyncio.wait([waiting], timeout=0.8)
    waiting.cancel()
    await asyncio.wait([waiting])
    return not done


def test_it_says_at_first_what_the_page_has_and_then_what_is_newer(
    alice: Browser, runner: Loop, stage: Stage, incident: str
) -> None:
    path = f"/board/{incident}"
    drawn = version_of(alice, path)

    async def watch() -> str:
        stream = alice.stream(f"/board/events?incident={incident}")
        assert await heard(stream) == ("version", drawn)
        await asyncio.to_thread(
            stage.tell, c.AddNote, "ee-alice", incident=incident, text="Something new"
        )
        kind, newer = await heard(stream)
        assert (kind, newer != drawn) == ("version", True)
        await stream.aclose()
        return newer

    newer = runner.run(watch())
    assert version_of(alice, path) == newer


def test_progress_of_a_run_is_a_change_of_its_incident(
    alice: Browser, runner: Loop, stage: Stage, incident: str
) -> None:
    async def watch() -> None:
        stream = alice.stream(f"/board/events?incident={incident}")
        _, before = await heard(stream)
        await asyncio.to_thread(
            lambda: stage.tell(CancelRun, "ee-alice", run=f"{incident}-r1", reason="It is over")
        )
        kind, after = await heard(stream)
        assert kind == "version"
        assert after != before
        await stream.aclose()

    runner.run(watch())


def test_the_list_stream_keeps_silent_about_what_the_viewer_may_not_see(
    sign_in: SignIn, runner: Loop, stage: Stage, incident: str
) -> None:
    aoife = sign_in("ie-aoife")
    drawn = version_of(aoife, "/board")

    async def watch() -> None:
        stream = aoife.stream("/board/events")
        assert await heard(stream) == ("version", drawn)
        await asyncio.to_thread(stage.open, 12, title="Not for Ireland")
        await asyncio.to_thread(
            stage.tell, c.AddNote, "ee-alice", incident=incident, text="Nor this"
        )
        assert await nothing_more(stream)

    runner.run(watch())


def test_the_list_stream_tells_of_what_the_viewer_may_see(
    alice: Browser, runner: Loop, stage: Stage
) -> None:
    async def watch() -> None:
        stream = alice.stream("/board/events")
        _, before = await heard(stream)
        await asyncio.to_thread(stage.open, 12)
        _, after = await heard(stream)
        assert before != after
        await stream.aclose()

    runner.run(watch())


def test_a_page_that_may_be_seen_no_longer_is_told_that_it_is_gone(
    sign_in: SignIn, runner: Loop, stage: Stage, incident: str
) -> None:
    ewa = sign_in("pl-ewa")

    async def watch() -> list[tuple[str, str]]:
        stream = ewa.stream(f"/board/events?incident={incident}")
        await heard(stream)
        await asyncio.to_thread(
            stage.tell, c.ChangeTlp, "ee-alice", incident=incident, tlp=Tlp.AMBER_STRICT
        )
        return [event async for event in stream]  # it ends by itself

    assert runner.run(watch()) == [("gone", "-")]


def test_it_says_when_the_store_falls_silent_and_when_it_is_back(
    alice: Browser, runner: Loop, stage: Stage, incident: str
) -> None:
    async def watch() -> None:
        stream = alice.stream(f"/board/events?incident={incident}")
        first = await heard(stream)
        stage.log.broken = True
        assert await heard(stream) == ("stale", "-")
        stage.log.broken = False
        assert await heard(stream) == first
        await stream.aclose()

    runner.run(watch())


def test_streams_of_what_may_not_be_seen_are_not_found(
    sign_in: SignIn, browser: Browser, incident: str
) -> None:
    aoife = sign_in("ie-aoife")
    hidden = aoife.get(f"/board/events?incident={incident}")
    absent = aoife.get("/board/events?incident=INC-2026-9999")
    assert (hidden.status, hidden.body) == (absent.status, absent.body) == (404, absent.body)
    assert browser.get("/board/events").status == 401
