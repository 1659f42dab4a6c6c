"""`tocsin keys …`: the hub's OpenPGP key, and the partners' keys that the coalition file pins."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coalition.cli.output import FAILED, result, result_json, say

if TYPE_CHECKING:
    from coalition.adapters.gnupg_keys import Key
    from coalition.adapters.openpgp import Keyring
    from coalition.domain.members import Coalition
    from coalition.settings import Settings

app = typer.Typer(help="Make and keep the hub's OpenPGP key; check the keys of partners.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]
Years = Annotated[int, typer.Option(min=1, max=10, help="How long it is valid, in years.")]
Kind = Annotated[
    str, typer.Option(help="ed25519, or rsa3072 where a partner's program is older than 2014.")
]
Named = Annotated[str, typer.Option(help="Name in the key. Default: the coalition's.")]
Mailed = Annotated[str, typer.Option(help="Mail address in it. Default: the hub's.")]


@app.command()
def init(
    name: Named = "",
    mail: Mailed = "",
    years: Years = 2,
    algorithm: Kind = "ed25519",
    as_json: Json = False,
) -> None:
    """Make the hub's key, once. Then give it to the partners: tocsin keys export."""
    from coalition.adapters.openpgp_hub import make_hub_key

    settings, keyring = _open()
    user, address = _identity(settings, name, mail)
    key = make_hub_key(
        keyring, name=user, mail=address, years=years, algorithm=_algorithm(algorithm)
    )
    say(f"Made in {keyring.home}. Keep that folder safe: whoever has it can sign as the hub.")
    _show(keyring, key, as_json=as_json)


@app.command()
def show(as_json: Json = False) -> None:
    """Show the hub's key: fingerprint, names, when it expires, its revocation certificate."""
    _, keyring = _open()
    _show(keyring, _hub(keyring), as_json=as_json)


@app.command()
def export(
    out: Annotated[Path | None, typer.Option(help="Write it to this file instead.")] = None,
) -> None:
    """Print the hub's public key, for the partners. Tell them the fingerprint by phone."""
    from coalition.adapters.openpgp_hub import public_hub_key
    from coalition.domain.errors import PermanentError

    _, keyring = _open()
    armoured = public_hub_key(keyring)
    say(f"fingerprint {keyring.hub}")
    if out is None:
        result(armoured.rstrip("\n"))
        return
    try:
        out.write_text(armoured, encoding="ascii")
    except OSError as error:
        raise PermanentError(f"{out} cannot be written ({error.strerror}).") from error
    say(f"wrote {out}")


@app.command()
def check(
    days: Annotated[int, typer.Option(min=0, help="Warn of what expires within so many.")] = 60,
    as_json: Json = False,
) -> None:
    """List every pinned key and its state. Exit code 1 if one cannot be used or expires soon."""
    from datetime import UTC, datetime, timedelta

    settings, keyring = _open()
    until = datetime.now(UTC) + timedelta(days=days)
    rows = [_row_of_hub(keyring), *_rows(settings, keyring)]
    for row in rows:
        row["ok"] = row["state"] == "good" and not _ends_before(row["expires"], until)
    good = all(row["ok"] for row in rows)
    if as_json:
        result_json({"ok": good, "keys": rows})
    else:
        for row in rows:
            mark = "ok  " if row["ok"] else "fail"
            ends = row["expires"] or "never"
            result(
                f"{mark} {row['whose']:16} {row['fingerprint'] or '-':40} {ends:10} {row['says']}"
            )
        say("All keys are good." if good else "Some keys need somebody: see the lines marked fail.")
    if not good:
        raise typer.Exit(FAILED)


@app.command()
def extend(years: Years = 2, as_json: Json = False) -> None:
    """Let the hub's key last so many years from now. Its fingerprint stays; send it out again."""
    from coalition.adapters.openpgp_hub import extend_hub_key

    _, keyring = _open()
    key = extend_hub_key(keyring, years)
    say("Send it out again, so that partners see the new end: tocsin keys export.")
    _show(keyring, key, as_json=as_json)


@app.command()
def rotate(
    name: Named = "",
    mail: Mailed = "",
    years: Years = 2,
    algorithm: Kind = "ed25519",
    as_json: Json = False,
) -> None:
    """Make a new hub key, signed by the old one. Mail to the old one can still be read."""
    from coalition.adapters.openpgp_hub import rotate_hub_key

    settings, keyring = _open()
    user, address = _identity(settings, name, mail)
    old, key = rotate_hub_key(
        keyring, name=user, mail=address, years=years, algorithm=_algorithm(algorithm)
    )
    say(f"It takes the place of {old}, which has signed it. Partners must pin the new one now:")
    say("until they do, they cannot tell that our notices are ours. Phone them.")
    _show(keyring, key, as_json=as_json)


