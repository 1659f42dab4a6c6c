"""Signatures of CACAO documents: JSS over JCS (RFC 8785). Create and verify.

All other signatures are taken away, the new one stands in without its value, the document is
written canonically and hashed; what is signed is the hash **as ASCII hex digits** (so RS256
hashes twice; the example in the specification verifies only like that).

A signature with the key inside proves that nothing was changed since somebody signed, not who:
`verify` compares the keys with those that are trusted.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

import rfc8785
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from coalition.cacao.keys import (
    PrivateKey,
    PublicKey,
    algorithm_for,
    from_certificate,
    from_der,
    sign_with,
    to_der,
    verify_with,
)
from coalition.cacao.lock import NewUuid, moment

_HASHES = {"sha-256": hashlib.sha256, "sha-384": hashlib.sha384, "sha-512": hashlib.sha512}

Standing = Literal["valid", "invalid", "unknown"]


class Verdict(NamedTuple):
    """What one signature comes to. `trusted`: it verifies with a key that was given as trusted."""

    where: str
    signee: str
    algorithm: str
    standing: Standing
    why: str
    fingerprint: str = ""  # SHA-256 (hex) of the key
    trusted: bool = False


class Unsignable(ValueError):
    """The document cannot be written canonically."""


def sign(
    document: Mapping[str, Any],
    key: PrivateKey,
    *,
    signee: str,
    now: datetime,
    new_uuid: NewUuid,
    valid_until: datetime | None = None,
) -> dict[str, Any]:
    """The document with one more signature.

    Raises:
        Unsignable: numbers or texts that canonical JSON cannot hold.
        ValueError: a kind of key that is not known, or too short.
    """
    at = moment(now)
    signature: dict[str, Any] = {
        "type": "jss",
        "id": f"jss--{new_uuid()}",
        "created_by": document.get("created_by"),
        "created": at,
        "modified": at,
        "signee": signee,
        "valid_from": at,
        **({"valid_until": moment(valid_until)} if valid_until else {}),
        "related_to": document.get("id"),
        "related_version": document.get("modified"),
        "hash_algorithm": "sha-256",
        "algorithm": algorithm_for(key),
        "public_key": base64.b64encode(to_der(key.public_key())).decode(),
    }
    value = sign_with(key, signature["algorithm"], _signed_text(document, signature))
    signature["value"] = base64.urlsafe_b64encode(value).decode().rstrip("=")
    before = document.get("signatures")
    signatures = [*(before if isinstance(before, list) else ()), signature]
    return {**document, "signatures": signatures}


def verify(
    document: Mapping[str, Any], trusted: Sequence[PublicKey], now: datetime
) -> list[Verdict]:
    """A verdict on every signature of the document. Never raises."""
    signatures = document.get("signatures")
    found = []
    for index, one in enumerate(signatures if isinstance(signatures, list) else ()):
        where = f"signatures[{index}]"
        if isinstance(one, dict):
            found.append(_verdict(document, one, trusted, now, where))
        else:
            found.append(Verdict(where, "", "", "invalid", "is not an object"))
    return found


def _verdict(
    document: Mapping[str, Any],
    signature: Mapping[str, Any],
    trusted: Sequence[PublicKey],
    now: datetime,
    where: str,
) -> Verdict:
    name, algorithm = str(signature.get("signee", "")), str(signature.get("algorithm", ""))
    key, why = _key(signature)
    candidates = [key] if key is not None else list(trusted)
    if not candidates:
        return Verdict(where, name, algorithm, "unknown", why)
    standing: Standing = "unknown"
    for one in candidates:
        standing, why = _check(document, signature, one)
        if standing == "valid":
            der = to_der(one)
            known = any(to_der(other) == der for other in trusted)
            fault = _fault(document, signature, now)
            mark = hashlib.sha256(der).hexdigest()
            verdict = Verdict(where, name, algorithm, "valid", why, mark, known)
            return verdict._replace(standing="invalid", why=fault) if fault else verdict
    return Verdict(where, name, algorithm, standing, why)


def _check(
    document: Mapping[str, Any], signature: Mapping[str, Any], key: PublicKey
) -> tuple[Standing, str]:
    try:
        value = _unpadded(signature.get("value"))
        verify_with(key, str(signature.get("algorithm")), value, _signed_text(document, signature))
    except InvalidSignature:
        return "invalid", "does not fit the document: it was changed after signing"
    except (Unsignable, UnsupportedAlgorithm) as error:
        return "unknown", f"cannot be checked ({error})"
    except ValueError as error:
        return "unknown", str(error)
    return "valid", "fits the document"


def _fault(document: Mapping[str, Any], signature: Mapping[str, Any], now: datetime) -> str:
    """Why a signature that fits does not count all the same; empty where it does."""
    if signature.get("related_to") != document.get("id"):
        return "was made for another playbook"
    if signature.get("related_version") != document.get("modified"):
        return "was made for another version of the playbook"
    if signature.get("revoked") is True:
        return "has been revoked"
    begins, ends = _time(signature.get("valid_from")), _time(signature.get("valid_until"))
    if begins and now < begins:
        return f"is not valid before {begins:%Y-%m-%d %H:%M} UTC"
    if ends and now > ends:
        return f"was valid until {ends:%Y-%m-%d %H:%M} UTC"
    return ""


def _time(raw: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(raw).astimezone(UTC) if isinstance(raw, str) else None
    except (ValueError, OverflowError):
        return None


def _signed_text(document: Mapping[str, Any], signature: Mapping[str, Any]) -> bytes:
    """The ASCII hex digest that is signed."""
    algorithm = _HASHES.get(str(signature.get("hash_algorithm", "")).lower())
    if algorithm is None:
        raise ValueError(f"uses the hash {signature.get('hash_algorithm')!r:.40}, not one we know")
    # A countersignature comes after the signature that it is in.
    alone = {key: value for key, value in signature.items() if key not in {"value", "signature"}}
    try:
        text = rfc8785.dumps({**document, "signatures": [alone]})
    except (rfc8785.CanonicalizationError, ValueError, RecursionError) as error:
        raise Unsignable(f"canonical JSON cannot hold it: {error}") from error
    return algorithm(text).hexdigest().encode()


def _key(signature: Mapping[str, Any]) -> tuple[PublicKey | None, str]:
    """The key that a signature brings along, or why it brings none that can be read."""
    try:
        if isinstance(signature.get("public_key"), str):
            return from_der(base64.b64decode("".join(signature["public_key"].split()))), ""
        chain = signature.get("public_cert_chain")
        if isinstance(chain, list) and chain and isinstance(chain[0], str):
            return from_certificate(base64.b64decode("".join(chain[0].split()))), ""
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        return None, f"has a key that cannot be read ({error})"
    return None, "does not bring its key along; give it with --key"


def _unpadded(value: Any) -> bytes:
    text = value if isinstance(value, str) else ""
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise InvalidSignature from error
