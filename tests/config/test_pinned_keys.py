"""Which OpenPGP key is whose: the coalition file pins it, and says at once when it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from coalition.adapters.coalition_file import read_coalition, remarks
from coalition.domain.errors import ConfigError
from coalition.domain.keys import key_of, pinned_keys
from coalition.domain.members import Coalition

ROLE, ALICE = "A1" * 20, "b2" * 20
FILE = """\
coalition: {name: Baltic Shield}
members:
  - id: ee
    name: CERT-EE
    country: EE
    timezone: Europe/Tallinn
    status: active
    trust: T4
    duty_phone: "+372 555 0100"
    delegates:
      - {id: ee-alice, name: Alice, email: alice@cert.example, roles: [operator]%s}
      - {id: ee-mart, name: Mart, roles: [legal]}
    channels:
      - {kind: email, to: cert@cert.example%s, ceiling: TLP:AMBER+STRICT}
      - {kind: email, to: %s, delegate: %s, ceiling: TLP:RED}
"""
OWN, ROLES_OWN = f", openpgp: {ALICE}, key: alice.asc", f", openpgp: {ROLE}, key: ee.asc"
GOOD = (OWN, ROLES_OWN, "Alice@cert.example", "ee-alice")


def read(folder: Path, *parts: str) -> Coalition:
    for name in ("alice.asc", "ee.asc"):
        (folder / name).touch()
    return read_coalition(FILE % parts, folder, "coalition.yaml")


def test_mail_is_encrypted_to_the_key_of_the_channel_or_of_the_person_it_goes_to(
    tmp_path: Path,
) -> None:
    member = read(tmp_path, *GOOD).member("ee")
    role, person = (key_of(member, channel) for channel in member.channels)
    assert role == (ROLE, "ee.asc")
    assert person == (ALICE.upper(), "alice.asc"), "fingerprints are compared in capitals"
    signers = {key: who.id if who else "" for key, (_, who) in pinned_keys(member).items()}
    assert signers == {ROLE: "", ALICE.upper(): "ee-alice"}


def test_mail_without_a_key_is_remarked_upon(tmp_path: Path) -> None:
    coalition = read(tmp_path, OWN, "", "alice@cert.example", "ee-alice")
    assert any("cert@cert.example is not encrypted" in text for text in remarks(coalition))


@pytest.mark.parametrize(
    ("parts", "finding"),
    [
        ((OWN, "", "alice@cert.example", "ee-mart"), "'ee-mart' has no key; write openpgp and"),
        ((OWN, "", "alice@cert.example", "ee-bob"), "'ee-bob' is no delegate of 'ee'; name one"),
        ((OWN, "", "cert@cert.example", "ee-alice"), ".to: is not the address of 'ee-alice'; w"),
        ((OWN, f", openpgp: {ROLE}", "a@b", "ee-mart"), "channels[0].key: is missing; openpgp"),
        ((OWN, "", "alice@cert.example", f"ee-alice{ROLES_OWN}"), "stands beside delegate; write"),
        ((OWN.replace("alice.asc", "x.asc"), *GOOD[1:]), "[ee-alice].key: 'x.asc' is not beside"),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(
    tmp_path: Path, parts: tuple[str, ...], finding: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, *parts)
    said = "\n".join(caught.value.findings).replace('"', "'")
    assert finding in said


def test_two_members_never_share_a_key(tmp_path: Path) -> None:
    text = FILE % GOOD
    start = text.index("  - id: ee")
    second = text[start:].replace("id: ee", "id: lv").replace("ee-", "lv-")
    for name in ("alice.asc", "ee.asc"):
        (tmp_path / name).touch()
    with pytest.raises(ConfigError, match=f"OpenPGP key '{ROLE}' is already used in 'ee'"):
        read_coalition(text + second, tmp_path)
