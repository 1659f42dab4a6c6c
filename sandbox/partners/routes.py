"""The partners' HTTP surface: what they received, how they behave, what they are told to do."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.partners.doors import Doors
from sandbox.partners.people import AlreadyAnsweredError, People
from sandbox.partners.records import Delivery
from sandbox.partners.seed import AnswerWord, Behaviour, Via, describe, webhook_path
from sandbox.partners.webhook import WebhookDoor
from sandbox.partners.world import PartnerWorld, Tally, UnknownPartnerError

LONGEST_WAIT_SECONDS = 25.0

Handler = Callable[[Request], Awaitable[Response]]


class AnswerOrder(BaseModel):
    """The body of `answer`: which notice, what to say, by which way; the rest as configured."""

    model_config = ConfigDict(extra="forbid")

    item: str | None = None
    notice_id: str | None = None
    answer: AnswerWord | None = None
    via: Via | None = None
    note: str = ""
    by: str = ""
    again: bool = False


class Clearing(BaseModel):
    """The body of `clear`: one partner, or all."""

    model_config = ConfigDict(extra="forbid")

    partner: str | None = None


class Pace(BaseModel):
    """The body of `pace`: where the hub is, and how many times faster than life people act."""

    model_config = ConfigDict(extra="forbid")

    hub_url: str | None = None
    speed: float | None = Field(default=None, gt=0)


class PartnerRoutes:
    """Handlers over one world and its people."""

    def __init__(self, world: PartnerWorld, people: People) -> None:
        self._world = world
        self._people = people
        self._door = WebhookDoor(world, people)
        self._doors = Doors(world, people)

    def routes(self) -> list[Route]:
        """All routes, the fixed ones first."""
        return [
            Route("/partners/", _plainly(self.list_partners)),
            Route("/partners/{partner}/webhook", self._door.receive, methods=["POST"]),
            *self._doors.routes(),
            Route("/partners/{partner}/inbox", _plainly(self.inbox)),
            Route("/partners/{partner}/inbox/{item}", _plainly(self.item)),
            Route("/_control/partners/deliveries", _plainly(self.deliveries)),
            Route("/_control/partners/clear", _plainly(self.clear), methods=["POST"]),
            Route("/_control/partners/pace", _plainly(self.pace), methods=["POST"]),
            Route(
                "/_control/partners/{partner}/behaviour",
                _plainly(self.behaviour),
                methods=["GET", "PUT", "PATCH"],
            ),
            Route("/_control/partners/{partner}/answer", _plainly(self.answer), methods=["POST"]),
        ]

    # -------------------------------------------------------------------------------- reads
    async def list_partners(self, _request: Request) -> Response:
        """Every partner with its addresses, behaviour and counts."""
        rows = [self._partner_row(partner_id) for partner_id in self._world.partners]
        return JSONResponse(
            {"ok": True, "partners": rows, "hub_url": self._people.hub_url,
             "speed": self._people.speed, "revision": self._world.revision}
        )  # fmt: skip

    def _partner_row(self, partner_id: str) -> dict[str, Any]:
        partner = self._world.partner(partner_id)
        items = list(self._world.inbox(partner_id))
        return {
            "id": partner.id,
            "name": partner.name,
            "timezone": partner.timezone,
            "webhook": webhook_path(partner.id) if partner.webhook else None,
            "mail": list(partner.mail),
            "behaviour": self._world.behaviour(partner_id).model_dump(mode="json"),
            "notices": sum(item.accepted and item.repeat_of is None for item in items),
            "refused": sum(not item.accepted for item in items),
            "repeats": sum(item.repeat_of is not None for item in items),
        }

    async def inbox(self, request: Request) -> Response:
        """One partner's deliveries, newest first; `?since=<revision>&wait=<seconds>` waits.

        `?brief=1` leaves out text, HTML, headers and raw bytes.
        """
        partner_id = request.path_params["partner"]
        self._world.partner(partner_id)
        if since := request.query_params.get("since"):
            wait = min(float(request.query_params.get("wait", "0")), LONGEST_WAIT_SECONDS)
            await self._world.changed_since(int(since), wait)
        brief = request.query_params.get("brief") == "1"
        answers = [a for (owner, _), a in self._world.answers.items() if owner == partner_id]
        return JSONResponse(
            {
                "ok": True,
                "revision": self._world.revision,
                "partner": self._partner_row(partner_id),
                "items": [
                    item.summary() if brief else item.full()
                    for item in self._world.inbox(partner_id)
                ],
                "answers": [answer.as_json() for answer in answers],
            }
        )

    async def item(self, request: Request) -> Response:
        """One delivery in full."""
        found = self._world.delivery(request.path_params["partner"], request.path_params["item"])
        if found is None:
            return _refused(404, "no_such_item", "the inbox holds no delivery with this id")
        return JSONResponse({"ok": True, "item": found.full()})

    async def deliveries(self, _request: Request) -> Response:
        """Per notice and channel: which delivery ids came how often. Chaos tests judge by it.

        `shown` is how many distinct accepted ids a partner saw for one notice, channel and kind:
        above 1 the partner saw it twice. `repeats` were recognised by their id and not shown.
        """
        groups: dict[tuple[str, str, str, str], list[Tally]] = defaultdict(list)
        for tally in self._world.tallies():
            groups[(tally.notice_id, tally.partner, tally.channel, tally.kind)].append(tally)
        rows = [_delivery_row(key, tallies) for key, tallies in groups.items()]
        seen_twice = [row for row in rows if row["shown"] > 1 and row["notice_id"]]
        return JSONResponse({"ok": True, "notices": rows, "seen_twice": seen_twice})

    # --------------------------------------------------------------------------------- acts
    async def behaviour(self, request: Request) -> Response:
        """GET it, PUT a whole one, or PATCH the fields given."""
        partner_id = request.path_params["partner"]
        current = self._world.behaviour(partner_id)
        if request.method != "GET":
            given = await _body(request)
            base = current.model_dump(mode="json") if request.method == "PATCH" else {}
            current = Behaviour.model_validate(base | given)
            self._world.set_behaviour(partner_id, current)
        return JSONResponse({"ok": True, "behaviour": current.model_dump(mode="json")})

    async def clear(self, request: Request) -> Response:
        """Empty one partner's inbox and answers, or everybody's."""
        self._world.clear(Clearing.model_validate(await _body(request)).partner)
        return JSONResponse({"ok": True, "revision": self._world.revision})

    async def pace(self, request: Request) -> Response:
        """Change the hub's address or the speed; answers already planned keep their time."""
        pace = Pace.model_validate(await _body(request))
        self._people.hub_url = pace.hub_url or self._people.hub_url
        self._people.speed = pace.speed or self._people.speed
        return JSONResponse(
            {"ok": True, "hub_url": self._people.hub_url, "speed": self._people.speed}
        )

    async def answer(self, request: Request) -> Response:
        """Answer one notice now, through the real link or the hub's API."""
        partner_id = request.path_params["partner"]
        behaviour = self._world.behaviour(partner_id)
        order = AnswerOrder.model_validate(await _body(request))
        delivery = self._chosen(partner_id, order)
        if delivery is None:
            return _refused(404, "no_such_notice", "no accepted delivery fits `item`/`notice_id`")
        via = order.via or ("link" if behaviour.via == "none" else behaviour.via)
        try:
            owed = await self._people.answer_now(
                delivery,
                answer=order.answer or behaviour.answer,
                via=via,
                note=order.note,
                by=order.by,
                again=order.again,
            )
        except AlreadyAnsweredError as error:
            return _refused(409, "already_answered", f"{error}; pass again: true to repeat")
        status = 200 if owed.state == "answered" else 502
        return JSONResponse({"ok": status == 200, "answer": owed.as_json()}, status)  # noqa: PLR2004

    def _chosen(self, partner_id: str, order: AnswerOrder) -> Delivery | None:
        """The item asked for, else the newest accepted one of the notice, else the newest."""
        for item in self._world.inbox(partner_id):
            if not item.accepted or (order.item and item.id != order.item):
                continue
            if order.notice_id and item.reading.notice_id != order.notice_id:
                continue
            return item
        return None


