"""`/_files/…`: receiving uploaded bytes, giving them back, and drawn pictures for people."""

from html import escape

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from sandbox.slack.model import FileRecord
from sandbox.slack.world import World

HUES = 360


async def upload(request: Request) -> Response:
    """`POST /_files/upload/<id>`: the raw bytes, or a multipart form with one file."""
    world: World = request.app.state.world
    record = world.files.get(request.path_params["ident"])
    if record is None:
        return PlainTextResponse("no such upload", 404)
    content = await _content(request)
    if len(content) != record.length:
        said = f"expected {record.length} bytes as announced, got {len(content)}"
        return PlainTextResponse(said, 400)
    record.content = content
    return PlainTextResponse(f"OK - {len(content)}")


async def download(request: Request) -> Response:
    """`GET /_files/<id>/<name>`: for holders of a bot token that may read files."""
    world: World = request.app.state.world
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    grant = world.grants.get(token)
    if grant is None or "files:read" not in grant.scopes:
        return PlainTextResponse("a bot token with files:read is needed", 403)
    return attachment(world.files.get(request.path_params["ident"]))


def attachment(record: FileRecord | None) -> Response:
    """A file's bytes as a download."""
    if record is None or record.content is None:
        return PlainTextResponse("no such file", 404)
    safe = "".join(c if c.isalnum() or c in "._-" else "_" for c in record.name)
    headers = {"content-disposition": f'attachment; filename="{safe}"'}
    return Response(record.content, media_type="application/octet-stream", headers=headers)


async def avatar(request: Request) -> Response:
    """`GET /_files/avatar/<user>-<size>.svg`: a coloured square with initials."""
    world: World = request.app.state.world
    ident, _, size = request.path_params["name"].removesuffix(".svg").rpartition("-")
    user = world.users.get(ident)
    if user is None or not size.isdigit():
        return PlainTextResponse("no such picture", 404)
    initials = "".join(word[0] for word in user.real_name.split()[:2]).upper()
    hue = sum(ident.encode()) * 37 % HUES
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" '
        f'viewBox="0 0 48 48">'
        f'<rect width="48" height="48" rx="8" fill="hsl({hue} 45% 38%)"/>'
        f'<text x="24" y="31" font-family="sans-serif" font-size="19" fill="#fff" '
        f'text-anchor="middle">{escape(initials)}</text></svg>'
    )
    return Response(svg, media_type="image/svg+xml")


async def _content(request: Request) -> bytes:
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with request.form() as form:
            for value in form.values():
                if not isinstance(value, str):
                    return await value.read()
        return b""
    return await request.body()
