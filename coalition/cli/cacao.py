"""`tocsin playbook import|export|sign|verify`: playbooks to and from CACAO 2.0."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coalition.cli.output import FAILED, result, result_json, say
from coalition.domain.errors import ConfigError

if TYPE_CHECKING:
    from coalition.cacao.importing import Imported

_Json = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]


def import_(
    file: Annotated[Path, typer.Argument(help="The CACAO 2.0 playbook, a JSON file.")],
    to: Annotated[
        Path | None,
        typer.Option(help="Write the playbook (YAML) here, with its lock file beside it."),
    ] = None,
    as_json: _Json = False,
) -> None:
    """Read a CACAO 2.0 playbook as one of ours. A broken one is a draft. Exit code 1 if refused."""
    from coalition.cacao.importing import import_ as read
    from coalition.cli.cacao_files import read_bytes, write_lock
    from coalition.cli.giving import write_text

    found = read(read_bytes(file), datetime.now(UTC))
    if found.data is not None and to is not None:
        write_text(to, found.text)
        if found.lock is not None:
            write_lock(to, found.lock)
    if as_json:
        result_json(found.as_json())
    else:
        narrate(file, found)
        if found.data is not None and to is None:
            result(found.text.rstrip("\n"))
    if found.status == "refused":
        raise typer.Exit(FAILED)


def narrate(file: Path, found: Imported) -> None:
    """Say what a CACAO file comes to, finding by finding."""
    for one in found.findings:
        say(f"{file}: {one.line}")
    for note in found.notes:
        say(f"{file}: {note}.")
    verdicts = {
        "ok": "is good",
        "warnings": "can be run; see the warnings",
        "draft": "is broken: it is a draft, which does not run until it is mended",
        "refused": "is not a CACAO 2.0 playbook",
    }
    say(f"{file}: {verdicts[found.status]}.")


def export(
    file: Annotated[Path, typer.Argument(help="The playbook, a YAML file.")],
    to: Annotated[Path | None, typer.Option(help="Write the document here.")] = None,
) -> None:
    """Print a playbook as CACAO 2.0. Its ids are kept in a lock file beside it: commit that."""
    from coalition.cli.cacao_files import as_text, exported, write_lock
    from coalition.cli.giving import write_text
    from coalition.cli.kinds import is_cacao

    if is_cacao(file):
        raise ConfigError([f"{file}: is JSON already; name the YAML file of a playbook"])
    made = exported(file, datetime.now(UTC))
    if made.lock is not None:
        write_lock(file, made.lock)
    if to is None:
        result(as_text(made.document))
    else:
        write_text(to, as_text(made.document) + "\n")


def sign(
    file: Annotated[Path, typer.Argument(help="A CACAO document (JSON) or a playbook (YAML).")],
    key: Annotated[Path, typer.Option(help="The private key, in PEM without a passphrase.")],
    signee: Annotated[str, typer.Option(help="Who signs: the name that readers see.")],
    to: Annotated[Path | None, typer.Option(help="Write the signed document here.")] = None,
) -> None:
    """Sign a CACAO 2.0 document (JSS), beside the signatures it already has."""
    from uuid import uuid4

    from coalition.cacao.keys import load_private
    from coalition.cacao.signatures import sign as signed
    from coalition.cli.cacao_files import as_text, document_of, read_bytes
    from coalition.cli.giving import write_text

    now = datetime.now(UTC)
    pem = read_bytes(key)
    document = document_of(file, now)
    try:
        made = signed(document, load_private(pem), signee=signee, now=now, new_uuid=uuid4)
    except ValueError as error:
        raise ConfigError([f"{key}: {error}"]) from error
    if to is None:
        result(as_text(made))
    else:
        write_text(to, as_text(made) + "\n")


def verify(
    file: Annotated[Path, typer.Argument(help="The signed CACAO document, a JSON file.")],
    key: Annotated[
        list[Path] | None,
        typer.Option(help="A public key (PEM) that you trust; may be given several times."),
    ] = None,
    as_json: _Json = False,
) -> None:
    """Check the signatures of a CACAO 2.0 document. Exit code 1 unless they hold.

    With --key, one of them must be by a key that you trust.
    """
    from coalition.cacao.keys import load_public
    from coalition.cacao.signatures import verify as verdicts
    from coalition.cli.cacao_files import document_of, read_bytes

    now = datetime.now(UTC)
    trusted = []
    for path in key or []:
        try:
            trusted.append(load_public(read_bytes(path)))
        except ValueError as error:
            raise ConfigError([f"{path}: {error}"]) from error
    found = verdicts(document_of(file, now), trusted, now)
    held = bool(found) and all(one.standing == "valid" for one in found)
    holds = held and (not trusted or any(one.trusted for one in found))
    if as_json:
        result_json({"holds": holds, "signatures": [one._asdict() for one in found]})
    else:
        _tell(file, found, asked=bool(trusted))
    if not holds:
        raise typer.Exit(FAILED)


def _tell(file: Path, found: list[Any], *, asked: bool) -> None:
    for one in found:
        known = "trusted key" if one.trusted else "key"
        mark = f", {known} {one.fingerprint}" if one.fingerprint else ""
        result(f"{file}: {one.where} by {one.signee!r}: {one.standing}: {one.why}{mark}")
    if not found:
        say(f"{file}: is not signed.")
    elif asked and not any(one.trusted for one in found):
        say(f"{file}: none of its signatures is by a key that you trust.")
    elif not asked:
        say("The keys come from the file itself: compare them with what the signers told you, "
            "or give --key.")  # fmt: skip