def _delivery_row(key: tuple[str, str, str, str], tallies: list[Tally]) -> dict[str, Any]:
    notice_id, partner, channel, kind = key
    return {
        "notice_id": notice_id,
        "partner": partner,
        "channel": channel,
        "kind": kind,
        "attempts": sum(tally.attempts for tally in tallies),
        "accepted": sum(tally.accepted for tally in tallies),
        "shown": sum(tally.accepted > 0 for tally in tallies),
        "repeats": sum(max(0, tally.accepted - 1) for tally in tallies),
        "ids": {
            tally.delivery_id: {
                "attempts": tally.attempts,
                "accepted": tally.accepted,
                "first_at": tally.first_at.isoformat(),
                "last_at": tally.last_at.isoformat(),
            }
            for tally in tallies
        },
    }


async def _body(request: Request) -> dict[str, Any]:
    raw = await request.body()
    if not raw:
        return {}
    document = await request.json()
    if not isinstance(document, dict):
        raise ValueError("the body must be a JSON object")  # noqa: TRY004 - answered as bad request
    return document


def _plainly(handler: Handler) -> Handler:
    """Turn what a caller got wrong into a JSON answer that says so."""

    async def wrapped(request: Request) -> Response:
        try:
            return await handler(request)
        except UnknownPartnerError as error:
            return _refused(404, "unknown_partner", str(error))
        except ValidationError as error:
            return _refused(400, "invalid_arguments", describe(error, "body"))
        except ValueError as error:
            return _refused(400, "invalid_arguments", str(error))

    return wrapped


def _refused(status: int, error: str, detail: str) -> Response:
    return JSONResponse({"ok": False, "error": error, "detail": detail}, status)
