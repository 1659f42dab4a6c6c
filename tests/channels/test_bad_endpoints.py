"""Endpoints that are down, slow, endless, garbled or somewhere they must not be."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp
import pytest

from coalition.domain.errors import PermanentError, TransientError
from tests.notices.servers import raw_server, receiver
from tests.notices.stage import SECRET, Stage, member, stage, webhook
from workers import http
from workers.channels import calling

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

pytestmark = pytest.mark.anyio

CERTIFICATE = Path(__file__).parent / "certs" / "localhost.pem"
KEY = CERTIFICATE.with_suffix(".key")


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LV_SECRET", SECRET)


def server_tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE, KEY)
    return context


def answers(*addresses: Sequence[str]) -> tuple[http.Lookup, list[str]]:
    """A name server that gives these answers one after the other, and what it was asked."""
    asked: list[str] = []
    left = list(addresses)

    async def lookup(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return left.pop(0) if len(left) > 1 else left[0]

    return lookup, asked


async def fails(on: Stage, error: type[Exception]) -> str:
    with pytest.raises(error) as caught:
        await on.send(on.issue()[0])
    return str(caught.value)


async def test_nobody_listening_is_tried_again(tmp_path: Path) -> None:
    async with raw_server(lambda _r, w: _close(w)) as port:
        pass  # the port is free again
    url = f"http://127.0.0.1:{port}/tocsin"
    async with stage(tmp_path, [member("lv", [webhook(url)])]) as on:
        assert "could not be reached" in await fails(on, TransientError)


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()


async def _hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def _hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")


async def _babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 this is no web server\r\n\x00\xff" * 20)
    await writer.drain()
    await reader.read()


async def _endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
        await writer.drain()


async def test_point_21_an_endpoint_that_hangs_is_left_after_the_time_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert calling.TIMEOUT.total == 15
    monkeypatch.setattr(calling, "TIMEOUT", aiohttp.ClientTimeout(total=0.1))
    async with raw_server(_hang) as port:
        url = f"http://127.0.0.1:{port}/tocsin"
        async with stage(tmp_path, [member("lv", [webhook(url)])]) as on:
            assert "did not answer" in await fails(on, TransientError)


@pytest.mark.parametrize("talk", [_hang_up, _babble])
async def test_an_endpoint_that_hangs_up_or_babbles_is_tried_again(
    tmp_path: Path, talk: Callable[..., object]
) -> None:
    async with raw_server(talk) as port:  # type: ignore[arg-type]
        url = f"http://127.0.0.1:{port}/tocsin"
        async with stage(tmp_path, [member("lv", [webhook(url)])]) as on:
            await fails(on, TransientError)


async def test_an_endless_reply_is_a_delivery_and_nobody_reads_it(tmp_path: Path) -> None:
    async with raw_server(_endless) as port:
        url = f"http://127.0.0.1:{port}/tocsin"
        async with stage(tmp_path, [member("lv", [webhook(url)])]) as on:
            async with asyncio.timeout(5):
                receipt = await on.send(on.issue()[0])
            assert receipt["stage"] == "delivered"


async def test_garbage_in_place_of_tls_is_final(tmp_path: Path) -> None:
    async with raw_server(_babble) as port:
        url = f"https://127.0.0.1:{port}/tocsin"
        async with stage(tmp_path, [member("lv", [webhook(url)])]) as on:
            assert "TLS" in await fails(on, PermanentError)


async def test_a_certificate_of_nobody_we_know_is_final_and_nothing_is_sent(
    tmp_path: Path,
) -> None:
    async with (
        receiver(server_tls()) as partner,
        stage(tmp_path, [member("lv", [webhook(partner.url)])]) as on,
    ):
        assert "TLS" in await fails(on, PermanentError)
        assert partner.bodies == []


async def test_a_certificate_must_be_for_the_name_although_we_connect_to_its_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusting = ssl.create_default_context(cafile=CERTIFICATE)
    monkeypatch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", trusting)
    lookup, _ = answers(["127.0.0.1"])
    async with receiver(server_tls()) as partner:
        port = urlsplit(partner.url).port
        good = webhook(f"https://cert.example:{port}/tocsin")
        async with stage(tmp_path, [member("lv", [good])], lookup=lookup) as on:
            assert (await on.send(on.issue()[0]))["stage"] == "delivered"
        bad = webhook(f"https://other.example:{port}/tocsin")
        async with stage(tmp_path, [member("lv", [bad])], lookup=lookup) as on:
            assert "TLS" in await fails(on, PermanentError)
        assert len(partner.bodies) == 1


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
     "0.0.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fd00::1", "ff02::1",
     "::ffff:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::"],
)  # fmt: skip
def test_addresses_inside_somebodys_network_are_not_reached(address: str) -> None:
    assert not http.may_reach(address, (), without_tls=False)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_addresses_of_the_open_internet_are_reached_with_tls_only(address: str) -> None:
    assert http.may_reach(address, (), without_tls=False)
    assert not http.may_reach(address, (), without_tls=True)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:{port}/tocsin", "https://127.0.0.1:{port}/tocsin",
     "http://[::ffff:127.0.0.1]:{port}/tocsin", "http://2130706433:{port}/tocsin",
     "http://127.1:{port}/tocsin", "http://0:{port}/tocsin", "http://localhost:{port}/tocsin"],
)  # fmt: skip
async def test_point_23_a_private_target_in_any_spelling_is_refused_unless_it_is_listed(
    tmp_path: Path, url: str
) -> None:
    async with receiver() as partner:
        target = webhook(url.format(port=urlsplit(partner.url).port))
        async with stage(tmp_path, [member("lv", [target])], private_targets="") as on:
            await fails(on, PermanentError)
        assert partner.bodies == []


async def test_the_refusal_of_a_private_target_says_what_to_list(tmp_path: Path) -> None:
    lookup, _ = answers(["10.1.2.3"])
    target = webhook("https://cert.example/tocsin")
    async with stage(tmp_path, [member("lv", [target])], lookup=lookup) as on:
        said = await fails(on, PermanentError)
    assert "cert.example (10.1.2.3) is a private or local address" in said
    assert "TOCSIN_PRIVATE_TARGETS" in said


async def test_point_23_a_public_target_without_tls_is_refused(tmp_path: Path) -> None:
    lookup, _ = answers(["93.184.215.14"])
    target = webhook("http://cert.example/tocsin")
    async with stage(tmp_path, [member("lv", [target])], lookup=lookup) as on:
        assert "without TLS" in await fails(on, PermanentError)


async def test_a_name_with_public_and_private_addresses_is_reached_on_the_allowed_ones_only(
    tmp_path: Path,
) -> None:
    lookup, _ = answers(["10.1.2.3", "127.0.0.1"])
    async with receiver() as partner:
        target = webhook(f"http://cert.example:{urlsplit(partner.url).port}/tocsin")
        async with stage(tmp_path, [member("lv", [target])], lookup=lookup) as on:
            assert (await on.send(on.issue()[0]))["stage"] == "delivered"


async def test_point_23_the_address_that_was_checked_is_the_one_that_is_connected_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: the name means something harmless when asked first, then something inside."""
    monkeypatch.setattr(http, "REMEMBERED_SECONDS", -1.0)
    lookup, asked = answers(["127.0.0.1"], ["169.254.169.254"])
    async with receiver() as partner:
        target = webhook(f"http://cert.example:{urlsplit(partner.url).port}/tocsin")
        async with stage(tmp_path, [member("lv", [target])], lookup=lookup) as on:
            assert (await on.send(on.issue()[0]))["stage"] == "delivered"
            assert asked == ["cert.example"]
            assert "169.254.169.254" in await fails(on, PermanentError)
        assert len(partner.bodies) == 1


