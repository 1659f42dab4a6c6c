"""Point 27 of the checklist: what others send is kept, and its label never guessed downwards."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalition.domain.errors import UserError
from coalition.domain.labels import Tlp
from coalition.rendering.notices.stix import bundle
from coalition.rendering.notices.stix_ids import OTHER_TLP_IDS, TLP_IDS
from coalition.rendering.notices.stix_inbound import read_stix
from tests.notices.sample import DETAILS, outward

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "notices"
FACTS = pytest.mark.skipif(not DATA.is_dir(), reason="the shared contract data is not here")

OTHER = "marking-definition--00000000-0000-4000-8000-000000000001"


def indicator(*markings: str, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "indicator", "id": "indicator--1", "pattern": "[a:b = 1]"}
    return made | ({"object_marking_refs": list(markings)} if markings else {}) | more


def label(*objects: dict[str, Any]) -> Tlp:
    return read_stix(json.dumps({"type": "bundle", "id": "bundle--1", "objects": objects})).tlp


@pytest.mark.parametrize(
    ("id", "tlp"), [*OTHER_TLP_IDS.items(), *((v, k) for k, v in TLP_IDS.items())]
)
def test_27_labels_of_tlp_2_tlp_1_and_vendors_are_understood(id: str, tlp: Tlp) -> None:
    assert label(indicator(id)) == tlp


@FACTS
def test_27_the_ids_that_are_understood_are_those_of_the_facts_and_no_invented_one_is() -> None:
    facts = json.loads((DATA / "tlp_map.json").read_text(encoding="utf-8"))
    vendors = {
        id: Tlp(said.partition(" ")[0]) for id, said in facts["vendor_accept_inbound"].items()
    }
    assert {**facts["tlp1_accept_inbound"], **vendors} == OTHER_TLP_IDS
    for wrong in facts["wrong_ids_seen_in_public_code_must_be_rejected"]:
        assert label(indicator(wrong)) == Tlp.RED


def test_27_an_unknown_marking_is_red_even_where_it_calls_itself_clear() -> None:
    definition = {
        "type": "marking-definition", "id": OTHER, "name": "TLP:CLEAR",
        "definition_type": "tlp", "definition": {"tlp": "white"},
    }  # fmt: skip
    assert label(definition, indicator(OTHER)) == Tlp.RED
    assert label(definition, indicator(OTHER, TLP_IDS[Tlp.CLEAR])) == Tlp.RED


def test_27_what_carries_no_label_is_red_and_a_name_needs_none() -> None:
    assert label(indicator()) == Tlp.RED
    assert (
        label({"type": "identity", "id": "identity--1"}, indicator(TLP_IDS[Tlp.GREEN])) == Tlp.GREEN
    )


def test_27_the_strictest_part_of_an_object_counts() -> None:
    granular = [{"marking_ref": TLP_IDS[Tlp.AMBER], "selectors": ["pattern"]}]
    assert label(indicator(TLP_IDS[Tlp.GREEN], granular_markings=granular)) == Tlp.AMBER


def test_27_a_statement_is_kept_beside_the_label_and_does_not_stand_for_one() -> None:
    statement = {
        "type": "marking-definition", "id": OTHER, "definition_type": "statement",
        "definition": {"statement": "Not for the press."},
    }  # fmt: skip
    whole = [statement, indicator(OTHER, TLP_IDS[Tlp.GREEN])]
    read = read_stix(json.dumps({"type": "bundle", "objects": whole}))
    assert (read.tlp, read.statements) == (Tlp.GREEN, ("Not for the press.",))
    assert label(statement, indicator(OTHER)) == Tlp.RED


def test_27_a_label_cannot_be_talked_away_as_a_statement() -> None:
    disguise = {
        "type": "marking-definition", "id": TLP_IDS[Tlp.RED], "definition_type": "statement",
        "definition": {"statement": "harmless"},
    }  # fmt: skip
    assert label(disguise, indicator(TLP_IDS[Tlp.RED], TLP_IDS[Tlp.CLEAR])) == Tlp.RED


def test_27_unknown_extensions_types_and_properties_are_kept_as_they_came() -> None:
    strange = indicator(
        TLP_IDS[Tlp.GREEN], x_ours={"a": [1]}, extensions={"extension-definition--9": {"b": 2}}
    )
    strange["type"] = "x-odd"
    read = read_stix(json.dumps({"type": "bundle", "objects": [strange]}))
    assert [one.content for one in read.objects] == [strange]


@FACTS
@pytest.mark.parametrize(
    "path", sorted((DATA / "inbound-stix").glob("*.json")), ids=lambda p: p.stem
)
def test_27_the_examples_of_the_specification_are_read(path: Path) -> None:
    raw = json.loads(path.read_text(encoding="utf-8"))
    read = read_stix(path.read_bytes())
    assert [one.content for one in read.objects] == raw["objects"]
    assert read.tlp == Tlp.RED  # none of them carries a label


@pytest.mark.parametrize("tlp", list(Tlp))
def test_what_we_send_is_read_under_the_label_it_was_sent_with(tlp: Tlp) -> None:
    assert read_stix(bundle(outward(tlp=tlp, details=DETAILS))).tlp == tlp


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(["type", "id", "objects", "definition", "object_marking_refs",
                         "granular_markings", "marking_ref", "definition_type"]),
        inner, max_size=5,
    ),
    max_leaves=20,
)  # fmt: skip


@given(JSON)
def test_nothing_that_is_sent_breaks_the_reader(raw: Any) -> None:
    try:
        read = read_stix(json.dumps(raw))
    except UserError:
        return
    assert read.objects


@pytest.mark.parametrize("junk", [b"", b"\xff\xfe", b"[", b"{}", b"[]", b"3", b"[" * 100_000])
def test_what_is_no_stix_is_refused_with_a_sentence(junk: bytes) -> None:
    with pytest.raises(UserError, match="STIX"):
        read_stix(junk)
