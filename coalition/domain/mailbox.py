"""The address of the mailbox that answers come to: `imaps://user:password@host/INBOX?every=30`."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

EVERY_SECONDS = 30
_OPTIONS = {"every", "starttls"}


class MailboxAddress(NamedTuple):
    """What it says. Not over TLS from the first byte: STARTTLS is required, unless `plain`."""

    host: str
    port: int
    over_tls: bool
    plain: bool  # ?starttls=never: for a server on this machine
    user: str
    password: str
    folder: str
    every: int  # seconds between two looks

    def __repr__(self) -> str:
        return f"<MailboxAddress {self.host}:{self.port}/{self.folder}>"  # never the password


def parse_mailbox(url: str) -> MailboxAddress:
    """The parts of TOCSIN_IMAP_URL.

    Raises:
        ValueError: naming the part that is wrong, never the whole (it holds the password).
    """
    parts = urlsplit(url)
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if unknown := sorted(asked.keys() - _OPTIONS):
        raise ValueError(f"{unknown[0]!r} is not an option; there are every and starttls")
    every = asked.get("every", str(EVERY_SECONDS))
    if not (every.isascii() and every.isdigit() and 1 <= int(every[:9]) <= 3600):  # noqa: PLR2004
        raise ValueError(f"every is {every[:20]!r}; it is a number of seconds from 1 to 3600")
    if asked.get("starttls", "required") not in {"required", "never"}:
        raise ValueError("starttls is required or never")
    if not parts.hostname or not parts.username or not parts.password:
        raise ValueError("host, user and password are needed")
    over_tls = parts.scheme == "imaps"
    return MailboxAddress(
        host=parts.hostname,
        port=parts.port or (993 if over_tls else 143),
        over_tls=over_tls,
        plain=asked.get("starttls") == "never",
        user=unquote(parts.username),
        password=unquote(parts.password),
        folder=unquote(parts.path.strip("/")) or "INBOX",
        every=int(every),
    )
