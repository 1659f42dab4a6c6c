"""Playbooks as files: a folder of YAML, checked, with findings as `file:line: field: what`."""

from __future__ import annotations

import json
import multiprocessing
import threading
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

from coalition.adapters.yaml_source import load_yaml, validate
from coalition.domain.errors import ConfigError
from coalition.domain.members import Coalition
from coalition.domain.playbook import Playbook, playbook_schema
from coalition.domain.playbook.check_members import coalition_problems
from coalition.domain.playbook.library import family, library_problems, runs

SCHEMA_NAME = "playbook.schema.json"

MANY = 40
"""Files from which on it pays to read them in several processes."""

Stamp = tuple[int, int, int]  # inode, size, modification time in ns: tells a changed file


class Checked(NamedTuple):
    """One file: the playbook, or why it is none."""

    path: Path
    playbook: Playbook | None
    findings: tuple[str, ...]


def load_playbook(path: Path, coalition: Coalition | None = None) -> Playbook:
    """The playbook that a file describes; with a coalition, its members are checked too.

    Raises:
        ConfigError: with everything that is wrong, as `file:line: field: what; what to do`.
    """
    return _read(path, None, coalition)


def load_family(path: Path) -> tuple[Playbook, dict[str, Playbook]]:
    """As `load_playbook`, with the playbooks beside it that it runs in turn, by name.

    Raises:
        ConfigError: as `load_playbook`; one of them is not there or not valid, or does not fit.
    """
    (checked,) = check_files([path])
    if checked.playbook is None:
        raise ConfigError(checked.findings)
    library = _library([checked])
    return checked.playbook, family(checked.playbook, library.get)


def read_playbook(text: str, name: str, coalition: Coalition | None = None) -> Playbook:
    """As `load_playbook`, from text; findings call it `name`."""
    return _read(text, name, coalition)


def _read(source: Path | str, name: str | None, coalition: Coalition | None) -> Playbook:
    data, locator = load_yaml(source, name)
    playbook: Playbook = validate(Playbook, data, locator)
    if coalition is not None:
        # Only a playbook that makes sense by itself can be held against a coalition.
        playbook = validate(Playbook, data, locator, also=coalition_problems(playbook, coalition))
    return playbook


def _within_library(path: Path, playbook: Playbook, library: Mapping[str, Playbook]) -> Checked:
    """The playbook held against those that it runs in turn."""
    problems = list(library_problems(playbook, library))
    if not problems:
        return Checked(path, playbook, ())
    data, locator = load_yaml(path)
    try:
        validate(Playbook, data, locator, also=problems)
    except ConfigError as error:
        return Checked(path, None, error.findings)
    return Checked(path, playbook, ())  # mended since it was read


def _library(checked: Iterable[Checked]) -> dict[str, Playbook]:
    """Every valid playbook by name: those checked, and those beside them that some of them run."""
    given = [one for one in checked if one.playbook is not None]
    found = {one.playbook.playbook: one.playbook for one in given if one.playbook is not None}
    wanted = {step.run for one in found.values() for _, step in runs(one)}
    if wanted <= found.keys():
        return found
    for folder in {one.path.parent for one in given}:
        for path in playbook_paths(folder):
            try:
                playbook = load_playbook(path)
            except ConfigError:  # told where that file is checked
                continue
            found.setdefault(playbook.playbook, playbook)
    return found


def playbook_paths(folder: Path) -> list[Path]:
    """The playbook files of a folder, in order of their names; tests beside them are none."""
    files = (path for pattern in ("*.yaml", "*.yml") for path in folder.glob(pattern))
    return sorted(path for path in files if not path.name.endswith((".test.yaml", ".test.yml")))


def check_files(
    paths: Iterable[Path], coalition: Coalition | None = None, processes: int = 1
) -> list[Checked]:
    """Every file with what it is or what is wrong with it; a name used twice is wrong.

    With more than one process many files are read side by side; for a program of one thread.
    """
    owner: dict[str, Path] = {}
    checked = [_named_once(one, owner) for one in _check_each(list(paths), coalition, processes)]
    return _all_within_library(checked)


