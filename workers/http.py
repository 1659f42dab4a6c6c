"""The HTTP session of a worker: what it may connect to is decided here, for whoever uses it.

A partner's address comes from a file and its meaning from DNS, which the partner (or an attacker)
controls. So names are resolved once, every address is checked, and the connection is made to an
address that was checked: a name that answers differently a moment later (DNS rebinding) gains
nothing. Private, loopback and link-local addresses are refused unless TOCSIN_PRIVATE_TARGETS
lists their network; only those may be reached without TLS. The check runs for every request,
so a redirect could not get around it either (and none is followed).
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, NamedTuple, Protocol

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from coalition.domain.errors import PermanentError

if TYPE_CHECKING:
    from aiohttp import ClientHandlerType, ClientRequest, ClientResponse

Address = IPv4Address | IPv6Address
Networks = tuple[IPv4Network | IPv6Network, ...]
Lookup = Callable[[str, int], Awaitable[Sequence[str]]]

_NAT64 = ip_network("64:ff9b::/96")
REMEMBERED_SECONDS = 30.0

_without_tls: ContextVar[bool] = ContextVar("without_tls", default=False)


class TargetRefused(PermanentError):
    """The address is not one that we connect to; nothing has left."""


@lru_cache(maxsize=4096)
def may_reach(address: str, private_targets: Networks, *, without_tls: bool) -> bool:
    """Whether a connection to this very address is allowed."""
    meant = list(_meanings(ip_address(address.partition("%")[0])))
    if all(any(one in network for network in private_targets) for one in meant):
        return True
    return not without_tls and all(one.is_global and not one.is_multicast for one in meant)


def _meanings(address: Address) -> list[Address]:
    """The address, and the IPv4 address inside it that a gateway would connect to."""
    if isinstance(address, IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    inside: list[Address] = [address]
    if address in _NAT64:
        inside.append(IPv4Address(int(address) & 0xFFFFFFFF))
    if address.sixtofour is not None:
        inside.append(address.sixtofour)
    return inside


class _Answer(NamedTuple):
    addresses: asyncio.Future[Sequence[str]]
    until: float


class PinningResolver(AbstractResolver):
    """Resolves a name once for all connections of the next half minute, and checks each time.

    `lookup` asks the system; its failures are OSError and are not remembered.
    """

    def __init__(self, private_targets: Networks, lookup: Lookup | None = None) -> None:
        self._private_targets = private_targets
        self._lookup = lookup or _system_lookup
        self._answers: dict[tuple[str, int], _Answer] = {}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of a host that may be connected to; at least one.

        Raises:
            TargetRefused: none of its addresses may be.
            OSError: it has no address, or nobody answers.
        """
        without_tls = _without_tls.get()
        found = await self._addresses(host, port)
        allowed = [
            one for one in found if may_reach(one, self._private_targets, without_tls=without_tls)
        ]
        if not allowed:
            raise TargetRefused(_refusal(host, found, without_tls=without_tls))
        return [_result(host, one, port) for one in allowed]

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        answer = self._answers.get((host, port))
        if answer is None or answer.until < time.monotonic():
            asked = asyncio.ensure_future(self._lookup(host, port))
            answer = _Answer(asked, time.monotonic() + REMEMBERED_SECONDS)
            self._answers[host, port] = answer
        try:
            # Shielded: one request that gives up must not end the lookup for the others.
            return await asyncio.shield(answer.addresses)
        except OSError:
            self._answers.pop((host, port), None)
            raise

    async def close(self) -> None:
        """Give up lookups that nobody waits for any more."""
        for answer in self._answers.values():
            answer.addresses.cancel()
        self._answers.clear()


async def _system_lookup(host: str, port: int) -> Sequence[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


def _result(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(
        hostname=host,
        host=address,
        port=port,
        family=family,
        proto=0,
        flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
    )


def _refusal(host: str, addresses: Sequence[str], *, without_tls: bool) -> str:
    shown = ", ".join(addresses[:4])
    where = host if shown == host else f"{host} ({shown})"
    if without_tls:
        what = "may not be reached without TLS; use https://"
    else:
        what = "is a private or local address"
    return f"{where} {what}, or list its network in TOCSIN_PRIVATE_TARGETS"


class Reach(Protocol):
    """The one setting that counts here; `Settings` has it."""

    @property
    def private_targets(self) -> Networks:
        """TOCSIN_PRIVATE_TARGETS."""
        ...


def open_session(settings: Reach, *, lookup: Lookup | None = None) -> aiohttp.ClientSession:
    """A session whose every connection is checked; the caller closes it.

    It knows no proxy and keeps no cookies. How many requests run at once is for the caller to
    bound: a pool of fixed size would let slow partners eat the time of the others.
    """
    private_targets = settings.private_targets

    async def guard(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        url = request.url
        if url.scheme not in {"http", "https"} or not url.host:
            raise TargetRefused(f"{url.scheme}:// is not an address for a webhook; use https://")
        without_tls = url.scheme == "http"
        # aiohttp asks no resolver about an address that is written as numbers.
        if _is_address(url.host) and not may_reach(
            url.host, private_targets, without_tls=without_tls
        ):
            raise TargetRefused(_refusal(url.host, [url.host], without_tls=without_tls))
        token = _without_tls.set(without_tls)
        try:
            return await handler(request)
        finally:
            _without_tls.reset(token)

    connector = aiohttp.TCPConnector(
        resolver=PinningResolver(private_targets, lookup),
        use_dns_cache=False,  # its cache would skip the check
        limit=0,
        # A connection that went stale while idle would fail a POST, which must not be repeated
        # blindly; and notices to one endpoint are minutes apart.
        force_close=True,
    )
    return aiohttp.ClientSession(
        connector=connector,
        middlewares=(guard,),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=15),
        headers={"User-Agent": "Tocsin"},
        auto_decompress=False,
    )


@lru_cache(maxsize=4096)
def _is_address(host: str) -> bool:
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
