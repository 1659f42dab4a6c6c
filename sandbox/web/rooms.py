"""The pages of the workspace: a room, App Home, and the parts the script draws again."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.web.desk import Desk, NoSuchPersonError, sit_down
from sandbox.web.surface import Surface, SurfaceError

HISTORY = 200
JOINING = {"channel_join", "group_join"}


class RoomPages:
    """Draws what one person sees. Pages and parts come from the same templates."""

    def __init__(self, surface: Surface, env: Environment) -> None:
        self._surface = surface
        self._env = env
        self._parts = {
            "rooms": self._rooms,
            "head": self._head,
            "messages": self._messages,
            "thread": self._thread,
            "modal": self._modal,
            "home": self._home,
        }

    def routes(self) -> list[Route]:
        """All routes of the workspace pages."""
        return [
            Route("/", self.start),
            Route("/u/{user}", self.start),
            Route("/u/{user}/home", self.home_page),
            Route("/u/{user}/c/{room}", self.room_page),
            Route("/u/{user}/part/{part}", self.part),
        ]

    async def start(self, request: Request) -> Response:
        """To the first room of the person asked for, else of the one last acted as."""
        asked = request.path_params.get("user") or request.query_params.get("user")
        state = await self._surface.get("state")
        people = [user["id"] for user in state["users"] if not user["is_bot"]]
        if not people:
            return self._missing("The seed has no people to act as.")
        remembered = request.cookies.get("sandbox_user", "")
        who = asked or (remembered if remembered in people else people[0])
        try:
            desk = await sit_down(self._surface, who)
        except NoSuchPersonError as error:
            return self._missing(str(error))
        room = desk.room(request.query_params.get("channel", "")) or desk.first_room
        url = desk.room_url(room["id"]) if room else f"{desk.url}/home"
        return RedirectResponse(url, 303)

    async def room_page(self, request: Request) -> Response:
        """One room, with a thread beside it where `?thread=<ts>` asks for one."""
        try:
            desk = await sit_down(self._surface, request.path_params["user"])
        except NoSuchPersonError as error:
            return self._missing(str(error))
        room = desk.room(request.path_params["room"])
        if room is None:
            return self._missing(
                f"{desk.user['real_name']} cannot see this room. It is private or does not exist."
            )
        thread = request.query_params.get("thread", "")
        facts = await self._messages(desk, {"channel": room["id"]})
        facts |= {"thread": thread, "is_home": False, "current": room["id"]}
        if thread:
            facts |= await self._thread(desk, {"channel": room["id"], "ts": thread})
        return self._page(desk, room["title"], facts)

    async def home_page(self, request: Request) -> Response:
        """App Home as this person sees it. Opening it is told to the app by the script."""
        try:
            desk = await sit_down(self._surface, request.path_params["user"])
        except NoSuchPersonError as error:
            return self._missing(str(error))
        facts = await self._home(desk, {})
        facts |= {"room": None, "thread": "", "is_home": True, "current": ""}
        return self._page(desk, desk.app_name, facts)

    async def part(self, request: Request) -> Response:
        """One part of a page, drawn anew."""
        name = request.path_params["part"]
        if name not in self._parts:
            return HTMLResponse("no such part", 404)
        try:
            desk = await sit_down(self._surface, request.path_params["user"])
            facts = await self._parts[name](desk, dict(request.query_params))
        except (NoSuchPersonError, SurfaceError) as error:
            return HTMLResponse(self._env.from_string("{{ text }}").render(text=str(error)), 404)
        template = self._env.get_template(f"part_{name}.html")
        return HTMLResponse(template.render(desk=desk, **facts))

    # ---------------------------------------------------------------- what each part needs
    async def _rooms(self, desk: Desk, asked: dict[str, str]) -> dict[str, Any]:
        return {"current": asked.get("channel", ""), "is_home": asked.get("home") == "1"}

    async def _head(self, desk: Desk, asked: dict[str, str]) -> dict[str, Any]:
        room = desk.room(asked.get("channel", ""))
        if room is None:
            raise SurfaceError(404, "this room is not visible any more")
        return {"room": room}

    async def _messages(self, desk: Desk, asked: dict[str, str]) -> dict[str, Any]:
        facts = await self._head(desk, asked)
        read = await self._surface.get(
            "messages", user=desk.user["id"], channel=facts["room"]["id"], limit=HISTORY
        )
        return facts | {"messages": folded(read["messages"])}

    async def _thread(self, desk: Desk, asked: dict[str, str]) -> dict[str, Any]:
        facts = await self._head(desk, asked)
        read = await self._surface.get(
            "messages",
            user=desk.user["id"],
            channel=facts["room"]["id"],
            thread_ts=asked.get("ts", ""),
            limit=HISTORY,
        )
        return facts | {"thread_messages": read["messages"]}

    async def _modal(self, desk: Desk, asked: dict[str, str]) -> dict[str, Any]:
        modals = (await self._surface.get("views", user=desk.user["id"]))["modals"]
        return {"view": modals[-1] if modals else None, "depth": len(modals)}

    async def _home(self, desk: Desk, asked: dict[str, str]) -> dict[str, Any]:
        return {"home": (await self._surface.get("views", user=desk.user["id"]))["home"]}

    # --------------------------------------------------------------------------- responses
    def _page(self, desk: Desk, title: str, facts: dict[str, Any]) -> Response:
        page = self._env.get_template("room.html").render(
            desk=desk, workspace=desk.workspace, section="rooms", place_title=title, **facts
        )
        response = HTMLResponse(page)
        response.set_cookie("sandbox_user", desk.user["id"], httponly=True, samesite="strict")
        return response

    def _missing(self, text: str) -> Response:
        page = self._env.get_template("missing.html").render(
            text=text, workspace="Sandbox", section="rooms"
        )
        return HTMLResponse(page, 404)


def folded(messages: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The messages, with people who joined one after another in one line."""
    out: list[Mapping[str, Any]] = []
    for is_joining, run in groupby(messages, key=lambda m: m.get("subtype") in JOINING):
        together = list(run)
        if is_joining and len(together) > 1:
            names = [f"<@{message['user']}>" for message in together]
            said = f"{', '.join(names[:-1])} and {names[-1]} have joined the channel"
            together = [{**together[0], "text": said}]
        out.extend(together)
    return out