def _check_each(
    paths: list[Path], coalition: Coalition | None, processes: int
) -> Iterable[Checked]:
    check = partial(_check_file, coalition=coalition)
    if processes < 2 or len(paths) < MANY:  # noqa: PLR2004 - one process is this one
        return map(check, paths)
    with ProcessPoolExecutor(processes, multiprocessing.get_context("fork")) as pool:
        return list(pool.map(check, paths, chunksize=8))


def _check_file(path: Path, coalition: Coalition | None) -> Checked:
    try:
        return Checked(path, load_playbook(path, coalition), ())
    except ConfigError as error:
        return Checked(path, None, error.findings)


def _named_once(one: Checked, owner: dict[str, Path]) -> Checked:
    if one.playbook is None:
        return one
    name, path = one.playbook.playbook, one.path
    first = owner.setdefault(name, path)
    if first == path:
        return one
    what = f"{path}:1: playbook: {name!r} is the name of {first} too; choose another"
    return Checked(path, None, (what,))


def _all_within_library(checked: list[Checked]) -> list[Checked]:
    """Hold each against the others, until none falls because one that it runs has fallen."""
    library = _library(checked)
    for _ in checked:
        held = [
            one if one.playbook is None else _within_library(one.path, one.playbook, library)
            for one in checked
        ]
        fallen = [old.playbook for old, new in zip(checked, held, strict=True)
                  if old.playbook is not None and new.playbook is None]  # fmt: skip
        checked = held
        if not fallen:
            break
        library = {name: one for name, one in library.items() if one not in fallen}
    return checked


class PlaybookFolder:
    """The valid playbooks of a folder as they are now.

    A file that has become invalid does not replace what it was: the last valid content stays in
    force, and `findings` says why. Files are read again only when they have changed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._stamps: dict[Path, Stamp] = {}
        self._valid: dict[Path, Playbook] = {}
        self._findings: tuple[str, ...] = ()

    def playbooks(self) -> Sequence[Playbook]:
        """The valid playbooks, in order of their names."""
        with self._lock:
            self._refresh()
            return sorted(self._valid.values(), key=lambda one: one.playbook)

    def findings(self) -> Sequence[str]:
        """What is wrong with the files that were refused."""
        with self._lock:
            self._refresh()
            return self._findings

    def _refresh(self) -> None:
        stamps = {path: stamp for path in playbook_paths(self.folder) if (stamp := _stamp(path))}
        if stamps == self._stamps:
            return
        checked = check_files(stamps)
        valid = {one.path: one.playbook for one in checked if one.playbook is not None}
        kept = {path: old for path, old in self._valid.items() if path in stamps}
        self._valid = _without_doubles({**kept, **valid})
        self._findings = tuple(finding for one in checked for finding in one.findings)
        self._stamps = stamps
        refused = [one for one in checked if one.playbook is None]
        if refused:
            _log_refused(refused)


def _log_refused(refused: Iterable[Checked]) -> None:
    """Tell ops. The file's name and no more: what stands in it may be above what logs may hold."""
    import structlog  # noqa: PLC0415 - checking and rehearsing do without it

    log = structlog.get_logger(__name__)
    for one in refused:
        log.warning("playbook_refused", path=one.path.name, count=len(one.findings))


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except FileNotFoundError:  # removed since the folder was listed
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _without_doubles(playbooks: dict[Path, Playbook]) -> dict[Path, Playbook]:
    """One playbook per name: what stays in force of a refused file may clash with a new one."""
    by_name: dict[str, Path] = {}
    for path in sorted(playbooks):
        by_name.setdefault(playbooks[path].playbook, path)
    return {path: playbooks[path] for path in by_name.values()}


def playbook_schema_text() -> str:
    """The schema as it is written to `playbook.schema.json`."""
    return json.dumps(playbook_schema(), indent=2, ensure_ascii=False) + "\n"
