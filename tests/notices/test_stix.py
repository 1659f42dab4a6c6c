"""Points 24 to 26 and 34 of the checklist: bundles as partners' tools check and read them."""

from __future__ import annotations

import json
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import stix2
from hypothesis import given, settings
from hypothesis import strategies as st
from stix2validator import ValidationOptions, validate_string

from coalition.domain.incident.events import Thread
from coalition.domain.labels import Tlp
from coalition.domain.notice.details import NoticeDetails
from coalition.domain.notice.indicators import Indicator
from coalition.rendering.notices.parts import Party
from coalition.rendering.notices.stix import bundle
from coalition.rendering.notices.stix_ids import OTHER_TLP_IDS, TLP_EXTENSION, TLP_IDS, tlp_marking
from coalition.rendering.notices.stix_sightings import Seen, sightings
from tests.notices.sample import DETAILS, ISSUED, LINK, event, outward

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "notices"
FACTS = pytest.mark.skipif(not DATA.is_dir(), reason="the shared contract data is not here")
GOLDEN = Path(__file__).parent / "golden"

Json = dict[str, Any]


def objects(sent: bytes, kind: str = "") -> list[Json]:
    """The objects of a bundle, of one kind if it is named."""
    found: list[Json] = json.loads(sent)["objects"]
    return [one for one in found if kind in ("", one["type"])]


def faults(sent: bytes) -> list[str]:
    """What stix2-validator finds: strict, offline, with the schema of the TLP 2.0 extension."""
    schemas = str(DATA / "stix-ext-offline") if DATA.is_dir() else None
    options = ValidationOptions(
        strict=True, strict_properties=True, enforce_refs=True, schema_dir=schemas
    )
    result = validate_string(sent.decode(), options)
    return [] if result.is_valid else [str(error) for error in result.errors]


VALUES = {
    "ipv4": "203.0.113.5",
    "ipv6": "2001:db8::1",
    "domain": "evil.example",
    "url": "https://evil.example/it's\\here",
    "email": "a@evil.example",
    "md5": "d41d8cd98f00b204e9800998ecf8427e",
    "sha1": "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "filename": "in'voice \\ (1).exe",
    "asn": "AS64496",
}
EVERYTHING = DETAILS.model_copy(
    update={
        "indicators": tuple(
            Indicator.model_validate({"type": kind, "value": value, "role": role})
            for (kind, value), role in zip(
                VALUES.items(),
                ("source", "target", "c2", "delivery", "payload", "compromised", "benign",
                 "unknown", "source", "c2"),
                strict=True,
            )
        )
    }
)  # fmt: skip


