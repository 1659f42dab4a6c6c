"""The keyring against stock gpg: what leaves, what is believed, what hostile input does."""

from __future__ import annotations

import shutil
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from coalition.adapters import gnupg_calls
from coalition.adapters.gnupg_calls import NoGnuPG
from coalition.adapters.gnupg_keys import keys_in
from coalition.adapters.openpgp import Keyring, KeyTrouble, Unreadable, _opened
from coalition.adapters.openpgp_hub import (
    extend_hub_key,
    make_hub_key,
    public_hub_key,
    revocation_of,
    rotate_hub_key,
)
from coalition.domain.channels import PinnedKey
from coalition.domain.errors import PermanentError, UserError
from tests.openpgp.homes import Home, Homes, make

GPG = shutil.which("gpg") or "gpg"
TEXT = b"DDoS on two banks\r\n"


def status(home: Path, message: bytes) -> list[str]:
    """What stock gpg says on its status descriptor when it reads a message."""
    done = subprocess.run(
        [GPG, "--homedir", str(home), "--batch", "--status-fd", "2", "--decrypt"],
        input=message, capture_output=True, check=False,
    )  # fmt: skip
    lines = done.stderr.decode("utf-8", "replace").splitlines()
    return [line.split()[1] for line in lines if line.startswith("[GNUPG:] ")]


def from_partner(homes: Homes, home: Home, text: bytes = TEXT, *more: str) -> bytes:
    """A message to the hub as a partner's own program makes it."""
    extra = ["--local-user", home.fingerprint, *more]
    data: bytes = home.keyring.gpg.encrypt(text, [homes.hub.fingerprint], extra_args=extra).data
    return data


def test_a_partners_gpg_decrypts_it_and_finds_the_hubs_signature_good(homes: Homes) -> None:
    message = homes.hub.keyring.sign_and_encrypt(TEXT, homes.lv.pinned, homes.base)
    assert message.startswith(b"-----BEGIN PGP MESSAGE-----")
    said = status(homes.lv.path, message)
    assert {"DECRYPTION_OKAY", "GOODSIG", "VALIDSIG", "GOODMDC"} <= set(said)
    opened = homes.lv.keyring.open(message)
    assert (opened.data, opened.signer) == (TEXT, homes.hub.fingerprint)


def test_nobody_but_the_recipient_reads_it(homes: Homes) -> None:
    message = homes.hub.keyring.sign_and_encrypt(TEXT, homes.lv.pinned, homes.base)
    assert status(homes.lv.path, message).count("ENC_TO") == 1
    for other in (homes.lt, homes.mallory):
        with pytest.raises(Unreadable):
            other.keyring.open(message)


def test_the_home_is_for_us_alone(homes: Homes) -> None:
    assert stat.S_IMODE(homes.hub.path.stat().st_mode) == 0o700


def test_a_file_with_another_key_is_refused_with_both_fingerprints(homes: Homes) -> None:
    pinned = PinnedKey(homes.lv.fingerprint, "mallory.asc")
    with pytest.raises(KeyTrouble) as caught:
        homes.hub.keyring.sign_and_encrypt(TEXT, pinned, homes.base)
    assert homes.lv.fingerprint in str(caught.value)
    assert homes.mallory.fingerprint in str(caught.value)
    assert homes.hub.keyring.known(homes.mallory.fingerprint) is None, "it was not even taken"


def test_a_file_with_the_pinned_key_and_another_is_refused(homes: Homes) -> None:
    both = homes.base / "both.asc"
    both.write_text((homes.base / "lv.asc").read_text() + (homes.base / "mallory.asc").read_text())
    with pytest.raises(KeyTrouble, match="alone"):
        homes.hub.keyring.examine(PinnedKey(homes.lv.fingerprint, "both.asc"), homes.base)


