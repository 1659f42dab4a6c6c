"""A Web API that says yes to everything and remembers what it was asked."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, parse_qsl

Json = dict[str, Any]


class SlackApi:
    """`calls` in order; `answers` by method are given first, once each."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Json]] = []
        self.answers: dict[str, list[Json]] = {}
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers.get("content-length", 0))
                path, _, query = self.path.partition("?")
                method = path.rsplit("/", 1)[-1]
                status, answer = api.take(method, self.rfile.read(size), self.headers, query)
                body = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/api/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def take(self, method: str, body: bytes, headers: Any, query: str = "") -> tuple[int, Json]:
        if "json" in (headers.get("content-type") or ""):
            asked: Json = json.loads(body or b"{}")
        else:
            asked = {key: values[0] for key, values in parse_qs(body.decode()).items()}
        asked |= dict(parse_qsl(query))  # where the workers' client writes some arguments
        if isinstance(asked.get("view"), str):
            asked["view"] = json.loads(asked["view"])
        self.calls.append((method, asked))
        if self.answers.get(method):
            answer = self.answers[method].pop(0)
            return answer.pop("status", 200), answer
        return 200, {"ok": True, "user_id": "U0TOCSIN", "bot_id": "B0TOCSIN", "team_id": "T1"}

    def asked(self, method: str) -> list[Json]:
        return [asked for name, asked in self.calls if name == method]
