"""What one person has before them: their name, their rooms, the commands they may type."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import quote

from sandbox.web.mrkdwn import Names
from sandbox.web.surface import Surface
from sandbox.web.widgets import Directory

Json = Mapping[str, Any]


class NoSuchPersonError(LookupError):
    """The workspace has no such person."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything the templates need about the acting person; `seq` is where the feed stood."""

    user: Json
    workspace: str
    app_name: str
    names: Names
    directory: Directory
    rooms: Sequence[Json]
    people_by_member: Sequence[tuple[str, Sequence[Json]]]
    commands: Sequence[Json]
    message_shortcuts: Sequence[Json]
    global_shortcuts: Sequence[Json]
    sockets: int
    over_http: bool
    seq: int

    @property
    def url(self) -> str:
        """Where this person's pages live."""
        return f"/u/{quote(self.user['id'])}"

    def room_url(self, room_id: str) -> str:
        """The page of one room as this person sees it."""
        return f"{self.url}/c/{quote(room_id)}"

    def room(self, room_id: str) -> Json | None:
        """The room with this id or name, if this person may see it."""
        wanted = room_id.lstrip("#")
        found = (room for room in self.rooms if wanted in (room["id"], room["name"]))
        return next(found, None) if wanted else None

    @property
    def people(self) -> Sequence[Json]:
        """Everybody one can mention or act as."""
        return [person for _, group in self.people_by_member for person in group]

    @property
    def first_room(self) -> Json | None:
        """Where a person starts: the general room, else the first they are in."""
        mine = [room for room in self.rooms if room.get("is_member", True)] or list(self.rooms)
        return next((room for room in mine if room.get("is_general")), mine[0] if mine else None)

    @property
    def room_groups(self) -> Sequence[tuple[str, Sequence[Json]]]:
        """The rooms under the headings of the side bar."""
        ordered = sorted(self.rooms, key=lambda r: (not r.get("is_general"), r["title"].lower()))
        open_rooms = [room for room in ordered if not room["is_archived"]]
        talk = [room for room in open_rooms if room["kind"] in {"public", "private"}]
        return (
            ("Rooms", [room for room in talk if room.get("is_member", True)]),
            ("Direct messages", [room for room in open_rooms if room["kind"] in {"im", "mpim"}]),
            ("Other public rooms", [room for room in talk if not room.get("is_member", True)]),
            ("Archived", [room for room in ordered if room["is_archived"]]),
        )


async def sit_down(surface: Surface, who: str) -> Desk:
    """The desk of a person given by id or name.

    Raises:
        NoSuchPersonError: nobody has this id or name.
        SurfaceError: the workspace refused a read.
    """
    state = await surface.get("state")
    people = [user for user in state["users"] if not user["is_bot"]]
    user = next((p for p in people if who.lstrip("@") in (p["id"], p["name"])), None)
    if user is None:
        raise NoSuchPersonError(f"nobody here is called {who!r}")
    rooms = (await surface.get("channels", user=user["id"]))["channels"]
    declared = await surface.get("commands")
    shown = {u["id"]: u["real_name"] or u["name"] for u in state["users"]}
    channels = {room["id"]: room["title"].lstrip("#") for room in rooms}
    return Desk(
        user=user,
        workspace=state["workspace"]["name"],
        app_name=state["app"]["name"],
        names=Names(
            users=shown, channels=channels, timezone=user.get("tz") or "UTC", reader=user["id"]
        ),
        directory=Directory(
            users=[(p["id"], shown[p["id"]]) for p in people],
            channels=[(r["id"], r["title"]) for r in rooms if r["kind"] in {"public", "private"}],
        ),
        rooms=rooms,
        people_by_member=_by_member(people),
        commands=sorted(declared["commands"], key=lambda c: str(c["command"])),
        message_shortcuts=[s for s in declared["shortcuts"] if s.get("type") == "message"],
        global_shortcuts=[s for s in declared["shortcuts"] if s.get("type") == "global"],
        sockets=int(state["sockets"]),
        over_http=not state["app"].get("socket_mode", True),
        seq=int(state["seq"]),
    )


def _by_member(people: Sequence[Json]) -> Sequence[tuple[str, Sequence[Json]]]:
    def member(person: Json) -> str:
        return str(person.get("member") or "")

    ordered = sorted(people, key=lambda p: (not member(p), member(p), str(p["real_name"])))
    return [
        (label.upper() if label else "No member", list(group))
        for label, group in groupby(ordered, key=member)
    ]
