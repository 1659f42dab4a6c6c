"""/playbook: list, preview, run, answer, approve, cancel."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.slack.desk import Reply
from bot.slack.verbs import run_preview
from bot.slack.verbs.answering import ANSWERING
from bot.slack.verbs.approving import APPROVING
from bot.slack.verbs.asking import as_fields, given_values
from bot.slack.verbs.base import Asking, Call, Verb
from bot.slack.verbs.notifying import PREVIEWED
from bot.slack.verbs.runs import open_runs, pinned, run_here, runs_of, shows
from coalition.domain.errors import NotFound, UserError
from coalition.domain.gate import ToViewer, explain
from coalition.domain.labels import Tlp, strictest
from coalition.domain.run.commands import CancelRun, StartRun
from coalition.domain.run.facts import facts_of
from coalition.rendering.slack.blocks import section
from coalition.rendering.slack.fields import Field
from coalition.rendering.slack.names import SEVERITIES, label_line
from coalition.rendering.slack.replies import reply
from coalition.rendering.slack.run_posts import left_behind, preview, unwatched, waits
from coalition.rendering.slack.text import counted, escape, listed, one_line

if TYPE_CHECKING:
    from coalition.domain.incident.state import Incident
    from coalition.domain.playbook import Playbook


def list_(call: Call) -> Reply:
    """The playbooks this person may see; in a room also what runs there."""
    playbooks = _visible(call)
    lines = [_line(one) for one in playbooks]
    here = _room(call)
    labels = [one.words_tlp for one in playbooks]
    blocks = [section(line) for line in [*_refused(call), *lines[:20]]]
    if here is not None:
        inside = replace(call, incident=here)
        blocks[:0] = [section(line) for line in _running(inside)]
        labels += [pinned(inside, run).words_tlp for run in open_runs(inside) if shows(inside, run)]
    said = f"{counted(len(playbooks), 'playbook')} can be run."
    if here is not None:
        said = f"{label_line(here)}\n{said}"
    return Reply(
        reply(
            said,
            f"{call.slash('playbook preview <name>')} shows the steps, "
            f"{call.slash('playbook run <name>')} in a room starts it.",
            extra=blocks,
        ),
        here,
        _label(here, *labels),
    )


def _refused(call: Call) -> list[str]:
    """Files that were changed and refused, by name and line; what is wrong, `check` says."""
    return [
        f"*Changed but refused:* `{escape(one, 150)}`. What it last said stays in force; "
        "`tocsin playbook check` says what is wrong."
        for one in call.desk.tocsin.playbooks.refused()
    ]


def _label(incident: Incident | None, *labels: Tlp) -> Tlp:
    """The strictest of what is shown."""
    return strictest(Tlp.CLEAR, *labels, *([incident.tlp] if incident else []))


def _room(call: Call) -> Incident | None:
    """The incident whose room this is, where the caller may see it in Slack."""
    number = call.desk.directory.by_channel(call.channel)
    incident = call.desk.directory.incident(number) if number else None
    return incident if incident and call.desk.shows(call.caller, incident) else None


def _running(call: Call) -> list[str]:
    return [
        f"*Runs here:* `{run.run}` {escape(run.title, 100)}: {run.status}. "
        f"{escape(waits(run), 600)}"
        if shows(call, run)
        else f"*Runs here:* `{run.run}`: {run.status}. Its label is above what you may see here."
        for run in open_runs(call)
    ]


def _visible(call: Call) -> list[Playbook]:
    """In a room, up to the label its people may see; elsewhere, up to that of the coalition."""
    audience = ToViewer(call.caller.delegate.id, call.shown or _room(call))
    return [
        playbook
        for playbook in call.desk.tocsin.playbooks.in_force().values()
        if explain(tlp=playbook.words_tlp, audience=audience, coalition=call.desk.coalition) is None
    ]


def _named(call: Call) -> Playbook:
    """The playbook of that name, if this person may see it; raises `NotFound`."""
    name = call.given.text("playbook").lower()
    for playbook in _visible(call):
        if playbook.playbook == name:
            return playbook
    known = listed(one.playbook for one in _visible(call)) or "none"
    raise NotFound(f"There is no playbook {name[:60]!r}.", f"There are: {known}.", field="playbook")


def _line(playbook: Playbook) -> str:
    starts = [
        f"{', '.join(trigger.kind) or 'any kind'} from {SEVERITIES[trigger.severity]}"
        for trigger in playbook.trigger
    ]
    by_itself = f"\nStarts by itself: {'; '.join(starts)}." if starts else ""
    asks = f"\nAsks for: {', '.join(playbook.inputs)}." if playbook.inputs else ""
    about = escape(one_line(playbook.about), 400)
    label = f"*{playbook.words_tlp.value}* · "
    title = f"*{escape(playbook.title, 150)}* `{playbook.playbook}`"
    return f"{label}{title}\n{about}{by_itself}{asks}"


def preview_(call: Call) -> Reply:
    """The steps, without starting anything."""
    playbook = _named(call)
    here = _room(call)
    steps = counted(len(playbook.outline.nodes), "step")
    return Reply(
        reply(
            f"*{playbook.words_tlp.value}* · *{escape(playbook.title, 150)}* "
            f"`{playbook.playbook}`, "
            f"{steps}. Nothing was started.",
            f"{call.slash(f'playbook run {playbook.playbook}')} in a room starts it.",
            extra=preview(playbook),
        ),
        here,
        _label(here, playbook.words_tlp),
    )


def run(call: Call) -> Reply | Asking:
    """Start it for the incident of this room; a form shows first whom it tells, and asks inputs."""
    playbook = _named(call)
    inputs = given_values(call, "inputs")
    missing = [
        name for name, asked in playbook.inputs.items()
        if asked.default is None and not inputs.get(name)
    ]  # fmt: skip
    seen = run_preview.fingerprint(call, playbook, inputs)
    unseen = call.given.flag(BY_FORM) and call.given.text(PREVIEWED) != seen
    if missing or unseen:
        wants = f" It asks for {', '.join(missing)}." if missing else ""
        intro = (
            f"{label_line(call.here, playbook.words_tlp)}\n*{escape(playbook.title, 150)}*, "
            f"{counted(len(playbook.outline.nodes), 'step')}. Nothing is started yet.{wants}\n"
            f"{run_preview.whom(call, playbook, inputs)}"
        )
        metadata = {"playbook": playbook.playbook, PREVIEWED: seen}
        return Asking(intro, metadata, submit="Start")
    command = StartRun(
        **call.base,
        run=_new_run(call),
        incident=call.here.number,
        playbook=call.desk.tocsin.playbooks.pin(playbook),
        name=playbook.playbook,
        inputs=inputs,
        facts=facts_of(call.here),
        pins=call.desk.tocsin.playbooks.pins(playbook),
    )
    started = call.desk.execute(command).id
    return Reply(
        reply(
            f"{label_line(call.here)}\n*{escape(playbook.title, 150)}* runs as `{started}`.",
            f"The headline shows how far it is; {call.slash('playbook cancel')} stops it.",
        ),
        call.here,
        _label(call.here, playbook.words_tlp),
    )


def _new_run(call: Call) -> str:
    """The id this command led to before, or the next one of this incident."""
    if done := call.desk.tocsin.log.carried_out(call.id):
        return done.id
    return f"{call.here.number}-r{len(runs_of(call)) + 1}"


def _inputs(call: Call, fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """The playbook to choose; once it is chosen, what it asks for."""
    if not call.given.has("playbook"):
        return _choices(call, fields)
    try:
        playbook = _named(call)
    except UserError:
        return _choices(call, fields)
    asked = {name: one.model_dump(mode="json") for name, one in playbook.inputs.items()}
    return as_fields(asked, call.desk.coalition)


def _choices(call: Call, fields: tuple[Field, ...]) -> tuple[Field, ...]:
    choices = tuple((one.playbook, one_line(one.title)) for one in _visible(call))
    if not choices:
        message = "There is no playbook that you may run."
        raise UserError(message, "Ops staff write them; docs/playbooks.md says how.")
    return tuple(
        replace(field, kind="choice", choices=choices) if field.name == "playbook" else field
        for field in fields
    )


def cancel(call: Call) -> Reply:
    """Stop a run; what was sent stays sent."""
    stopped = run_here(call)
    reason = call.given.text("reason")
    call.desk.execute(CancelRun(**call.base, run=stopped.run, reason=reason))
    clocks = [unwatched(one.output) for one in stopped.open.values() if one.verb == "report"]
    first = f"`{stopped.run}` is cancelled. {left_behind(call.here, stopped.run)}"
    said = "\n".join([first, *filter(None, clocks)])
    return Reply(
        reply(
            f"{label_line(call.here)}\n{said}",
            "What is sent stays sent: take it back with a notice of your own, if it was wrong.",
        ),
        call.here,
    )


BY_FORM = "preview"
"""A flag that a form carries: the run is shown before it starts."""

_PLAYBOOK = Field("playbook", "Playbook", required=True, place="word", one_word=True)

VERBS = (
    Verb(
        "playbook",
        "list",
        "List playbooks",
        "/playbook list",
        "/playbook list",
        list_,
        about_incident=False,
        opens_form=False,
    ),
    Verb(
        "playbook",
        "preview",
        "Preview a playbook",
        "/playbook preview <name>",
        "/playbook preview cross-border-ddos",
        preview_,
        (_PLAYBOOK,),
        "Show",
        about_incident=False,
        complete=_choices,
    ),
    Verb(
        "playbook",
        "run",
        "Run a playbook",
        "/playbook run <name> [input=value …] [--preview]",
        "/playbook run cross-border-ddos service=Two banks",
        run,
        (
            _PLAYBOOK,
            Field("inputs", "Inputs", place="rest", typed_only=True),
            Field(BY_FORM, "Show whom it tells first", "flag", typed_only=True),
        ),
        "Next",
        complete=_inputs,
        prefill=lambda _: {BY_FORM: ("yes",)},
    ),
    ANSWERING,
    Verb(
        "playbook",
        "cancel",
        "Cancel a run",
        "/playbook cancel <reason> [--run id]",
        "/playbook cancel The flood has ended",
        cancel,
        (
            Field("reason", "Why?", "text", required=True, place="rest", longest=500),
            Field("run", "Run", typed_only=True, one_word=True),
        ),
        "Cancel the run",
    ),
    APPROVING,
)
