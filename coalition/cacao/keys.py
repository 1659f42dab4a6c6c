"""Keys and algorithms of signatures, by their names in JWA (RFC 7518, RFC 8037)."""

from __future__ import annotations

from typing import NamedTuple

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa, utils
from cryptography.x509 import load_der_x509_certificate

PrivateKey = (
    rsa.RSAPrivateKey
    | ec.EllipticCurvePrivateKey
    | ed25519.Ed25519PrivateKey
    | ed448.Ed448PrivateKey
)
PublicKey = (
    rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | ed448.Ed448PublicKey
)

MIN_RSA_BITS = 2048
_CURVES = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}
_DIGESTS: dict[str, type[hashes.HashAlgorithm]] = {
    "256": hashes.SHA256,
    "384": hashes.SHA384,
    "512": hashes.SHA512,
}


class _Rsa(NamedTuple):
    padding: padding.AsymmetricPadding
    digest: hashes.HashAlgorithm


def algorithm_for(key: PrivateKey) -> str:
    """The algorithm that this key signs with. Raises `ValueError` for a key that is too weak."""
    if isinstance(key, rsa.RSAPrivateKey):
        if key.key_size < MIN_RSA_BITS:
            raise ValueError(f"the key has {key.key_size} bits; use {MIN_RSA_BITS} or more")
        return "RS256"
    if isinstance(key, ec.EllipticCurvePrivateKey):
        if key.curve.name not in _CURVES:
            raise ValueError(f"the curve {key.curve.name} is not used; take P-256, P-384 or P-521")
        return _CURVES[key.curve.name]
    return "Ed25519" if isinstance(key, ed25519.Ed25519PrivateKey) else "Ed448"


def sign_with(key: PrivateKey, algorithm: str, text: bytes) -> bytes:
    """The signature as JWA writes it."""
    if isinstance(key, rsa.RSAPrivateKey):
        scheme = _rsa(algorithm)
        return key.sign(text, scheme.padding, scheme.digest)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return _to_jwa(key.sign(text, ec.ECDSA(_digest(algorithm))), key.curve.key_size)
    return key.sign(text)


def verify_with(key: PublicKey, algorithm: str, value: bytes, text: bytes) -> None:
    """Check a signature.

    Raises:
        InvalidSignature: it does not fit.
        ValueError: the algorithm is not known here, or not one of this key.
    """
    if isinstance(key, rsa.RSAPublicKey):
        if key.key_size < MIN_RSA_BITS:
            raise ValueError(f"its key has {key.key_size} bits, which proves nothing")
        scheme = _rsa(algorithm)
        key.verify(value, text, scheme.padding, scheme.digest)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        if _CURVES.get(key.curve.name) != algorithm:
            raise ValueError(f"says {algorithm[:20]!r}, which is not for its key")
        der = _from_jwa(value, key.curve.key_size)
        key.verify(der, text, ec.ECDSA(_digest(algorithm)))
    else:
        named = "Ed25519" if isinstance(key, ed25519.Ed25519PublicKey) else "Ed448"
        if algorithm not in {named, "EdDSA"}:
            raise ValueError(f"says {algorithm[:20]!r}, which is not for its key")
        key.verify(value, text)


def load_private(pem: bytes) -> PrivateKey:
    """The private key in a PEM file. Raises `ValueError` with what to do."""
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except TypeError as error:
        hint = "write it out with `openssl pkey` where only you can read it"
        raise ValueError(f"is protected by a passphrase; {hint}") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ValueError("is no private key in PEM; make one with `openssl genpkey`") from error
    if not isinstance(key, PrivateKey):
        raise ValueError("is of a kind that signs no playbooks; use RSA, EC, Ed25519 or Ed448")  # noqa: TRY004
    return key


def load_public(pem: bytes) -> PublicKey:
    """The public key in a PEM file. Raises `ValueError` with what to do."""
    try:
        return _known(serialization.load_pem_public_key(pem))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ValueError("is no public key in PEM; make it with `openssl pkey -pubout`") from error


def from_der(der: bytes) -> PublicKey:
    """The public key in its DER form. Raises `ValueError`."""
    return _known(serialization.load_der_public_key(der))


def from_certificate(der: bytes) -> PublicKey:
    """The public key of an X.509 certificate; its issuers are not asked. Raises `ValueError`."""
    return _known(load_der_x509_certificate(der).public_key())


def to_der(key: PublicKey) -> bytes:
    """The key in its DER form."""
    return key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _known(key: object) -> PublicKey:
    if not isinstance(key, PublicKey):
        raise ValueError("is of a kind that is not used")  # noqa: TRY004  # as all the others
    return key


def _rsa(algorithm: str) -> _Rsa:
    digest = _digest(algorithm)
    if algorithm.startswith("RS"):
        return _Rsa(padding.PKCS1v15(), digest)
    if algorithm.startswith("PS"):
        return _Rsa(padding.PSS(padding.MGF1(digest), digest.digest_size), digest)
    raise ValueError(f"says {algorithm[:20]!r}, which is not for its key")


def _digest(algorithm: str) -> hashes.HashAlgorithm:
    found = _DIGESTS.get(algorithm[2:])
    if found is None:
        raise ValueError(f"uses {algorithm[:20]!r}, an algorithm that is not known here")
    return found()


def _to_jwa(der: bytes, bits: int) -> bytes:
    size = (bits + 7) // 8
    r, s = utils.decode_dss_signature(der)
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def _from_jwa(value: bytes, bits: int) -> bytes:
    size = (bits + 7) // 8
    if len(value) != 2 * size:
        raise InvalidSignature
    return utils.encode_dss_signature(
        int.from_bytes(value[:size], "big"), int.from_bytes(value[size:], "big")
    )
