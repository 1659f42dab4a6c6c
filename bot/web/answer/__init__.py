"""The page behind a notice's link, where a partner CERT answers without login or script.

Mail and chat scanners open every link and some press buttons, so opening changes nothing and
an answer needs a choice that no page makes beforehand. The first answer stands; after a mere
acknowledgement one further word is taken. A link proves nobody's identity: aid accepted here is
recorded as not verified.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.web.answer import pages
from bot.web.answer.case import find, hub, show
from bot.web.answer.forms import LARGEST_FORM, LONGEST_NAME, LONGEST_NOTE, Form, parse_form
from bot.web.answer.forms import read_body as read_form
from bot.web.answer.said import proof, said
from coalition.application.answer_tokens import AnswerRef, TokenExpired, TokenRefused, read
from coalition.domain.errors import GateRefusal, NotFound, TransientError, UserError
from coalition.domain.incident.commands import AnswerNotice
from coalition.domain.messages import Actor
from coalition.rendering.notices.build import notice_id
from coalition.rendering.notices.wording import KINDS

if TYPE_CHECKING:
    from starlette.requests import Request

    from bot.web.answer.case import Case
    from coalition.bootstrap import Tocsin
    from coalition.domain.incident.state import Incident


def routes(tocsin: Tocsin) -> list[Route]:
    """`/n/<token>`: GET and HEAD show, POST answers."""
    page = AnswerPage(tocsin)
    return [
        Route("/n/{token}", page.show, methods=["GET"]),
        Route("/n/{token}", page.answer, methods=["POST"]),
    ]


class Refused(Exception):
    """There is nothing to show; carries what the page says instead."""

    def __init__(self, status: int, heading: str, *sentences: str) -> None:
        super().__init__(heading)
        self.status = status
        self.heading = heading
        self.sentences = [sentence for sentence in sentences if sentence]


class AnswerPage:
    """The endpoints."""

    def __init__(self, tocsin: Tocsin) -> None:
        self._tocsin = tocsin

    async def show(self, request: Request) -> Response:
        """The notice, the answer given so far, and the form while one is open."""
        return await run_in_threadpool(self._respond, request, None)

    async def answer(self, request: Request) -> Response:
        """Take the answer, then lead back to the page, so that reloading sends nothing again."""
        body = await read_form(request, LARGEST_FORM)
        if body is None:
            hint = f"A note has at most {LONGEST_NOTE} letters. Go back and shorten it."
            return self._refusal(Refused(413, "That is too long", hint))
        return await run_in_threadpool(self._respond, request, body)

    def _respond(self, request: Request, body: bytes | None) -> Response:
        try:
            case = self._case(request.path_params["token"])
            if body is None:
                return self._page(case, request)
            return self._take(case, request, body)
        except Refused as refused:
            return self._refusal(refused)
        except TransientError:
            hint = "Try again in a minute. If it is urgent, phone the duty number in the notice."
            return self._refusal(Refused(503, "This cannot be shown or taken just now", hint))

    def _case(self, token: str) -> Case:
        tocsin = self._tocsin
        exercise = tocsin.coalition.exercise
        try:
            ref = read(tocsin.secret_key, token, tocsin.clock.now(), exercise=exercise)
        except TokenExpired as error:
            raise Refused(
                410, "This link has expired", error.message, self._whom(error.ref)
            ) from None
        except TokenRefused as error:
            hint = "Copy the whole address from the notice, or phone the duty number in it."
            raise Refused(404, "There is no such page", error.message, hint, self._hub()) from None
        try:
            case = find(tocsin, ref.incident, ref.notice, ref.member)
        except NotFound:
            case = None
        if case is None or case.lapsed:
            why = "The notice was superseded, or its incident has ended. No answer is needed."
            raise Refused(410, "Nothing is asked any more", why, self._whom(ref))
        return case

    def _page(
        self,
        case: Case,
        request: Request,
        status: int = 200,
        problem: str = "",
        form: Form | None = None,
    ) -> Response:
        try:
            notice = show(self._tocsin, case, str(request.url)).content
        except (GateRefusal, NotFound):
            sender = self._sender(case.incident, case.notice.notice)
            why = "It may not be shown here any more."
            raise Refused(410, "This notice is closed to this page", why, sender) from None
        choices = [one for one in notice.ask.choices if one.answer in case.open_answers]
        return pages.page(
            "notice.html",
            status,
            notice=notice,
            tlp_class=notice.tlp.name.partition("_")[0].lower(),
            kind=KINDS[notice.kind],
            due_utc=f"{notice.ask.due.utc:%Y-%m-%d %H:%M} UTC",
            late=bool(choices) and self._tocsin.clock.now() > notice.ask.due.utc,
            problem=problem,
            said=said(case),
            choices=choices,
            proof=proof(case) if choices and case.asks_aid else "",
            ended=case.incident.status if case.incident.over else "",
            form=form or Form(),
            longest_name=LONGEST_NAME,
            longest_note=LONGEST_NOTE,
        )

    def _take(self, case: Case, request: Request, body: bytes) -> Response:
        form = Form()
        try:
            form = parse_form(request.headers.get("content-type", ""), body)
            command = self._command(case, form, request)
        except UserError as error:
            return self._page(case, request, 422, str(error), form)
        try:
            self._tocsin.dispatcher.execute(command)
        except UserError as error:
            return self._page(case, request, 409, f"{error} Nothing was recorded.", form)
        now = find(self._tocsin, case.id, case.notice.notice, case.member.id) or case
        if not now.stands(command.answer):
            problem = "Another answer had been given before; it stands. Yours was not recorded."
            return self._page(now, request, 409, problem)
        return RedirectResponse(request.url.path, 303, headers=pages.HEADERS)

    def _command(self, case: Case, form: Form, request: Request) -> AnswerNotice:
        answer = form.choice()
        now = self._tocsin.clock.now()
        return AnswerNotice(
            id=f"link-{notice_id(case.id, case.notice.notice, case.member.id)}-{answer}",
            at=now,
            actor=Actor(kind="partner", member=case.member.id, via="link"),
            incident=case.id,
            notice=case.notice.notice,
            member=case.member.id,
            answer=answer,
            note=form.note,
            by=form.by,
            evidence={
                "ip": request.client.host if request.client else "",
                "user_agent": request.headers.get("user-agent", "")[:200],
                "at": now.isoformat(),
            },
        )

    def _whom(self, ref: AnswerRef) -> str:
        return self._sender(self._tocsin.dispatcher.read("incident", ref.incident), ref.notice)

    def _sender(self, incident: Incident | None, notice: int) -> str:
        """Whom to phone: the CERT that sent the notice, as far as it can be told."""
        issued = incident.notices.get(str(notice)) if incident else None
        try:
            sender = self._tocsin.coalition.member(issued.member if issued else "")
        except NotFound:
            return f"Questions? Phone the duty number in the notice. {self._hub()}".strip()
        return f"Questions? Phone {sender.name}, {sender.duty_phone}, day and night."

    def _hub(self) -> str:
        address = hub(self._tocsin).mail
        name = self._tocsin.coalition.name
        return f"The hub of {name} can be reached at {address}." if address else ""

    def _refusal(self, refused: Refused) -> Response:
        return pages.page(
            "refused.html",
            refused.status,
            heading=refused.heading,
            sentences=refused.sentences,
            exercise=self._tocsin.coalition.exercise,
        )
