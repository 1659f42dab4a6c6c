"""The legal clocks that come with Tocsin, read from coalition/data/clocks and checked."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from coalition.adapters.yaml_source import load_yaml, validate
from coalition.data_files import bundled
from coalition.domain.clocks.model import Clock
from coalition.domain.errors import ConfigError


def read_clocks(folder: Path) -> tuple[Clock, ...]:
    """The clocks of a folder, in order of their files.

    Raises:
        ConfigError: with everything that is wrong; also where two run under one name in a country.
    """
    found: list[Clock] = []
    findings: list[str] = []
    taken: dict[tuple[str, str], Path] = {}
    for path in sorted(folder.glob("*.yaml")):
        try:
            data, locator = load_yaml(path)
            clock: Clock = validate(Clock, data, locator)
        except ConfigError as error:
            findings += error.findings
            continue
        found.append(clock)
        for country in clock.countries:
            first = taken.setdefault((clock.clock, country), path)
            if first != path:
                what = f"{clock.clock} runs in {country} by {first} too; keep one of them"
                findings.append(f"{path}:1: countries: {what}")
    if findings:
        raise ConfigError(findings)
    return tuple(found)


@lru_cache(maxsize=1)
def bundled_clocks() -> tuple[Clock, ...]:
    """The clocks that come with Tocsin. Raises `ConfigError` where somebody has broken one."""
    return read_clocks(bundled("clocks"))
