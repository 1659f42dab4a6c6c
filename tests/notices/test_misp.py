"""Points 28 and 34 of the checklist: events as PyMISP, which partners read them with, sees them."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pymisp import MISPEvent
from pymisp.abstract import describe_types

from coalition.domain.labels import Tlp
from coalition.domain.notice.details import NoticeDetails
from coalition.domain.notice.indicators import Indicator
from coalition.rendering.notices.misp import misp_event
from coalition.rendering.notices.model import OutwardNotice
from tests.notices.sample import DETAILS, ISSUED, LINK, event, outward
from tests.notices.test_stix import DATA, EVERYTHING, FACTS

GROUP = "5c1dd8d5-6a6f-4b5e-9d5c-0d9f2f7f4a11"
GOLDEN = Path(__file__).parent / "golden" / "notice.misp.json"


def plain(notice: OutwardNotice, group: str | None = None) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(misp_event(notice, group))["Event"]
    return made


def loaded(notice: OutwardNotice, group: str | None = None) -> MISPEvent:
    read = MISPEvent()
    read.load(misp_event(notice, group).decode())
    return read


def whole(value: Any, given: Any) -> Any:
    """What came back, cut to what was given: PyMISP adds fields of its own."""
    if isinstance(given, dict):
        return {key: whole(value[key], one) for key, one in given.items()}
    if isinstance(given, list):
        return [whole(one, other) for one, other in zip(value, given, strict=True)]
    return value


@pytest.mark.parametrize("group", [None, GROUP])
@pytest.mark.parametrize("details", [DETAILS, EVERYTHING], ids=["some", "all types"])
def test_28_an_event_loads_in_pymisp_and_comes_back_as_it_was(
    details: NoticeDetails, group: str | None
) -> None:
    given = plain(outward(details=details), group)
    back = json.loads(loaded(outward(details=details), group).to_json())
    assert whole(back, given) == given


def test_28_distribution_and_sharing_group_never_contradict_each_other() -> None:
    own, shared = plain(outward(details=DETAILS)), plain(outward(details=DETAILS), GROUP)
    assert (own["distribution"], own["sharing_group_id"]) == ("0", "0")
    assert "SharingGroup" not in own
    assert shared["distribution"] == "4"
    assert shared["SharingGroup"] == {"uuid": GROUP}
    for made in (own, shared):
        for part in (*made["Attribute"], *made["EventReport"]):
            assert (part["distribution"], part["sharing_group_id"]) == ("5", "0")


def test_28_nothing_is_published_for_the_partner() -> None:
    assert loaded(outward(details=DETAILS), GROUP).published is False


@pytest.mark.parametrize("tlp", list(Tlp))
def test_an_event_carries_the_label_as_misps_taxonomy_writes_it(tlp: Tlp) -> None:
    names = [tag.name for tag in loaded(outward(tlp=tlp, details=DETAILS)).tags]
    assert names[0] == tlp.value.lower()
    assert "PAP:GREEN" in names
    assert 'rsit:availability="ddos"' in names


@FACTS
def test_the_tags_are_those_of_the_facts() -> None:
    facts = json.loads((DATA / "tlp_map.json").read_text(encoding="utf-8"))["misp_tags"]
    for label, tag in facts.items():
        assert plain(outward(tlp=Tlp(label)))["Tag"][0]["name"] == tag


def test_every_attribute_has_a_type_that_its_category_takes() -> None:
    allowed = describe_types["category_type_mappings"]
    made = plain(outward(details=EVERYTHING))["Attribute"]
    assert len(made) == len(EVERYTHING.indicators)
    for one in made:
        assert one["type"] in allowed[one["category"]]


def test_only_what_the_sender_called_fit_for_it_raises_alarms() -> None:
    made = {one["value"]: one for one in plain(outward(details=DETAILS))["Attribute"]}
    assert made["198.51.100.0/24"]["to_ids"] is True
    assert made["198.51.100.0/24"]["type"] == "ip-src"
    assert made["https://panel.example/login.php"]["to_ids"] is False


def test_an_update_is_the_same_event_later_and_drops_what_no_longer_holds() -> None:
    before = plain(outward(details=DETAILS))
    later: dict[str, Any] = {"notice": 2, "supersedes": 1, "earlier": event(details=DETAILS)}
    at = ISSUED + timedelta(hours=1)
    kept = NoticeDetails(indicators=DETAILS.indicators[:1])
    after = plain(outward(details=kept, at=at, **later))
    assert after["uuid"] == before["uuid"]
    assert int(after["timestamp"]) == int(before["timestamp"]) + 3600
    assert [one["uuid"] for one in after["Attribute"]] == [
        one["uuid"] for one in before["Attribute"]
    ]
    assert [one["deleted"] for one in after["Attribute"]] == [False, True]
    withdrawn = plain(outward(kind="withdrawal", details=DETAILS, at=at, **later))
    assert all(one["deleted"] and not one["to_ids"] for one in withdrawn["Attribute"])


def test_the_report_of_an_event_is_the_notices_text_and_what_people_wrote_stays_text() -> None:
    (report,) = plain(outward(text="```\n![x](http://evil.example/x.png)"))["EventReport"]
    assert report["content"].count("```") == 2
    assert report["content"].startswith("```\nTLP:GREEN\n")
    assert report["content"].endswith("TLP:GREEN\n```")


def test_34_an_exercise_is_in_the_title_and_a_tag() -> None:
    made = plain(outward(exercise=True))
    assert made["info"].startswith("EXERCISE ")
    assert {"name": "EXERCISE"} in made["Tag"]
    assert "EXERCISE" not in json.dumps(plain(outward()))


def test_rendering_again_gives_the_same_bytes_and_no_answer_link() -> None:
    sent = misp_event(outward(details=EVERYTHING))
    assert sent == misp_event(outward(details=EVERYTHING, attempt=2))
    assert LINK not in sent.decode()


def test_an_indicator_without_a_role_is_what_we_would_call() -> None:
    one = Indicator.model_validate("203.0.113.5")
    assert (
        plain(outward(details=NoticeDetails(indicators=(one,))))["Attribute"][0]["type"] == "ip-dst"
    )


def test_the_event_reads_as_it_did() -> None:
    assert (
        plain(outward(details=DETAILS)) == json.loads(GOLDEN.read_text(encoding="utf-8"))["Event"]
    )
