"""The answer page's HTML: no script, one inline style sheet, readable on a phone at 03:00."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from coalition.rendering.notices.languages import say_in

_TEMPLATES = Path(__file__).parent / "templates"
_STYLE = (_TEMPLATES / "style.css").read_text(encoding="utf-8")
_STYLE_HASH = b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    # The address is the key to the page; it must not travel to wherever a reader goes next.
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}

_environment = Environment(
    loader=FileSystemLoader(_TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.globals["style"] = Markup(_STYLE)  # noqa: S704 - our own file, not anybody's input


def page(template: str, status: int, language: str, **context: Any) -> HTMLResponse:
    """One of the templates beside this file as a response, in a language that we speak."""
    _ = say_in(language)
    body = _environment.get_template(template).render({**context, "_": _, "lang": language})
    return HTMLResponse(body, status_code=status, headers=HEADERS)
