"""What `tocsin doctor` looks at where mail is concerned: the way out, the keys, the way in."""

from __future__ import annotations

import imaplib
import os
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from coalition.adapters.coalition_file import load_coalition
from coalition.adapters.gnupg_calls import INSTALL, installed
from coalition.adapters.key_findings import key_findings
from coalition.adapters.openpgp import Keyring
from coalition.cli.findings import Finding
from coalition.domain.errors import ConfigError, TocsinError
from coalition.domain.keys import key_of, pinned_keys
from coalition.domain.mailbox import parse_mailbox
from coalition.domain.members import Coalition
from coalition.settings import Settings

SOON = timedelta(days=60)
PATIENCE_SECONDS = 10


def mail_out(settings: Settings) -> Iterator[Finding]:
    """Whether mail can leave."""
    if settings.smtp_url is None:
        yield Finding("note", "mail", "not sent: no mail server is set", "Set TOCSIN_SMTP_URL.")
    else:
        host = urlsplit(settings.smtp_url.get_secret_value()).netloc.rpartition("@")[2]
        yield Finding("ok", "mail", f"goes out through {host}")


def keys(settings: Settings) -> Iterator[Finding]:
    """Whether mail can be encrypted to everybody whose key is pinned, and for how long still."""
    try:
        coalition = load_coalition(settings.coalition)
    except (ConfigError, OSError):
        return  # that has been said
    pinned = sum(len(pinned_keys(member)) for member in coalition.members)
    if not pinned:
        what = "no partner has a pinned key; mail carries TLP:GREEN at most"
        yield Finding("note", "keys", what, "Give e-mail channels openpgp and key.")
        return
    if not installed():
        yield Finding("fail", "keys", "GnuPG (gpg) is not installed, so no mail leaves", INSTALL)
        return
    keyring = Keyring(settings.gnupg_home)
    if keyring.hub is None:
        what = f"the hub has no key in {settings.gnupg_home}, so no mail is encrypted"
        yield Finding("fail", "keys", what, "Make one: tocsin keys init. Then give it to partners.")
    try:
        until = datetime.now(UTC) + SOON
        found = key_findings(keyring, coalition, settings.coalition.parent, until)
    except TocsinError as error:
        yield Finding("fail", "keys", str(error), getattr(error, "fallback", ""))
        return
    for one in found:
        soon = one.what.startswith("expires ")
        remedy = (
            "tocsin keys extend, then send the key out again."
            if one.whose == "hub"
            else "Ask them for the renewed key file; the fingerprint stays the same."
            if soon
            else "Ask them by phone; until then nothing is mailed to this key."
        )
        what = f"{one.whose}: {one.fingerprint} {one.what}"
        yield Finding("warn" if soon else "fail", "keys", what, remedy)
    if keyring.hub is not None and not found:
        unsealed = _unsealed(coalition)
        what = f"hub {keyring.hub}; {pinned} pinned keys are good for {SOON.days} days or more"
        yield Finding("ok", "keys", what + (f"; mail in plain to {unsealed}" if unsealed else ""))


def _unsealed(coalition: Coalition) -> str:
    plain = [
        member.id
        for member in coalition.active
        for channel in member.channels
        if channel.kind == "email" and key_of(member, channel) is None
    ]
    return ", ".join(dict.fromkeys(plain))


def mail_in(settings: Settings) -> Iterator[Finding]:
    """Whether partners' answers by mail arrive."""
    drop = settings.mail_drop
    if drop is None and settings.imap_url is None:
        remedy = "Set TOCSIN_MAIL_DROP or TOCSIN_IMAP_URL; until then partners use the link."
        yield Finding("note", "mail in", "answers by mail are not read", remedy)
    if drop is not None:
        new = drop / "new"
        if new.is_dir() and os.access(new, os.R_OK | os.W_OK | os.X_OK):
            yield Finding("ok", "mail in", f"answers are read from {drop}")
        elif drop.exists():
            what = f"{drop} is no Maildir that we may change"
            remedy = "It needs the folders new, cur and tmp, and their files must be ours."
            yield Finding("fail", "mail in", what, remedy)
        else:
            what = f"{drop} is not there yet; a worker makes it"
            yield Finding("note", "mail in", what, "Let your mail server deliver to it (Maildir).")
    if settings.imap_url is not None:
        yield _mailbox(settings.imap_url.get_secret_value())


def _mailbox(url: str) -> Finding:
    address = parse_mailbox(url)
    where = f"{address.folder} at {address.host}"
    try:
        trusted = ssl.create_default_context()
        if address.over_tls:
            session: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                address.host, address.port, ssl_context=trusted, timeout=PATIENCE_SECONDS
            )
        else:
            session = imaplib.IMAP4(address.host, address.port, timeout=PATIENCE_SECONDS)
        with session:
            if not address.over_tls and not address.plain:
                session.starttls(trusted)
            session.login(address.user, address.password)
    except (imaplib.IMAP4.error, OSError) as error:
        what = f"{where} does not let us in ({type(error).__name__})"
        return Finding("fail", "mail in", what, "Check TOCSIN_IMAP_URL and the certificate.")
    return Finding("ok", "mail in", f"answers are read from {where} every {address.every} s")
