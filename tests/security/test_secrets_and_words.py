"""What is printed, logged or written down besides the record: no secrets, no content."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pydantic import BaseModel

from coalition.adapters import memory
from coalition.adapters.redis_log import SystemClock
from coalition.adapters.redis_url import parse_sentinel
from coalition.adapters.yaml_source import load_yaml, validate
from coalition.application.ports import Claim, Effect
from coalition.bootstrap import assemble_memory
from coalition.domain.errors import ConfigError, PermanentError
from coalition.rendering.notices.hub import parse_mail_server
from coalition.settings import load_settings
from tests.domain.cast import COALITION
from tests.slack.cast import coalition
from workers.context import WorkerContext
from workers.drain import Drain

MARK = "Implant in the registry of births"
SECRETS = {
    "secret_key": "k" * 40,
    "slack_bot_token": "xoxb-very-secret",
    "slack_app_token": "xapp-very-secret",
    "slack_signing_secret": "signing-very-secret",
    "redis_url": "redis://user:redis-very-secret@localhost:1/0",
    "smtp_url": "smtp://user:smtp-very-secret@localhost:25",
}


def test_nothing_that_holds_secrets_shows_them() -> None:
    tocsin = assemble_memory(coalition(), SystemClock(), load_settings(**SECRETS))
    tocsin.secret_key = SECRETS["secret_key"]
    sentinel = parse_sentinel("redis+sentinel://u:sentinel-very-secret@h:1/s/0")
    server = parse_mail_server(SECRETS["smtp_url"])
    for holder in (tocsin, tocsin.settings, sentinel, server):
        shown = repr(holder) + str(holder)
        assert "very-secret" not in shown, type(holder)
        assert "k" * 40 not in shown, type(holder)
    assert server.password == "smtp-very-secret"


class Narrow(BaseModel):
    number: int


def quoting() -> None:
    """An error whose text quotes what it was given, as pydantic's do."""
    Narrow.model_validate({"number": MARK})


@pytest.mark.parametrize("kind", ["test", "room.post"])
def test_the_text_of_an_unforeseen_error_is_not_written_down(kind: str) -> None:
    """It quotes the content; ledger and outbox hold ids and classes."""
    store = memory.MemoryStore(SystemClock())
    tocsin = assemble_memory(COALITION, SystemClock())
    tocsin.ledger, tocsin.outbox = memory.MemoryLedger(store), memory.MemoryOutbox(store)

    async def crash(ctx: WorkerContext, claim: Claim) -> dict[str, Any]:
        quoting()
        return {}

    tocsin.ledger.plan([Effect(id="e1", kind=kind, payload={"incident": "INC-2026-0001"})])
    for _ in range(12):
        asyncio.run(Drain(tocsin, {kind: crash}, linger=0.0).run())
        for row in store.effects.values():
            row["due"] = 0.0
    outcome = tocsin.ledger.outcome("e1")
    assert outcome is not None
    assert outcome["status"] == "failed"
    assert "ValidationError" in str(outcome)
    written = str(store.effects) + str(tocsin.outbox.read("c", 100, 0))
    assert MARK not in written


def test_what_we_raise_on_purpose_keeps_its_words() -> None:
    store = memory.MemoryStore(SystemClock())
    tocsin = assemble_memory(COALITION, SystemClock())
    tocsin.ledger, tocsin.outbox = memory.MemoryLedger(store), memory.MemoryOutbox(store)

    async def refuse(ctx: WorkerContext, claim: Claim) -> dict[str, Any]:
        raise PermanentError("cert.example answered 410", fallback="Ask the partner")

    tocsin.ledger.plan([Effect(id="e1", kind="test", payload={})])
    asyncio.run(Drain(tocsin, {"test": refuse}, linger=0.0).run())
    outcome = tocsin.ledger.outcome("e1")
    assert outcome is not None
    assert outcome["detail"]["error"] == "cert.example answered 410"


@pytest.mark.parametrize("number", ["0x" + "f" * 5000, "0o" + "7" * 9000, "9" * 5000, "1e999"])
def test_absurd_numbers_in_yaml_are_findings_and_no_crash(number: str) -> None:
    class Model(BaseModel):
        value: int

    data, locator = load_yaml(f"value: {number}\n", "f.yaml")
    with pytest.raises(ConfigError):
        validate(Model, data, locator)
