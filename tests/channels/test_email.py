"""Mail through a real SMTP server: what may be repeated, what may not, and who may read it."""

from __future__ import annotations

import email
import email.policy
import ssl
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from coalition.application.ports import Outcome
from coalition.domain.errors import PermanentError, TransientError
from coalition.domain.incident.commands import RecordReceipts, RemindRecipients
from coalition.domain.messages import SYSTEM
from coalition.domain.receipts import Receipt
from tests.notices.servers import MailServer, mail_server, raw_server
from tests.notices.stage import INCIDENT, TEXT, Stage, member, stage
from tests.notices.stage import email as mailbox
from tests.notices.test_mail import text_of
from workers.running import LeaseLost

if TYPE_CHECKING:
    import asyncio
    from contextlib import AbstractAsyncContextManager
    from email.message import EmailMessage

pytestmark = pytest.mark.anyio

CERTIFICATE = Path(__file__).parent / "certs" / "localhost.pem"
PARTNER = member("lv", [mailbox()])


def server_tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE, CERTIFICATE.with_suffix(".key"))
    return context


def hub(folder: Path, url: str) -> AbstractAsyncContextManager[Stage]:
    return stage(folder, [PARTNER], smtp_url=url, public_url="https://tocsin.example")


def arrived(server: MailServer) -> list[EmailMessage]:
    contents = [one.content for one in server.messages]
    return [
        email.message_from_bytes(content, policy=email.policy.default)
        for content in contents
        if isinstance(content, bytes)
    ]


async def test_a_mail_arrives_for_one_recipient_and_its_250_is_the_delivery(
    tmp_path: Path,
) -> None:
    async with mail_server() as server, hub(tmp_path, server.url) as on:
        receipt = await on.send(on.issue()[0])
        (message,) = arrived(server)
        assert message["Message-ID"] == f"<{INCIDENT}-n1-lv-1@tocsin.example>"
        assert TEXT.split(".", maxsplit=1)[0] in " ".join(text_of(message).split())
        assert server.messages[0].rcpt_tos == ["cert@cert.lv.example"]
        assert server.messages[0].mail_from == "tocsin@tocsin.example"
        assert receipt["stage"] == "delivered"
        assert receipt["evidence"]["reply"] == "250 2.0.0 stored as 4711"


async def test_a_reminder_says_so_and_hangs_on_the_first_mail(tmp_path: Path) -> None:
    async with mail_server() as server, hub(tmp_path, server.url) as on:
        (claim,) = on.issue()
        receipt = Receipt.model_validate({**await on.send(claim), "effect": claim.id})
        on.tell(RecordReceipts, SYSTEM, receipts=(receipt,))
        on.tell(RemindRecipients, notice=1)
        (again,) = on.claims()
        await on.send(again)
        first, second = arrived(server)
        assert "REMINDER" in text_of(second)
        assert first["Message-ID"] in second["References"]
        assert first["Message-ID"] != second["Message-ID"]


@pytest.mark.parametrize("reply", ["451 4.3.0 try again later", "421 4.3.2 shutting down"])
async def test_a_temporary_refusal_is_tried_again_with_its_words(
    tmp_path: Path, reply: str
) -> None:
    async with mail_server() as server, hub(tmp_path, server.url) as on:
        server.rcpt = reply
        (claim,) = on.issue()
        with pytest.raises(TransientError, match=reply):
            await on.send(claim)
        server.rcpt = "250 OK"
        assert (await on.send(claim))["stage"] == "delivered"
        assert len(server.messages) == 1


async def test_a_final_refusal_is_final_with_its_words(tmp_path: Path) -> None:
    async with mail_server() as server, hub(tmp_path, server.url) as on:
        server.rcpt = "550 5.1.1 no such mailbox here"
        with pytest.raises(PermanentError, match=r"127\.0\.0\.1 answered 550 5\.1\.1 no such"):
            await on.send(on.issue()[0])


async def test_a_refusal_of_the_text_itself_is_known_and_not_in_doubt(tmp_path: Path) -> None:
    async with mail_server() as server, hub(tmp_path, server.url) as on:
        server.data = "452 4.3.1 disk full"
        (claim,) = on.issue()
        with pytest.raises(TransientError, match="disk full"):
            await on.send(claim)
        server.data = "554 5.7.1 forbidden link https://tocsin.example/n/WyJJ.secret in text"
        with pytest.raises(PermanentError, match="forbidden") as caught:
            await on.send(claim)
        assert "secret" not in str(caught.value)


