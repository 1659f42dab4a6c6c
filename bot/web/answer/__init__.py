"""The page behind a notice's link, where a partner CERT answers without login or script.

Mail and chat scanners open every link and some press buttons, so opening changes nothing and
an answer needs a choice that no page makes beforehand. The first decision stands; what comes
before it may be followed by one. A link proves nobody's identity: help promised here is recorded
as not confirmed, and above TLP:AMBER (or above what the channels of the link may carry) the page
shows ids and label alone. It speaks the member's language; `?lang=en` shows it in English.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.web.answer import pages
from bot.web.answer.case import find, hub, show
from bot.web.answer.forms import LARGEST_FORM, Form, parse_form
from bot.web.answer.forms import read_body as read_form
from bot.web.answer.view import notice_page
from coalition.application import answering
from coalition.application.answer_tokens import AnswerRef, TokenExpired, TokenRefused, read
from coalition.domain.errors import GateRefusal, NotFound, TransientError, UserError
from coalition.rendering.notices.build import notice_id
from coalition.rendering.notices.languages import N_, language_of, say_in

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
    """There is nothing to show; carries what the page says instead, in English and as `language`.

    `sentences` are said in that language; `whom` names whom to phone and stands as it is.
    """

    def __init__(
        self, status: int, heading: str, *sentences: str, whom: str = "", language: str = "en"
    ) -> None:
        super().__init__(heading)
        self.status = status
        self.heading = heading
        self.sentences = [sentence for sentence in sentences if sentence]
        self.whom = whom
        self.language = language


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
            hint = N_("The note is too long. Go back and shorten it.")
            return self._refusal(Refused(413, N_("That is too long"), hint))
        return await run_in_threadpool(self._respond, request, body)

    def _respond(self, request: Request, body: bytes | None) -> Response:
        try:
            language = request.query_params.get("lang", "")
            case = self._case(request.path_params["token"], language)
            if body is None:
                return self._page(case, request)
            return self._take(case, request, body)
        except Refused as refused:
            return self._refusal(refused)
        except TransientError:
            hint = N_("Try again in a minute. If it is urgent, phone the number in the notice.")
            return self._refusal(Refused(503, N_("This cannot be shown or taken just now"), hint))

    def _case(self, token: str, language: str) -> Case:
        tocsin = self._tocsin
        exercise = tocsin.coalition.exercise
        try:
            ref = read(tocsin.secret_key, token, tocsin.clock.now(), exercise=exercise)
        except TokenExpired as error:
            raise self._over(error.ref, N_("This link has expired"), _TOO_OLD) from None
        except TokenRefused:
            hint = N_("Copy the whole address from the notice, or phone the duty number in it.")
            what = N_("This link is not one of ours, or part of it is missing.")
            raise Refused(404, N_("There is no such page"), what, hint, whom=self._hub()) from None
        try:
            case = find(
                tocsin, ref.incident, ref.notice, ref.member, attempt=ref.attempt, language=language
            )
        except NotFound:
            case = None
        if case is not None and case.superseded:
            raise self._over(ref, N_("This notice was superseded"), _SUPERSEDED)
        if case is None or case.lapsed:
            raise self._over(ref, N_("Nothing is asked any more"), _ENDED)
        return case

    def _over(self, ref: AnswerRef, heading: str, why: str) -> Refused:
        try:
            language = language_of(self._tocsin.coalition.member(ref.member).languages)
        except NotFound:
            language = "en"
        return Refused(410, heading, why, whom=self._whom(ref), language=language)

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
            heading = N_("This notice is closed to this page")
            why = N_("It may not be shown here any more.")
            raise Refused(410, heading, why, whom=sender, language=case.language) from None
        phone = self._sender(case.incident, case.notice.notice)
        context = notice_page(case, notice, self._tocsin.clock.now(), form or Form(), phone)
        return pages.page("notice.html", status, case.language, problem=problem, **context)

    def _take(self, case: Case, request: Request, body: bytes) -> Response:
        form, _ = Form(), say_in(case.language)
        try:
            form = parse_form(request.headers.get("content-type", ""), body)
            given = self._given(case, form, request)
        except UserError as error:
            return self._page(case, request, 422, f"{_(error.message)} {_(error.hint)}", form)
        try:
            standing = answering.answer_received(self._tocsin.dispatcher, given)
        except UserError as error:
            nothing = _("Nothing was recorded.")
            return self._page(case, request, 409, f"{error} {nothing}", form)
        if not standing.holds(given.answer):
            problem = _("Another answer had been given before; it stands. Yours was not recorded.")
            now = case._replace(
                incident=standing.incident, notice=standing.notice, recipient=standing.recipient
            )
            return self._page(now, request, 409, problem)
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(request.url.path + query, 303, headers=pages.HEADERS)

    def _given(self, case: Case, form: Form, request: Request) -> answering.Given:
        answer, details = form.answer()
        id = notice_id(case.id, case.notice.notice, case.member.id)
        sending = f"-{case.attempt}" if case.attempt else ""
        return answering.Given(
            incident=case.id,
            notice=case.notice.notice,
            member=case.member.id,
            answer=answer,
            way="link",
            once=f"{id}{sending}-{answer}",
            at=self._tocsin.clock.now(),
            note=form.note,
            by=form.by,
            attempt=case.attempt,
            details=details,
            evidence={
                "ip": request.client.host if request.client else "",
                "user_agent": request.headers.get("user-agent", "")[:200],
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
        _ = say_in(refused.language)
        return pages.page(
            "refused.html",
            refused.status,
            refused.language,
            heading=_(refused.heading),
            sentences=[*map(_, refused.sentences), *filter(None, [refused.whom])],
            exercise=self._tocsin.coalition.exercise,
        )


_TOO_OLD = N_("It was good for two weeks after the time to acknowledge. Nothing was recorded.")
_SUPERSEDED = N_("A newer notice has taken its place and reached you by itself; answer that one.")
_ENDED = N_("The incident has ended. No answer is needed.")
