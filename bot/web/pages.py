"""Templates to answers. Everything a person reads in the browser goes through here."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from coalition.rendering.board.text import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

BOARD = Path(__file__).parent / "board"
STATIC = BOARD / "static"
STATIC_PATH = "/board/static/"


def _finalize(value: Any) -> Any:
    """Clean every text on its way into a page; what is already markup came from a template."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def static_url(name: str) -> str:
    """The address of a static file; it changes with its content, so browsers may keep it."""
    return f"{STATIC_PATH}{name}?v={_digest(name)}"


@lru_cache(maxsize=16)
def _digest(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


_TEMPLATES = Environment(
    loader=FileSystemLoader(BOARD / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    finalize=_finalize,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.globals["static"] = static_url


def page(
    template: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """Answer with a template of bot/web/board/templates."""
    body = _TEMPLATES.get_template(template).render(context)
    return HTMLResponse(body, status_code=status, headers=headers)


def message(
    title: str,
    *sentences: str,
    status: int = 200,
    exercise: bool = False,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """Answer with a page that says one thing and carries no content of any incident."""
    context = {"title": title, "sentences": sentences, "exercise": exercise}
    return page("message.html", context, status=status, headers=headers)
