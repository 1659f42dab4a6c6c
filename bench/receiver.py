"""`python -m bench.receiver`: endpoints that verify a signature, wait, and answer 200.

`/w/<name>` waits 50 ms, `/slow/<name>` five seconds. Prints its port; counts what it got by id
and answers `GET /counts` with `{"requests": n, "ids": n, "refused": n}`.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import sys

from aiohttp import web

SECRET = "whsec_" + base64.b64encode(b"bench-bench-bench-bench-bench-32").decode()
_KEY = base64.b64decode(SECRET.removeprefix("whsec_"))
LATENCY_S, SLOW_S = 0.05, 5.0


def app() -> web.Application:
    """The receiver."""
    seen: dict[str, int] = {}
    refused = 0

    async def receive(request: web.Request) -> web.Response:
        nonlocal refused
        body = await request.read()
        name, sent = request.headers["webhook-id"], request.headers["webhook-timestamp"]
        expected = hmac.new(_KEY, f"{name}.{sent}.".encode() + body, hashlib.sha256).digest()
        given = request.headers["webhook-signature"].removeprefix("v1,")
        if not hmac.compare_digest(base64.b64encode(expected).decode(), given):
            refused += 1
            return web.Response(status=401)
        await asyncio.sleep(SLOW_S if request.path.startswith("/slow/") else LATENCY_S)
        seen[name] = seen.get(name, 0) + 1
        return web.Response(headers={"Connection": "close"})

    async def counts(_request: web.Request) -> web.Response:
        total = {"requests": sum(seen.values()), "ids": len(seen), "refused": refused}
        return web.json_response(total)

    application = web.Application()
    application.router.add_post("/{kind}/{name}", receive)
    application.router.add_get("/counts", counts)
    return application


async def main() -> None:
    """Serve until stdin is closed."""
    runner = web.AppRunner(app(), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=4096)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main())
