from typing import Any

import pytest

from sandbox.partners.seed import SeedError, parse_partners
from tests.sandbox.partners.harness import SECRET, partner


def test_a_seed_gives_partners_by_id_with_one_or_several_addresses() -> None:
    one = partner("ee") | {"mail": "cert@ee.example"}
    partners = parse_partners([partner("lv"), one])
    assert list(partners) == ["lv", "ee"]
    assert partners["ee"].mail == ("cert@ee.example",)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"id": "LV", "name": "x"}, "partners.0.id"),
        ({"id": "lv"}, "partners.0.name: Field required"),
        ({"id": "lv", "name": "x", "colour": 1}, "partners.0.colour"),
        (partner(answer="perhaps"), "partners.0.behaviour.answer"),
        (partner(ack_after_seconds=-1), "partners.0.behaviour.ack_after_seconds"),
        (partner() | {"webhook": {"secret": "abc"}}, "starts with whsec_"),
        (partner() | {"webhook": {"secret": "whsec_QUJD"}}, "24 to 64 random bytes"),
        (partner() | {"webhook": {"secret": SECRET, "path": "/hook"}}, "/partners/lv/webhook"),
    ],
)
def test_a_wrong_field_is_named_with_its_place(entry: dict[str, Any], words: str) -> None:
    with pytest.raises(SeedError, match=words.replace(".", r"\.")):
        parse_partners([entry])


def test_ids_and_addresses_belong_to_one_partner_only() -> None:
    with pytest.raises(SeedError, match="'lv' is used twice"):
        parse_partners([partner("lv"), partner("lv")])
    thief = partner("ee") | {"mail": ["CERT@lv.example"]}
    with pytest.raises(SeedError, match="already belongs to lv"):
        parse_partners([partner("lv"), thief])
