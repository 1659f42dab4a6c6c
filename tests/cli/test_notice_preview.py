"""`tocsin notice preview`: what each would get, from a file or of a notice on record."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coalition.bootstrap import assemble
from coalition.cli.notice_file import read_notice
from coalition.domain.errors import GateRefusal, UserError
from coalition.domain.incident.commands import RaiseWarning
from coalition.domain.labels import Tlp
from coalition.domain.messages import Actor
from coalition.rendering.notices.build import Hub
from coalition.rendering.notices.preview import About, preview
from coalition.settings import load_settings
from tests.domain.cast import COALITION

Run = Callable[..., subprocess.CompletedProcess[str]]
AT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
WRITTEN = """\
from: ee
to: [lv, lt, pl, ie]
title: DDoS on two banks
text: Two banks are under an HTTP flood.
tlp: AMBER
details: {rsit: "availability:ddos"}
"""


def write(folder: Path, text: str = WRITTEN) -> Path:
    path = folder / "notice.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_each_recipient_is_shown_with_its_ways_in_order_and_what_goes_by_each(
    tmp_path: Path,
) -> None:
    issued = read_notice(write(tmp_path), "INC-2026-0007", COALITION, AT)
    about = About("INC-2026-0007", issued.tlp, AT)
    lv, lt, pl, ie = preview(issued, about, COALITION, Hub("https://tocsin.example"))
    assert [(way.kind, way.whole) for way in lv.ways] == [("webhook", True), ("email", False)]
    assert [(way.kind, way.whole) for way in lt.ways] == [("webhook", True), ("email", False)]
    assert json.loads(lv.ways[0].text)["data"]["text"] == "Two banks are under an HTTP flood."
    nudged = lv.ways[1]
    assert "Subject: [TLP:AMBER] INC-2026-0007-n1-lv" in nudged.text
    assert "banks" not in nudged.text
    assert "not encrypted to the partner's own key" in nudged.why
    assert (pl.ways, "trust T1" in pl.refused) == ((), True)
    assert ie.refused == "It has no channel in the coalition file."


def test_what_is_wrong_in_the_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"notice\.yaml: tlp"):
        read_notice(write(tmp_path, WRITTEN.replace("tlp: AMBER\n", "")), "I", COALITION, AT)
    wrong = WRITTEN.replace("availability:ddos", "weather:rain")
    with pytest.raises(UserError, match="rsit"):
        read_notice(write(tmp_path, wrong), "I", COALITION, AT)
    with pytest.raises(GateRefusal, match="may go to none of them"):
        read_notice(
            write(tmp_path, WRITTEN.replace("[lv, lt, pl, ie]", "[pl]")), "I", COALITION, AT
        )


def test_the_command_prints_it_and_sends_nothing(tocsin: Run, tmp_path: Path) -> None:
    path = write(tmp_path, WRITTEN.replace("[lv, lt, pl, ie]", '["no"]').replace("AMBER", "GREEN"))
    house = Path(__file__).parents[2] / "coalition" / "data" / "coalition.example.yaml"
    env = {"TOCSIN_COALITION": str(house)}
    done = tocsin("notice", "preview", str(path), env=env)
    assert done.returncode == 0, done.stderr
    assert "Two banks are under an HTTP flood." in done.stdout
    assert done.stderr.strip().endswith("TLP:GREEN. Nothing was sent.")
    plain = json.loads(tocsin("notice", "preview", str(path), "--json", env=env).stdout)
    assert (plain["tlp"], plain["recipients"][0]["member"]) == (Tlp.GREEN, "no")
    unknown = tocsin("notice", "preview", "--incident", "INC-2026-0099", env=env)
    assert unknown.returncode != 0


def test_a_notice_on_record_is_shown_to_who_may_see_it(
    tocsin: Run, redis_url: str, tmp_path: Path
) -> None:
    house = Path(__file__).parents[2] / "coalition" / "data" / "coalition.example.yaml"
    app = assemble(load_settings(redis_url=redis_url, coalition=house, data_dir=tmp_path / "data"))
    app.dispatcher.execute(
        RaiseWarning(
            id="warn-1",
            at=AT,
            actor=Actor(kind="delegate", member="ee", delegate="ee-alice", via="cli"),
            incident="INC-2026-0001",
            what="Wiper mails",
            members=("no",),
            tlp=Tlp.GREEN,
        )
    )
    env = {"TOCSIN_REDIS_URL": redis_url, "TOCSIN_COALITION": str(house)}
    asked = ("notice", "preview", "--incident", "INC-2026-0001", "--for")
    shown = tocsin(*asked, "no-bjorn", env=env)
    assert "Wiper mails" in shown.stdout
    stranger = tocsin(*asked, "xx-nobody", env=env)
    assert (stranger.returncode, stranger.stdout) == (2, "")
