"""Faults, the app's settings, and permission to install."""

import secrets

from sandbox.slack.control.common import Asked
from sandbox.slack.errors import ControlError
from sandbox.slack.model import Json


async def faults(asked: Asked) -> Json:
    """`GET faults`."""
    return {"faults": asked.world.faults.to_json()}


async def add_faults(asked: Asked) -> Json:
    """`POST faults`."""
    given = asked.body.get("faults", [asked.body])
    if not isinstance(given, list) or not all(isinstance(item, dict) for item in given):
        raise ControlError("bad_fault", "faults must be a list of objects")
    for body in given:
        fault = asked.world.faults.add(body)
        await asked.hub.apply(fault, str(body.get("reason") or "refresh_requested"))
    return _told(asked)


async def clear_faults(asked: Asked) -> Json:
    """`DELETE faults`."""
    asked.world.faults.clear()
    return _told(asked)


async def settings(asked: Asked) -> Json:
    """`POST app`."""
    world, app, given = asked.world, asked.world.app, asked.body
    if unknown := set(given) - {"request_url", "socket_mode"}:
        raise ControlError("unknown_field", f"not a setting: {', '.join(sorted(unknown))}")
    url = given.get("request_url", app.request_url)
    is_new = url and url != app.request_url
    if is_new and not await asked.hub.http.verify(str(url), world.timing.ack_deadline):
        said = f"{url} did not answer the url_verification challenge with HTTP 200"
        raise ControlError("url_verification_failed", said)
    app.request_url = url
    app.socket_mode = bool(given.get("socket_mode", app.socket_mode))
    return {"request_url": app.request_url, "socket_mode": app.socket_mode}


async def authorize(asked: Asked) -> Json:
    """`POST oauth`: a person approves the installation; the code is good once."""
    code = f"{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
    asked.world.oauth_codes[code] = {
        "user": asked.user().id,
        "redirect_uri": asked.body.get("redirect_uri"),
    }
    return {"code": code}


def _told(asked: Asked) -> Json:
    listed = asked.world.faults.to_json()
    asked.world.changed("faults", frozenset(), faults=listed)
    return {"faults": listed}
