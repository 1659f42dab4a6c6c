"""Sealed mail through a real SMTP server to a partner who has nothing but stock gpg.

The numbers are those of the acceptance list for partner notices, part "Mail".
"""

from __future__ import annotations

import email
import email.policy
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from coalition.adapters.openpgp import KeyTrouble
from coalition.adapters.openpgp_hub import public_hub_key, revocation_of
from coalition.domain.errors import PermanentError
from coalition.domain.incident.commands import IssueNotice
from tests.notices.servers import MailServer, mail_server
from tests.notices.stage import ALICE, INCIDENT, Stage, member, stage
from tests.openpgp.homes import Home, Homes, homes, make, own_folder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractAsyncContextManager
    from email.message import EmailMessage

__all__ = ["homes", "own_folder"]

pytestmark = pytest.mark.anyio

GPG = shutil.which("gpg") or "gpg"
TITLE = "DDoS on two banks"


def sealed_box(home: Home, ceiling: str = "TLP:AMBER+STRICT", **more: Any) -> dict[str, Any]:
    key = {"openpgp": home.fingerprint, "key": home.pinned.file}
    return {"kind": "email", "to": "cert@cert.lv.example", "ceiling": ceiling, **key, **more}


def hub(
    homes: Homes,
    folder: Path,
    url: str,
    channels: Sequence[dict[str, Any]],
    base: Path | None = None,
    **more: Any,
) -> AbstractAsyncContextManager[Stage]:
    """A hub that shares its keys with the tests and whose coalition file lies beside them."""
    return stage(
        folder,
        [member("lv", channels, trust="T4", **more)],
        tlp="TLP:AMBER+STRICT",
        smtp_url=url,
        public_url="https://tocsin.example",
        gnupg_home=homes.hub.path,
        coalition=(base or homes.base) / "coalition.yaml",
    )


def arrived(server: MailServer) -> EmailMessage:
    (envelope,) = server.messages
    assert isinstance(envelope.content, bytes)
    return email.message_from_bytes(envelope.content, policy=email.policy.default)


def read_by(home: Home, message: EmailMessage) -> tuple[bytes, list[str]]:
    """What a partner's stock gpg makes of a sealed mail: the content, and its status words."""
    armoured = list(message.iter_parts())[1].get_content()
    done = subprocess.run(
        [GPG, "--homedir", str(home.path), "--batch", "--status-fd", "2", "--decrypt"],
        input=armoured, capture_output=True, check=False,
    )  # fmt: skip
    lines = done.stderr.decode("utf-8", "replace").splitlines()
    return done.stdout, [line.split()[1] for line in lines if line.startswith("[GNUPG:] ")]


async def test_point_9_the_mail_is_pgp_mime_signed_and_encrypted_in_one_message(
    homes: Homes, tmp_path: Path
) -> None:
    async with (
        mail_server() as server,
        hub(homes, tmp_path, server.url, [sealed_box(homes.lv)]) as on,
    ):
        receipt = await on.send(on.issue()[0])
        message = arrived(server)
    assert message.get_content_type() == "multipart/encrypted"
    assert message.get_param("protocol") == "application/pgp-encrypted"
    version, _ = message.iter_parts()
    assert version.get_content().strip() == b"Version: 1"
    inside, said = read_by(homes.lv, message)
    assert b"\n" not in inside.replace(b"\r\n", b"")
    assert said.count("BEGIN_DECRYPTION") == said.count("NEWSIG") == 1
    assert receipt["stage"] == "delivered"
    assert receipt["evidence"]["encrypted_to"] == homes.lv.fingerprint


async def test_point_10_the_partners_gpg_shows_decryption_okay_and_goodsig(
    homes: Homes, tmp_path: Path
) -> None:
    async with (
        mail_server() as server,
        hub(homes, tmp_path, server.url, [sealed_box(homes.lv)]) as on,
    ):
        await on.send(on.issue()[0])
        inside, said = read_by(homes.lv, arrived(server))
    assert {"DECRYPTION_OKAY", "GOODSIG"} <= set(said)
    read = email.message_from_bytes(inside, policy=email.policy.default)
    assert read["Subject"] == f"[TLP:AMBER+STRICT] {INCIDENT}-n1-lv: {TITLE}"


