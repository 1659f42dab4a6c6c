"""TLP labels: verbatim, ordered by strictness, forgiving about spelling and nothing else."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from coalition.domain.errors import UserError
from coalition.domain.labels import Tlp, TypedTlp, parse_tlp, strictest

LABELS = ["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"]


def test_the_five_labels_are_verbatim_and_in_order_of_strictness() -> None:
    assert [str(label) for label in Tlp] == LABELS
    assert all(low < high and high > low and low <= high for low, high in pairwise(Tlp))
    assert sorted(Tlp, key=str) != sorted(Tlp) == list(Tlp)


def test_a_label_does_not_compare_with_mere_text() -> None:
    with pytest.raises(TypeError, match="compares only with a TLP label"):
        _ = Tlp.RED < "TLP:CLEAR"
    with pytest.raises(TypeError, match="compares only with a TLP label"):
        _ = Tlp.RED >= "TLP:CLEAR"


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("amber", Tlp.AMBER),
        ("TLP:AMBER", Tlp.AMBER),
        (" Tlp: Amber ", Tlp.AMBER),
        ("tlp red", Tlp.RED),
        ("amber+strict", Tlp.AMBER_STRICT),
        ("AMBER + STRICT", Tlp.AMBER_STRICT),
        ("amber-strict", Tlp.AMBER_STRICT),
        ("TLP:AMBER_STRICT", Tlp.AMBER_STRICT),
        ("clear", Tlp.CLEAR),
        ("TLPGREEN", Tlp.GREEN),
    ],
)
def test_what_people_type_is_understood(typed: str, label: Tlp) -> None:
    assert parse_tlp(typed) is label


@pytest.mark.parametrize(
    "typed", ["", "tlp", "strict", "amber+", "orange", "amberstrict", "red+strict", "green red"]
)
def test_what_is_not_a_label_is_refused_with_the_five(typed: str) -> None:
    with pytest.raises(UserError) as caught:
        parse_tlp(typed)
    assert all(label in caught.value.hint for label in LABELS)
    assert isinstance(caught.value, ValueError)


def test_white_is_refused_with_its_modern_name() -> None:
    with pytest.raises(UserError, match="write TLP:CLEAR") as caught:
        parse_tlp("tlp:white")
    assert "TLP 2.0" in caught.value.message


@given(st.lists(st.sampled_from(Tlp), min_size=1))
def test_the_strictest_is_one_of_them_and_none_is_stricter(labels: list[Tlp]) -> None:
    found = strictest(*labels)
    assert found in labels
    assert all(label <= found for label in labels)


def test_the_strictest_of_nothing_is_an_error_and_not_clear() -> None:
    with pytest.raises(TypeError, match="no label is not TLP:CLEAR"):
        strictest()


@given(st.text(max_size=30))
def test_any_text_is_a_label_or_a_user_error(text: str) -> None:
    try:
        label = parse_tlp(text)
    except UserError:
        return
    assert label.removeprefix("TLP:").split("+")[0] in text.upper()


def test_a_model_takes_typed_labels_and_its_schema_shows_the_five() -> None:
    adapter: TypeAdapter[Tlp] = TypeAdapter(TypedTlp)
    assert adapter.validate_json('"amber"', strict=True) is Tlp.AMBER
    assert adapter.json_schema()["enum"] == LABELS
    with pytest.raises(ValidationError, match="write TLP:CLEAR"):
        adapter.validate_json('"white"')
