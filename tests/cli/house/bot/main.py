"""Stands in for the bot: answers /readyz, and shows on any other path what it was told."""

import json
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        told = {
            name: value
            for name, value in os.environ.items()
            if name.startswith(("TOCSIN_", "SLACK_", "EE_"))
        }
        body = json.dumps({"pid": os.getpid(), "told": told}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)


def run(settings: Any) -> None:
    server = ThreadingHTTPServer((settings.host, settings.port), Answer)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server.serve_forever(0.05)
