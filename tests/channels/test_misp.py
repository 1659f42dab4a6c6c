"""A notice as a MISP event: the file always, the partner's server where one is named."""

from __future__ import annotations

import stat
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from pymisp import MISPEvent

from coalition.domain.errors import PermanentError, TransientError
from tests.channels.misp_server import KEY, misp_server
from tests.notices.stage import member, stage

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LV_MISP_KEY", KEY)


def misp(url: str = "", **more: Any) -> dict[str, Any]:
    server = {"url": url, "key": {"env": "LV_MISP_KEY"}} if url else {}
    return {"kind": "misp", "ceiling": "TLP:AMBER", **server, **more}


def files(folder: Path, id: str = "lv") -> list[Path]:
    return sorted((folder / "export" / "misp" / id).iterdir())


async def test_the_file_is_written_for_our_user_alone_and_pymisp_reads_it(tmp_path: Path) -> None:
    async with stage(tmp_path, [member("lv", [misp()])]) as on:
        receipt = await on.send(on.issue()[0])
        (file,) = files(tmp_path)
        assert receipt["stage"] == "sent"
        assert receipt["evidence"] == {"file": f"export/misp/lv/{file.name}"}
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        event = MISPEvent()
        event.load_file(file)
        assert file.stem == event.uuid
        assert event.published is False


async def test_point_28_an_update_is_the_same_event_on_the_partners_server(tmp_path: Path) -> None:
    async with (
        misp_server() as server,
        stage(tmp_path, [member("lv", [misp(server.url)])]) as on,
    ):
        first = await on.send(on.issue(text="Two banks.")[0])
        assert (first["stage"], first["evidence"]["misp"]) == ("delivered", "added")
        on.clock.move(timedelta(minutes=5))
        second = await on.send(on.issue(text="Three banks.", supersedes=1)[0])
        assert second["evidence"]["misp"] == "edited"
        (event,) = server.events.values()
        assert event["published"] is False
        assert (event["distribution"], event["sharing_group_id"]) == ("0", "0")
        assert "Three banks." in str(event["EventReport"])
        (file,) = files(tmp_path)
        assert "Three banks." in file.read_text("utf-8")


async def test_a_repeat_after_a_crash_finds_the_event_there(tmp_path: Path) -> None:
    async with (
        misp_server() as server,
        stage(tmp_path, [member("lv", [misp(server.url)])]) as on,
    ):
        (claim,) = on.issue()
        await on.send(claim)
        again = await on.send(claim._replace(attempt=2, in_doubt=True))
        assert (again["stage"], again["evidence"]["misp"]) == ("delivered", "known")
        assert len(server.events) == 1


async def test_an_event_that_somebody_adds_at_the_same_moment_is_edited(tmp_path: Path) -> None:
    async with (
        misp_server() as server,
        stage(tmp_path, [member("lv", [misp(server.url)])]) as on,
    ):
        await on.send(on.issue()[0])
        server.hidden = True
        on.clock.move(timedelta(minutes=5))
        receipt = await on.send(on.issue(supersedes=1)[0])
        assert receipt["evidence"]["misp"] == "edited"
        uuid = next(iter(server.events))
        assert server.asked[-3:] == [
            ("HEAD", f"/events/view/{uuid}"),
            ("POST", "/events/add/metadata:1"),
            ("POST", f"/events/edit/{uuid}/metadata:1"),
        ]


async def test_a_wrong_key_is_final_and_says_whom_to_ask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LV_MISP_KEY", "wrong")
    async with (
        misp_server() as server,
        stage(tmp_path, [member("lv", [misp(server.url)])]) as on,
    ):
        with pytest.raises(PermanentError, match="does not let our user") as caught:
            await on.send(on.issue()[0])
        assert "wrong" not in str(caught.value)
        assert "key is right" in caught.value.fallback
        assert len(files(tmp_path)) == 1  # it lies ready all the same


async def test_a_server_that_is_down_leaves_the_file_and_is_tried_again(tmp_path: Path) -> None:
    gone = misp("http://127.0.0.1:1/misp")
    async with stage(tmp_path, [member("lv", [gone])]) as on:
        with pytest.raises(TransientError):
            await on.send(on.issue()[0])
        assert len(files(tmp_path)) == 1


async def test_each_member_has_files_of_its_own(tmp_path: Path) -> None:
    members = [member("lv", [misp()]), member("lt", [misp()])]
    async with stage(tmp_path, members) as on:
        for claim in on.issue("lv", "lt"):
            await on.send(claim)
        assert [file.name for file in files(tmp_path)] == [f.name for f in files(tmp_path, "lt")]


async def test_a_disk_that_takes_nothing_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "export").write_text("in the way")
    async with stage(tmp_path, [member("lv", [misp()])]) as on:
        with pytest.raises(TransientError, match="does not take a file"):
            await on.send(on.issue()[0])
