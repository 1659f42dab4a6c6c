"""A mailbox at a mail server (IMAP). What was seen to keeps a keyword there; nothing is deleted."""

from __future__ import annotations

import imaplib
import re
import ssl
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from coalition.domain.errors import TransientError
from workers.inbound.mime import LARGEST_MAIL, NotAMail

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coalition.domain.mailbox import MailboxAddress

TIMEOUT_SECONDS = 30.0
AT_A_TIME = 50
KEYWORD = "TocsinSeen"

_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


@contextmanager
def _said(what: str) -> Iterator[None]:
    """Whatever goes wrong at the server passes, and is worth no more than a line in the log."""
    try:
        yield
    except (imaplib.IMAP4.error, OSError, ssl.SSLError) as error:
        raise TransientError(f"{what} ({type(error).__name__})") from error


class Kept:
    """A message of the mailbox, by its UID."""

    def __init__(self, mailbox: Mailbox, session: imaplib.IMAP4, uid: str, mark: str) -> None:
        self._mailbox = mailbox
        self._session = session
        self._uid = uid
        self._mark = mark

    def read(self) -> bytes | None:
        """Its bytes; its size is asked first. None: it has been moved meanwhile."""
        with _said("the mailbox did not give a mail"):
            _, told = self._session.uid("FETCH", self._uid, "(RFC822.SIZE)")
            found = _SIZE.search(b" ".join(one for one in told if isinstance(one, bytes)))
            if found and int(found[1]) > LARGEST_MAIL:
                raise NotAMail(f"it has {int(found[1]) // 1_000_000} MB")
            _, parts = self._session.uid("FETCH", self._uid, "(BODY.PEEK[])")
        held = next((part[1] for part in parts if isinstance(part, tuple)), None)
        return held if isinstance(held, bytes) else None

    def set_aside(self, *, trouble: bool) -> None:
        """Flag it as seen, with our keyword, and as one to look at where it is."""
        self._mailbox.handled.add(self._uid)
        flags = " ".join([self._mark, *(["\\Flagged"] if trouble else []), "\\Seen"]).strip()
        with _said("the mailbox did not take a flag"):
            self._session.uid("STORE", self._uid, "+FLAGS", f"({flags})")


class Mailbox:
    """Implements `Source`. Connects for each look: one that is kept for hours dies unseen."""

    def __init__(self, address: MailboxAddress) -> None:
        self.every = float(address.every)
        self.handled: set[str] = set()  # where the server keeps no flag, this process knows
        self._address = address
        self._validity = b""

    def waiting(self) -> Iterator[Kept]:
        """The messages without our keyword; the unread ones, where the server takes no keywords."""
        with self._session() as session:
            with _said("the mailbox cannot be opened"):
                folder = '"' + self._address.folder.replace("\\", "").replace('"', "") + '"'
                state, _ = session.select(folder)
                if state != "OK":
                    raise TransientError(f"there is no folder {self._address.folder}")
                mark = self._mark(session)
                wanted = ("UNKEYWORD", KEYWORD) if mark == KEYWORD else ("UNSEEN",)
                _, found = session.uid("SEARCH", *wanted)
            uids = [uid.decode() for uid in (found[0] or b"").split()] if found else []
            new = [uid for uid in uids if uid not in self.handled]
            for uid in new[:AT_A_TIME]:
                yield Kept(self, session, uid, mark)

    def _mark(self, session: imaplib.IMAP4) -> str:
        _, validity = session.response("UIDVALIDITY")
        if validity and validity[0] != self._validity:
            self._validity = validity[0] or b""
            self.handled.clear()
        _, flags = session.response("PERMANENTFLAGS")
        allowed = b" ".join(one for one in flags or () if isinstance(one, bytes))
        return KEYWORD if b"\\*" in allowed or KEYWORD.encode() in allowed else ""

    @contextmanager
    def _session(self) -> Iterator[imaplib.IMAP4]:
        address = self._address
        with _said(f"the mailbox at {address.host} cannot be reached"):
            trusted = ssl.create_default_context()
            if address.over_tls:
                session: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                    address.host, address.port, ssl_context=trusted, timeout=TIMEOUT_SECONDS
                )
            else:
                session = imaplib.IMAP4(address.host, address.port, timeout=TIMEOUT_SECONDS)
        try:
            with _said(f"{address.host} does not let us in"):
                if not address.over_tls and not address.plain:
                    session.starttls(trusted)
                session.login(address.user, address.password)
            yield session
        finally:
            with suppress(imaplib.IMAP4.error, OSError):
                session.logout()