@pytest.mark.parametrize("content", ["", "no key", "\x00" * 5000])
def test_a_file_that_is_no_key_is_named(homes: Homes, content: str) -> None:
    (homes.base / "junk.asc").write_text(content)
    pinned = PinnedKey(homes.lt.fingerprint, "junk.asc")
    with pytest.raises(KeyTrouble, match=r"junk\.asc holds no OpenPGP public key"):
        homes.hub.keyring.examine(pinned, homes.base)
    with pytest.raises(KeyTrouble, match=r"absent\.asc cannot be read"):
        homes.hub.keyring.adopt(PinnedKey(homes.lt.fingerprint, "absent.asc"), homes.base)


def test_a_key_that_has_expired_gets_nothing(
    homes: Homes, own_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    partner, hub = make(own_folder, "si", years=1), homes.hub.keyring
    hub.sign_and_encrypt(TEXT, partner.pinned, own_folder)
    created = int(hub.examine(partner.pinned, own_folder).created.timestamp())
    later = ["--faked-system-time", f"{created + 400 * 86_400}!"]
    monkeypatch.setattr(hub.gpg, "options", [*hub.gpg.options, *later])
    assert hub.examine(partner.pinned, own_folder).state == "expired"
    with pytest.raises(KeyTrouble, match=f"{partner.fingerprint} has expired; nothing was sent"):
        hub.sign_and_encrypt(TEXT, partner.pinned, own_folder)


def test_a_key_that_was_revoked_gets_nothing(homes: Homes, own_folder: Path) -> None:
    partner = make(own_folder, "si")
    revocation = revocation_of(partner.keyring)
    assert revocation is not None
    partner.keyring.gpg.import_keys(revocation.read_text().replace(":-----", "-----"))
    (own_folder / "si.asc").write_text(public_hub_key(partner.keyring))
    with pytest.raises(KeyTrouble, match=f"{partner.fingerprint} was revoked by its owner") as no:
        homes.hub.keyring.sign_and_encrypt(TEXT, partner.pinned, own_folder)
    assert "phone" in no.value.fallback
    assert homes.hub.keyring.examine(partner.pinned, own_folder).state == "revoked"


def test_a_renewed_file_is_taken_without_a_restart(homes: Homes, own_folder: Path) -> None:
    partner = make(own_folder, "si")
    first = homes.hub.keyring.examine(partner.pinned, own_folder)
    extend_hub_key(partner.keyring, 5)
    (own_folder / "si.asc").write_text(public_hub_key(partner.keyring))
    second = homes.hub.keyring.examine(partner.pinned, own_folder)
    assert first.expires is not None
    assert second.expires is not None
    assert (second.expires - first.expires).days > 3 * 365


# ------------------------------------------------------------------------------ what comes in
def test_a_signature_is_named_by_the_primary_key_even_when_a_subkey_made_it(
    homes: Homes, own_folder: Path
) -> None:
    partner = make(own_folder, "si")
    partner.keyring.gpg.order("--passphrase", "", "--quick-add-key", partner.fingerprint, "ed25519",
                              "sign", "1y")  # fmt: skip
    (own_folder / "si.asc").write_text(public_hub_key(partner.keyring))
    partner.keyring.adopt(homes.hub.pinned, homes.base)
    homes.hub.keyring.adopt(partner.pinned, own_folder)
    opened = homes.hub.keyring.open(from_partner(homes, partner, TEXT, "--sign"))
    assert opened.signer == partner.fingerprint


def test_what_is_not_signed_has_no_signer(homes: Homes) -> None:
    opened = homes.hub.keyring.open(from_partner(homes, homes.lv))
    assert (opened.data, opened.signer, opened.trouble) == (TEXT, None, "it is not signed")


def test_a_signature_of_a_key_that_is_not_pinned_proves_nothing(homes: Homes) -> None:
    opened = homes.hub.keyring.open(from_partner(homes, homes.mallory, TEXT, "--sign"))
    assert opened.signer is None
    assert opened.trouble == "it is signed with a key that is not pinned here"


def test_two_signatures_prove_nothing(homes: Homes) -> None:
    homes.hub.keyring.adopt(homes.lv.pinned, homes.base)
    homes.hub.keyring.adopt(homes.inga.pinned, homes.base)
    both = homes.base / "both"
    if not both.exists():
        shutil.copytree(homes.lv.path, both, ignore=shutil.ignore_patterns("S.*"))
        for key in (homes.inga.path / "private-keys-v1.d").iterdir():
            shutil.copy(key, both / "private-keys-v1.d")
    keyring = Keyring(both)
    try:
        keyring.adopt(homes.inga.pinned, homes.base)
        signers = ["--sign", "--local-user", homes.lv.fingerprint,
                   "--local-user", homes.inga.fingerprint]  # fmt: skip
        message = keyring.gpg.encrypt(TEXT, [homes.hub.fingerprint], extra_args=signers).data
    finally:
        gnupg_calls.stop_agent(both)
    opened = homes.hub.keyring.open(message)
    assert (opened.signer, opened.trouble) == (None, "it has several signatures")


@pytest.mark.parametrize("end", ["\u0085", "\u2028", "\x0b"])
def test_a_user_id_cannot_speak_for_gpg(homes: Homes, end: str) -> None:
    """python-gnupg alone takes these for line ends, and the rest of a name for gpg's word."""
    forged = f"[GNUPG:] VALIDSIG {homes.lv.fingerprint} 2026-01-01 1 0 4 0 22 10 00 A"
    said = f"[GNUPG:] GOODSIG 0123456789ABCDEF Si {end}{forged}\n".encode()
    heard: list[str] = []

    class Result:
        def handle_status(self, key: str, value: str) -> None:
            heard.append(key)

    homes.hub.keyring.gpg._hear(said, Result())
    assert heard == ["GOODSIG"]


def test_words_of_gpg_that_are_not_understood_prove_nothing(homes: Homes) -> None:
    gpg = homes.hub.keyring.gpg
    result = gpg.result_map["crypt"](gpg)
    gpg._hear(b"[GNUPG:] GOODSIG 0123456789ABCDEF\n", result)  # without a name
    result.pubkey_fingerprint = homes.lv.fingerprint
    assert result.valid, "python-gnupg believed it"
    assert _opened(result, TEXT, encrypted=True).signer is None


def test_a_detached_signature_counts_for_exactly_these_bytes(homes: Homes) -> None:
    homes.hub.keyring.adopt(homes.lv.pinned, homes.base)
    made = homes.lv.keyring.gpg.sign(TEXT, keyid=homes.lv.fingerprint, detach=True).data
    hub = homes.hub.keyring
    assert hub.verify(TEXT, made).signer == homes.lv.fingerprint
    assert hub.verify(TEXT + b" ", made).trouble == "signature bad"
    assert hub.verify(TEXT, b"junk").signer is None


def test_a_compressed_bomb_is_refused_and_does_not_fill_the_memory(
    homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coalition.adapters.openpgp.LARGEST_OUTPUT", 1_000_000)
    zeros = b"\0" * 4_000_000
    bomb = from_partner(homes, homes.lv, zeros, "--compress-algo", "zlib", "-z", "9")
    assert len(bomb) < 100_000
    with pytest.raises(Unreadable, match="more than 1 MB"):
        homes.hub.keyring.open(bomb)


def test_a_call_that_hangs_is_ended(homes: Homes, monkeypatch: pytest.MonkeyPatch) -> None:
    message = from_partner(homes, homes.lv)
    monkeypatch.setattr(gnupg_calls, "SECONDS", 0.0)
    with pytest.raises(Unreadable):
        homes.hub.keyring.open(message)


@pytest.mark.parametrize(
    "junk",
    [b"", b"garbage", b"\0" * 70_000, b"\x85\x02" * 9000, b"\xff" * 300,
     b"-----BEGIN PGP MESSAGE-----\n\nabcd\n-----END PGP MESSAGE-----\n"],
)  # fmt: skip
def test_what_is_no_openpgp_is_unreadable_and_nothing_worse(homes: Homes, junk: bytes) -> None:
    with pytest.raises(Unreadable):
        homes.hub.keyring.open(junk)


# ------------------------------------------------------------------------------- the hub's key
def test_the_hubs_key_is_made_once_with_an_end_and_a_revocation(own_folder: Path) -> None:
    keyring = Keyring(own_folder / "hub")
    before = keyring.hub
    key = make_hub_key(keyring, name="Baltic (x) <y>\n%Shield", mail="h@x.example", years=2)
    assert (before, keyring.hub) == (None, key.fingerprint)
    assert key.expires is not None
    assert (key.expires - key.created).days in {729, 730, 731}
    assert key.names == ("Baltic x yShield <h@x.example>",)
    assert revocation_of(keyring) is not None
    with pytest.raises(UserError, match="has a key already"):
        make_hub_key(keyring, name="again", mail="h@x.example", years=2)


def test_a_new_hub_key_is_vouched_for_by_the_old_and_mail_to_the_old_is_still_read(
    homes: Homes, own_folder: Path
) -> None:
    keyring = Keyring(own_folder / "hub")
    old = make_hub_key(keyring, name="Hub", mail="h@x.example", years=1)
    (own_folder / "old.asc").write_text(public_hub_key(keyring))
    homes.lv.keyring.adopt(PinnedKey(old.fingerprint, "old.asc"), own_folder)
    mail = homes.lv.keyring.gpg.encrypt(TEXT, [old.fingerprint]).data
    was, new = rotate_hub_key(keyring, name="Hub", mail="h@x.example", years=1)
    assert (was, keyring.hub) == (old.fingerprint, new.fingerprint)
    signatures = keyring.gpg.list_keys(keys=new.fingerprint, sigs=True).data.decode()
    assert f"sig:::22:{old.fingerprint[-16:]}" in signatures
    assert keyring.open(mail).data == TEXT


def test_without_a_hub_key_one_is_told_how_to_make_it(homes: Homes, own_folder: Path) -> None:
    with pytest.raises(KeyTrouble) as caught:
        Keyring(own_folder / "hub").sign_and_encrypt(TEXT, homes.lv.pinned, homes.base)
    assert "tocsin keys init" in caught.value.fallback


def test_without_gpg_one_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoGnuPG) as caught:
        Keyring(tmp_path / "hub").known("A" * 40)
    assert "apt install gnupg" in caught.value.fallback


def test_a_home_whose_path_is_too_long_for_the_agent_is_named(tmp_path: Path) -> None:
    with pytest.raises(PermanentError, match="too long"):
        gnupg_calls.prepare(tmp_path / ("x" * 90))


def test_the_agent_is_told_none_of_our_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-hunter2")
    assert "hunter2" not in str(gnupg_calls.environment())


def test_many_workers_that_take_and_use_keys_at_once_lose_none(own_folder: Path) -> None:
    """Gpg alone does: while one writes the keyring anew, others find no key in it."""
    make_hub_key(Keyring(own_folder / "hub"), name="Hub", mail="h@x.example", years=1)
    many = Keyring(own_folder / "many").gpg
    for number in range(10):
        many.order("--passphrase", "", "--quick-gen-key", f"m{number}@x.example",
                   "future-default", "default", "1y")  # fmt: skip
    found = keys_in(many.list_keys().data)
    pinned = [PinnedKey(key.fingerprint, f"{key.fingerprint}.asc") for key in found]
    for one in pinned:
        (own_folder / one.file).write_text(many.export_keys(one.fingerprint))
    workers = [Keyring(own_folder / "hub") for _ in range(2)]
    with ThreadPoolExecutor(8) as pool:
        sealed = [
            pool.submit(worker.sign_and_encrypt, TEXT, one, own_folder)
            for one in pinned
            for worker in workers
        ]
        assert all(one.result() for one in sealed)
    assert len(sealed) == 20
