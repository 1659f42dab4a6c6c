"""How partners see the hub: its host, its address on the web, its mail address."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from coalition.domain.notice.unknown import UNKNOWN
from coalition.rendering.notices.build import Hub

if TYPE_CHECKING:
    from collections.abc import Mapping


class MailServer(NamedTuple):
    """What a mail server's address says: `smtp://user:password@host:587/?starttls=required`."""

    host: str
    port: int
    over_tls: bool  # smtps://: TLS from the first byte
    starttls: bool | None  # True: required; None: when offered; False: never
    user: str
    password: str
    sender: str  # ?from=…; empty: made from the hub's host

    def __repr__(self) -> str:
        return f"<MailServer {self.host}:{self.port}>"  # never the password


STARTTLS: Mapping[str, bool | None] = {"required": True, "offered": None, "never": False}


def parse_mail_server(url: str) -> MailServer:
    """The parts of TOCSIN_SMTP_URL.

    A password goes only to a server that proves who it is: with one, STARTTLS is required unless
    the address says otherwise.

    Raises:
        ValueError: naming the part that is wrong, never the whole (it holds the password).
    """
    parts = urlsplit(url)
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if unknown := sorted(asked.keys() - {"starttls", "from"}):
        raise ValueError(f"{unknown[0]!r} is not an option; there are starttls and from")
    over_tls = parts.scheme == "smtps"
    word = asked.get("starttls", "required" if parts.username else "offered")
    if word not in STARTTLS:
        raise ValueError(f"starttls is {word[:20]!r}; it is one of {', '.join(STARTTLS)}")
    if not parts.hostname:
        raise ValueError("there is no host")
    return MailServer(
        host=parts.hostname,
        port=parts.port or (465 if over_tls else 587 if parts.username else 25),
        over_tls=over_tls,
        starttls=False if over_tls else STARTTLS[word],
        user=_unquoted(parts.username),
        password=_unquoted(parts.password),
        sender=asked.get("from", ""),
    )


def _unquoted(text: str | None) -> str:
    return unquote(text or "")


def host_of(public_url: str) -> str:
    """The hub's host name, right of the @ in message ids; `localhost` for an IPv6 address."""
    host = urlsplit(public_url).hostname or "localhost"
    return "localhost" if ":" in host else host


def greeting_of(public_url: str) -> str:
    """What the hub calls itself to mail servers: its host name, an address in brackets."""
    host = host_of(public_url)
    try:
        ip_address(host)
    except ValueError:
        return host
    return f"[{host}]"


def sender_of(server: MailServer, public_url: str) -> str:
    """The address that mail comes from."""
    return server.sender or f"tocsin@{host_of(public_url)}"


def hub_of(public_url: str, smtp_url: str | None, fingerprint: str | None = None) -> Hub:
    """The hub as notices name it; without a mail server (or a usable one) it has no address.

    `fingerprint` is that of its OpenPGP key, where it has one.
    """
    try:
        mail = sender_of(parse_mail_server(smtp_url), public_url) if smtp_url else ""
    except ValueError:
        mail = ""
    return Hub(url=public_url, mail=mail, fingerprint=fingerprint or UNKNOWN)
