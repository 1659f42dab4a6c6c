"""`tocsin notice sightings` and `tocsin notice read`."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from coalition.cli import notice_data
from coalition.domain.errors import NotFound, UserError
from coalition.domain.incident.commands import AnswerNotice
from coalition.domain.messages import Actor
from coalition.rendering.notices.stix import bundle
from tests.notices.sample import DETAILS, outward
from tests.notices.stage import INCIDENT, Stage, member, stage, webhook
from tests.notices.test_stix import faults, objects


def answered(on: Stage, who: str, via: str, **details: str) -> None:
    actor = Actor(kind="partner", member=who, via=via)
    about = {"notice": 1, "member": who, "answer": "affected", "details": details}
    on.tell(AnswerNotice, actor, **about)


@pytest.mark.anyio
async def test_members_that_are_affected_are_printed_as_sightings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    members = [member(one, [webhook(f"https://{one}.example/x")]) for one in ("lv", "lt", "fi")]
    async with stage(tmp_path, members) as on:
        on.issue("lv", "lt", "fi", details=DETAILS, answers=("acknowledge", "affected"))
        monkeypatch.setattr("coalition.bootstrap.assemble", lambda _: on.tocsin)
        with pytest.raises(UserError, match="nobody has said"):
            notice_data.sightings(INCIDENT)
        answered(on, "lv", "webhook", count="40")
        answered(on, "lt", "link")
        answered(on, "fi", "webhook", count="0")  # has checked: nothing there
        notice_data.sightings(INCIDENT)
        with pytest.raises(NotFound):
            notice_data.sightings("INC-2026-9999")
        with pytest.raises(NotFound):
            notice_data.sightings(INCIDENT, notice=2)
    said = capsys.readouterr()
    sent = said.out.encode()
    assert faults(sent) == []
    made = objects(sent, "sighting")
    assert len(made) == 2 * len(DETAILS.indicators)
    assert [one.get("count") for one in made] == [40, 40, None, None]
    assert ["unverified" in one["labels"] for one in made] == [False, False, True, True]
    assert "TLP:GREEN. Sightings of 2 members." in said.err


def test_stix_of_others_is_read_with_the_label_it_counts_under(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "b.json"
    path.write_bytes(bundle(outward(details=DETAILS)))
    notice_data.read(path)
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "TLP:GREEN"
    assert said[1] == "Restriction: Not to be shared with suppliers."
    assert any("198.51.100.0/24" in line for line in said)
    notice_data.read(path, as_json=True)
    plain = json.loads(capsys.readouterr().out)
    assert plain["tlp"] == "TLP:GREEN"
    assert {one["tlp"] for one in plain["objects"]} == {"TLP:GREEN", "TLP:CLEAR"}


def test_what_a_stranger_wrote_cannot_steer_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    evil: dict[str, Any] = {"type": "x\x1b[2J", "id": "x--1", "name": "a\nTLP:CLEAR\x1b]0;\u202e"}
    stdin = io.TextIOWrapper(io.BytesIO(json.dumps(evil).encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    notice_data.read()
    said = capsys.readouterr().out
    assert said.splitlines()[0] == "TLP:RED"
    assert len(said.splitlines()) == 2
    assert not set("\x1b\u202e") & set(said)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"nowhere\.json cannot be read"):
        notice_data.read(tmp_path / "nowhere.json")