async def test_a_connection_lost_after_the_text_is_in_doubt_and_not_an_error_to_repeat(
    tmp_path: Path,
) -> None:
    async with mail_server() as server, hub(tmp_path, server.url) as on:
        server.drop_after_text = True
        receipt = await on.send(on.issue()[0])
        assert receipt["stage"] == "in_doubt"
        assert "no answer" in receipt["evidence"]["reply"]


async def test_after_a_crash_while_sending_nothing_is_sent_again(tmp_path: Path) -> None:
    async with mail_server() as server, hub(tmp_path, server.url) as on:
        (claim,) = on.issue()
        receipt = await on.send(claim._replace(in_doubt=True, attempt=2))
        assert receipt["stage"] == "in_doubt"
        assert server.conversations == 0


async def test_the_ledger_knows_that_the_text_was_about_to_leave(tmp_path: Path) -> None:
    async with mail_server() as server, hub(tmp_path, server.url) as on:
        (claim,) = on.issue()
        handed_over: list[int] = []
        known = on.tocsin.ledger.hand_over

        def note(token: str, effect: str) -> bool:
            assert effect == claim.id
            handed_over.append(len(server.messages))
            return known(token, effect)

        on.tocsin.ledger.hand_over = note  # type: ignore[method-assign]
        await on.send(claim)
        assert handed_over == [0]
        assert len(server.messages) == 1


async def test_without_the_lease_nothing_leaves(tmp_path: Path) -> None:
    async with mail_server() as server, hub(tmp_path, server.url) as on:
        (claim,) = on.issue()
        on.tocsin.ledger.finish("token", [Outcome(claim, "failed", {})])
        with pytest.raises(LeaseLost):
            await on.send(claim)
        assert server.messages == []


async def _hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def test_a_mail_server_that_is_not_there_is_tried_again(tmp_path: Path) -> None:
    async with raw_server(_hang_up) as port, hub(tmp_path, f"smtp://127.0.0.1:{port}") as on:
        with pytest.raises(TransientError, match="not reached"):
            await on.send(on.issue()[0])
    async with hub(tmp_path, f"smtp://127.0.0.1:{port}") as on:
        with pytest.raises(TransientError, match="not reached"):
            await on.send(on.issue()[0])


async def test_encryption_is_used_where_it_is_offered(tmp_path: Path) -> None:
    async with mail_server(server_tls()) as server, hub(tmp_path, server.url) as on:
        receipt = await on.send(on.issue()[0])
        assert server.encrypted == [True]
        assert receipt["evidence"]["tls"] is True


async def test_encryption_that_is_required_and_not_offered_is_final(tmp_path: Path) -> None:
    async with (
        mail_server() as server,
        hub(tmp_path, f"{server.url}/?starttls=required") as on,
    ):
        with pytest.raises(PermanentError, match="STARTTLS"):
            await on.send(on.issue()[0])
        assert server.messages == []


async def test_required_encryption_accepts_no_certificate_of_nobody_we_know(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with mail_server(server_tls()) as server:
        url = f"{server.url}/?starttls=required"
        async with hub(tmp_path, url) as on:
            with pytest.raises(PermanentError, match="TLS"):
                await on.send(on.issue()[0])
            assert server.messages == []
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        async with hub(tmp_path, url) as on:
            assert (await on.send(on.issue()[0]))["stage"] == "delivered"


async def test_user_and_password_go_only_to_a_server_that_proves_who_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with mail_server(server_tls(), require_login=True) as server:
        url = server.url.replace("smtp://", "smtp://hub:p%40ss%20word@")
        async with hub(tmp_path, url) as on:
            with pytest.raises(PermanentError, match="TLS"):
                await on.send(on.issue()[0])
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        async with hub(tmp_path, url) as on:
            assert (await on.send(on.issue()[0]))["stage"] == "delivered"
        async with hub(tmp_path, url.replace("p%40ss", "wrong")) as on:
            with pytest.raises(PermanentError, match="535") as caught:
                await on.send(on.issue()[0])
            assert "TOCSIN_SMTP_URL" in caught.value.fallback


async def test_without_a_mail_server_the_operator_is_told_what_to_set(tmp_path: Path) -> None:
    async with stage(tmp_path, [PARTNER]) as on:
        with pytest.raises(PermanentError) as caught:
            await on.send(on.issue()[0])
        assert "TOCSIN_SMTP_URL" in caught.value.fallback
