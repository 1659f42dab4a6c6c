"""Who is looking: a signed cookie, good for twelve hours, bound to one delegate.

It holds the delegate's id and nothing else. Whether that delegate takes part is asked of the
coalition file at every request, so removing somebody from the file ends their session.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

from itsdangerous import BadData, URLSafeTimedSerializer

from coalition.application.signin import active_delegate
from coalition.domain.errors import NotAllowed, NotFound

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from coalition.domain.members import Coalition, Delegate, Member

SESSION_SECONDS = 12 * 3600


class Viewer(NamedTuple):
    """The delegate who is signed in, and the member they act for."""

    member: Member
    delegate: Delegate


class Sessions:
    """Reads and writes the cookie. Exercise and live do not accept each other's."""

    def __init__(self, secret_key: str, *, exercise: bool, https: bool) -> None:
        world = "exercise" if exercise else "live"
        self._serializer = URLSafeTimedSerializer(
            secret_key,
            salt=f"tocsin.session.{world}.v1",
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )
        self._https = https
        # `__Host-` makes browsers refuse a cookie that a neighbouring host or port has set.
        self._name = f"{'__Host-' if https else ''}tocsin_{world}"

    def viewer(self, request: Request, coalition: Coalition) -> Viewer | None:
        """Return who is signed in, or None; never raises for anything a browser can send."""
        try:
            found: Any = self._serializer.loads(
                request.cookies.get(self._name, ""), max_age=SESSION_SECONDS
            )
            return Viewer(*active_delegate(coalition, str(found)))
        except (BadData, NotFound, NotAllowed):
            return None

    def start(self, response: Response, delegate: str) -> None:
        """Sign this browser in."""
        response.set_cookie(
            self._name,
            str(self._serializer.dumps(delegate)),
            max_age=SESSION_SECONDS,
            httponly=True,
            samesite="lax",
            secure=self._https,
        )

    def end(self, response: Response) -> None:
        """Sign this browser out."""
        response.delete_cookie(self._name, httponly=True, samesite="lax", secure=self._https)
