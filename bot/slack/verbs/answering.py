"""/playbook answer: a question of a playbook, or what becomes of a step that failed."""

from __future__ import annotations

from bot.slack.desk import Reply
from bot.slack.verbs.asking import as_fields, given_values
from bot.slack.verbs.base import Asking, Call, Verb
from bot.slack.verbs.runs import Waiting, shows, wanted
from coalition.domain.errors import UserError
from coalition.domain.run.commands import AnswerStep, ResolveStep
from coalition.rendering.questions import question
from coalition.rendering.slack.fields import Field
from coalition.rendering.slack.names import label_line
from coalition.rendering.slack.replies import reply
from coalition.rendering.slack.text import escape, local

UNSEEN = "Slack may not show you its words here; the board shows what you may see."

DECISIONS = (
    ("retry", "Retry it"),
    ("skip", "Skip it and go on"),
    ("stop", "Stop the playbook"),
)


def answer(call: Call) -> Reply | Asking:
    """Answer the open question, or decide about the failed step."""
    waiting = wanted(call)
    if waiting.stuck:
        return _decide(call, waiting)
    values = given_values(call, "values")
    if not values:
        return Asking(intro(call, waiting), {})
    command = AnswerStep(
        **call.base,
        run=waiting.run.run,
        step=waiting.step,
        attempt=waiting.attempt,
        values=values,
    )
    try:
        call.desk.execute(command)
    except UserError as error:
        if type(error) is not UserError or shows(call, waiting.run):
            raise
        # What does not fit is said in the question's own words; they may not be shown here.
        message = f"That does not fit what step {waiting.step} asks."
        raise UserError(message, f"Read the question on the board. {UNSEEN}") from error
    return done(call, "Your answer is recorded; the room sees it.")


def _decide(call: Call, waiting: Waiting) -> Reply | Asking:
    if not call.given.has("decision"):
        return Asking(intro(call, waiting), {})
    decision = call.given.choice("decision", tuple(value for value, _ in DECISIONS))
    command = ResolveStep.model_validate(
        {
            **call.base,
            "run": waiting.run.run,
            "step": waiting.step,
            "attempt": waiting.attempt,
            "decision": decision,
            "reason": call.given.text("reason"),
        }
    )
    call.desk.execute(command)
    return done(call, f"Step {escape(waiting.step)}: decided to {decision}.")


def done(call: Call, said: str) -> Reply:
    """The reply to an answer that was taken."""
    incident = call.here
    following = "The playbook goes on; the headline shows how far it is."
    return Reply(reply(f"{label_line(incident)}\n{said}", following), incident)


def intro(call: Call, waiting: Waiting) -> str:
    """What is asked, who may answer and by when; or what has failed."""
    incident = call.here
    if not shows(call, waiting.run):
        return f"{label_line(incident)}\n*{escape(waiting.step)} waits for an answer.* {UNSEEN}"
    if waiting.stuck:
        what = f"*This step failed:* {escape(waiting.stuck.sentence, 500)}"
        return f"{label_line(incident)}\n{what}\n{escape(waiting.stuck.error, 800)}"
    if waiting.question is None:
        return label_line(incident)
    asked = question(waiting.question, call.desk.coalition)
    by = f" Answer by {local(asked.due)}." if asked.due else ""
    said = f"{escape(asked.who, 600)}{by} {escape(asked.standing, 600)}".strip()
    return f"{label_line(incident)}\n*The playbook asks:* {escape(asked.text, 1500)}\n{said}"


def _fields(call: Call, fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """What this question or failure asks for."""
    if call.shown is None:
        return fields
    try:
        waiting = wanted(call)
    except UserError:
        return fields
    if not shows(call, waiting.run):
        return fields
    if waiting.stuck:
        return tuple(field for field in fields if field.name in ("decision", "reason"))
    form = waiting.question.request["form"] if waiting.question else {}
    return as_fields(form, call.desk.coalition)


def _question(call: Call) -> str:
    """The question, where it is known which one it is."""
    if call.shown is None:
        return ""
    try:
        return intro(call, wanted(call))
    except UserError:
        return ""


ANSWERING = Verb(
    "playbook",
    "answer",
    "Answer a playbook",
    "/playbook answer name=value … · /playbook answer --decision retry|skip|stop [--reason why] "
    "[--run id] [--step id]",
    "/playbook answer over=yes",
    answer,
    (
        Field("values", "Values", "line", place="rest", typed_only=True),
        Field("decision", "What now?", "choice", choices=DECISIONS),
        Field("reason", "Why?", "text", longest=1000, hint="Needed to skip or stop"),
        Field("run", "Run", typed_only=True, one_word=True),
        Field("step", "Step", typed_only=True, one_word=True),
    ),
    "Answer",
    complete=_fields,
    introduce=_question,
)
