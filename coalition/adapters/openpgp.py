"""The hub's OpenPGP keyring: signs and encrypts what goes out, opens what comes in.

Whose a key is says the coalition file alone (coalition/domain/keys.py). Mail is encrypted to
exactly the pinned key, whose file is looked at before it is used; no key is ever found by a mail
address, fetched, or believed because somebody signed it.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from coalition.adapters.gnupg_calls import Gpg, keyring_lock, prepare
from coalition.adapters.gnupg_keys import STATES, Key, keys_in
from coalition.domain.errors import PermanentError, TransientError

if TYPE_CHECKING:
    from collections.abc import Callable

    from coalition.domain.channels import PinnedKey

HUB_FILE = "tocsin-hub-key"
"""In the home: the fingerprint of the key that signs now. Older ones stay, to open old mail."""

LARGEST_KEY_FILE = 1_000_000
LARGEST_OUTPUT = 25_000_000

# Compressing before encrypting gains nothing here, and some receivers cannot read it.
_SEND = ["--compress-algo", "none"]


class KeyTrouble(PermanentError):
    """A key cannot be used as it is; nothing has been sent in another way instead."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What was in a message, and who proves to have signed it."""

    data: bytes
    encrypted: bool
    signer: str | None  # fingerprint of the primary key; None: nothing is proved
    signed_at: datetime | None
    trouble: str  # why there is no signer; empty where there is one


class Unreadable(Exception):
    """It cannot be decrypted, or is no OpenPGP at all; says why."""


