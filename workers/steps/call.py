"""`call`. Success: an address of the allow-list answered 2xx, with everything that is kept.

Failure: it is not on the list, the label is above what the list lets it have, there is no secret,
it refuses or redirects, what is filled in would change the request's shape, or the answer lacks
what is kept. No answer, 408, 425, 429 and 5xx are
tried again; `webhook-id` is the same each time, so the other side can tell repeats. Output: what
is kept, by variable.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from coalition.domain.allowlist import origin_of
from coalition.domain.audiences import ToService
from coalition.domain.errors import PermanentError, UserError
from coalition.domain.gate import release
from coalition.domain.labels import Tlp, strictest
from coalition.domain.playbook.verbs._http import BREAKING
from coalition.domain.playbook.verbs.call import WHOLE
from coalition.rendering.notices.standard_webhooks import BadSecret, sign
from workers.channels.calling import Request, call
from workers.steps._scene import incident_of

if TYPE_CHECKING:
    from coalition.domain.gate import Cleared
    from coalition.domain.incident.state import Incident
    from coalition.domain.run.state import OpenStep, Run
    from workers.context import WorkerContext

_UNSAID: dict[str, Any] = {"method": "POST", "headers": {}}

LARGEST_ANSWER = 64 * 1024
LONGEST_VALUE = 1000


async def perform(ctx: WorkerContext, run: Run, step: OpenStep) -> dict[str, Any]:
    """Send what is to be sent, signed, and read what is kept."""
    incident = await incident_of(ctx, run)
    wanted = step.request
    origin = origin_of(wanted["url"])
    allowed = ctx.tocsin.settings.call_targets
    if origin not in allowed:
        known = ", ".join(allowed) or "none"
        raise UserError(
            f"{origin} is not on the allow-list of calls.", f"TOCSIN_CALL_TARGETS: {known}."
        )
    label = strictest(incident.tlp, Tlp(wanted["tlp"]))
    audience = ToService(incident, origin, allowed[origin])
    cleared = release(
        _request(run, step, incident, label),
        tlp=label,
        audience=audience,
        coalition=ctx.tocsin.coalition,
    )
    # Standard Webhooks ids hold no dot.
    message_id = f"{run.run}-{step.step}-{step.attempt}".replace(".", "-")
    answer = await _ask(ctx, message_id, cleared)
    return _kept(answer, wanted["keep"], origin)


def _request(run: Run, step: OpenStep, incident: Incident, label: Tlp) -> dict[str, Any]:
    """What is asked: method, url, headers, body (text)."""
    wanted = step.request
    # A step that was begun before there were methods asks for none.
    said = {name: wanted.get(name) or other for name, other in _UNSAID.items()}
    url = wanted["url"]
    if any(part in {".", ".."} for part in unquote(urlsplit(url).path).split("/")):
        hint = "Ask for a page by its name: a value that is filled in may not be dots."
        raise UserError("The address goes up in its path.", hint)
    if any(BREAKING.search(value) for value in said["headers"].values()):
        raise UserError("A header holds a line break.", "Change the value that is filled in.")
    body = wanted.get("body")
    if body is None:
        content = {
            "incident": incident.number,
            "run": run.run,
            "step": step.step,
            "attempt": step.attempt,
            "started_by": run.started_by.label,
            "tlp": str(label),
            "exercise": incident.exercise,
            "data": wanted["send"],
        }
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        said["headers"] = {"Content-Type": "application/json", **said["headers"]}
    elif body and not any(name.lower() == "content-type" for name in said["headers"]):
        said["headers"] = {"Content-Type": "text/plain; charset=utf-8", **said["headers"]}
    return {**said, "url": url, "body": body}


async def _ask(ctx: WorkerContext, message_id: str, cleared: Cleared[dict[str, Any]]) -> bytes:
    secret = ctx.tocsin.settings.call_secret
    if secret is None:
        fallback = "Set TOCSIN_CALL_SECRET, and give it to the other side."
        raise PermanentError("There is no secret to sign calls with.", fallback=fallback)
    asked = cleared.content
    body = asked["body"].encode()
    try:
        signed = sign(secret.get_secret_value(), message_id, ctx.now(), body)
    except BadSecret as error:
        raise PermanentError(f"TOCSIN_CALL_SECRET: {error}.", fallback="Mend it.") from None
    headers = {"Accept": "application/json", **asked["headers"], **signed}
    headers["Idempotency-Key"] = message_id
    request = Request(asked["method"], asked["url"], body or None, headers, LARGEST_ANSWER)
    return (await call(ctx, request)).body


def _kept(answer: bytes, keep: dict[str, str], origin: str) -> dict[str, Any]:
    kept = {
        name: answer.decode("utf-8", "replace")[:LONGEST_VALUE]
        for name, path in keep.items()
        if path == WHOLE
    }
    if kept.keys() == keep.keys():
        return kept
    try:
        found = json.loads(answer)
    except ValueError:
        raise PermanentError(f"{origin} did not answer with JSON.", fallback=_FIX) from None
    parts = {name: path for name, path in keep.items() if path != WHOLE}
    return kept | {name: _at(found, path, origin) for name, path in parts.items()}


_FIX = "Change `keep` in the playbook, or what the other side answers."


def _at(value: Any, path: str, origin: str) -> str:
    for part in path.split("."):
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            raise PermanentError(f"The answer of {origin} has no {path}.", fallback=_FIX)
    if isinstance(value, dict | list) or value is None:
        raise PermanentError(f"{path} of {origin} is no plain value.", fallback=_FIX)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text[:LONGEST_VALUE]
