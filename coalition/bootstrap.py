"""The wiring: which adapter stands behind which port. Nothing else constructs adapters."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from coalition.application.directory import Directory
from coalition.application.dispatcher import Dispatcher
from coalition.application.playbook_shelf import Shelf
from coalition.application.reading import StateView
from coalition.domain.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from redis import Redis

    from coalition.adapters.openpgp import Keyring
    from coalition.adapters.redis_keys import Keys
    from coalition.application.mail_memory import MailMemory
    from coalition.application.playbook_shelf import PlaybookSource
    from coalition.application.ports import Clock, Documents, EventLog, Ledger, Outbox, Timers
    from coalition.application.presence import Presence
    from coalition.application.signin import SigninLinks
    from coalition.application.tallies import Tallies
    from coalition.domain.matching.problem import Solver
    from coalition.domain.members import Coalition
    from coalition.settings import Settings


@dataclass
class Tocsin:
    """The assembled application, one for a process. Threads may share it."""

    settings: Settings
    source: Callable[[], Coalition]
    log: EventLog
    outbox: Outbox
    ledger: Ledger
    timers: Timers
    documents: Documents
    clock: Clock
    presence: Presence
    signin_links: SigninLinks
    tallies: Tallies
    mail_memory: MailMemory
    playbook_source: PlaybookSource
    secret_key: str = field(repr=False)
    _redis: Redis | None = None
    _keys: Keys | None = None
    _refusals: Callable[[], tuple[str, ...]] = tuple
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def coalition(self) -> Coalition:
        """The coalition in force. It may be another one the next time it is asked for."""
        return self.source()

    @coalition.setter
    def coalition(self, now: Coalition) -> None:
        self.source = lambda: now

    def refusals(self) -> tuple[str, ...]:
        """Why the coalition file as it stands is not in force; empty when it is."""
        return self._refusals()

    def as_now(self) -> Tocsin:
        """The same application with the coalition of this moment, whatever the file says later.

        For work that must not see two coalitions: a channel is named by its place in the file.
        """
        now = self.coalition
        return replace(self, source=lambda: now)

    @cached_property
    def playbooks(self) -> Shelf:
        """The playbooks in force, and those that runs are pinned to."""
        return Shelf(self.documents, self.playbook_source)

    @property
    def keyring(self) -> Keyring:
        """The OpenPGP keys for mail; gpg is called only when something is asked of it."""
        return _keyring(self.settings.gnupg_home)

    @cached_property
    def dispatcher(self) -> Dispatcher:
        """Carries out commands."""
        return Dispatcher(self.log, lambda: self.coalition, self.playbooks.pinned)

    @cached_property
    def directory(self) -> Directory:
        """Which incidents there are, and who may see which."""
        return Directory(self.log, self.source)

    @cached_property
    def solver(self) -> Solver:
        """Solves matching problems; the first one loads the library behind it."""
        from coalition.adapters.solver_highs import solve  # noqa: PLC0415

        return solve

    @cached_property
    def view(self) -> StateView:
        """What policies may read."""
        return StateView(self)

    @property
    def redis(self) -> Redis:
        """The Redis connection; a Tocsin in memory has none."""
        if self._redis is None:
            raise ConfigError(["this Tocsin is in memory; it has no Redis"])
        return self._redis

    @property
    def keys(self) -> Keys:
        """The names of all Redis keys."""
        if self._keys is None:
            raise ConfigError(["this Tocsin is in memory; it has no Redis keys"])
        return self._keys


@lru_cache(maxsize=8)
def _keyring(home: Path) -> Keyring:
    """One for a home and process: it knows which key files it has looked at."""
    from coalition.adapters.openpgp import Keyring  # noqa: PLC0415

    return Keyring(home)


def assemble(settings: Settings) -> Tocsin:
    """Wire the application to Redis.

    Raises `ConfigError` for a wrong coalition file and `PermanentError` when Redis is not there.
    """
    from coalition.adapters.coalition_watch import CoalitionFile  # noqa: PLC0415
    from coalition.adapters.redis_client import connect  # noqa: PLC0415

    file = CoalitionFile(settings.coalition)
    hub = over_redis(settings, file.current(), connect(redis_url(settings)))
    return replace(hub, source=file.current, _refusals=file.findings)


def redis_url(settings: Settings) -> str:
    """Return the Redis to use: the one set, else the server in our data folder."""
    from coalition.adapters.redis_server import socket_url  # noqa: PLC0415

    if settings.redis_url is not None:
        return settings.redis_url.get_secret_value()
    return socket_url(settings.data_dir)


def over_redis(
    settings: Settings, coalition: Coalition, redis: Any, clock: Clock | None = None
) -> Tocsin:
    """Wire the application to a Redis client (a real one, or fakeredis)."""
    from coalition.adapters import redis_ledger, redis_log  # noqa: PLC0415
    from coalition.adapters.playbook_files import PlaybookFolder  # noqa: PLC0415
    from coalition.adapters.redis_keys import Keys  # noqa: PLC0415
    from coalition.adapters.redis_mail import RedisMailMemory  # noqa: PLC0415
    from coalition.adapters.redis_presence import RedisPresence  # noqa: PLC0415
    from coalition.adapters.redis_signin import RedisSigninLinks  # noqa: PLC0415
    from coalition.adapters.redis_tallies import RedisTallies  # noqa: PLC0415
    from coalition.adapters.secret_key import secret_key  # noqa: PLC0415

    keys = Keys(exercise=coalition.exercise)
    return Tocsin(
        settings=settings,
        source=lambda: coalition,
        log=redis_log.RedisLog(redis, keys),
        outbox=redis_log.RedisOutbox(redis, keys),
        ledger=redis_ledger.RedisLedger(redis, keys),
        timers=redis_log.RedisTimers(redis, keys),
        documents=redis_log.RedisDocuments(redis, keys),
        clock=clock or redis_log.SystemClock(),
        presence=RedisPresence(redis, keys),
        signin_links=RedisSigninLinks(redis, keys),
        tallies=RedisTallies(redis, keys),
        mail_memory=RedisMailMemory(redis, keys),
        playbook_source=PlaybookFolder(settings.playbooks),
        secret_key=secret_key(settings.secret_key, settings.data_dir).get_secret_value(),
        _redis=redis,
        _keys=keys,
    )


def assemble_memory(coalition: Coalition, clock: Clock, settings: Settings | None = None) -> Tocsin:
    """Wire the application to in-memory twins: the same rules, no server, nothing kept."""
    from coalition.adapters import memory  # noqa: PLC0415
    from coalition.adapters.memory_mail import MemoryMailMemory  # noqa: PLC0415
    from coalition.adapters.memory_presence import MemoryPresence  # noqa: PLC0415
    from coalition.adapters.memory_signin import MemorySigninLinks  # noqa: PLC0415
    from coalition.adapters.memory_tallies import MemoryTallies  # noqa: PLC0415
    from coalition.adapters.playbook_files import PlaybookFolder  # noqa: PLC0415
    from coalition.settings import load_settings  # noqa: PLC0415

    settings = settings or load_settings()
    store = memory.MemoryStore(clock)
    return Tocsin(
        settings=settings,
        source=lambda: coalition,
        log=memory.MemoryLog(store),
        outbox=memory.MemoryOutbox(store),
        ledger=memory.MemoryLedger(store),
        timers=memory.MemoryTimers(store),
        documents=memory.MemoryDocuments(store),
        clock=clock,
        presence=MemoryPresence(clock),
        signin_links=MemorySigninLinks(clock),
        tallies=MemoryTallies(),
        mail_memory=MemoryMailMemory(clock),
        playbook_source=PlaybookFolder(settings.playbooks),
        secret_key="m" * 64,
    )
