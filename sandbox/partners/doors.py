"""The other doors of a partner: chats, a MISP server, a TAXII 2.1 server.

Each answers as the real one does, as far as a sender can tell: an incoming webhook takes a post and
says `ok`, MISP keeps one event for each UUID and takes only newer ones, TAXII keeps objects by id
and version and counts those it has already as failures.
"""

import hashlib
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from sandbox.partners.people import People
from sandbox.partners.reading import read_bundle, read_misp, read_post
from sandbox.partners.records import Reading
from sandbox.partners.seed import Channel, Partner
from sandbox.partners.world import PartnerWorld, UnknownPartnerError

COLLECTION = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
"""Every partner's TAXII collection."""

TAXII = "application/taxii+json;version=2.1"
LONGEST_POST = 16_383
FORBIDDEN, NOT_FOUND, ACCEPTED, BAD = 403, 404, 202, 400


class Doors:
    """Receives for every partner whose seed opens one of them."""

    def __init__(self, world: PartnerWorld, people: People) -> None:
        self._world = world
        self._people = people
        self._events: dict[tuple[str, str], dict[str, Any]] = {}
        self._objects: dict[tuple[str, str, str], dict[str, Any]] = {}

    def routes(self) -> list[Route]:
        """All of them, below `/partners/<id>/`."""
        at = "/partners/{partner}"
        objects = f"{at}/taxii/collections/{COLLECTION}/objects/"
        return [
            Route(f"{at}/hooks/{{chat}}", self.post, methods=["POST"]),
            Route(f"{at}/misp/events/view/{{uuid}}", self.view, methods=["HEAD", "GET"]),
            Route(f"{at}/misp/events/add/metadata:1", self.keep, methods=["POST"]),
            Route(f"{at}/misp/events/edit/{{uuid}}/metadata:1", self.keep, methods=["POST"]),
            Route(objects, self.add, methods=["POST"]),
            Route(objects, self.objects, methods=["GET"]),
        ]

    # -------------------------------------------------------------------------------- chats
    async def post(self, request: Request) -> Response:
        """Endpoint of an incoming webhook; Mattermost and Slack take the same."""
        chat = request.path_params["chat"]
        if self._open(request, chat) is None or chat not in ("mattermost", "slack"):
            return PlainTextResponse("no such hook", NOT_FOUND)
        body = await request.body()
        payload = _json(body)
        text = payload.get("text")
        if not isinstance(text, str) or not text or len(text) > LONGEST_POST:
            return PlainTextResponse("No text specified", BAD)
        props = payload.get("props")
        sending = props.get("tocsin_sending") if isinstance(props, dict) else None
        sending = sending or hashlib.sha256(body).hexdigest()[:16]
        self._arrived(request, chat, sending, body, read_post(payload))
        return PlainTextResponse("ok")

    # --------------------------------------------------------------------------------- MISP
    async def view(self, request: Request) -> Response:
        """Whether there is such an event."""
        partner = self._open(request, "misp")
        if partner is None:
            return _refused(FORBIDDEN, "Authentication failed.")
        known = (partner.id, request.path_params["uuid"]) in self._events
        return Response(status_code=200 if known else NOT_FOUND)

    async def keep(self, request: Request) -> Response:
        """Add an event, or take a newer one in its place."""
        partner = self._open(request, "misp")
        if partner is None:
            return _refused(FORBIDDEN, "Authentication failed.")
        body = await request.body()
        event = _json(body).get("Event")
        if not isinstance(event, dict) or "uuid" not in event:
            return _refused(BAD, "Could not save the event.")
        key, stamp = (partner.id, str(event["uuid"])), str(event.get("timestamp", "0"))
        known = self._events.get(key)
        if "uuid" not in request.path_params and known is not None:
            return _refused(NOT_FOUND, "Event already exists, if you would like to edit it …")
        if known is not None and int(stamp) <= int(known.get("timestamp", 0)):
            return _refused(FORBIDDEN, "Event in the request not newer than the local copy.")
        self._events[key] = event
        self._arrived(request, "misp", f"{event['uuid']}-{stamp}", body, read_misp(event))
        return JSONResponse({"Event": {"uuid": event["uuid"]}})

    # -------------------------------------------------------------------------------- TAXII
    async def add(self, request: Request) -> Response:
        """Add objects; those that are there already count as failures, as with medallion."""
        partner = self._open(request, "taxii")
        if partner is None:
            return Response(status_code=401)
        if request.headers.get("content-type") != TAXII:
            return Response(status_code=415)
        body = await request.body()
        found = _json(body).get("objects")
        objects = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
        keys = {(partner.id, str(one.get("id")), _version(one)): one for one in objects}
        failures = [
            {"id": id, "version": at} for who, id, at in keys if (who, id, at) in self._objects
        ]
        self._objects.update(keys)
        sending = hashlib.sha256(body).hexdigest()[:16]
        self._arrived(request, "taxii", sending, body, read_bundle(objects))
        status = {
            "id": COLLECTION,
            "status": "complete",
            "total_count": len(keys),
            "success_count": len(keys) - len(failures),
            "failure_count": len(failures),
            "failures": failures,
        }
        return JSONResponse(status, ACCEPTED, media_type=TAXII)

    async def objects(self, request: Request) -> Response:
        """The objects of the collection; `match[id]` chooses."""
        partner = self._open(request, "taxii")
        if partner is None:
            return Response(status_code=401)
        wanted = request.query_params.get("match[id]", "").split(",")
        found = [
            one
            for (who, id, _), one in self._objects.items()
            if who == partner.id and (wanted == [""] or id in wanted)
        ]
        return JSONResponse({"objects": found}, media_type=TAXII)

    # ------------------------------------------------------------------------------- common
    def _open(self, request: Request, door: str) -> Partner | None:
        """The partner, where it has this door and the caller the key to it."""
        try:
            partner = self._world.partner(request.path_params["partner"])
        except UnknownPartnerError:
            return None
        if door not in partner.doors:
            return None
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        return partner if door in ("mattermost", "slack") or given == partner.door_key else None

    def _arrived(
        self, request: Request, channel: Channel, sending: str, body: bytes, reading: Reading
    ) -> None:
        delivery = self._world.record(
            request.path_params["partner"],
            channel,
            sending,
            reading=reading,
            raw=body.decode("utf-8", "replace"),
            headers={name.lower(): value for name, value in request.headers.items()},
            status=200,
        )
        if self._world.accept(delivery):
            self._people.arrived(delivery)


def _version(one: dict[str, Any]) -> str:
    return str(one.get("modified") or one.get("created") or "")


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _refused(status: int, message: str) -> JSONResponse:
    return JSONResponse({"name": message, "message": message}, status)
