"""The OpenPGP of a partner that has nothing but stock gpg: it decrypts, verifies and signs.

It knows the hub by the one key it was given. Every partner has a GnuPG home of its own, in a
folder that goes when the sandbox ends.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from hashlib import sha256
from pathlib import Path

from sandbox.partners.records import Signature

SECONDS = 30


class GpgError(Exception):
    """Gpg did not do it; the text is what it said last."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What was sealed, and whether the hub's signature over it is good."""

    data: bytes
    signature: Signature
    said: tuple[str, ...]  # gpg's status words, such as DECRYPTION_OKAY and GOODSIG


def installed() -> bool:
    """Whether there is a gpg on PATH."""
    return shutil.which("gpg") is not None


class PartnerKeys:
    """One partner's GnuPG home. Calls block for some ten milliseconds; use a thread."""

    def __init__(self, home: Path, name: str, mail: str, hub_key: bytes) -> None:
        """Make the key and import the hub's.

        Raises:
            GpgError: gpg refused either.
        """
        self._home = home
        home.mkdir(mode=0o700, parents=True)
        order = (
            "%no-protection\nKey-Type: eddsa\nKey-Curve: ed25519\nKey-Usage: sign,cert\n"
            "Subkey-Type: ecdh\nSubkey-Curve: cv25519\nSubkey-Usage: encrypt\n"
            f"Name-Real: {name}\nName-Email: {mail}\nExpire-Date: 1y\n%commit\n"
        )
        self._gpg("--gen-key", data=order.encode())
        self.fingerprint = self._fingerprint("--list-secret-keys")
        self.public = self._gpg("--armor", "--export", self.fingerprint).decode("ascii")
        self._gpg("--import", data=hub_key)
        self.hub = self._fingerprint("--list-keys", other_than=self.fingerprint)

    def open(self, armoured: bytes) -> Opened:
        """Decrypt a message; `valid` only for exactly the hub's key.

        Raises:
            GpgError: it is not for this partner, or broken.
        """
        done = self._run("--decrypt", data=armoured)
        words = _status(done.stderr)
        if not any(word[0] == "DECRYPTION_OKAY" for word in words):
            raise GpgError(_last_line(done.stderr))
        good = any(word[0] == "GOODSIG" for word in words)
        signers = [word[-1] for word in words if word[0] == "VALIDSIG"]
        signature: Signature = "none" if not any("SIG" in word[0] for word in words) else "invalid"
        if good and signers == [self.hub]:
            signature = "valid"
        return Opened(done.stdout, signature, tuple(word[0] for word in words))

    def sealed(self, text: str) -> bytes:
        """A text signed by this partner and encrypted to the hub."""
        inside = MIMEPart(policy=SMTP)
        inside.set_content(text)
        options = ("--trust-model", "always", "--armor", "--local-user", self.fingerprint)
        return self._gpg(
            *options, "--recipient", self.hub, "--sign", "--encrypt", data=inside.as_bytes()
        )

    def stop(self) -> None:
        """End the agent that gpg has started."""
        gpgconf = shutil.which("gpgconf")
        if gpgconf:
            command = [gpgconf, "--homedir", str(self._home), "--kill", "gpg-agent"]
            subprocess.run(command, check=False, capture_output=True, timeout=SECONDS)

    def _fingerprint(self, listing: str, other_than: str = "") -> str:
        lines = self._gpg("--with-colons", listing).decode("utf-8", "replace").splitlines()
        blocks = [n for n, line in enumerate(lines) if line.startswith(("pub:", "sec:"))]
        found = [
            next(line.split(":")[9] for line in lines[n:] if line.startswith("fpr:"))
            for n in blocks
        ]
        wanted = [one for one in found if one != other_than]
        if len(wanted) != 1:
            raise GpgError(f"{len(wanted)} keys instead of one")
        return wanted[0]

    def _gpg(self, *words: str, data: bytes = b"") -> bytes:
        done = self._run(*words, data=data)
        if done.returncode != 0:
            raise GpgError(_last_line(done.stderr))
        return done.stdout

    def _run(self, *words: str, data: bytes) -> subprocess.CompletedProcess[bytes]:
        command = [
            shutil.which("gpg") or "gpg", "--homedir", str(self._home), "--batch", "--no-tty",
            "--status-fd", "2", *words,
        ]  # fmt: skip
        try:
            return subprocess.run(
                command, input=data, capture_output=True, check=False, timeout=SECONDS
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise GpgError(f"gpg cannot be run: {error}") from error


@contextmanager
def partners_with_keys(
    who: Mapping[str, tuple[str, str]], hub_key: bytes
) -> Iterator[dict[str, PartnerKeys]]:
    """A home for each `{id: (name, mail address)}`; they go, with their agents, at the end.

    Raises:
        GpgError: gpg refused; nothing is left behind.
    """
    # A short path of its own: the agent's socket stands in the home, and its path is limited.
    with tempfile.TemporaryDirectory(prefix="tocsin-pgp-", ignore_cleanup_errors=True) as folder:
        made: dict[str, PartnerKeys] = {}
        try:
            for id, (name, mail) in who.items():
                made[id] = PartnerKeys(Path(folder) / id, name, mail, hub_key)
            yield made
        finally:
            for keys in made.values():
                keys.stop()


def sealed_part(message: EmailMessage) -> bytes | None:
    """The OpenPGP message of a PGP/MIME mail (RFC 3156); None where it is none."""
    if message.get_content_type() != "multipart/encrypted":
        return None
    parts = list(message.iter_parts())
    if len(parts) != 2 or parts[0].get_content_type() != "application/pgp-encrypted":  # noqa: PLR2004
        return None
    held = parts[1].get_payload(decode=True)
    return held if isinstance(held, bytes) else None


def answer_mail(keys: PartnerKeys, headers: Mapping[str, str], sender: str, text: str) -> bytes:
    """A sealed reply to the mail with these headers, as it leaves the partner's mail program."""
    head = {
        "From": sender,
        "To": headers.get("From", ""),
        "Subject": f"Re: {headers.get('Subject', '')}",
        "In-Reply-To": headers.get("Message-ID", ""),
        "References": f"{headers.get('References', '')} {headers.get('Message-ID', '')}".strip(),
        "Message-ID": f"<{sha256(text.encode()).hexdigest()[:24]}@partners.sandbox>",
        "MIME-Version": "1.0",
        "Content-Type": 'multipart/encrypted; protocol="application/pgp-encrypted"; boundary="b"',
    }
    lines = "".join(f"{name}: {' '.join(value.split())}\r\n" for name, value in head.items())
    version = "--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n\r\n"
    return b"".join([
        lines.encode(), b"\r\n", version.encode(),
        b"--b\r\nContent-Type: application/octet-stream\r\n\r\n", keys.sealed(text),
        b"\r\n--b--\r\n",
    ])  # fmt: skip


def drop(folder: Path, raw: bytes, name: str) -> None:
    """Put a mail into the hub's Maildir, as its mail server would: written aside, then moved."""
    for part in ("tmp", "new", "cur"):
        (folder / part).mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / "tmp" / name).write_bytes(raw)
    (folder / "tmp" / name).rename(folder / "new" / name)


@dataclass(frozen=True, slots=True)
class Post:
    """The partners that have keys, and the mail drop of the hub that their answers go to."""

    keys: Mapping[str, PartnerKeys]
    drop: Path


def _status(stderr: bytes) -> list[list[str]]:
    lines = stderr.decode("utf-8", "replace").split("\n")
    return [line.split()[1:] for line in lines if line.startswith("[GNUPG:] ")]


def _last_line(stderr: bytes) -> str:
    lines = [line for line in stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    plain = [line for line in lines if not line.startswith("[GNUPG:]")]
    return (plain or lines or ["gpg said nothing"])[-1][:200]
