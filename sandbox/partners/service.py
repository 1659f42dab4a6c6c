"""The partners as one thing to start and stop, inside the event loop that serves their routes."""

from collections.abc import Iterable
from typing import Any, Self

from sandbox.partners.mailbox import MailHandler, MailServer
from sandbox.partners.openpgp import Post
from sandbox.partners.people import People
from sandbox.partners.routes import PartnerRoutes
from sandbox.partners.seed import parse_partners
from sandbox.partners.world import PartnerWorld


class PartnerService:
    """Memory, people, mail server and routes of all partners of a seed.

    Use it as an async context manager around serving `routes`.

    Raises:
        SeedError: the partners of the seed are wrong.
        OSError: the mail port is taken.
    """

    def __init__(
        self,
        partners: Iterable[Any],
        *,
        hub_url: str,
        speed: float = 1.0,
        host: str = "127.0.0.1",
        smtp_port: int = 0,
        post: Post | None = None,
    ) -> None:
        self.world = PartnerWorld(parse_partners(list(partners)), post=post)
        self.people = People(self.world, hub_url, speed)
        self.mail = MailServer(MailHandler(self.world, self.people), host, smtp_port)
        self.routes = PartnerRoutes(self.world, self.people).routes()

    async def __aenter__(self) -> Self:
        await self.people.__aenter__()
        await self.mail.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.mail.stop()
        await self.people.__aexit__()