class Keyring:
    """One GnuPG home. Made at no cost: gpg is called only when something is asked of it.

    Threads may share it. Every method raises `NoGnuPG` where there is no gpg.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self._adopted: dict[tuple[str, Path], tuple[int, int]] = {}

    @cached_property
    def gpg(self) -> Gpg:
        """Gpg on this home, which is made when it is not there."""
        return Gpg(self.home)

    # ------------------------------------------------------------------------------ the hub's
    @property
    def hub(self) -> str | None:
        """Fingerprint of the key that signs; None before `tocsin keys init`."""
        try:
            text = (self.home / HUB_FILE).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            return None
        return text if re.fullmatch("[0-9A-F]{40}", text) else None

    def hub_or_complain(self) -> str:
        """As `hub`; raises `KeyTrouble` where there is none."""
        hub = self.hub
        if hub is None:
            raise KeyTrouble(
                "The hub has no OpenPGP key yet.",
                fallback="Make one with `tocsin keys init`, and give it to the partners.",
            )
        return hub

    def known(self, fingerprint: str, *, secret: bool = False) -> Key | None:
        """A key of the keyring as it stands now."""
        listed = self._call(lambda: self.gpg.list_keys(secret=secret, keys=fingerprint))
        found = (key for key in keys_in(listed.data) if key.fingerprint == fingerprint)
        return next(found, None)

    # -------------------------------------------------------------------------- the partners'
    def adopt(self, pinned: PinnedKey, base: Path) -> None:
        """Take the pinned key from its file into the keyring; again when the file has changed.

        Raises:
            KeyTrouble: the file is not there, holds no key, several, or another than is pinned.
        """
        path = base / pinned.file
        try:
            stat = path.stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
            if self._adopted.get((pinned.fingerprint, path)) == stamp:
                return
            data = path.read_bytes() if stat.st_size <= LARGEST_KEY_FILE else b""
        except OSError as error:
            raise KeyTrouble(
                f"The key file {path} cannot be read ({error.strerror}).",
                fallback="Put the partner's public key there, or mend `key` in the coalition file.",
            ) from error
        self._check(keys_in(self.gpg.scan_keys_mem(data).data), pinned, path)
        done = self._call(lambda: self.gpg.import_keys(data), change=True)
        if pinned.fingerprint not in done.fingerprints:
            raise KeyTrouble(
                f"gpg did not take {path}.",
                fallback="Try it by hand: gpg --import; the key may be of a kind it does not know.",
            )
        self._adopted[pinned.fingerprint, path] = stamp

    def _check(self, found: list[Key], pinned: PinnedKey, path: Path) -> None:
        if not found:
            remedy = "Export it again: gpg --armor --export FINGERPRINT."
            raise KeyTrouble(f"{path} holds no OpenPGP public key.", fallback=remedy)
        if [key.fingerprint for key in found] == [pinned.fingerprint]:
            return
        held = ", ".join(key.fingerprint for key in found[:3])
        raise KeyTrouble(
            f"{path} does not hold the pinned key alone. "
            f"Pinned: {pinned.fingerprint}. In the file: {held}.",
            fallback="Ask the partner by phone for the fingerprint; then put the right file there "
            "or change `openpgp` in the coalition file.",
        )

    def examine(self, pinned: PinnedKey, base: Path) -> Key:
        """The pinned key as it stands, whatever its state.

        Raises:
            KeyTrouble: as `adopt`.
        """
        self.adopt(pinned, base)
        key = self.known(pinned.fingerprint)
        if key is None:
            raise self._gone(pinned)
        return key

    def _gone(self, pinned: PinnedKey) -> TransientError:
        """Somebody else has changed the keyring: the file will be taken again."""
        self._adopted.clear()
        return TransientError(f"the key {pinned.fingerprint} has gone from the keyring")

    # ------------------------------------------------------------------------------- messages
    def sign_and_encrypt(self, data: bytes, pinned: PinnedKey, base: Path) -> bytes:
        """One armoured OpenPGP message, signed by the hub and encrypted to the pinned key alone.

        Raises:
            KeyTrouble: either key is missing, expired, revoked or another than is pinned.
            TransientError: gpg failed for a reason that may pass.
        """
        hub = self.hub_or_complain()
        self.adopt(pinned, base)
        # Not python-gnupg's `sign`: that is a default key, and gpg takes another when it cannot.
        more = [*_SEND, "--sign", "--local-user", hub]
        done = self._call(lambda: self.gpg.encrypt(data, [pinned.fingerprint], extra_args=more))
        if not done.ok or done.returncode != 0 or not done.data:
            self._refused(done, pinned, hub)
        armoured: bytes = done.data
        return armoured

    def _refused(self, done: Any, pinned: PinnedKey, hub: str) -> NoReturn:
        if self.known(pinned.fingerprint) is None:
            raise self._gone(pinned)
        for fingerprint, whose in ((pinned.fingerprint, "The partner's"), (hub, "The hub's")):
            key = self.known(fingerprint, secret=fingerprint == hub)
            why = "is not in the keyring" if key is None else STATES[key.state]
            if key is None or key.state != "good":
                raise KeyTrouble(
                    f"{whose} OpenPGP key {fingerprint} {why}; nothing was sent.",
                    fallback="`tocsin keys extend` or `tocsin keys rotate` mends it."
                    if fingerprint == hub
                    else f"Ask for their new key by phone, and put it in {pinned.file}.",
                )
        raise TransientError(f"gpg did not encrypt ({done.status or 'it ended early'})")

    def open(self, message: bytes) -> Opened:
        """Decrypt, or read a signed message, and say who signed it.

        Raises:
            Unreadable: it is not for us, is broken, is too large inside, or is no OpenPGP.
            TransientError: gpg could not be started.
        """
        # gpg stops a block short of its limit, without a word: ours is the lower one.
        limit = ["--max-output", str(LARGEST_OUTPUT + 1_000_000)]
        done = self._read(lambda: self.gpg.decrypt(message, extra_args=limit))
        if len(done.data) > LARGEST_OUTPUT:
            raise Unreadable(f"more than {LARGEST_OUTPUT // 1_000_000} MB came out of it")
        if not (done.ok or done.valid) or not done.data:
            raise Unreadable(done.status or "no OpenPGP data in it")
        return _opened(done, done.data, encrypted=bool(done.ok))

    def verify(self, signed: bytes, signature: bytes) -> Opened:
        """Say who made a detached signature over exactly these bytes; never fails for its sake."""
        path = prepare(self.home) / f"tocsin-{threading.get_ident()}.sig"
        path.write_bytes(signature)
        try:
            done = self._read(lambda: self.gpg.verify_data(str(path), signed))
        except Unreadable as error:
            return Opened(signed, encrypted=False, signer=None, signed_at=None, trouble=str(error))
        finally:
            path.unlink(missing_ok=True)
        return _opened(done, signed, encrypted=False)

    def _read(self, call: Callable[[], Any]) -> Any:
        try:
            with keyring_lock(self.home):
                return call()
        except OSError as error:  # gpg had seen enough before it had read all
            raise Unreadable("gpg stopped reading it") from error

    def _call(self, call: Callable[[], Any], *, change: bool = False) -> Any:
        try:
            with keyring_lock(self.home, change=change):
                return call()
        except OSError as error:
            raise TransientError(f"gpg ended early ({error.strerror})") from error


def _opened(done: Any, data: bytes, *, encrypted: bool) -> Opened:
    """Who signed counts only if gpg says so of the one signature there is, without reservation."""
    trouble = ""
    if len(done.sig_info) > 1:
        trouble = "it has several signatures"
    elif not done.valid or done.problems or done.misread or not done.pubkey_fingerprint:
        trouble = _why(done)
    if trouble:
        return Opened(data, encrypted, signer=None, signed_at=None, trouble=trouble)
    signed_at = datetime.fromtimestamp(int(done.sig_timestamp), UTC)
    return Opened(data, encrypted, done.pubkey_fingerprint.upper(), signed_at, "")


def _why(done: Any) -> str:
    said = done.problems[0]["status"] if done.problems else done.key_status
    if said in {"no public key", "signature error"}:
        return "it is signed with a key that is not pinned here"
    return said or ("gpg's words about it are unclear" if done.misread else "it is not signed")
