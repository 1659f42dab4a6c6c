"""Which pinned OpenPGP keys somebody has to see to: they expire soon, or cannot be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.adapters.gnupg_calls import installed
from coalition.adapters.gnupg_keys import STATES
from coalition.domain.errors import PermanentError
from coalition.domain.incident.check_messages import KeyFinding
from coalition.domain.keys import pinned_keys

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from coalition.adapters.gnupg_keys import Key
    from coalition.adapters.openpgp import Keyring
    from coalition.domain.members import Coalition


def key_findings(
    keyring: Keyring, coalition: Coalition, base: Path, until: datetime
) -> list[KeyFinding]:
    """One finding for each key that expires before `until` or is no good; the hub's own first.

    `base` is where the key files of the coalition file are looked for. Blocks on gpg; where no
    key is pinned, gpg is not asked at all.
    """
    found = []
    hub = keyring.hub
    if hub is not None and installed():
        own = keyring.known(hub, secret=True)
        what = _wrong(own, until) if own else "is not in the keyring"
        found += [KeyFinding(whose="hub", fingerprint=hub, what=what)] if what else []
    for member in coalition.members:
        for pinned, person in pinned_keys(member).values():
            try:
                what = _wrong(keyring.examine(pinned, base), until)
            except PermanentError as error:
                what = str(error)
            if what:
                whose = person.id if person else member.id
                found.append(KeyFinding(whose=whose, fingerprint=pinned.fingerprint, what=what))
    return found


def _wrong(key: Key, until: datetime) -> str:
    if key.state != "good":
        return STATES[key.state]
    if key.expires is not None and key.expires < until:
        return f"expires {key.expires:%Y-%m-%d}"
    return ""
