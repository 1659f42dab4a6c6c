"""Questions, approvals and failed steps answered on the board: for those without Slack.

The same commands as from Slack, decided by the same rules: who may answer is the run's business,
not the page's. Opening the page changes nothing, and nothing is chosen beforehand.
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs, quote

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse
from starlette.routing import Route

from bot.web.pages import message, page
from bot.web.security import is_own_form
from bot.web.signin import HOW, foreign_form
from coalition.domain.errors import GateRefusal, NotFound, UserError
from coalition.domain.gate import release
from coalition.domain.labels import strictest
from coalition.domain.messages import Actor, canonical
from coalition.domain.run.commands import AnswerStep, ResolveStep
from coalition.rendering.board.asked import asked_view
from coalition.rendering.board.moments import Present
from coalition.rendering.board.sight import Sight

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from bot.web.sessions import Sessions, Viewer
    from coalition.bootstrap import Tocsin
    from coalition.domain.incident.state import Incident
    from coalition.domain.run.state import Run

PATH = "/board/{incident}/answer/{run}/{step}/{attempt:int}"
_MOST_FIELDS = 200
Given = dict[str, tuple[str, ...]]


class _Case(NamedTuple):
    """What is asked, and who looks at it."""

    viewer: Viewer
    incident: Incident
    run: Run
    step: str
    attempt: int

    @property
    def key(self) -> str:
        return f"{self.step}:{self.attempt}"


class Answering:
    """The page of one question: GET shows it, POST answers."""

    def __init__(self, tocsin: Tocsin, sessions: Sessions) -> None:
        self._tocsin = tocsin
        self._sessions = sessions

    def routes(self) -> list[Route]:
        """Both ways of the one address."""
        return [
            Route(PATH, self._show, methods=["GET"]),
            Route(PATH, self._answer, methods=["POST"]),
        ]

    async def _show(self, request: Request) -> Response:
        viewer = self._sessions.viewer(request, self._tocsin.coalition)
        if viewer is None:
            return self._stranger()
        return await asyncio.to_thread(self._page, viewer, request.path_params, {})

    async def _answer(self, request: Request) -> Response:
        viewer = self._sessions.viewer(request, self._tocsin.coalition)
        if viewer is None:
            return self._stranger()
        if not is_own_form(request, self._tocsin.settings.public_url):
            return foreign_form(exercise=self._tocsin.coalition.exercise)
        given = _read(await request.body())
        return await asyncio.to_thread(self._take, viewer, request.path_params, given)

    def _take(self, viewer: Viewer, about: Mapping[str, Any], given: Given) -> Response:
        case = self._case(viewer, about)
        if self._view(case, given) is None:
            return self._page(viewer, about, given)
        try:
            self._tocsin.dispatcher.execute(self._command(case, given))
        except UserError as error:
            return self._page(viewer, about, given, problem=str(error))
        return RedirectResponse(f"/board/{case.incident.number}#runs", status_code=303)

    def _command(self, case: _Case, given: Given) -> AnswerStep | ResolveStep:
        """One command for one answer of one person: sent twice, it counts once."""
        viewer = case.viewer
        said = hashlib.sha256(canonical(given)).hexdigest()[:16]
        base: dict[str, Any] = {
            "id": f"board:{viewer.delegate.id}:{case.run.run}:{case.key}:{said}",
            "at": self._tocsin.clock.now(),
            "actor": Actor(
                kind="delegate", member=viewer.member.id, delegate=viewer.delegate.id, via="board"
            ),
            "run": case.run.run,
            "step": case.step,
            "attempt": case.attempt,
        }
        if case.key not in case.run.stuck:
            form = case.run.open[case.key].request["form"]
            several = {name for name, one in form.items() if one.get("type") == "members"}
            values = {
                name: list(one) if name in several else "\n".join(one)
                for name, one in given.items()
            }
            return AnswerStep(**base, values=values)
        decision = given.get("decision", ("",))[0]
        if decision not in {"retry", "skip", "stop"}:
            raise UserError("Nothing was chosen.", "Choose one.", field="decision")
        reason = given.get("reason", ("",))[0]
        return ResolveStep.model_validate({**base, "decision": decision, "reason": reason})

    def _case(self, viewer: Viewer, about: Mapping[str, Any]) -> _Case:
        """Raise 404 for what is not there, and for what this person may not see."""
        read = self._tocsin.dispatcher.read
        incident, run = read("incident", about["incident"]), read("run", about["run"])
        if incident is None or run is None or run.incident != incident.number:
            raise HTTPException(404)
        return _Case(viewer, incident, run, about["step"], about["attempt"])

    def _view(self, case: _Case, given: Given) -> Any:
        """What is asked, past the gate; None where nothing is (any more)."""
        tocsin = self._tocsin
        sight = Sight(case.viewer.delegate.id, tocsin.coalition)
        view = asked_view(case.run, case.key, tocsin.coalition, self._present(case.viewer), given)
        try:
            words = tocsin.playbooks.pinned(case.run.playbook).words_tlp
            label = strictest(case.incident.tlp, words)
            audience = sight.audience(case.incident)
            cleared = release(view, tlp=label, audience=audience, coalition=tocsin.coalition)
        except (GateRefusal, NotFound):
            raise HTTPException(404) from None
        return cleared.content and (cleared.content, cleared.tlp)

    def _page(
        self, viewer: Viewer, about: Mapping[str, Any], given: Given, problem: str = ""
    ) -> Response:
        case = self._case(viewer, about)
        found = self._view(case, given)
        exercise = self._tocsin.coalition.exercise
        back = f"/board/{quote(case.incident.number)}"
        if found is None:
            said = problem or _ended(case)
            again = "Go back to the board; it shows how far the playbook is."
            return message("This is not asked any more", said, again, status=410, exercise=exercise)
        view, label = found
        context = {
            "view": view,
            "label": label.value,
            "back": back,
            "problem": problem,
            "viewer": viewer,
            "exercise": exercise,
            "zone": self._present(viewer).zone,
        }
        return page("asked.html", context, status=422 if problem else 200)

    def _present(self, viewer: Viewer) -> Present:
        return Present(self._tocsin.clock.now(), viewer.member.timezone)

    def _stranger(self) -> Response:
        exercise = self._tocsin.coalition.exercise
        return message("Sign in to answer", *HOW, status=401, exercise=exercise)


def _ended(case: _Case) -> str:
    state = case.run.steps.get(case.step)
    if state is None or state.outcome is None:
        return "The step is not waiting for an answer."
    return f"The step has ended: {state.outcome}."


def _read(body: bytes) -> Given:
    """The fields of the form; what was left empty is absent. A body that is no form has none."""
    try:
        fields = parse_qs(body.decode(), max_num_fields=_MOST_FIELDS)
    except ValueError:  # also for bytes that are not UTF-8
        return {}
    found = {
        name: tuple(text.replace("\r\n", "\n").strip() for text in texts)
        for name, texts in fields.items()
    }
    return {name: texts for name, texts in found.items() if any(texts)}
