"""What a browser sends when a partner answers: a small form, checked before it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs

from coalition.domain.errors import UserError
from coalition.rendering.notices.wording import ANSWERS

if TYPE_CHECKING:
    from starlette.requests import Request

    from coalition.domain.incident.words import Answer

LARGEST_FORM = 32 * 1024
"""Bytes. The longest note, with every letter percent-encoded, stays below."""

LONGEST_NOTE = 2000
LONGEST_NAME = 120
_FIELDS = 10


class Form(NamedTuple):
    """What was filled in, as it was typed."""

    answer: str = ""
    by: str = ""
    note: str = ""

    def choice(self) -> Answer:
        """The answer that was chosen.

        Raises:
            UserError: none was, or a text is too long; says what to do.
        """
        if len(self.note) > LONGEST_NOTE or len(self.by) > LONGEST_NAME:
            what = f"A note has at most {LONGEST_NOTE} letters and a name {LONGEST_NAME};"
            raise UserError(what, "shorten it. Nothing was recorded.")
        for answer in ANSWERS:
            if answer == self.answer:
                return answer
        raise UserError("No answer was chosen.", "Choose one; nothing was recorded.")


def parse_form(content_type: str, body: bytes) -> Form:
    """The fields of the form; those that are not there are empty.

    Raises:
        UserError: the body is not a form.
    """
    if content_type.partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise UserError("That is not the form of this page.", "Nothing was recorded.")
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=_FIELDS)
    except ValueError:  # also for bytes that are not UTF-8
        raise UserError("That form cannot be read.", "Nothing was recorded.") from None
    texts = (fields.get(name, [""])[-1] for name in Form._fields)
    return Form(*(text.replace("\r\n", "\n").strip() for text in texts))


async def read_body(request: Request, limit: int) -> bytes | None:
    """The body, or None as soon as it is known to be larger than `limit` bytes."""
    declared = request.headers.get("content-length", "0")
    if not declared.isdigit() or int(declared) > limit:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            return None
    return bytes(body)
