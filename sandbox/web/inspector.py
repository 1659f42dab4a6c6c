"""The inspector: what goes between the workspace and the app, and the switches that disturb it."""

from dataclasses import dataclass
from typing import Any

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from sandbox.web.surface import Surface

SHOWN = 150


@dataclass(frozen=True, slots=True)
class FaultButton:
    """A fault at one press; `asks` names the choice it takes (a method, a kind of delivery)."""

    title: str
    effect: str
    fault: dict[str, Any]
    asks: str = ""


FAULTS = (
    FaultButton(
        "Rate limit",
        "the next two calls answer 429 with Retry-After 1 s",
        {"kind": "api", "status": 429, "retry_after": 1, "times": 2},
        "method",
    ),
    FaultButton(
        "Server error",
        "the next call answers 500 and does nothing",
        {"kind": "api", "status": 500},
        "method",
    ),
    FaultButton(
        "Lost answer",
        "the next call is carried out, but its answer is a 500",
        {"kind": "lost_response"},
        "method",
    ),
    FaultButton(
        "Slow answers",
        "the next five calls take 2 s longer",
        {"kind": "latency", "seconds": 2, "times": 5},
        "method",
    ),
    FaultButton(
        "Ask to reconnect",
        "every socket gets a disconnect and is closed",
        {"kind": "disconnect", "reason": "refresh_requested"},
    ),
    FaultButton("Cut the sockets", "every socket is cut without a word", {"kind": "cut"}),
    FaultButton("Deliver twice", "the next delivery is made twice", {"kind": "duplicate"}, "of"),
    FaultButton(
        "Late acknowledgement",
        "the app's next answer counts as too late",
        {"kind": "late_ack"},
        "of",
    ),
    FaultButton(
        "Lost acknowledgement", "the app's next answer is lost", {"kind": "drop_ack"}, "of"
    ),
    FaultButton(
        "Enforce rate limits",
        "Slack's tiers and one post per second per room, until switched off",
        {"kind": "rate_limits", "enabled": True},
    ),
)
ASKED = {
    "method": ("*", "chat.postMessage", "chat.update", "views.open", "views.update",
               "conversations.create", "conversations.invite", "pins.add"),
    "of": ("*", "events_api", "slash_commands", "interactive"),
}  # fmt: skip


class InspectorPages:
    """The page and its live part."""

    def __init__(self, surface: Surface, env: Environment) -> None:
        self._surface = surface
        self._env = env

    def routes(self) -> list[Route]:
        """All routes of the inspector."""
        return [
            Route("/inspector", self.page),
            Route("/inspector/part/{part:str}", self.part),
        ]

    async def page(self, _request: Request) -> Response:
        """The whole page."""
        state = await self._surface.get("state")
        facts = await self._facts()
        page = self._env.get_template("inspector.html").render(
            workspace=state["workspace"]["name"],
            section="inspector",
            seq=state["seq"],
            buttons=FAULTS,
            asked=ASKED,
            **facts,
        )
        return HTMLResponse(page)

    async def part(self, request: Request) -> Response:
        """The traffic or the faults in force, drawn anew."""
        name = request.path_params["part"]
        if name not in {"traffic", "faults"}:
            return HTMLResponse("no such part", 404)
        template = self._env.get_template(f"part_{name}.html")
        return HTMLResponse(template.render(**await self._facts()))

    async def _facts(self) -> dict[str, Any]:
        traffic = await self._surface.get("traffic", limit=SHOWN)
        state = await self._surface.get("state")
        return {
            "entries": list(reversed(traffic["entries"])),
            "faults": state["faults"],
            "sockets": state["sockets"],
            "app": state["app"],
        }
