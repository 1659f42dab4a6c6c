"""Where values stand: in NAME, or in the file that NAME_FILE names."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic_settings import PydanticBaseSettingsSource

from coalition.domain.errors import ConfigError


def variable(field: str) -> str:
    """The environment variable of a field: `port` is TOCSIN_PORT, `slack_bot_token` as it is."""
    name = field.upper()
    return name if name.startswith("SLACK_") else f"TOCSIN_{name}"


class Variables(PydanticBaseSettingsSource):
    """NAME, or the content of the file that NAME_FILE names. Empty means not set."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        """The value of one field (None: not set), its name, and that it needs no decoding."""
        return _lookup(variable(field_name), os.environ), field_name, False

    def __call__(self) -> dict[str, Any]:
        """Every value that is set, by field name; raises `ConfigError` for all that cannot be."""
        findings: list[str] = []
        found: dict[str, Any] = {}
        for name, field in self.settings_cls.model_fields.items():
            try:
                value, _, _ = self.get_field_value(field, name)
            except ConfigError as error:
                findings.extend(error.findings)
            else:
                if value is not None:
                    found[name] = value
        if findings:
            raise ConfigError(findings)
        return found


def _lookup(name: str, environ: Mapping[str, str]) -> str | None:
    value, path = environ.get(name, ""), environ.get(f"{name}_FILE", "")
    if value and path:
        raise ConfigError([f"environment: {name}: is set, and {name}_FILE too; keep one of them"])
    if not path:
        return value or None
    try:
        return Path(path).read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError) as error:
        what = f"environment: {name}_FILE: cannot read {path}; check the path and its permissions"
        raise ConfigError([what]) from error
