"""Mails as partners' programs make them: sealed, signed, inline, automatic, returned."""

from __future__ import annotations

from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from typing import Any

from tests.notices.stage import INCIDENT
from tests.openpgp.homes import Home, Homes

NOTICE = f"{INCIDENT}-n1-lv"
SENDING = f"<{NOTICE}-1@tocsin.example>"
QUOTE = f"""\
On Sat, 21 Nov 2026 at 10:00, Baltic Shield (Tocsin)
<tocsin@tocsin.example> wrote:
> Notice    {NOTICE}
> WHAT WE ASK
> accept: We accept.
"""


def reply(text: str, *, to: str = SENDING, sender: str = "cert@cert.lv.example") -> EmailMessage:
    """A plain reply with the headers that every mail program sets."""
    message = EmailMessage(policy=SMTP)
    message["From"] = f"CERT-LV <{sender}>"
    message["To"] = "tocsin@tocsin.example"
    message["Subject"] = f"Re: [TLP:GREEN] {NOTICE}"
    message["Message-ID"] = "<reply-1@cert.lv.example>"
    if to:
        message["In-Reply-To"] = to
        message["References"] = to
    message.set_content(text)
    return message


def without_a_trace(message: EmailMessage) -> EmailMessage:
    """The same mail without anything in its clear headers that says what it answers."""
    for name in ("In-Reply-To", "References", "Subject"):
        del message[name]
    message["Subject"] = "..."
    return message


def sealed(
    homes: Homes, by: Home, message: EmailMessage, *, sign: bool = True, more: tuple[str, ...] = ()
) -> bytes:
    """PGP/MIME: the body of `message`, signed (if asked) and encrypted to the hub."""
    inside = MIMEPart(policy=SMTP)
    inside.set_content(message.get_content())
    signing = ["--sign", "--local-user", by.fingerprint] if sign else []
    gpg, to = by.keyring.gpg, [homes.hub.fingerprint]
    armoured = gpg.encrypt(inside.as_bytes(), to, extra_args=[*signing, *more]).data
    return _multipart(message, "encrypted", "application/pgp-encrypted", [
        _part(b"Version: 1\r\n", "pgp-encrypted"), _part(armoured, "octet-stream"),
    ])  # fmt: skip


def signed(by: Home, message: EmailMessage) -> bytes:
    """PGP/MIME, signed and readable by all."""
    inside = MIMEPart(policy=SMTP)
    inside.set_content(message.get_content())
    bare = inside.as_bytes().removesuffix(b"\r\n")
    made = by.keyring.gpg.sign(bare, keyid=by.fingerprint, detach=True).data
    head = _headers(message) + (
        b'Content-Type: multipart/signed; micalg="pgp-sha512";\r\n'
        b' protocol="application/pgp-signature"; boundary="b1"\r\n\r\n'
    )
    return b"\r\n".join([
        head + b"--b1", bare,
        b"--b1", b"Content-Type: application/pgp-signature\r\n", made,
        b"--b1--", b"",
    ])  # fmt: skip


def inline(by: Home, message: EmailMessage) -> bytes:
    """The old way: a signed block as the text."""
    text = message.get_content().encode()
    block = by.keyring.gpg.sign(text, keyid=by.fingerprint, clearsign=True).data
    message.set_content(block.decode())
    return message.as_bytes()


def automatic(**headers: str) -> bytes:
    message = reply("I am away until Monday.")
    for name, value in (headers or {"Auto-Submitted": "auto-replied"}).items():
        message[name.replace("_", "-")] = value
    return message.as_bytes()


def returned(original: bytes, *, action: str = "failed", headers_alone: bool = False) -> bytes:
    """What a mail server says of a mail that it could not deliver (RFC 3464)."""
    head = original.split(b"\r\n\r\n", 1)[0] + b"\r\n\r\n"
    quoted = (
        b"Content-Type: text/rfc822-headers\r\n\r\n" + head
        if headers_alone
        else b"Content-Type: message/rfc822\r\n\r\n" + original
    )
    return b"\r\n".join([
        b"From: MAILER-DAEMON@mx.lv.example", b"To: tocsin@tocsin.example",
        b"Subject: Undelivered Mail Returned to Sender", b"Auto-Submitted: auto-replied",
        b"Message-ID: <bounce-1@mx.lv.example>",
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="r"', b"",
        b"--r", b"Content-Type: text/plain", b"", b"It could not be delivered.", b"--r",
        b"Content-Type: message/delivery-status", b"", b"Reporting-MTA: dns; mx.lv.example", b"",
        b"Final-Recipient: rfc822; cert@cert.lv.example", b"Action: " + action.encode(),
        b"Status: 5.1.1", b"Diagnostic-Code: smtp; 550 no such user", b"", b"--r", quoted, b"--r--",
        b"",
    ])  # fmt: skip


def _part(data: bytes, subtype: str) -> MIMEPart[Any]:
    part = MIMEPart(policy=SMTP)
    part.set_content(data, "application", subtype, cte="7bit")
    return part


def _headers(message: EmailMessage) -> bytes:
    kept = [(n, v) for n, v in message.items() if not n.lower().startswith(("content-", "mime-"))]
    return (
        "".join(f"{name}: {value}\r\n" for name, value in kept).encode() + b"MIME-Version: 1.0\r\n"
    )


def _multipart(
    message: EmailMessage, subtype: str, protocol: str, parts: list[MIMEPart[Any]]
) -> bytes:
    body = b"".join(b"--b2\r\n" + part.as_bytes() + b"\r\n" for part in parts)
    kind = f'Content-Type: multipart/{subtype}; protocol="{protocol}"; boundary="b2"\r\n\r\n'
    return _headers(message) + kind.encode() + body + b"--b2--\r\n"