def _open() -> tuple[Settings, Keyring]:
    from coalition.adapters.openpgp import Keyring
    from coalition.settings import load_settings

    settings = load_settings()
    return settings, Keyring(settings.gnupg_home)


def _hub(keyring: Keyring) -> Key:
    from coalition.adapters.openpgp import KeyTrouble

    fingerprint = keyring.hub_or_complain()
    key = keyring.known(fingerprint, secret=True)
    if key is None:
        raise KeyTrouble(
            f"The hub's key {fingerprint} is not in {keyring.home}.",
            fallback="Put the folder back from your backup, or begin anew: tocsin keys init.",
        )
    return key


def _show(keyring: Keyring, key: Key, *, as_json: bool) -> None:
    from coalition.adapters.openpgp_hub import revocation_of

    revocation = revocation_of(keyring)
    shown: dict[str, Any] = {
        "fingerprint": key.fingerprint,
        "name": key.names[0] if key.names else "",
        "algorithm": key.algorithm,
        "created": f"{key.created:%Y-%m-%d}",
        "expires": f"{key.expires:%Y-%m-%d}" if key.expires else "never",
        "state": key.state,
        "home": str(keyring.home.resolve()),
        "revocation": str(revocation) if revocation else "missing",
    }
    if as_json:
        result_json(shown)
        return
    for what, value in shown.items():
        result(f"{what:12} {value}")
        if what == "fingerprint":
            result(f"{'read aloud':12} {_in_fours(value)}")


def _in_fours(fingerprint: str) -> str:
    return " ".join(fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4))


def _row_of_hub(keyring: Keyring) -> dict[str, Any]:
    from coalition.adapters.openpgp import KeyTrouble

    try:
        return _row("hub", _hub(keyring))
    except KeyTrouble as error:
        return _lacking("hub", keyring.hub or "", f"{error} {error.fallback}")


def _rows(settings: Settings, keyring: Keyring) -> list[dict[str, Any]]:
    from coalition.adapters.coalition_file import load_coalition
    from coalition.adapters.openpgp import KeyTrouble
    from coalition.domain.keys import pinned_keys

    rows = []
    for member in load_coalition(settings.coalition).members:
        for pinned, person in pinned_keys(member).values():
            whose = person.id if person else member.id
            try:
                rows.append(_row(whose, keyring.examine(pinned, settings.coalition.parent)))
            except KeyTrouble as error:
                rows.append(_lacking(whose, pinned.fingerprint, f"{error} {error.fallback}"))
    return rows


def _row(whose: str, key: Key) -> dict[str, Any]:
    from coalition.adapters.gnupg_keys import STATES

    ends = f"{key.expires:%Y-%m-%d}" if key.expires else ""
    return {
        "whose": whose,
        "fingerprint": key.fingerprint,
        "state": key.state,
        "expires": ends,
        "says": STATES[key.state],
    }


def _lacking(whose: str, fingerprint: str, says: str) -> dict[str, Any]:
    return {
        "whose": whose,
        "fingerprint": fingerprint,
        "state": "missing",
        "expires": "",
        "says": says,
    }


def _ends_before(day: str, until: Any) -> bool:
    return bool(day) and day < f"{until:%Y-%m-%d}"


def _algorithm(word: str) -> Any:
    from typing import get_args

    from coalition.adapters.openpgp_hub import Algorithm
    from coalition.domain.errors import UserError

    if word not in get_args(Algorithm):
        raise UserError(f"{word[:20]!r} is not a kind of key.", "Choose ed25519 or rsa3072.")
    return word


def _identity(settings: Settings, name: str, mail: str) -> tuple[str, str]:
    """Name and address in the key: as given, else the coalition's and the hub's."""
    from coalition.rendering.notices.hub import hub_of

    smtp_url = settings.smtp_url.get_secret_value() if settings.smtp_url else "smtp://localhost"
    address = mail or hub_of(settings.public_url, smtp_url).mail
    return name or f"{_coalition(settings).name} (Tocsin)", address


def _coalition(settings: Settings) -> Coalition:
    from coalition.adapters.coalition_file import load_coalition

    return load_coalition(settings.coalition)
