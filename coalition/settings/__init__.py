"""Everything that is set from outside: the environment, each name also as NAME_FILE.

The names are a contract with operators (docs/settings.md lists them, a test keeps the list
complete). A value may stand in the variable itself or in a file that NAME_FILE names, which is
how containers hand over secrets.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from coalition.domain.errors import ConfigError
from coalition.settings.environment import variable
from coalition.settings.kinds import Network, SlackMode
from coalition.settings.model import Settings

__all__ = ["Network", "Settings", "SlackMode", "load_settings", "unknown_variables", "variable"]


def load_settings(**given: Any) -> Settings:
    """The settings of this process; `given` (by field name) wins over the environment.

    Raises:
        ConfigError: with every variable that is wrong, as `environment: NAME: what; what to do`.
    """
    try:
        return Settings(**given)
    except ValidationError as error:
        findings = []
        for one in error.errors(include_url=False, include_input=False):
            if one["type"] == "default_factory_not_called":  # the field it hangs on is reported
                continue
            what = one["msg"].removeprefix("Value error, ")
            remedy = "" if ";" in what else "; see docs/settings.md"
            findings.append(f"environment: {variable(str(one['loc'][0]))}: {what}{remedy}")
        raise ConfigError(findings) from None


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """A sentence for each variable that looks like ours and is not: most often a typing error."""
    known = [variable(name) for name in Settings.model_fields]
    known += [f"{name}_FILE" for name in known]
    return [
        f"{name} is not a setting of Tocsin"
        + "".join(f"; did you mean {near}?" for near in difflib.get_close_matches(name, known, n=1))
        for name in sorted(environ)
        if name.startswith("TOCSIN_") and name not in known
    ]
