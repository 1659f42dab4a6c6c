"""All pages and static files of the browser UI, ready to be put before the workspace's routes."""

from importlib.resources import files
from pathlib import Path

from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from sandbox.partners.service import PartnerService
from sandbox.web.drawing import environment
from sandbox.web.inboxes import InboxPages
from sandbox.web.inspector import InspectorPages
from sandbox.web.rooms import RoomPages
from sandbox.web.surface import Surface

# Everything comes from this origin; the frame is the mail view, which has its own, tighter policy.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'self'; "
    "base-uri 'none'"
)


def web_routes(workspace_app: ASGIApp, partners: PartnerService, title: str) -> list[BaseRoute]:
    """Routes of the UI over a workspace app and the partners; `title` names the workspace."""
    env = environment()
    surface = Surface(workspace_app)
    static = Path(str(files("sandbox.web"))) / "static"
    return [
        *RoomPages(surface, env).routes(),
        *InspectorPages(surface, env).routes(),
        *InboxPages(partners.world, partners.people, env, title).routes(),
        Mount("/static", StaticFiles(directory=static)),
    ]