async def test_point_11_no_clear_header_holds_more_than_label_and_ids(
    homes: Homes, tmp_path: Path
) -> None:
    async with (
        mail_server() as server,
        hub(homes, tmp_path, server.url, [sealed_box(homes.lv)]) as on,
    ):
        await on.send(on.issue()[0])
        message = arrived(server)
    assert message["Subject"] == f"[TLP:AMBER+STRICT] {INCIDENT}-n1-lv"
    clear = message.as_string().split("-----BEGIN PGP MESSAGE-----")[0]
    for secret in ("DDoS", "bank", "flood", "CERT-EE", "/n/", "S2"):
        assert secret not in clear


async def refused(on: Stage, server: MailServer) -> tuple[PermanentError, dict[str, Any]]:
    """The error of a sending that must not leave, and the alarms that are open then."""
    with pytest.raises(PermanentError) as caught:
        await on.send(on.issue()[0])
    assert server.messages == []
    alarms = on.tocsin.dispatcher.read("incident", INCIDENT).alarms
    return caught.value, {subject: alarm.text for subject, alarm in alarms.items()}


async def test_point_12_a_revoked_key_is_not_mailed_to_and_alarms(
    homes: Homes, own_folder: Path, tmp_path: Path
) -> None:
    partner = make(own_folder, "si")
    revocation = revocation_of(partner.keyring)
    assert revocation is not None
    partner.keyring.gpg.import_keys(revocation.read_text().replace(":-----", "-----"))
    (own_folder / "si.asc").write_text(public_hub_key(partner.keyring))
    box = [sealed_box(partner)]
    async with mail_server() as server, hub(homes, tmp_path, server.url, box, own_folder) as on:
        error, alarms = await refused(on, server)
    assert f"{partner.fingerprint} was revoked" in str(error)
    assert "was not sent" in alarms["key:lv"]


