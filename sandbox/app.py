"""One Starlette app: the Slack-compatible workspace, the partner CERTs and the pages for both."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Mount

from sandbox.guard import Guard
from sandbox.partners.openpgp import Post
from sandbox.partners.seed import SeedError
from sandbox.partners.service import PartnerService
from sandbox.slack import World, create_app, default_seed
from sandbox.web.site import PAGE_POLICY, web_routes

DEFAULT_HUB = "http://127.0.0.1:8080"
KNOWN = {"slack", "partners", "hub_url", "speed"}
# A page of another site must not reach the sandbox by a name that it points at this machine.
HOSTS = ["127.0.0.1", "localhost"]


def build(seed: Mapping[str, Any], *, smtp_port: int = 0, post: Post | None = None) -> Starlette:
    """The app for a seed; takes the mail port at once (0: any free one).

    `post`: partners that have OpenPGP keys, and where their mail to the hub goes.

    `app.state.world` is the workspace, `app.state.partners` the PartnerService. Once built it must
    be served (its lifespan run), or the mail port stays taken.

    Raises:
        SeedError: the seed cannot be used; the text names the field.
        OSError: the mail port is taken.
    """
    if unknown := set(seed) - KNOWN:
        raise SeedError(f"unknown field {sorted(unknown)}; known: {sorted(KNOWN)}")
    try:
        world = World.from_seed(seed["slack"] if "slack" in seed else default_seed())
    except (KeyError, TypeError, ValueError) as error:
        raise SeedError(f"slack: {error}") from error
    partners = PartnerService(
        seed.get("partners", ()),
        hub_url=seed.get("hub_url", DEFAULT_HUB),
        speed=_speed(seed),
        smtp_port=smtp_port,
        post=post,
    )
    workspace = create_app(world)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with workspace.router.lifespan_context(workspace), partners:
            yield

    app = Starlette(
        routes=[
            *partners.routes,
            *web_routes(workspace, partners, world.workspace.name),
            Mount("/", workspace),
        ],
        lifespan=lifespan,
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS, www_redirect=False),
            Middleware(Guard, policy=PAGE_POLICY),
        ],
    )
    app.state.world = world
    app.state.partners = partners
    return app


def _speed(seed: Mapping[str, Any]) -> float:
    speed = seed.get("speed", 1.0)
    if not isinstance(speed, int | float) or isinstance(speed, bool) or speed <= 0:
        raise SeedError(f"speed: must be a number above 0, not {json.dumps(speed)}")
    return float(speed)


def example_seed() -> dict[str, Any]:
    """The workspace of `sandbox.slack` with two partners: one answers, one stays silent."""
    return {
        "slack": default_seed(),
        "partners": [
            {
                "id": "lv",
                "name": "CERT-LV",
                "timezone": "Europe/Riga",
                "webhook": {"secret": "whsec_c2FuZGJveC1zZWNyZXQtb2YtY2VydC1sdi0w"},
                "mail": ["cert@cert-lv.example"],
                "behaviour": {"ack_after_seconds": 20, "answer": "accept"},
            },
            {
                "id": "lt",
                "name": "NKSC-LT",
                "timezone": "Europe/Vilnius",
                "webhook": {"secret": "whsec_c2FuZGJveC1zZWNyZXQtb2YtY2VydC1sdC0w"},
                "mail": ["cert@nksc-lt.example"],
            },
        ],
    }
