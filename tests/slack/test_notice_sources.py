"""/incident notify --sources: what it combines decides the label, and only its source lowers it."""

from __future__ import annotations

from coalition.domain.labels import Tlp
from tests.slack.stage import Stage


def test_point_4_a_notice_of_stricter_sources_takes_their_label_and_slack_keeps_its_text(
    slack: Stage,
) -> None:
    slack.open_room("DDoS --severity S2 --tlp GREEN --members lv")
    typed = "/incident notify Hidden words --members lv --sources"
    shown = slack.here(f"{typed} lv=AMBER+STRICT,ee=GREEN --preview")
    assert "labelled TLP:AMBER+STRICT" in shown
    assert "Hidden words" not in shown
    refused = slack.here(f"{typed} lv=AMBER --tlp GREEN --yes")
    assert "What it combines is TLP:AMBER" in refused
    slack.here(f"{typed} lv=AMBER --yes")
    assert slack.incident().notices["1"].tlp is Tlp.AMBER


def test_point_4_what_is_no_source_is_named(slack: Stage) -> None:
    slack.open_room("DDoS --severity S2 --tlp GREEN --members lv")
    typed = "/incident notify Look --members lv --yes --sources"
    assert "names no source with its label" in slack.here(f"{typed} lv")
    assert "zz" in slack.here(f"{typed} zz=GREEN")
    assert slack.incident().notices == {}
