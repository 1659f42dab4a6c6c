"""What gpg says of keys (`--with-colons`), read into values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

State = Literal["good", "expired", "revoked", "disabled", "cannot_encrypt"]

STATES: dict[State, str] = {
    "good": "can be used",
    "expired": "has expired",
    "revoked": "was revoked by its owner",
    "disabled": "is disabled in the keyring",
    "cannot_encrypt": "has no part left that mail can be encrypted to",
}

_VALIDITY: dict[str, State] = {"e": "expired", "r": "revoked", "d": "disabled", "i": "disabled"}
_ALGORITHMS = {"1": "rsa", "16": "elgamal", "17": "dsa", "18": "ecdh", "19": "ecdsa", "22": "eddsa"}

# Fields of a line, by number: doc/DETAILS of GnuPG.
_KIND, _TRUST, _BITS, _ALGORITHM, _CREATED, _EXPIRES, _UID, _CAN, _CURVE = (
    0, 1, 2, 3, 5, 6, 9, 11, 16,
)  # fmt: skip
_FIELDS = 17


@dataclass(frozen=True, slots=True)
class Key:
    """One public key. `expires`: the earlier of the key and of all that can encrypt with it."""

    fingerprint: str  # of the primary key, 40 capital hex digits
    names: tuple[str, ...]
    algorithm: str  # ed25519, rsa3072
    created: datetime
    expires: datetime | None
    state: State


def keys_in(listing: bytes) -> list[Key]:
    """The keys of a listing, in its order; what is not understood is left out."""
    blocks: list[list[list[str]]] = []
    for line in listing.split(b"\n"):
        fields = line.decode("utf-8", "replace").split(":")
        fields += [""] * (_FIELDS - len(fields))
        if fields[_KIND] in {"pub", "sec"}:
            blocks.append([])
        if blocks:
            blocks[-1].append(fields)
    return [key for block in blocks if (key := _key(block)) is not None]


def _key(block: list[list[str]]) -> Key | None:
    primary = block[0]
    fingerprints = [fields[_UID] for fields in block if fields[_KIND] == "fpr"]
    created = _moment(primary[_CREATED])
    if not fingerprints or created is None:
        return None
    named = (fields for fields in block if fields[_KIND] == "uid")
    uids = [fields for fields in named if fields[_TRUST] not in _VALIDITY]
    return Key(
        fingerprint=fingerprints[0].upper(),
        names=tuple(_unescaped(fields[_UID]) for fields in uids),
        algorithm=primary[_CURVE]
        or f"{_ALGORITHMS.get(primary[_ALGORITHM], 'unknown')}{primary[_BITS]}",
        created=created,
        expires=_ends(primary, block),
        state=_state(primary, block),
    )


def _ends(primary: list[str], block: list[list[str]]) -> datetime | None:
    """When nothing can be encrypted to it any more; None: never."""
    ends = [_moment(fields[_EXPIRES]) for fields in block if _encrypts(fields)]
    last = None if not ends or None in ends else max(end for end in ends if end)
    own = _moment(primary[_EXPIRES])
    return min((end for end in (own, last) if end), default=None)


def _encrypts(fields: list[str]) -> bool:
    able = "e" in fields[_CAN]
    return (
        able and fields[_KIND] in {"pub", "sec", "sub", "ssb"} and fields[_TRUST] not in _VALIDITY
    )


def _state(primary: list[str], block: list[list[str]]) -> State:
    if primary[_TRUST] in _VALIDITY:
        return _VALIDITY[primary[_TRUST]]
    if "D" in primary[_CAN]:
        return "disabled"
    if any(_encrypts(fields) for fields in block):
        return "good"
    parts = {fields[_TRUST] for fields in block if fields[_KIND] in {"sub", "ssb"}}
    return "expired" if "e" in parts else "cannot_encrypt"


def _moment(seconds: str) -> datetime | None:
    if not (seconds.isascii() and seconds.isdigit()):
        return None
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _unescaped(text: str) -> str:
    """A user id on one line; gpg has escaped its colons."""
    shown = text.replace("\\x3a", ":").replace("\\x5c", "\\")
    return "".join(letter if letter.isprintable() else "?" for letter in shown)[:120]
