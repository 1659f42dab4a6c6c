"""Opens a mail as far as our key reaches, and keeps apart what is proved from what is claimed.

What counts as signed is exactly what a signature covers: the inside of a PGP/MIME message, the
first part of a signed one, or the text of an inline block. Whatever else stands in the same mail
is as good as a forgery, and is not read together with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coalition.adapters.openpgp import Unreadable
from workers.inbound import mime

if TYPE_CHECKING:
    from datetime import datetime

    from coalition.adapters.openpgp import Keyring, Opened
    from workers.inbound.mime import Entity

_INLINE = re.compile(
    r"-----BEGIN PGP (MESSAGE|SIGNED MESSAGE)-----\r?\n.*?-----END PGP (?:MESSAGE|SIGNATURE)-----",
    re.DOTALL,
)
_ARMOUR = b"-----BEGIN PGP MESSAGE-----"

UNSIGNED = "it is not signed"


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it can be read. `inside` is what the signature covers, or the mail itself."""

    outside: Entity
    inside: Entity | None  # None: the text stood in an inline block, which has no headers
    text: str
    signer: str | None  # fingerprint of the primary key that signed the inside
    signed_at: datetime | None
    trouble: str  # why nobody is proved to have signed it
    encrypted: bool


def open_letter(raw: bytes, keyring: Keyring | None) -> Letter:
    """The mail with whatever of it can be opened; `keyring` None: there is no gpg.

    Raises:
        NotAMail: it cannot be read at all.
        TransientError: gpg could not be started.
    """
    outside = mime.parse(raw)
    if keyring is None:
        trouble = "gpg is not installed here, so no signature is looked at"
        return _plain(outside, trouble)
    kind = outside.get_content_type()
    try:
        sealed = _sealed(outside)
        if sealed is not None:
            return _unsealed(outside, keyring.open(sealed), keyring)
        if kind == "multipart/signed":
            return _signed(outside, raw, keyring)
        text = mime.text_of(outside)
        block = _INLINE.search(text)
        if block is not None:
            return _inline(outside, keyring.open(block.group().encode()))
    except Unreadable as error:
        return _plain(outside, f"it cannot be opened ({error})")
    return _plain(outside, UNSIGNED)


def _plain(outside: Entity, trouble: str) -> Letter:
    return Letter(outside, outside, mime.text_of(outside), None, None, trouble, encrypted=False)


def _sealed(outside: Entity) -> bytes | None:
    """The OpenPGP message of a PGP/MIME mail; some servers change the type of its envelope."""
    if not outside.is_multipart():
        return None
    parts = list(mime.leaves(outside))
    if not any(part.get_content_type() == "application/pgp-encrypted" for part in parts):
        return None
    held = (
        mime.content(part)
        for part in parts
        if part.get_content_type() in {"application/octet-stream", "application/pgp"}
    )
    return next((data for data in held if _ARMOUR in data[:4000]), None)


def _unsealed(outside: Entity, opened: Opened, keyring: Keyring) -> Letter:
    inside = mime.parse(opened.data)
    if opened.signer is None and inside.get_content_type() == "multipart/signed":
        within = _signed(inside, opened.data, keyring)
        return Letter(
            outside, within.inside, within.text, within.signer, within.signed_at, within.trouble,
            encrypted=True,
        )  # fmt: skip
    return Letter(
        outside, inside, mime.text_of(inside), opened.signer, opened.signed_at, opened.trouble,
        encrypted=opened.encrypted,
    )  # fmt: skip


def _signed(entity: Entity, raw: bytes, keyring: Keyring) -> Letter:
    boundary = entity.get_boundary()
    covered = mime.signed_bytes(raw, boundary) if boundary else None
    parts = list(mime.leaves(entity))
    signature = parts[-1] if len(parts) > 1 else None
    if (
        covered is None
        or signature is None
        or signature.get_content_type() != "application/pgp-signature"
    ):
        return _plain(entity, "its signature is not where it should be")
    opened = keyring.verify(covered, mime.content(signature))
    inside = mime.parse(covered)
    return Letter(
        entity, inside, mime.text_of(inside), opened.signer, opened.signed_at, opened.trouble,
        encrypted=False,
    )  # fmt: skip


def _inline(outside: Entity, opened: Opened) -> Letter:
    text = mime.decoded(opened.data[: mime.LONGEST_TEXT], "utf-8").replace("\r\n", "\n")
    return Letter(
        outside, None, text, opened.signer, opened.signed_at, opened.trouble,
        encrypted=opened.encrypted,
    )  # fmt: skip
