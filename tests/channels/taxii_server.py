"""A TAXII 2.1 server: medallion, OASIS's own, in a thread on 127.0.0.1."""

from __future__ import annotations

import threading
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import medallion
from flask import Flask, Response
from medallion.backends.memory_backend import MemoryBackend
from werkzeug.serving import make_server

if TYPE_CHECKING:
    from collections.abc import Iterator

USER, PASSWORD = "hub", "p@ss word"


@dataclass
class Taxii:
    """Its API root, and a collection of it."""

    url: str
    collection: str
    backend: MemoryBackend

    @property
    def held(self) -> list[dict[str, Any]]:
        """The objects in the collection."""
        (one,) = self.backend.data["hub"]["collections"]
        found: list[dict[str, Any]] = one["objects"]
        return found


@contextmanager
def taxii_server() -> Iterator[Taxii]:
    collection = str(uuid.uuid4())
    backend = MemoryBackend(filename=None)
    backend.data = {
        "hub": {
            "information": {"title": "Hub", "versions": ["application/taxii+json;version=2.1"],
                            "max_content_length": 10_000_000},
            "status": [],
            "collections": [{"id": collection, "title": "Notices", "can_read": True,
                             "can_write": True, "media_types": [], "manifest": [], "objects": []}],
        },
    }  # fmt: skip
    app = _app(backend)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield Taxii(f"http://127.0.0.1:{server.server_port}/hub", collection, backend)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _app(backend: MemoryBackend) -> Any:
    """Of our own, because medallion's is one for the whole process."""
    app: Any = Flask("taxii")
    app.medallion_backend = backend
    app.users_backend = {USER: PASSWORD}
    app.taxii_config = {"max_page_size": 100}
    with app.app_context():
        medallion.register_blueprints(app)
    for error in (medallion.ProcessingError, medallion.BackendError):
        app.register_error_handler(error, _said)
    return app


def _said(error: Any) -> Response:
    return Response(str(error), error.status)
