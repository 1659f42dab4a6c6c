"""`/api/<method>`: reading the call, checking token and scopes, faults, the answer, the record."""

import asyncio
import base64
import json
import logging
import time
from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.slack.errors import SlackError
from sandbox.slack.methods import METHODS
from sandbox.slack.methods.registry import COMMON_ERRORS, Call, Method
from sandbox.slack.model import Grant, Json
from sandbox.slack.traffic import Entry, masked
from sandbox.slack.world import World

log = logging.getLogger(__name__)
TRUE = frozenset({"1", "true", "True", True})
FALSE = frozenset({"0", "false", "False", "", False})
HTTP_OK = 200
HTTP_SERVER_ERROR = 500


async def endpoint(request: Request) -> Response:
    """Answer one call as Slack does: HTTP 200 and `ok`, except for limits and breakdowns."""
    world: World = request.app.state.world
    name = request.path_params["method"]
    started = time.perf_counter()
    given: Json = {}
    notes: list[str] = []
    status, headers = HTTP_OK, {"x-slack-req-id": world.new_id("R")}
    try:
        given, token = await read(request)
        if grant := world.grants.get(token):
            headers["x-oauth-scopes"] = ",".join(sorted(grant.scopes))
        body = await answer(world, name, given, token, notes)
    except SlackError as error:
        status, body = refusal(error, headers)
    if fault := world.faults.take("lost_response", name) if status == HTTP_OK else None:
        notes.append("the call was carried out, the answer was lost (fault)")
        status = fault.status or HTTP_SERVER_ERROR
    entry = Entry(
        id=world.traffic.next_id(),
        at=world.clock(),
        kind="api",
        name=name,
        via="http",
        attempt=1,
        status=status,
        ok=bool(body.get("ok")) and status == HTTP_OK,
        error=body.get("error"),
        ms=round((time.perf_counter() - started) * 1000, 2),
        request=masked(given),
        response=masked(body),
        notes=notes,
    )
    world.record(entry)
    if status >= HTTP_SERVER_ERROR:
        return Response("Internal Server Error", status)
    return JSONResponse(body, status, headers)


async def answer(world: World, name: str, given: Json, token: str, notes: list[str]) -> Json:
    """Carry out one call.

    Raises:
        SlackError: the refusal.
    """
    method = METHODS.get(name)
    if method is None:
        raise SlackError("unknown_method", req_method=name)
    if fault := world.faults.take("latency", name):
        await asyncio.sleep(fault.seconds)
    if fault := world.faults.take("api", name):
        if fault.error:
            notes.append("fault")
            raise SlackError(fault.error)
        raise _Broken(fault.status or HTTP_SERVER_ERROR, fault.retry_after)
    call = _authorised(world, method, given, token)
    call.notes = notes
    if world.faults.rate_limits:
        channel = str(given.get("channel") or "")
        wait = world.limits.wait_for(name, method.tier, channel, world.clock())
        if wait:
            raise _Broken(429, wait)
    return _carried_out(call)


class _Broken(SlackError):
    """An answer that is not HTTP 200: a limit or a breakdown."""

    def __init__(self, status: int, retry_after: int) -> None:
        super().__init__("ratelimited" if status == 429 else "internal_error")  # noqa: PLR2004
        self.status = status
        self.retry_after = retry_after


def refusal(error: SlackError, headers: dict[str, str]) -> tuple[int, Json]:
    """The HTTP status and body of a refusal; a limit also sets its header."""
    body: Json = {"ok": False, "error": error.code, **error.extra}
    if error.messages:
        body["response_metadata"] = {"messages": error.messages}
    if not isinstance(error, _Broken):
        return HTTP_OK, body
    if error.code == "ratelimited":
        headers["Retry-After"] = str(error.retry_after)
    return error.status, body


def _authorised(world: World, method: Method, given: Json, token: str) -> Call:
    if method.holder is None:
        anybody = Grant(token, "bot", frozenset())
        return Call(world, anybody, arguments(method, given), method)
    if not token:
        raise SlackError("not_authed")
    grant = world.grants.get(token)
    if grant is None:
        raise SlackError("invalid_auth")
    if grant.kind != method.holder:
        raise SlackError("not_allowed_token_type")
    call = Call(world, grant, {}, method)
    if scopes := sorted(method.all_scopes()):
        call.need(*scopes)
    call.args = arguments(method, given)
    return call


