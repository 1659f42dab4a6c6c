"""Signatures: the official example, our own of every kind of key, and everything that is wrong."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa

from coalition.cacao.importing import import_
from coalition.cacao.keys import PrivateKey, load_private, load_public
from coalition.cacao.signatures import Unsignable, Verdict, sign, verify
from tests.cacao.samples import NOW, Json, document, raw

# The example of CACAO 2.0, appendix "Playbook Signature Using RSA".
OFFICIAL_KEY = (
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAptKZyFPStvmOlb0WihOBhlHUr6wFDHC+tW7hJAudfTQ5mHZQ"
    "pB8PoMz07udZA+dG8dhUIPkmXlp1TgREeYTHdhxhuf0y/GhbpZv5JPYHx3watO+HWO2qYkjRMEcrWhPMdaVkS/Xe/lia"
    "Mcow4jYoWaFm8VobeYsyVD2bWWdyl4joTEETm1Z47RnnfR15kVhVudVrDzEFmM4nXV/6dmIg184RJE4httwBFxR8qZCQ"
    "CwTiJmsoyJxfUR0Gs4ePKc5sB0NTkmFZc5klQSitd67RJn2ldhbqE7EpDl4XlIt+UyLJm1guCBltia8Agke7dXuhpB7h"
    "Q6LJwY4EjzthkJ8IPwIDAQAB"
)
OFFICIAL_VALUE = (
    "gXyPW--uUKvGXRh_oDC7IYlx13hGmkiQw6XX3YX_V_i4Y39OPilf0q0qf46aO3IrvG-5_fgeQ3dIunmizYneaVJKjsXo"
    "-gkJczvGDehlTjS7MBUIGyD9DRd41DnaxWWwzU-T4sZCur664_3J0C-WRCDgZxiB_ItFpeSnPJ8rR8GRFO6M9YS-ejEG"
    "Jl-sd_hfZUqjZOE_S_UWp_Fd9QYlP2cWDvGH8vFhx2ek9KovEob5Bh2LX_Gaf7t237B34wKeN4B8aqapyTh3Q8v_Z61b"
    "DTNLyi6ZA8zcrUOgCVLVMx_EFizx31WIDZrePsSpX4bfRurcvRyvNNVdWLaS96JYog"
)
OFFICIAL: Json = {
    "type": "playbook",
    "spec_version": "cacao-2.0",
    "id": "playbook--a0777575-5c4c-4710-9f01-15776103837f",
    "name": "Playbook 1",
    "created_by": "identity--5abe695c-7bd5-4c31-8824-2528696cdbf1",
    "created": "2022-05-18T11:31:31.319Z",
    "modified": "2022-05-18T11:31:31.319Z",
    "signatures": [
        {
            "type": "jss",
            "id": "jss--af892292-c4b4-47eb-9be6-4897ff4b9388",
            "created_by": "identity--5abe695c-7bd5-4c31-8824-2528696cdbf1",
            "created": "2023-01-10T17:39:31.319Z",
            "modified": "2023-01-10T17:39:31.319Z",
            "signee": "ACME Cyber Company",
            "valid_from": "2023-01-10T17:39:31.319Z",
            "valid_until": "2023-06-10T17:39:31.319Z",
            "related_to": "playbook--a0777575-5c4c-4710-9f01-15776103837f",
            "related_version": "2022-05-18T11:31:31.319Z",
            "hash_algorithm": "sha-256",
            "algorithm": "RS256",
            "public_key": OFFICIAL_KEY,
            "value": OFFICIAL_VALUE,
        }
    ],
}
THEN = datetime(2023, 2, 1, tzinfo=UTC)

KEYS: dict[str, Callable[[], PrivateKey]] = {
    "RS256": lambda: rsa.generate_private_key(65537, 2048),
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ES384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "ES512": lambda: ec.generate_private_key(ec.SECP521R1()),
    "Ed25519": ed25519.Ed25519PrivateKey.generate,
    "Ed448": ed448.Ed448PrivateKey.generate,
}


@pytest.fixture(scope="module")
def key() -> PrivateKey:
    return ed25519.Ed25519PrivateKey.generate()


def signed(value: Json, key: PrivateKey, **more: Any) -> Json:
    return sign(value, key, signee="CERT-EE", now=NOW, new_uuid=uuid.uuid4, **more)


def only(found: list[Verdict]) -> Verdict:
    (verdict,) = found
    return verdict


def test_the_official_example_verifies() -> None:
    found = only(verify(OFFICIAL, [], THEN))
    assert (found.standing, found.why) == ("valid", "fits the document")


def test_the_official_example_has_run_out_since() -> None:
    found = only(verify(OFFICIAL, [], NOW))
    assert (found.standing, found.why) == ("invalid", "was valid until 2023-06-10 17:39 UTC")


def test_the_official_example_does_not_verify_with_one_letter_changed() -> None:
    found = only(verify({**OFFICIAL, "name": "Playbook 2"}, [], THEN))
    assert found.standing == "invalid"


@pytest.mark.parametrize("algorithm", KEYS)
def test_what_we_sign_verifies_and_is_trusted_by_its_key(algorithm: str) -> None:
    key = KEYS[algorithm]()
    value = signed(document(), key)
    assert value["signatures"][0]["algorithm"] == algorithm
    found = only(verify(value, [key.public_key()], NOW))
    assert (found.standing, found.trusted) == ("valid", True)
    other = ed25519.Ed25519PrivateKey.generate().public_key()
    assert not only(verify(value, [other], NOW)).trusted


def test_a_second_signature_leaves_the_first_valid(key: PrivateKey) -> None:
    twice = signed(signed(document(), key), rsa.generate_private_key(65537, 2048))
    assert [one.standing for one in verify(twice, [], NOW)] == ["valid", "valid"]


def test_a_signed_document_is_valid_by_the_official_schemas(
    key: PrivateKey, schema_errors: Any
) -> None:
    assert schema_errors(signed(document(), key)) == []


def change_value(value: Json) -> None:
    value["signatures"][0]["value"] = "AAAA"


FAULTS: dict[str, Callable[[Json], Any]] = {
    "another playbook": lambda d: d["signatures"][0].update(related_to="playbook--x"),
    "changed": lambda d: d.update(name="Other"),
    "not base64": change_value,
    "no value": lambda d: d["signatures"][0].pop("value"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_signature_that_does_not_fit_is_invalid_and_the_playbook_a_draft(
    fault: str, key: PrivateKey
) -> None:
    value = signed(document(), key)
    FAULTS[fault](value)
    assert only(verify(value, [], NOW)).standing == "invalid"
    assert import_(raw(value), NOW).status == "draft"


def test_a_signature_for_another_version_does_not_count(key: PrivateKey) -> None:
    before = document()
    before["modified"] = "2026-01-02T00:00:00.000Z"
    value = signed({**before, "id": "playbook--y"}, key, valid_until=NOW + timedelta(days=1))
    assert only(verify(value, [], NOW)).standing == "valid"
    assert only(verify(value, [], NOW + timedelta(days=2))).standing == "invalid"


@pytest.mark.parametrize(
    "changes",
    [
        {"algorithm": "HS256"},
        {"algorithm": "none"},
        {"algorithm": 7},
        {"hash_algorithm": "md5"},
        {"public_key": "AAAA"},
        {"public_key": "?"},
        {"public_key": None},
    ],
)
def test_what_cannot_be_checked_is_unknown_and_a_warning(changes: Json, key: PrivateKey) -> None:
    value = signed(document(), key)
    value["signatures"][0].update(changes)
    assert only(verify(value, [], NOW)).standing == "unknown"
    assert import_(raw(value), NOW).status == "warnings"


def test_a_signature_that_brings_no_key_asks_for_one(key: PrivateKey) -> None:
    value = signed(document(), key)
    bare = {name: one for name, one in value["signatures"][0].items() if name != "public_key"}
    assert only(verify({**value, "signatures": [bare]}, [], NOW)).why.endswith("with --key")


def test_a_short_key_signs_nothing_and_proves_nothing() -> None:
    weak = rsa.generate_private_key(65537, 1024)  # noqa: S505  # that is the point
    with pytest.raises(ValueError, match="1024 bits"):
        signed(document(), weak)


def test_numbers_that_canonical_json_cannot_hold_are_said_so(key: PrivateKey) -> None:
    with pytest.raises(Unsignable):
        signed({**document(), "x": 2**60}, key)


def test_a_key_with_a_passphrase_or_of_no_use_is_refused_with_what_to_do(key: PrivateKey) -> None:
    locked = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"x"),
    )
    with pytest.raises(ValueError, match="passphrase"):
        load_private(locked)
    with pytest.raises(ValueError, match="openssl genpkey"):
        load_private(b"x")
    with pytest.raises(ValueError, match="openssl pkey -pubout"):
        load_public(b"x")


@pytest.mark.parametrize("signatures", [None, 7, "x", {}, [7], [{}], [[]]])
def test_signatures_of_any_form_get_a_verdict(signatures: Any) -> None:
    found = verify({**document(), "signatures": signatures}, [], NOW)
    assert all(one.standing != "valid" for one in found)


def test_an_export_that_was_signed_keeps_its_signature_through_an_import(key: PrivateKey) -> None:
    value = signed(document(), key)
    found = import_(raw(value), NOW)
    assert found.status == "ok"
    assert found.data is not None
    assert "signatures" in found.data["cacao"]["document"]
