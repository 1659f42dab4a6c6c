"""coalition.yaml: read, checked against the model and against what lies beside it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import SecretStr

from coalition.adapters.yaml_source import load_yaml, validate
from coalition.domain.channels import EmailChannel, SecretRef
from coalition.domain.errors import PermanentError
from coalition.domain.findings import Problem
from coalition.domain.keys import key_of
from coalition.domain.labels import Tlp
from coalition.domain.members import Coalition

SCHEMA_NAME = "coalition.schema.json"


def load_coalition(path: Path) -> Coalition:
    """The coalition that the file describes.

    Raises:
        ConfigError: with everything that is wrong, as `file:line: field: what; what to do`.
    """
    return read_coalition(path, base=path.parent)


def read_coalition(source: Path | str, base: Path, name: str | None = None) -> Coalition:
    """As `load_coalition`, from a path or from text; files it names are looked for in `base`."""
    data, locator = load_yaml(source, name)
    beside = [*_unknown_time_zones(data), *_absent_keys(data, base)]
    coalition: Coalition = validate(Coalition, data, locator, also=beside)
    return coalition


# These look at the data and not at the model, so that they report in the same breath as the model
# does; what is not of the right shape is the model's to say.
def _unknown_time_zones(data: Any) -> Iterator[Problem]:
    for i, member in _items(data, "members"):
        zone = member.get("timezone")
        if isinstance(zone, str) and not _is_time_zone(zone):
            yield ("members", i, "timezone"), f"{zone[:60]!r} is unknown; use an IANA name"


def _absent_keys(data: Any, base: Path) -> Iterator[Problem]:
    for i, member in _items(data, "members"):
        for part in ("delegates", "channels"):
            for j, holder in _items(member, part):
                key = holder.get("key")
                misp = holder.get("kind") == "misp"  # its key is another: an automation key
                if isinstance(key, str) and not misp and not (base / key).is_file():
                    what = f"{key[:60]!r} is not beside the file; add the public key"
                    yield ("members", i, part, j, "key"), what


def _items(data: Any, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    listed = data.get(name) if isinstance(data, dict) else None
    for i, item in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(item, dict):
            yield i, item


def _is_time_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def remarks(coalition: Coalition) -> list[str]:
    """What is allowed and yet may surprise at 03:00; sentences for `tocsin coalition check`."""
    found = []
    unmarked = sum(one.exercise is None for member in coalition.members for one in member.channels)
    if coalition.exercise and unmarked:
        found.append(
            f"This is an exercise, and {unmarked} channels are not marked `exercise: true`: make "
            "sure that none of them is where the partner waits for real notices."
        )
    for member in coalition.active:
        if not member.channels:
            found.append(f"{member.id}: has no channel; every notice becomes a phone call.")
        if not any("operator" in person.roles for person in member.delegates):
            found.append(f"{member.id}: has no delegate with the role operator; it cannot act.")
        found += [
            f"{member.id}: mail to {channel.to} is not encrypted, so it carries nothing stricter "
            f"than TLP:GREEN although its ceiling is {channel.ceiling}; give it openpgp and key."
            for channel in member.channels
            if isinstance(channel, EmailChannel)
            and channel.ceiling > Tlp.GREEN
            and key_of(member, channel) is None
        ]
        found += [
            f"{member.id}: the {channel.kind} ceiling {channel.ceiling} is above what its trust "
            f"{member.trust} permits; {member.ceiling} counts."
            for channel in member.channels
            if channel.ceiling > member.ceiling
        ]
    return found


def read_secret(ref: SecretRef, base: Path) -> SecretStr:
    """The secret behind a reference, read now; a file is looked for in `base`.

    Raises:
        PermanentError: when it is not there or empty; names the place, never the content.
    """
    if ref.env is not None:
        value = os.environ.get(ref.env, "")
        place, remedy = f"the environment variable {ref.env}", f"Set {ref.env} and restart."
    else:
        path = base / str(ref.file)
        place, remedy = f"the secret file {path}", f"Write the secret into {path}."
        try:
            value = path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise PermanentError(f"Cannot read {place}.", fallback=remedy) from error
    if not value:
        raise PermanentError(f"There is no secret in {place}.", fallback=remedy)
    return SecretStr(value)


def absent_secrets(coalition: Coalition, base: Path) -> list[str]:
    """A sentence for each secret of a channel that cannot be read now."""
    found = []
    for member in coalition.members:
        for channel in member.channels:
            for secret in channel.secrets():
                try:
                    read_secret(secret, base)
                except PermanentError as error:
                    found.append(f"{member.id}: {error} {error.fallback}")
    return found


def coalition_schema() -> dict[str, Any]:
    """The JSON Schema that editors check coalition.yaml with."""
    schema = Coalition.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "coalition.yaml",
        **{key: value for key, value in schema.items() if key != "title"},
    }


def coalition_schema_text() -> str:
    """The schema as it is written to `coalition.schema.json`."""
    return json.dumps(coalition_schema(), indent=2, ensure_ascii=False) + "\n"