def _carried_out(call: Call) -> Json:
    allowed = call.method.errors | COMMON_ERRORS
    try:
        body = {"ok": True, **call.method.handler(call)}
    except SlackError as error:
        if error.code in allowed or call.method.name == "api.test":
            raise
        log.exception("%s refused with %s, which it does not list", call.method.name, error.code)
        call.notes.append(f"the sandbox itself failed: {error.code} is not listed for this method")
        raise SlackError("internal_error") from error
    if call.warnings:
        body["warning"] = ",".join(call.warnings)
        metadata = body.setdefault("response_metadata", {})
        metadata["warnings"] = call.warnings
    return body


async def read(request: Request) -> tuple[Json, str]:
    """The arguments of a call, however they came, and its token.

    Raises:
        SlackError: `invalid_json`, `invalid_form_data`.
    """
    given: Json = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        try:
            parsed = json.loads(await request.body() or b"{}")
        except ValueError as error:
            raise SlackError("invalid_json") from error
        if not isinstance(parsed, dict):
            raise SlackError("invalid_json")
        given |= parsed
        given.pop("token", None)  # with JSON the token is taken from the header only
    elif kind == "multipart/form-data":
        async with request.form() as form:
            given |= {key: value for key, value in form.items() if isinstance(value, str)}
    elif request.method == "POST":
        try:
            text = (await request.body()).decode()
        except UnicodeDecodeError as error:
            raise SlackError("invalid_form_data") from error
        given |= dict(parse_qsl(text, keep_blank_values=True))
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    inline = str(given.pop("token", "") or "")
    if scheme.lower() == "basic":  # how the OAuth methods may get the client's id and secret
        given |= _basic(credentials)
    return given, credentials.strip() if scheme.lower() == "bearer" else inline


def _basic(credentials: str) -> Json:
    try:
        ident, _, secret = base64.b64decode(credentials, validate=True).decode().partition(":")
    except ValueError:
        return {}
    return {"client_id": ident, "client_secret": secret}


def arguments(method: Method, given: Mapping[str, object]) -> Json:
    """The declared arguments with their declared types; unknown ones are ignored, as Slack does.

    Raises:
        SlackError: `invalid_arguments`, naming the field.
    """
    problems = [
        f"[ERROR] missing required field: {name}"
        for name in method.required
        if given.get(name) in (None, "") and not _may_be_empty(name, given)
    ]
    parsed: Json = {}
    for name, kind in method.args.items():
        if given.get(name) is None:
            continue
        try:
            parsed[name] = CONVERT[kind](given[name])
        except ValueError:
            problems.append(f"[ERROR] invalid value, must be {kind} [json-pointer:/{name}]")
    if problems:
        raise SlackError("invalid_arguments", *problems)
    return parsed


def _may_be_empty(name: str, given: Mapping[str, object]) -> bool:
    return name in {"topic", "purpose", "name"} and given.get(name) == ""


def _text(value: object) -> str:
    if isinstance(value, dict | list | bool):
        raise ValueError  # noqa: TRY004 - the caller turns it into invalid_arguments
    return str(value)


def _integer(value: object) -> int:
    return int(float(str(value)))


def _flag(value: object) -> bool:
    if not isinstance(value, str | bool | int):
        raise ValueError  # noqa: TRY004 - the caller turns it into invalid_arguments
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise ValueError


def _json(value: object) -> object:
    return json.loads(value) if isinstance(value, str) else value


def _list(value: object) -> list[str]:
    if isinstance(value, str) and value.startswith("["):
        value = json.loads(value)
    if isinstance(value, str):
        return [word.strip() for word in value.split(",") if word.strip()]
    if not isinstance(value, list):
        raise ValueError  # noqa: TRY004 - the caller turns it into invalid_arguments
    return [str(item) for item in value]


CONVERT = {"str": _text, "int": _integer, "bool": _flag, "json": _json, "list": _list}
