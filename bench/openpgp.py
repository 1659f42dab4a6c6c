"""35 sealed mails through the real workers, beside 35 bare gpg calls.

Ours: from the moment the effects are handed to the ledger until the last receipt is durable (AOF
always): gate, text, STIX bundle, MIME, signing and encrypting to each partner's own key, SMTP.
Bare: `gpg --sign --encrypt` of as many bytes to the same keys, as many at a time as a worker seals.
Both use one GnuPG home, so that one agent signs for both.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench import coalition as stage
from bench.common import Figure, median, report
from bench.fanout import Running, fan_out
from coalition.adapters.coalition_file import read_coalition
from coalition.adapters.gnupg_calls import OPTIONS, environment, stop_agent
from coalition.adapters.gnupg_keys import keys_in
from coalition.adapters.openpgp import Keyring
from coalition.adapters.openpgp_hub import make_hub_key
from coalition.adapters.redis_client import connect
from coalition.adapters.redis_server import RedisServer
from coalition.bootstrap import Tocsin, over_redis
from coalition.domain.channels import PinnedKey
from coalition.settings import load_settings
from workers.channels.email.channel import SEALED_AT_ONCE

COUNT, LIMIT = 35, 1.3
GPG = shutil.which("gpg") or "gpg"
BYTES = 12_000  # what one of our notices weighs with its bundle, before it is sealed


async def _sink() -> None:
    """A mail server that takes everything; prints its port and ends with its stdin."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 sink\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
            writer.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 OK\r\n")
            if verb == b"QUIT":
                break
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, limit=1_000_000)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


@contextlib.contextmanager
def sink() -> Iterator[int]:
    """The mail server as a process of its own; yields its port."""
    command = [sys.executable, "-m", "bench.openpgp", "--sink"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait(10)


def _partners(home: Path, base: Path) -> list[str]:
    """A key for each partner, made in one home; the public keys lie in `base`."""
    gpg = Keyring(home).gpg
    for number in range(1, COUNT + 1):
        gpg.order("--passphrase", "", "--quick-gen-key", f"m{number}@bench.example",
                  "future-default", "default", "1y")  # fmt: skip
    found = [key.fingerprint for key in keys_in(gpg.list_keys().data)]
    for number, fingerprint in enumerate(found, 1):
        (base / f"m{number}.asc").write_text(gpg.export_keys(fingerprint))
    return found


@contextlib.contextmanager
def house(port: int) -> Iterator[tuple[Tocsin, list[str]]]:
    """Tocsin over a server of its own, with 35 members that have mail and a key."""
    with tempfile.TemporaryDirectory(prefix="pgp") as name, RedisServer(Path(name)) as server:
        base = Path(name)
        fingerprints = _partners(base / "partners", base)
        make_hub_key(Keyring(base / "hub"), name="Bench", mail="hub@bench.example", years=1)
        members = json.loads(stage.members(1, COUNT).model_dump_json(exclude_unset=True))
        for number, fingerprint in enumerate(fingerprints, 1):
            members["members"][number]["channels"] = [
                {"kind": "email", "to": f"m{number}@bench.example", "openpgp": fingerprint,
                 "key": f"m{number}.asc", "ceiling": "TLP:AMBER+STRICT"}
            ]  # fmt: skip
        (base / "coalition.yaml").write_text(json.dumps(members))
        settings = load_settings(
            data_dir=base, redis_url=server.url, smtp_url=f"smtp://127.0.0.1:{port}",
            gnupg_home=base / "hub", coalition=base / "coalition.yaml",
        )  # fmt: skip
        coalition = read_coalition(settings.coalition, base)
        try:
            yield over_redis(settings, coalition, connect(server.url)), fingerprints
        finally:
            for home in ("partners", "hub"):
                stop_agent(base / home)


def bare(hub: Tocsin, fingerprints: list[str]) -> float:
    """Seconds for the bare calls: the same options, keys, size and number at a time."""
    ring = hub.keyring
    text = b"Flood against two banks. " * (BYTES // 25)

    def call(fingerprint: str) -> None:
        done = subprocess.run(
            [GPG, "--homedir", str(ring.home), "--batch", "--no-tty", "--status-fd", "2", *OPTIONS,
             "--encrypt", "--recipient", fingerprint, "--armor", "--compress-algo", "none",
             "--sign", "--local-user", str(ring.hub)],
            input=text, capture_output=True, check=True, env=environment(),
        )  # fmt: skip
        assert done.stdout

    with ThreadPoolExecutor(SEALED_AT_ONCE) as pool:
        started = time.perf_counter()
        list(pool.map(call, fingerprints))
        return time.perf_counter() - started


def main() -> int:
    """Print the figure."""
    if "--sink" in sys.argv:
        asyncio.run(_sink())
        return 0
    rounds = 5 if "--quick" in sys.argv else 11
    ours, theirs = [], []
    with sink() as port, house(port) as (hub, fingerprints), Running(hub):
        base = hub.settings.coalition.parent
        for number, fingerprint in enumerate(fingerprints, 1):
            hub.keyring.adopt(PinnedKey(fingerprint, f"m{number}.asc"), base)
        for number in range(3):
            fan_out(hub, f"INC-2026-{9000 + number}", COUNT)
        bare(hub, fingerprints)
        for number in range(rounds):
            theirs.append(bare(hub, fingerprints))
            ours.append(fan_out(hub, f"INC-2026-{number + 1:04}", COUNT))
    ratio = median([one / other for one, other in zip(ours, theirs, strict=True)])
    detail = f"ours {median(ours) * 1000:.0f} ms, bare {median(theirs) * 1000:.0f} ms"
    return report([Figure(f"{COUNT} sealed mails : bare gpg", ratio, LIMIT, False, detail)])


if __name__ == "__main__":
    sys.exit(main())
