"""GnuPG homes of a hub and its partners, made once for a session, with short paths.

Every key here is ed25519 and lives for the session; agents are ended with it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from coalition.adapters.gnupg_calls import installed, stop_agent
from coalition.adapters.openpgp import Keyring
from coalition.adapters.openpgp_hub import make_hub_key, public_hub_key
from coalition.domain.channels import PinnedKey

HUB_MAIL = "tocsin@tocsin.example"


@dataclass(frozen=True)
class Home:
    """One GnuPG home with a key of its own, as stock gpg made it."""

    keyring: Keyring
    fingerprint: str
    pinned: PinnedKey  # its public key lies in `Homes.base`

    @property
    def path(self) -> Path:
        return self.keyring.home


@dataclass(frozen=True)
class Homes:
    """A hub and its partners. `base`: the folder beside the coalition file, with all keys."""

    base: Path
    hub: Home
    lv: Home
    lt: Home
    inga: Home  # a person of CERT-LV with a key of her own
    mallory: Home  # whom nobody knows

    def all(self) -> tuple[Home, ...]:
        return (self.hub, self.lv, self.lt, self.inga, self.mallory)


def make(base: Path, name: str, years: int = 1) -> Home:
    """A home with a key, and the public key beside the coalition file."""
    keyring = Keyring(base / name)
    key = make_hub_key(keyring, name=f"{name} (test)", mail=f"{name}@cert.example", years=years)
    (base / f"{name}.asc").write_text(public_hub_key(keyring), encoding="ascii")
    return Home(keyring, key.fingerprint, PinnedKey(key.fingerprint, f"{name}.asc"))


@contextmanager
def homes_in(base: Path) -> Iterator[Homes]:
    """All homes; each partner knows the hub's key."""
    names = ("hub", "lv", "lt", "inga", "mallory")
    try:
        made = [make(base, name) for name in names]
        hub = made[0]
        for partner in made[1:]:
            partner.keyring.adopt(hub.pinned, base)
        yield Homes(base, *made)
    finally:
        for name in names:
            stop_agent(base / name)


@pytest.fixture(scope="session")
def homes() -> Iterator[Homes]:
    """The homes of this session; a conftest.py imports this where they are needed."""
    if not installed():
        pytest.skip("no gpg on PATH: OpenPGP is not tried")
    # A short path leaves room for the sockets of the agents.
    with tempfile.TemporaryDirectory(prefix="pgp") as folder, homes_in(Path(folder)) as made:
        yield made


@pytest.fixture
def own_folder() -> Iterator[Path]:
    """A folder of this test's own, whose agents end with it."""
    if not installed():
        pytest.skip("no gpg on PATH: OpenPGP is not tried")
    with tempfile.TemporaryDirectory(prefix="pgp") as folder:
        try:
            yield Path(folder)
        finally:
            for home in Path(folder).iterdir():
                stop_agent(home)
