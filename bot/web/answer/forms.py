"""What a browser sends when a partner answers: a small form, checked before it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs

from coalition.domain.errors import UserError
from coalition.domain.incident.answer_details import AFFECTED, NAMES
from coalition.rendering.notices.languages import N_
from coalition.rendering.notices.wording import ANSWERS

if TYPE_CHECKING:
    from starlette.requests import Request

    from coalition.domain.incident.words import Answer

LARGEST_FORM = 64 * 1024
"""Bytes. The longest note and details, with every letter percent-encoded, stay below."""

LONGEST_NOTE = 2000
LONGEST_NAME = 120
_FIELDS = 24

UNAFFECTED = "unaffected"
"""The choice "we are not affected": the answer `affected` with a count of 0."""

OFFERED = ("capability", "size", "starts", "days", "cost", "currency")
"""What the form asks of an offer; the note says the rest."""

DETAILS = ("question", *OFFERED, *AFFECTED)


class Form(NamedTuple):
    """What was filled in, as it was typed; `details` by the names of `DETAILS`."""

    choice: str = ""
    by: str = ""
    note: str = ""
    details: dict[str, str] = {}  # noqa: RUF012 - never changed

    def answer(self) -> tuple[Answer, dict[str, str]]:
        """The answer that was chosen, with the details that belong to it.

        Raises:
            UserError: none was, or a text is too long; says what to do.
        """
        if len(self.note) > LONGEST_NOTE or len(self.by) > LONGEST_NAME:
            what = N_("The note or the name is too long;")
            raise UserError(what, N_("shorten it. Nothing was recorded."))
        if self.choice == UNAFFECTED:
            return "affected", {"count": "0"}
        for answer in ANSWERS:
            if answer == self.choice:
                return answer, self._of(answer)
        raise UserError(N_("No answer was chosen."), N_("Choose one; nothing was recorded."))

    def _of(self, answer: Answer) -> dict[str, str]:
        if answer == "need_info" and not (self.details.get("question") or self.note):
            raise UserError(
                N_("The question is missing."),
                N_("Write what you need to know; nothing was recorded."),
            )
        return {name: text for name, text in self.details.items() if text and name in NAMES[answer]}


def parse_form(content_type: str, body: bytes) -> Form:
    """The fields of the form; those that are not there are empty.

    Raises:
        UserError: the body is not a form.
    """
    nothing = N_("Nothing was recorded.")
    if content_type.partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise UserError(N_("That is not the form of this page."), nothing)
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=_FIELDS)
    except ValueError:  # also for bytes that are not UTF-8
        raise UserError(N_("That form cannot be read."), nothing) from None
    typed = {name: values[-1].replace("\r\n", "\n").strip() for name, values in fields.items()}
    details = {name: typed[name] for name in DETAILS if name in typed}
    return Form(typed.get("answer", ""), typed.get("by", ""), typed.get("note", ""), details)


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
