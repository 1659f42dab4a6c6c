"""A partner service and a stand-in for the hub, both really served over HTTP and SMTP."""

from collections.abc import Iterator
from contextlib import ExitStack, asynccontextmanager
from typing import Any

import pytest
from starlette.applications import Starlette

from sandbox.partners.service import PartnerService
from tests.sandbox.partners.harness import Hub, Partners, StartPartners, partner
from tests.sandbox.partners.serving import served


@pytest.fixture
def start_partners() -> Iterator[StartPartners]:
    """Start partners with the given seed entries beside a fresh stand-in hub."""
    with ExitStack() as stack:

        def start(*entries: dict[str, Any], speed: float = 1.0) -> Partners:
            hub = Hub()
            hub.url = stack.enter_context(served(hub.app()))
            service = PartnerService(entries or (partner(),), hub_url=hub.url, speed=speed)

            @asynccontextmanager
            async def lifespan(_app: Starlette) -> Any:
                async with service:
                    yield

            url = stack.enter_context(served(Starlette(routes=service.routes, lifespan=lifespan)))
            return Partners(url, service.mail.address[1], hub)

        yield start