@pytest.mark.parametrize("tlp", list(Tlp))
def test_24_a_bundle_is_valid_strict_and_offline_at_every_label(
    tlp: Tlp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_network(*_: object, **__: object) -> None:
        pytest.fail("the validator went to the network")

    monkeypatch.setattr(socket, "create_connection", no_network)
    assert faults(bundle(outward(tlp=tlp, details=EVERYTHING, exercise=True))) == []


@pytest.mark.parametrize(
    "kind", ["alert", "early_warning", "mutual_aid_request", "sighting", "sitrep", "comms_check"]
)
def test_24_a_bundle_of_which_hardly_anything_is_known_is_valid(kind: str) -> None:
    assert faults(bundle(outward(kind=kind, assessed=False))) == []


@settings(max_examples=15, deadline=None)
@given(
    title=st.text(min_size=1, max_size=80).filter(str.strip),
    text=st.text(min_size=1, max_size=200).filter(str.strip),
    value=st.sampled_from(list(VALUES.items())),
)
def test_24_whatever_people_write_the_bundle_stays_valid(
    title: str, text: str, value: tuple[str, str]
) -> None:
    one = Indicator.model_validate({"type": value[0], "value": value[1]})
    notice = outward(title=title, text=text, details=NoticeDetails(indicators=(one,)))
    assert faults(bundle(notice)) == []


def test_the_library_of_the_field_reads_it_and_its_patterns() -> None:
    read = stix2.parse(bundle(outward(details=EVERYTHING)))
    patterns = {one.name: one.pattern for one in read.objects if one.type == "indicator"}
    assert patterns["203.0.113.5"] == "[ipv4-addr:value = '203.0.113.5']"
    assert patterns["AS64496"] == "[autonomous-system:number = 64496]"
    assert patterns["in'voice \\ (1).exe"] == "[file:name = 'in\\'voice \\\\ (1).exe']"


@FACTS
def test_25_the_ids_of_the_labels_are_those_that_first_and_oasis_publish() -> None:
    facts = json.loads((DATA / "tlp_map.json").read_text(encoding="utf-8"))
    assert {label.value: id for label, id in TLP_IDS.items()} == facts["tlp2"]
    assert facts["extension_id"] == TLP_EXTENSION
    wrong = facts["wrong_ids_seen_in_public_code_must_be_rejected"]
    assert not set(wrong) & {*TLP_IDS.values(), *OTHER_TLP_IDS}
    published = json.loads((DATA / "tlp2_marking_definitions.bundle.json").read_text())["objects"]
    ours = {str(one["id"]): one for one in map(tlp_marking, Tlp)}
    for marking in published:
        assert ours[marking["id"]] == marking


@FACTS
def test_25_an_invented_id_is_caught_by_the_check_that_ours_pass() -> None:
    sent = bundle(outward(tlp=Tlp.GREEN)).decode()
    wrong = sent.replace(
        TLP_IDS[Tlp.GREEN], "marking-definition--bab4a63c-aed9-4b5f-a869-75b77dcc1ef3"
    )
    assert faults(wrong.encode())


@pytest.mark.parametrize("tlp", list(Tlp))
def test_25_every_object_but_the_marking_carries_it(tlp: Tlp) -> None:
    sent = bundle(outward(tlp=tlp, details=EVERYTHING))
    first, *_ = objects(sent)
    assert (first["type"], first["name"]) == ("marking-definition", tlp.value)
    for one in objects(sent)[1:]:
        assert TLP_IDS[tlp] in one["object_marking_refs"]


def test_25_restrictions_beyond_the_label_are_a_statement_that_everything_carries() -> None:
    sent = bundle(outward(details=DETAILS))
    (statement,) = (one for one in objects(sent) if one.get("definition_type") == "statement")
    assert statement["definition"]["statement"] == "Not to be shared with suppliers."
    for one in objects(sent):
        assert one["type"] == "marking-definition" or statement["id"] in one["object_marking_refs"]


def updated(kind: str = "alert", **details: Any) -> tuple[bytes, bytes]:
    """A notice, and an hour later the one that supersedes it."""
    thread = Thread(first=1, since=ISSUED, told_since=ISSUED, earlier=4)
    later = outward(
        notice=2,
        kind=kind,
        supersedes=1,
        update=1,
        thread=thread,
        earlier=event(details=DETAILS),
        at=ISSUED + timedelta(hours=1),
        details=DETAILS.model_copy(update=details),
    )
    return bundle(outward(details=DETAILS)), bundle(later)


def test_26_an_update_has_the_same_ids_the_same_creation_and_a_later_modification() -> None:
    before, after = updated()
    kinds = ("report", "incident", "indicator", "relationship")
    old = {one["id"]: one for kind in kinds for one in objects(before, kind)}
    new = {one["id"]: one for kind in kinds for one in objects(after, kind)}
    assert old.keys() == new.keys()
    for id, one in new.items():
        assert one["created"] == old[id]["created"]
        assert one["modified"] > old[id]["modified"]
        assert "revoked" not in one
    assert faults(after) == []


def test_26_what_an_update_drops_is_revoked() -> None:
    _, after = updated(indicators=DETAILS.indicators[:1])
    revoked = {one["name"]: one.get("revoked", False) for one in objects(after, "indicator")}
    assert revoked == {"198.51.100.0/24": False, "https://panel.example/login.php": True}
    assert faults(after) == []


def test_26_a_withdrawal_revokes_the_report_and_its_indicators_and_not_the_incident() -> None:
    before, after = updated("withdrawal", indicators=())
    (report,) = objects(after, "report")
    assert report["revoked"] is True
    assert report["id"] == objects(before, "report")[0]["id"]
    indicators = objects(after, "indicator")
    assert {one["id"] for one in indicators} == {one["id"] for one in objects(before, "indicator")}
    assert all(one["revoked"] for one in (*indicators, *objects(after, "relationship")))
    assert "revoked" not in objects(after, "incident")[0]
    assert faults(after) == []


def test_partners_that_are_affected_become_sightings_of_the_notices_indicators() -> None:
    ours = outward(details=DETAILS)
    lt = Party(member="lt", name="CERT-LT", country="LT")
    theirs = ours.model_copy(update={"notice_id": "INC-2026-0007-n1-lt", "recipient": lt})
    at = ISSUED + timedelta(minutes=20)
    by_link = Seen(theirs, at, Tlp.GREEN, verified=False)
    sent = sightings([Seen(ours, at, Tlp.AMBER, times=40), by_link])
    assert faults(sent) == []
    made = objects(sent, "sighting")
    assert [one.get("count") for one in made] == [40, 40, None, None]
    assert ["unverified" in one["labels"] for one in made] == [False, False, True, True]
    told = {one["id"] for one in objects(bundle(ours), "indicator")}
    assert {one["sighting_of_ref"] for one in made} == told
    partner = next(one for one in objects(sent, "identity") if one["name"] == "CERT-LT")
    assert made[-1]["where_sighted_refs"] == [partner["id"]]
    for one in objects(sent)[1:]:
        assert one["object_marking_refs"] == [TLP_IDS[Tlp.AMBER]]  # the strictest of theirs
    with pytest.raises(ValueError, match="nobody has said"):
        sightings([Seen(outward(), at, Tlp.GREEN)])


def test_29_rendering_again_gives_the_same_bytes_and_every_id_has_the_shape_of_a_uuid4() -> None:
    sent = bundle(outward(details=EVERYTHING))
    assert sent == bundle(outward(details=EVERYTHING))
    assert sent == bundle(outward(details=EVERYTHING, attempt=3))  # a reminder changes nothing
    for one in objects(sent)[1:]:
        assert one["id"].split("--")[1][14] == "4"


def test_recipients_get_the_same_objects_and_each_its_own_note() -> None:
    ours = outward(details=DETAILS)
    other = Party(member="lt", name="CERT-LT", country="LT")
    theirs = ours.model_copy(update={"notice_id": "INC-2026-0007-n1-lt", "recipient": other})
    mine, its = objects(bundle(ours)), objects(bundle(theirs))
    different = {
        one["type"] for one, same in zip(mine, its, strict=True) if one["id"] != same["id"]
    }
    assert different == {"note"}


def test_no_answer_link_stands_in_what_is_passed_on() -> None:
    assert LINK not in bundle(outward(details=DETAILS)).decode()


def test_the_incident_extension_has_its_three_scalar_fields_and_nothing_else() -> None:
    (incident,) = objects(bundle(outward(details=DETAILS)), "incident")
    (extension,) = incident["extensions"].values()
    assert extension == {
        "extension_type": "property-extension",
        "determination": "successful-attempt",
        "investigation_status": "open",
        "criticality": 50,
    }


def test_34_an_exercise_is_a_label_of_everything_in_the_bundle() -> None:
    for one in objects(bundle(outward(details=DETAILS, exercise=True))):
        if one["type"] not in ("marking-definition", "identity"):
            assert "EXERCISE" in one["labels"]
    assert "EXERCISE" not in bundle(outward(details=DETAILS)).decode()


def test_the_bundle_reads_as_it_did() -> None:
    path = GOLDEN / "notice.stix.json"
    assert json.loads(bundle(outward(details=DETAILS))) == json.loads(path.read_text("utf-8"))