async def test_a_name_that_cannot_be_resolved_is_tried_again_and_asked_for_again(
    tmp_path: Path,
) -> None:
    asked: list[str] = []

    async def lookup(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        raise OSError("no name server answers")

    target = webhook("https://cert.example/tocsin")
    async with stage(tmp_path, [member("lv", [target])], lookup=lookup) as on:
        await fails(on, TransientError)
        await fails(on, TransientError)
    assert len(asked) == 2


async def test_many_sendings_to_one_name_ask_for_it_once(tmp_path: Path) -> None:
    lookup, asked = answers(["127.0.0.1"])
    async with receiver() as partner:
        target = webhook(f"http://cert.example:{urlsplit(partner.url).port}/tocsin")
        members = [member(name, [target]) for name in ("lv", "lt", "pl", "fi")]
        async with stage(tmp_path, members, lookup=lookup) as on:
            claims = on.issue("lv", "lt", "pl", "fi")
            await asyncio.gather(*(on.send(claim) for claim in claims))
    assert asked == ["cert.example"]
    assert len(partner.bodies) == 4


async def test_one_that_hangs_does_not_keep_the_others_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "TIMEOUT", aiohttp.ClientTimeout(total=1.0))
    async with raw_server(_hang) as port, receiver() as partner:
        slow = member("lt", [webhook(f"http://127.0.0.1:{port}/tocsin")])
        fast = [member(name, [webhook(partner.url)]) for name in ("lv", "pl", "fi")]
        async with stage(tmp_path, [slow, *fast]) as on:
            claims = on.issue("lt", "lv", "pl", "fi")
            sendings = {one.payload["member"]: asyncio.create_task(on.send(one)) for one in claims}
            waiting = sendings.pop("lt")
            await asyncio.gather(*sendings.values())
            assert not waiting.done()
            with pytest.raises(TransientError):
                await waiting
