"""A sealed notice to a simulated partner that has nothing but gpg, and its signed answer back."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiosmtplib
import pytest

from sandbox.partners.openpgp import PartnerKeys, Post, partners_with_keys
from sandbox.partners.service import PartnerService
from tests.inbound.test_taking import ANSWERS, incident, notes, recipient
from tests.notices.stage import Stage, member, stage
from tests.openpgp.homes import Homes
from workers.inbound.watching import Watcher, sources

pytestmark = pytest.mark.anyio

ADDRESS = "cert@cert.lv.example"
PARTNER: dict[str, Any] = {
    "id": "lv", "name": "CERT-LV", "mail": [ADDRESS],
    "behaviour": {"ack_after_seconds": 0, "answer": "accept", "via": "mail", "by": "Inga Ozola"},
}  # fmt: skip


@pytest.fixture
async def keys(homes: Homes) -> AsyncIterator[PartnerKeys]:
    hub_key = (homes.base / "hub.asc").read_bytes()
    with partners_with_keys({"lv": ("CERT-LV", ADDRESS)}, hub_key) as made:
        (homes.base / "sandbox-lv.asc").write_text(made["lv"].public)
        yield made["lv"]


@pytest.fixture
async def partners(keys: PartnerKeys, tmp_path: Path) -> AsyncIterator[PartnerService]:
    post = Post({"lv": keys}, tmp_path / "drop")
    async with PartnerService([PARTNER], hub_url="http://127.0.0.1:1", post=post) as service:
        yield service


@pytest.fixture
async def on(
    homes: Homes, keys: PartnerKeys, partners: PartnerService, tmp_path: Path
) -> AsyncIterator[Stage]:
    box = {"kind": "email", "to": ADDRESS, "ceiling": "TLP:AMBER+STRICT",
           "openpgp": keys.fingerprint, "key": "sandbox-lv.asc"}  # fmt: skip
    host, port = partners.mail.address
    async with stage(
        tmp_path / "data", [member("lv", [box])], tlp="TLP:AMBER+STRICT",
        gnupg_home=homes.hub.path, coalition=homes.base / "coalition.yaml",
        mail_drop=tmp_path / "drop", smtp_url=f"smtp://{host}:{port}",
    ) as play:  # fmt: skip
        yield play


async def answered(partners: PartnerService) -> str:
    revision = partners.world.revision
    for _ in range(50):
        states = [one.state for one in partners.world.answers.values()]
        if states and states[0] in {"answered", "gave_up"}:
            return states[0]
        revision = await partners.world.changed_since(revision, 5)
    return "nothing"


async def test_a_partner_with_gpg_alone_reads_it_and_its_signed_answer_counts(
    on: Stage, partners: PartnerService
) -> None:
    (claim,) = on.issue("lv", kind="mutual_aid_request", answers=ANSWERS)
    assert (await on.send(claim))["stage"] == "delivered"
    (delivery,) = partners.world.inbox("lv")
    assert delivery.signature == "valid"
    assert delivery.problem == ""
    assert "HTTP flood" in delivery.reading.text
    assert "HTTP flood" not in delivery.raw
    assert await answered(partners) == "answered"
    Watcher(on.tocsin, sources(on.tocsin.settings), threading.Event()).look()
    assert notes(on) == []
    assert recipient(on).answer == "accept"
    assert recipient(on).verified
    assert incident(on).notices["1"].recipients["lv"].acknowledged_at is not None


async def test_a_mail_that_the_hub_did_not_sign_is_shown_as_such(
    homes: Homes, partners: PartnerService, keys: PartnerKeys
) -> None:
    gpg = homes.mallory.keyring
    gpg.adopt(homes.lv.pinned._replace(fingerprint=keys.fingerprint, file="sandbox-lv.asc"),
              homes.base)  # fmt: skip
    extra = ["--sign", "--local-user", homes.mallory.fingerprint]
    armoured = gpg.gpg.encrypt(b"Subject: x\r\n\r\nx", [keys.fingerprint], extra_args=extra).data
    raw = (
        b"From: a@b\r\nTo: " + ADDRESS.encode() + b"\r\nSubject: x\r\nMessage-ID: <1@b>\r\n"
        b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary="b"'
        b"\r\n\r\n--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--b\r\n"
        b"Content-Type: application/octet-stream\r\n\r\n" + armoured + b"\r\n--b--\r\n"
    )
    host, port = partners.mail.address
    await aiosmtplib.send(
        raw, sender="a@b.example", recipients=[ADDRESS], hostname=host, port=port, start_tls=False
    )
    (delivery,) = partners.world.inbox("lv")
    assert delivery.signature == "invalid"
    assert "signature is not good" in delivery.problem
