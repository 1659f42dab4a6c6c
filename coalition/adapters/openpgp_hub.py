"""The hub's own key: made by GnuPG, prolonged, or replaced by one that the old one vouches for.

Made by GnuPG, so that every GnuPG reads what is sent to it (keys of other makers may ask for
packets that it does not know). Two kinds: ed25519 with cv25519, which GnuPG has read since 2.1
(2014) and all programs of today read; rsa3072 for a partner whose program is older.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from coalition.adapters.gnupg_calls import keyring_lock
from coalition.adapters.openpgp import HUB_FILE, KeyTrouble
from coalition.domain.errors import PermanentError, UserError

if TYPE_CHECKING:
    from coalition.adapters.gnupg_keys import Key
    from coalition.adapters.openpgp import Keyring

Algorithm = Literal["ed25519", "rsa3072"]

_PARTS: dict[Algorithm, str] = {
    "ed25519": "Key-Type: eddsa\nKey-Curve: ed25519\n{use}Subkey-Type: ecdh\nSubkey-Curve: cv25519",
    "rsa3072": "Key-Type: rsa\nKey-Length: 3072\n{use}Subkey-Type: rsa\nSubkey-Length: 3072",
}

# Without AEAD: GnuPG 2.4 would ask senders for a packet that only GnuPG reads.
_PREFERENCES = "AES256 AES192 AES SHA512 SHA384 SHA256 ZLIB ZIP Uncompressed MDC no-ks-modify"

_FAILED = "Read what it says with: gpg --homedir HOME --list-secret-keys."


def make_hub_key(
    keyring: Keyring, *, name: str, mail: str, years: int, algorithm: Algorithm = "ed25519"
) -> Key:
    """Make the hub's key, without a passphrase: the processes that sign have nobody to ask.

    Raises:
        UserError: there is one already.
        PermanentError: gpg did not make it.
    """
    if keyring.hub is not None:
        message = f"The hub has a key already: {keyring.hub}."
        raise UserError(message, "`tocsin keys rotate` makes a new one.")
    return _make(keyring, name, mail, years, algorithm)


def _make(keyring: Keyring, name: str, mail: str, years: int, algorithm: Algorithm) -> Key:
    use = "Key-Usage: sign,cert\n"
    order = "\n".join(
        (
            "%no-protection",
            _PARTS[algorithm].format(use=use),
            "Subkey-Usage: encrypt",
            f"Name-Real: {_plain(name)}",
            f"Name-Email: {_plain(mail)}",
            f"Preferences: {_PREFERENCES}",
            f"Expire-Date: {years}y",
            "%commit",
            "",
        )
    )
    with keyring_lock(keyring.home, change=True):
        made = keyring.gpg.gen_key(order)
    key = keyring.known(made.fingerprint.upper(), secret=True) if made.fingerprint else None
    if key is None:
        raise PermanentError("gpg did not make a key.", fallback=_FAILED)
    _appoint(keyring.home, key.fingerprint)
    return key


def extend_hub_key(keyring: Keyring, years: int) -> Key:
    """Let the hub's key (and its parts) last so many years from now; its fingerprint stays.

    Raises:
        KeyTrouble: there is none.
        PermanentError: gpg refused.
    """
    hub = keyring.hub_or_complain()
    with keyring_lock(keyring.home, change=True):
        for which in ([], ["*"]):  # the primary key, then all its subkeys
            if keyring.gpg.order("--quick-set-expire", hub, f"{years}y", *which).returncode != 0:
                raise PermanentError("gpg did not prolong the key.", fallback=_FAILED)
    key = keyring.known(hub, secret=True)
    if key is None:
        raise KeyTrouble(f"The hub's key {hub} is not in the keyring.", fallback=_FAILED)
    return key


def rotate_hub_key(
    keyring: Keyring, *, name: str, mail: str, years: int, algorithm: Algorithm = "ed25519"
) -> tuple[str, Key]:
    """(fingerprint of the old key, the new key, signed by the old one); mail to either is read.

    Raises:
        KeyTrouble: there is no old one.
        PermanentError: gpg failed; the old one stays in force unless the new one exists.
    """
    old = keyring.hub_or_complain()
    new = _make(keyring, name, mail, years, algorithm)
    with keyring_lock(keyring.home, change=True):
        vouched = keyring.gpg.quick_sign_key(old, new.fingerprint)
    if vouched.returncode != 0:
        _appoint(keyring.home, old)
        raise PermanentError("gpg did not sign the new key with the old one.", fallback=_FAILED)
    return old, new


def public_hub_key(keyring: Keyring) -> str:
    """The hub's public key, armoured, for the partners.

    Raises:
        KeyTrouble: there is none.
    """
    hub = keyring.hub_or_complain()
    armoured: str = keyring.gpg.export_keys(hub)
    if not armoured:
        raise KeyTrouble(f"The hub's key {hub} is not in the keyring.", fallback=_FAILED)
    return armoured


def revocation_of(keyring: Keyring) -> Path | None:
    """The certificate that revokes the hub's key, as GnuPG made it with the key."""
    path = keyring.home.resolve() / "openpgp-revocs.d" / f"{keyring.hub}.rev"
    return path if path.is_file() else None


def _appoint(home: Path, fingerprint: str) -> None:
    draft = home / f"{HUB_FILE}.{secrets.token_hex(4)}"
    draft.write_text(f"{fingerprint}\n", encoding="ascii")
    draft.replace(home / HUB_FILE)


def _plain(text: str) -> str:
    """One line without what would begin another field or part of a user id."""
    return "".join(letter for letter in text if letter.isprintable() and letter not in "<>()%")