async def test_point_12_an_expired_key_is_not_mailed_to_and_alarms(
    homes: Homes, own_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    partner = make(own_folder, "si", years=1)
    box = [sealed_box(partner)]
    async with mail_server() as server, hub(homes, tmp_path, server.url, box, own_folder) as on:
        gpg = on.tocsin.keyring.gpg
        later = int(on.clock.now().timestamp()) + 400 * 86_400
        monkeypatch.setattr(gpg, "options", [*gpg.options, "--faked-system-time", f"{later}!"])
        error, alarms = await refused(on, server)
    assert "has expired; nothing was sent" in str(error)
    assert "by phone" in error.fallback
    assert "key:lv" in alarms


@pytest.mark.parametrize("file", ["mallory.asc", "absent.asc"])
async def test_point_12_a_missing_or_another_key_is_not_mailed_to_and_alarms(
    homes: Homes, tmp_path: Path, file: str
) -> None:
    box = [sealed_box(homes.lv, key=file)]
    async with mail_server() as server, hub(homes, tmp_path, server.url, box) as on:
        error, alarms = await refused(on, server)
    assert isinstance(error, KeyTrouble)
    assert file in str(error)
    assert "key:lv" in alarms


async def test_point_12_without_a_hub_key_nothing_leaves_in_plain_even_at_green(
    homes: Homes, own_folder: Path, tmp_path: Path
) -> None:
    async with (
        mail_server() as server,
        stage(
            tmp_path, [member("lv", [sealed_box(homes.lv)])], smtp_url=server.url,
            gnupg_home=own_folder / "empty", coalition=homes.base / "coalition.yaml",
        ) as on,
    ):  # fmt: skip
        error, alarms = await refused(on, server)
    assert "tocsin keys init" in error.fallback
    assert "key:lv" in alarms


async def test_point_13_one_message_for_each_recipient_and_no_copies(
    homes: Homes, tmp_path: Path
) -> None:
    async with (
        mail_server() as server,
        hub(homes, tmp_path, server.url, [sealed_box(homes.lv)]) as on,
    ):
        await on.send(on.issue()[0])
        (envelope,) = server.messages
        message = arrived(server)
    assert envelope.rcpt_tos == ["cert@cert.lv.example"]
    assert [one.addr_spec for one in message["To"].addresses] == envelope.rcpt_tos
    assert (message["Cc"], message["Bcc"]) == (None, None)


async def test_point_14_the_mail_says_that_a_machine_sent_it(homes: Homes, tmp_path: Path) -> None:
    async with (
        mail_server() as server,
        hub(homes, tmp_path, server.url, [sealed_box(homes.lv)]) as on,
    ):
        await on.send(on.issue()[0])
        assert arrived(server)["Auto-Submitted"] == "auto-generated"


async def test_point_16_a_retry_repeats_the_message_id_and_hangs_on_the_incident(
    homes: Homes, tmp_path: Path
) -> None:
    async with (
        mail_server() as server,
        hub(homes, tmp_path, server.url, [sealed_box(homes.lv)]) as on,
    ):
        (claim,) = on.issue()
        await on.send(claim)
        first = arrived(server)
        server.messages.clear()
        await on.send(claim._replace(attempt=2))
        again = arrived(server)
    assert first["Message-ID"] == again["Message-ID"] == f"<{INCIDENT}-n1-lv-1@tocsin.example>"
    assert first["References"].split()[0] == f"<{INCIDENT}@tocsin.example>"


async def test_after_a_crash_in_the_middle_a_sealed_mail_is_in_doubt_and_not_repeated(
    homes: Homes, tmp_path: Path
) -> None:
    async with (
        mail_server() as server,
        hub(homes, tmp_path, server.url, [sealed_box(homes.lv)]) as on,
    ):
        (claim,) = on.issue()
        receipt = await on.send(claim._replace(in_doubt=True, attempt=2))
        assert receipt["stage"] == "in_doubt"
        assert server.conversations == 0


async def test_red_goes_to_a_named_person_sealed_to_their_own_key(
    homes: Homes, tmp_path: Path
) -> None:
    inga = {
        "id": "lv-inga", "name": "Inga Ozola", "email": "inga@cert.lv.example",
        "roles": ["operator"], "openpgp": homes.inga.fingerprint, "key": "inga.asc",
    }  # fmt: skip
    to_her = {
        "kind": "email", "to": "inga@cert.lv.example", "delegate": "lv-inga", "ceiling": "TLP:RED",
    }  # fmt: skip
    boxes = [sealed_box(homes.lv), to_her]
    async with (
        mail_server() as server,
        hub(homes, tmp_path, server.url, boxes, delegates=[inga]) as on,
    ):
        (claim,) = on.issue(tlp="TLP:RED")
        assert claim.payload["channel"] == 1, "the role mailbox is not tried"
        await on.send(claim)
        message = arrived(server)
    assert [one.addr_spec for one in message["To"].addresses] == ["inga@cert.lv.example"]
    assert {"DECRYPTION_OKAY", "GOODSIG"} <= set(read_by(homes.inga, message)[1])
    assert "DECRYPTION_OKAY" not in read_by(homes.lv, message)[1]


async def test_a_label_above_green_is_never_mailed_in_plain_whatever_the_gate_says(
    homes: Homes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.channels.email.channel.key_of", lambda member, channel: None)
    async with (
        mail_server() as server,
        hub(homes, tmp_path, server.url, [sealed_box(homes.lv)]) as on,
    ):
        on.tell(IssueNotice, ALICE, kind="alert", to=("lv",), text="x")
        with pytest.raises(PermanentError, match="never mailed without a key"):
            await on.send(on.claims()[0])
        assert server.messages == []
