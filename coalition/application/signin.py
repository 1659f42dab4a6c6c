"""One-time links into the board: sent in Slack, good for ten minutes, good once.

The store keeps the hash of a token only, so that reading Redis does not sign anybody in. Looking
at a link (mail and chat scanners do) leaves it good; only `redeem` burns it.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from typing import TYPE_CHECKING, NamedTuple, Protocol

from coalition.domain.errors import NotAllowed, NotFound

if TYPE_CHECKING:
    from coalition.domain.members import Coalition, Delegate, Member

LINK_SECONDS = 600
LINK_PATH = "/board/signin/"

_TOKEN_BYTES = 32
_INSIDE = re.compile(r"/board(/[A-Za-z0-9-]+){0,2}")


class SigninLinks(Protocol):
    """Short-lived values by the hash of a token. Twin for tests: adapters/memory_signin.py."""

    def put(self, key: str, value: bytes, seconds: int) -> None:
        """Keep `value` for that many seconds."""
        ...

    def peek(self, key: str) -> bytes | None:
        """Return the value and leave it; None when unknown, used or too old."""
        ...

    def take(self, key: str) -> bytes | None:
        """Return the value and remove it in one step: of two takers one gets it."""
        ...


class Desk(Protocol):
    """What issuing and redeeming need of the assembled Tocsin."""

    @property
    def coalition(self) -> Coalition:
        """The coalition file in force."""
        ...

    @property
    def signin_links(self) -> SigninLinks:
        """Where issued links are remembered."""
        ...


class Ticket(NamedTuple):
    """Whom a link signs in, and which page of the board they wanted to see."""

    delegate: str
    page: str


def issue(tocsin: Desk, delegate_id: str, *, page: str = "/board") -> str:
    """Return the path of a new link (`/board/signin/<token>`), to be put behind the public URL.

    Raises:
        NotFound: there is no such delegate.
        NotAllowed: the delegate's member does not take part.
    """
    active_delegate(tocsin.coalition, delegate_id)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    wanted = page if _INSIDE.fullmatch(page) else "/board"
    body = json.dumps({"delegate": delegate_id, "page": wanted}).encode()
    tocsin.signin_links.put(_key(token), body, LINK_SECONDS)
    return LINK_PATH + token


def look_up(tocsin: Desk, token: str) -> Ticket | None:
    """Return whom the link would sign in, and leave it good; None when it is good no more."""
    return _ticket(tocsin, tocsin.signin_links.peek(_key(token)))


def redeem(tocsin: Desk, token: str) -> Ticket | None:
    """Burn the link and return whom it signs in; None when it is good no more."""
    return _ticket(tocsin, tocsin.signin_links.take(_key(token)))


def active_delegate(coalition: Coalition, delegate_id: str) -> tuple[Member, Delegate]:
    """Return the delegate and their member, both taking part now.

    Raises:
        NotFound: there is no such delegate in the coalition file in force.
        NotAllowed: the member is suspended, has left, or is not yet active.
    """
    member, delegate = coalition.delegate(delegate_id)
    if not member.active:
        raise NotAllowed(
            f"{member.name} is {member.status}, so its delegates cannot sign in.",
            "Ask the coalition's operator.",
        )
    return member, delegate


def _ticket(tocsin: Desk, body: bytes | None) -> Ticket | None:
    if body is None:
        return None
    ticket = Ticket(**json.loads(body))
    try:
        active_delegate(tocsin.coalition, ticket.delegate)
    except (NotFound, NotAllowed):
        return None
    return ticket


def _key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
