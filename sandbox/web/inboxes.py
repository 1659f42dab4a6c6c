"""A partner's inbox as the partner sees it: the notices, their labels, where to answer."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.partners.people import People
from sandbox.partners.records import Delivery, OwedAnswer
from sandbox.partners.seed import Partner
from sandbox.partners.world import PartnerWorld, UnknownPartnerError
from sandbox.web.mrkdwn import Names

# A mail's HTML is somebody else's: no script, no request, no form, and it opens nothing.
MAIL_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"


class InboxPages:
    """Pages over the partners' memory. Acts go through `/_control/partners/…`."""

    def __init__(
        self, world: PartnerWorld, people: People, env: Environment, workspace: str
    ) -> None:
        self._world = world
        self._people = people
        self._env = env
        self._workspace = workspace

    def routes(self) -> list[Route]:
        """All routes of the inboxes."""
        return [
            Route("/inbox", self.overview),
            Route("/inbox/{partner}", self.page),
            Route("/inbox/{partner}/part/{part}", self.part),
            Route("/inbox/{partner}/{item}/mail.html", self.mail_html),
        ]

    async def overview(self, _request: Request) -> Response:
        """To the first partner; a page that says so where there is none."""
        if not self._world.partners:
            return self._missing("The seed has no partners.")
        return RedirectResponse(f"/inbox/{next(iter(self._world.partners))}", 303)

    async def page(self, request: Request) -> Response:
        """One inbox, with one item open."""
        try:
            facts = self._facts(request)
        except UnknownPartnerError as error:
            return self._missing(str(error))
        page = self._env.get_template("inbox.html").render(
            workspace=self._workspace, section="partners", **facts
        )
        return HTMLResponse(page)

    async def part(self, request: Request) -> Response:
        """The list of items or the open item, drawn anew."""
        name = request.path_params["part"]
        if name not in {"items", "item", "partners"}:
            return HTMLResponse("no such part", 404)
        template = self._env.get_template(f"part_{name}.html")
        try:
            return HTMLResponse(template.render(**self._facts(request)))
        except UnknownPartnerError:
            return HTMLResponse("no such partner", 404)

    async def mail_html(self, request: Request) -> Response:
        """The HTML of a mail, for the frame that shows it; it can do nothing."""
        item = self._find(request.path_params["partner"], request.path_params["item"])
        if item is None:
            return HTMLResponse("no such mail", 404)
        return HTMLResponse(item.reading.html, headers={"Content-Security-Policy": MAIL_POLICY})

    def _find(self, partner_id: str, item_id: str) -> Delivery | None:
        try:
            return self._world.delivery(partner_id, item_id)
        except UnknownPartnerError:
            return None

    def _facts(self, request: Request) -> dict[str, Any]:
        partner = self._world.partner(request.path_params["partner"])
        items = list(self._world.inbox(partner.id))
        chosen = request.query_params.get("item", "")
        item = next((one for one in items if one.id == chosen), None)
        item = item or next((one for one in items if one.repeat_of is None), None)
        return {
            "partner": partner,
            "partners": [self._row(one) for one in self._world.partners.values()],
            "behaviour": self._world.behaviour(partner.id),
            "items": items,
            "item": item,
            "shown": shown_data(item) if item else (),
            "answer": self._answer(item),
            "answers": self._world.answers,
            "names": Names(timezone=partner.timezone),
            "stamp": lambda at: stamp(at, partner),
            "short_stamp": lambda at: short_stamp(at, partner),
            "revision": self._world.revision,
            "hub_url": self._people.hub_url,
            "speed": self._people.speed,
        }

    def _row(self, partner: Partner) -> dict[str, Any]:
        seen = [d for d in self._world.inbox(partner.id) if d.accepted and d.repeat_of is None]
        answered = sum(
            owed.state == "answered"
            for (owner, _), owed in self._world.answers.items()
            if owner == partner.id
        )
        return {"id": partner.id, "name": partner.name, "notices": len(seen), "answered": answered}

    def _answer(self, item: Delivery | None) -> OwedAnswer | None:
        return self._world.answers.get((item.partner, item.reading.notice_id)) if item else None

    def _missing(self, text: str) -> Response:
        page = self._env.get_template("missing.html").render(
            text=text, workspace=self._workspace, section="partners"
        )
        return HTMLResponse(page, 404)


def stamp(at: datetime, partner: Partner) -> str:
    """The partner's own time, and UTC."""
    local = at.astimezone(Names(timezone=partner.timezone).zone())
    return f"{local:%Y-%m-%d %H:%M:%S} {partner.timezone} ({at.astimezone(UTC):%H:%M:%S} UTC)"


def short_stamp(at: datetime, partner: Partner) -> str:
    """The time only: where the partner is, and in UTC."""
    local = at.astimezone(Names(timezone=partner.timezone).zone())
    city = partner.timezone.rpartition("/")[2].replace("_", " ")
    return f"{local:%H:%M:%S} {city}, {at.astimezone(UTC):%H:%M:%S} UTC"


READ_FIRST = ("ask › what", "ask › due › local", "title", "text", "severity", "why")
"""Fields that a person wants to read first, whatever else a notice brings."""


def shown_data(item: Delivery) -> Sequence[tuple[str, str]]:
    """Return the fields of a webhook's `data` as (name, words), the telling ones first."""
    if item.channel != "webhook":
        return ()
    try:
        document = json.loads(item.raw)
    except ValueError:
        return ()
    data = document.get("data") if isinstance(document, dict) else None
    rows = list(_rows(data, "")) if isinstance(data, dict) else []
    return sorted(rows, key=_rank)


def _rank(row: tuple[str, str]) -> int:
    begins = (n for n, name in enumerate(READ_FIRST) if row[0].startswith(name))
    return next(begins, len(READ_FIRST))


def _rows(node: Any, path: str) -> list[tuple[str, str]]:
    if isinstance(node, dict):
        inner = ((f"{path} › {key}" if path else str(key), value) for key, value in node.items())
        return [row for name, value in inner for row in _rows(value, name)]
    if isinstance(node, list):
        if all(not isinstance(one, dict | list) for one in node):
            return [(path, ", ".join(str(one) for one in node) or "none")]
        return [row for n, one in enumerate(node, 1) for row in _rows(one, f"{path} {n}")]
    said = {None: "unknown", True: "yes", False: "no"}
    return [(path, said[node] if node is None or isinstance(node, bool) else str(node))]
