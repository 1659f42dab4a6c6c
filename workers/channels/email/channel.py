"""Sends a notice as one mail through our mail server; its 250 is the delivery.

Where a key is pinned for the channel the mail is signed and encrypted to it, and when that cannot
be done nothing leaves and a human is told: there is no way from here to a plain mail.

Mail has no receiver that recognises a repeat. Up to the envelope everything may be tried again;
from the moment the text leaves until the server has answered, a crash or a broken connection
leaves a question, and the answer is never a second mail: the next channel is tried instead.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, cast
from weakref import WeakKeyDictionary

import aiosmtplib
from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from coalition.application import mail_trace
from coalition.domain.errors import PermanentError, TransientError, UserError
from coalition.domain.incident.commands import RaiseAlarm
from coalition.domain.keys import key_of
from coalition.domain.labels import Tlp
from coalition.domain.messages import SYSTEM
from coalition.rendering.notices.hub import (
    MailServer,
    greeting_of,
    host_of,
    parse_mail_server,
    sender_of,
)
from coalition.rendering.notices.mail import Posting, mail
from workers.channels import Sent

if TYPE_CHECKING:
    from coalition.domain.audiences import ToChannel
    from coalition.domain.channels import EmailChannel
    from coalition.domain.gate import Cleared
    from coalition.domain.members import Member
    from coalition.rendering.notices.model import OutwardNotice, ThinNotice
    from workers.context import WorkerContext

REPEATABLE = False

TIMEOUT_SECONDS = 30.0
PLAIN = Tlp.GREEN
"""What a mail without a key may carry at most: said by the gate, and once more here."""

AT_ONCE = 32
"""Conversations with our mail server at a time; what is in flight at a crash is in doubt."""

SEALED_AT_ONCE = 4

# Threads of their own: where gpg hangs, the threads that keep our leases alive must not.
_sealers = ThreadPoolExecutor(SEALED_AT_ONCE, thread_name_prefix="gpg")
_ADD_KEY = "Add openpgp and key to the channel in the coalition file."

_places: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


async def send(
    ctx: WorkerContext,
    cleared: Cleared[OutwardNotice | ThinNotice],
    channel: EmailChannel,
    effect: str,
) -> Sent:
    """Mail the notice; returns with the mail server's 250, or in doubt when that never came.

    Raises:
        TransientError: the server is not reached or answers 4xx.
        PermanentError: it answers 5xx, cannot be trusted, or there is none.
        LeaseLost: another worker has the effect; nothing has left.
    """
    settings = ctx.tocsin.settings
    if settings.smtp_url is None:
        raise PermanentError("No mail can be sent.", fallback="Set TOCSIN_SMTP_URL and restart.")
    server = _server(settings.smtp_url.get_secret_value())
    places = _places.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))
    async with places:
        letter = await _letter(ctx, cleared, channel, _posting(ctx, server, channel, effect))
        smtp = _client(server, greeting_of(settings.public_url))
        try:
            await _envelope(smtp, server, letter.sender, channel.to)
            await ctx.hand_over()
            sent = await _text(smtp, server, letter)
            with suppress(SMTPException, OSError):
                await smtp.quit(timeout=2)
        finally:
            smtp.close()
    return sent


class Letter(NamedTuple):
    """What is to leave, and to which key it is sealed (None: it is plain)."""

    sender: str
    text: bytes
    key: str | None


def _posting(ctx: WorkerContext, server: MailServer, channel: EmailChannel, effect: str) -> Posting:
    tocsin, settings = ctx.tocsin, ctx.tocsin.settings
    return Posting(
        effect=effect,
        host=host_of(settings.public_url),
        sender=sender_of(server, settings.public_url),
        coalition=tocsin.coalition.name,
        to=channel.to,
        at=ctx.now(),
        trace=mail_trace.make(tocsin.secret_key, effect, exercise=tocsin.coalition.exercise),
        takes_answers=settings.mail_drop is not None or settings.imap_url is not None,
    )


async def _letter(
    ctx: WorkerContext,
    cleared: Cleared[OutwardNotice | ThinNotice],
    channel: EmailChannel,
    posting: Posting,
) -> Letter:
    """The mail, sealed where a key is pinned.

    Raises:
        PermanentError: it cannot be sealed; an alarm says so as well.
    """
    audience = cast("ToChannel", cleared.audience)  # what `deliver` has made sure of
    member = ctx.tocsin.coalition.member(audience.member)
    pinned = key_of(member, channel)
    if pinned is None:
        if cleared.tlp > PLAIN:
            raise PermanentError(f"{cleared.tlp} is never mailed without a key.", fallback=_ADD_KEY)
        return Letter(posting.sender, mail(cleared.content, posting), None)
    keyring, base = ctx.tocsin.keyring, ctx.tocsin.settings.coalition.parent

    def sealed() -> bytes:
        return mail(
            cleared.content,
            posting,
            seal=lambda inside: keyring.sign_and_encrypt(inside, pinned, base),
        )

    try:
        text = await asyncio.get_running_loop().run_in_executor(_sealers, sealed)
    except PermanentError as error:
        await _raise_alarm(ctx, cleared.content, member, channel, error)
        raise
    return Letter(posting.sender, text, pinned.fingerprint)


async def _raise_alarm(
    ctx: WorkerContext,
    notice: OutwardNotice | ThinNotice,
    member: Member,
    channel: EmailChannel,
    error: PermanentError,
) -> None:
    """The next channel is tried by itself, but a key that fails once fails for every notice."""
    alarm = RaiseAlarm(
        id=f"key-{notice.notice_id}-{notice.attempt}",
        at=ctx.now(),
        actor=SYSTEM,
        incident=notice.incident_id,
        subject=f"key:{member.id}",
        text=f"Mail to {member.name} ({channel.to}) was not sent, because it cannot be encrypted. "
        f"{error}",
        fallback=f"{error.fallback} Meanwhile phone {member.name}: {member.duty_phone}.".strip(),
    )
    with suppress(UserError):  # the incident is over: the receipt says it as well
        await ctx.execute(alarm)


@lru_cache(maxsize=8)
def _server(url: str) -> MailServer:
    try:
        return parse_mail_server(url)
    except ValueError as error:
        remedy = "Write it like smtp://user:password@host:587/?starttls=required and restart."
        raise PermanentError(f"TOCSIN_SMTP_URL: {error}.", fallback=remedy) from None


def _client(server: MailServer, greeting: str) -> SMTP:
    return SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.over_tls,
        start_tls=server.starttls,
        # Whoever could forge a certificate could also hide the offer of STARTTLS, so where it is
        # merely taken when offered, refusing a certificate would gain nothing but lost mail.
        validate_certs=server.over_tls or server.starttls is True,
        username=server.user or None,
        password=server.password or None,
        local_hostname=greeting,
        timeout=TIMEOUT_SECONDS,
    )


async def _envelope(smtp: SMTP, server: MailServer, sender: str, to: str) -> None:
    """Everything that may be repeated: connection, TLS, login, sender and recipient."""
    try:
        await smtp.connect()
        await smtp.mail(sender)
        await smtp.rcpt(to)
    except SMTPResponseException as error:
        _refused(error, server)
    except (SMTPException, OSError) as error:
        if isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError):
            raise PermanentError(
                f"{server.host} offers no TLS connection that can be trusted.",
                fallback="Renew the mail server's certificate.",
            ) from error
        if type(error) is SMTPException:  # what was asked for is not offered: STARTTLS, AUTH
            remedy = "Change TOCSIN_SMTP_URL or the mail server."
            raise PermanentError(f"{server.host}: {_one_line(error)}.", fallback=remedy) from error
        what = type(error).__name__
        raise TransientError(f"{server.host}:{server.port} was not reached ({what}).") from error


async def _text(smtp: SMTP, server: MailServer, letter: Letter) -> Sent:
    """The part that may not be repeated."""
    evidence: dict[str, Any] = {"server": server.host}
    if smtp.get_transport_info("sslcontext") is not None:
        evidence["tls"] = True
    if letter.key is not None:
        evidence["encrypted_to"] = letter.key
    try:
        reply = await smtp.data(letter.text)
    except SMTPResponseException as error:
        if error.code // 100 in {4, 5}:
            _refused(error, server)
        return Sent("in_doubt", {**evidence, "reply": _reply(error.code, error.message)})
    except (SMTPException, OSError) as error:
        lost = f"no answer after the text had left ({type(error).__name__})"
        return Sent("in_doubt", {**evidence, "reply": lost})
    return Sent("delivered", {**evidence, "reply": _reply(reply.code, reply.message)})


def _refused(error: SMTPResponseException, server: MailServer) -> NoReturn:
    said = f"{server.host} answered {_reply(error.code, error.message)}"
    if error.code // 100 == 5:  # noqa: PLR2004 - the 5xx class
        if isinstance(error, aiosmtplib.SMTPAuthenticationError):
            remedy = "Mend user and password in TOCSIN_SMTP_URL."
        else:
            remedy = "Check the partner's mail address in the coalition file."
        raise PermanentError(said, fallback=remedy) from error
    raise TransientError(said) from error


def _reply(code: int, text: str) -> str:
    """`250 2.0.0 stored`: one short line, without links (a filter may quote the answer link)."""
    return f"{code} {_one_line(text)}"


def _one_line(text: object) -> str:
    line = " ".join(str(text).split())
    return re.sub(r"\S*(?:://|/n/)\S*", "(link)", line)[:200]
