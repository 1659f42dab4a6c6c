"""The partners' mail server: one SMTP listener for every address of the seed."""

import asyncio
import email
import email.policy
import socket
from email.message import EmailMessage
from hashlib import sha256
from typing import NamedTuple

from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.partners.openpgp import GpgError, sealed_part
from sandbox.partners.people import People
from sandbox.partners.reading import read_mail
from sandbox.partners.records import Reading, Signature
from sandbox.partners.world import PartnerWorld

MESSAGE_LIMIT_BYTES = 10_000_000


class Read(NamedTuple):
    """A mail as its partner read it."""

    reading: Reading
    signature: Signature = "none"
    problem: str = ""


class MailHandler:
    """The SMTP conversation's decisions: who exists, who is refused, what is kept."""

    def __init__(self, world: PartnerWorld, people: People) -> None:
        self._world = world
        self._people = people

    async def handle_RCPT(  # noqa: N802 - aiosmtpd finds its hooks by these names
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """250 for a partner's address; 550 for an unknown one; else as the partner is told."""
        partner_id = self._world.partner_of_mailbox(address)
        if partner_id is None:
            return "550 5.1.1 no such mailbox here"
        mode = self._world.behaviour(partner_id).mail.mode
        if mode == "refuse":
            return "550 5.7.1 refused (as configured)"
        if mode == "tempfail":
            return "451 4.3.0 try again later (as configured)"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - as above
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Store the message for each recipient; the 250 comes after the slowest one's delay."""
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        partner_ids = {self._world.partner_of_mailbox(address) for address in envelope.rcpt_tos}
        delays = [0.0]
        for partner_id in sorted(filter(None, partner_ids)):
            await self._keep(partner_id, raw, envelope)
            delays.append(self._world.behaviour(partner_id).mail.delay_seconds)
        if any(delays):
            await asyncio.sleep(max(delays))
        return "250 2.0.0 stored"

    async def _keep(self, partner_id: str, raw: bytes, envelope: Envelope) -> None:
        message: EmailMessage = email.message_from_bytes(raw, policy=email.policy.default)
        headers = {name: str(value) for name, value in message.items()}
        read = await asyncio.to_thread(self._read, partner_id, message)
        delivery = self._world.record(
            partner_id,
            "mail",
            headers.get("Message-ID", "").strip() or f"sha256:{sha256(raw).hexdigest()}",
            reading=read.reading,
            raw=raw.decode("utf-8", "replace"),
            headers=headers | {"(envelope from)": envelope.mail_from or ""},
            status=250,
            signature=read.signature,
        )
        delivery.problem = read.problem
        if "Message-ID" not in message:
            delivery.problem = "no Message-ID: told from others only by its exact bytes"
        if self._world.accept(delivery):
            self._people.arrived(delivery)

    def _read(self, partner_id: str, message: EmailMessage) -> Read:
        """What the partner can make of it: the inside, where it has the key to a sealed one."""
        armoured, keys = sealed_part(message), self._world.keys(partner_id)
        if armoured is None or keys is None:
            return Read(read_mail(message))
        try:
            opened = keys.open(armoured)
        except GpgError as error:
            return Read(read_mail(message), problem=f"it cannot be decrypted: {error}")
        inside: EmailMessage = email.message_from_bytes(opened.data, policy=email.policy.default)
        problem = "" if opened.signature == "valid" else "the hub's signature is not good"
        return Read(read_mail(inside), opened.signature, problem)


class MailServer:
    """The listener's life. Its port is taken at once, so `address` is known before it starts."""

    def __init__(self, handler: MailHandler, host: str, port: int) -> None:
        """Take the port (0: any free one).

        Raises:
            OSError: the port is taken.
        """
        self._handler = handler
        self._socket = socket.create_server((host, port))
        self.address: tuple[str, int] = self._socket.getsockname()[:2]
        self._server: asyncio.Server | None = None
        self._open: list[SMTP] = []

    async def start(self) -> None:
        """Answer those who connect, and those who did already."""
        self._server = await asyncio.get_running_loop().create_server(
            self._conversation, sock=self._socket
        )

    def _conversation(self) -> SMTP:
        self._open = [smtp for smtp in self._open if _is_open(smtp)]
        smtp = SMTP(
            self._handler,
            loop=asyncio.get_running_loop(),
            hostname="partners.sandbox",
            ident="Tocsin sandbox",
            enable_SMTPUTF8=True,
            data_size_limit=MESSAGE_LIMIT_BYTES,
        )
        self._open.append(smtp)
        return smtp

    async def stop(self) -> None:
        """Stop listening and drop what is still talking."""
        if self._server is None:
            self._socket.close()
            return
        self._server.close()
        for smtp in self._open:
            if smtp.transport is not None:
                smtp.transport.close()
        self._open.clear()
        await self._server.wait_closed()
        self._server = None


def _is_open(smtp: SMTP) -> bool:
    return smtp.transport is None or not smtp.transport.is_closing()
