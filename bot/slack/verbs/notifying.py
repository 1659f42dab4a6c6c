"""Notify: who is told what, by which channel, and who cannot be told and why, before it goes."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any, get_args

from bot.slack.desk import Reply
from bot.slack.verbs import overriding, previewing, reaching, responding
from bot.slack.verbs.base import TLP_CHOICES, Asking, Call, Verb
from bot.slack.verbs.overriding import number
from coalition.domain.incident.commands import IssueNotice
from coalition.domain.incident.words import Answer, NoticeKind
from coalition.domain.labels import Tlp, strictest
from coalition.domain.messages import canonical
from coalition.domain.notice.combining import combined, sources_from
from coalition.domain.notice.reading import FIELDS as FACTS
from coalition.domain.notice.reading import details_from
from coalition.rendering.slack.fields import Field
from coalition.rendering.slack.names import label_line
from coalition.rendering.slack.replies import reply

if TYPE_CHECKING:
    from coalition.domain.incident.state import NoticeState

KINDS: tuple[str, ...] = get_args(NoticeKind)
PREVIEWED = "previewed"
"""Metadata of a form that is its own preview: a fingerprint of what was shown."""

SHOWN, WAYS = "shown", "ways"
"""Whose text the preview shows now, and all that it can show."""

DETAILS = tuple(name.replace("_", "-") for name in FACTS)
"""The options that state the facts of a notice; `details_from` reads them."""

ANSWERED = tuple(name for name in responding.DETAILS if name not in DETAILS)


def notify(call: Call) -> Reply | Asking:
    """Send the notice when it has been previewed (or typed with --yes), else show the preview.

    With --notice or --release it is about an override of a notice that has been issued.
    """
    if call.given.has("answer"):
        return responding.respond(call)
    if overriding.asked(call):
        return overriding.override(call)
    command = _command(call)
    seen, fingerprint = call.given.text(PREVIEWED), _fingerprint(call)
    show = call.given.text("show")
    another = show != call.given.text(SHOWN)
    if not call.given.flag("preview") and (
        call.given.flag("yes") or (seen == fingerprint and not another)
    ):
        return _send(call, command)
    said, told = previewing.previewed(call, command)
    text = previewing.text_of(call, told, show, _label(call))
    if call.given.flag("preview"):
        nothing = "Nothing was sent. Without --preview it can be."
        return Reply(reply(said, nothing, extra=previewing.in_a_reply(*text)), call.here)
    said += previewing.in_a_form(*text)
    call.given.values[WAYS] = tuple(f"{value}|{shown}" for value, shown in previewing.ways_of(told))
    return Asking(said, {PREVIEWED: fingerprint, SHOWN: show}, submit="Send notice")


def _command(call: Call) -> IssueNotice:
    given = call.given
    asked: dict[str, Any] = {
        **call.base,
        "incident": call.here.number,
        "kind": given.choice("kind", KINDS) if given.has("kind") else "alert",
        "to": given.members(),
        "text": given.text("text"),
        "ask": given.text("ask"),
        "tlp": given.tlp() if given.has("tlp") else None,
        "ack_within": given.duration("within"),
        "override": given.text("override"),
        "supersedes": number(call, "supersedes") if given.has("supersedes") else None,
        "sources": sources_from(given.text("sources")),
        "details": details_from({name: given.text(name) for name in DETAILS if given.has(name)}),
    }
    if asked["ask"]:  # whoever is asked for something must be able to say yes or no
        asked["answers"] = get_args(Answer)
    return IssueNotice.model_validate(asked)


def _send(call: Call, command: IssueNotice) -> Reply:
    before = set(call.here.notices)
    call.desk.execute(command)
    after = call.desk.directory.incident(call.here.number) or call.here
    issued = [notice for key, notice in after.notices.items() if key not in before]
    return Reply(
        reply(
            f"{label_line(after)}\n{_outcome(call, issued[-1] if issued else None)}",
            "The headline counts who has answered; silent members are tried by the next channel.",
        ),
        after,
    )


def _with_ways(call: Call, fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """In the preview: whose text to show."""
    ways = tuple(tuple(one.split("|", 1)) for one in call.given.values.get(WAYS, ()))
    if not ways:
        return tuple(field for field in fields if field.name != "show")
    choices = tuple((one[0], one[1]) for one in ways)
    show = next(replace(field, choices=choices) for field in fields if field.name == "show")
    return (show, *(field for field in fields if field.name != "show"))


def _outcome(call: Call, notice: NoticeState | None) -> str:
    if notice is None:
        return "This notice was recorded before; it is sent once."
    said = f"Notice {notice.notice} is on its way to {reaching.counted_told(notice)}."
    kept = reaching.not_told(call, notice)
    return f"{said}\n{kept}" if kept else said


def _label(call: Call) -> Tlp:
    given = call.given.tlp() if call.given.has("tlp") else call.here.tlp
    sources = sources_from(call.given.text("sources"))
    theirs = (combined(sources, call.here.permissions),) if sources else ()
    return strictest(given, call.here.tlp, *theirs)


def _fingerprint(call: Call) -> str:
    """Of what was shown: the same for a value typed and the same value chosen in the form."""
    given = call.given
    shown = {
        "text": given.text("text"),
        "members": sorted(given.members()),
        "kind": given.choice("kind", KINDS) if given.has("kind") else "",
        "ask": given.text("ask"),
        "tlp": given.tlp().value if given.has("tlp") else "",
        "within": given.text("within"),
        "override": given.text("override"),
        "supersedes": given.text("supersedes"),
        "sources": given.text("sources"),
        **{name: given.text(name) for name in DETAILS if given.has(name)},
    }
    return hashlib.sha256(canonical(shown)).hexdigest()[:16]


FIELDS = (
    Field("text", "What are they told?", "text", required=True, place="rest", longest=2500),
    Field("members", "Who is told?", "members", required=True),
    Field(
        "kind",
        "Kind",
        "choice",
        choices=tuple((k, k.replace("_", " ")) for k in KINDS),
        hint="Empty: alert",
    ),
    Field("ask", "What do you ask of them?", "text", longest=500),
    Field(
        "tlp",
        "TLP label",
        "choice",
        choices=TLP_CHOICES,
        hint="Empty: the incident's. Never below it",
    ),
    Field(
        "within",
        "Acknowledge within",
        "duration",
        longest=20,
        hint="Empty: the charter's deadline for this severity",
    ),
    Field(
        "show",
        "Show the text of",
        "choice",
        hint="Choose another and press the button to see it; nothing is sent then",
    ),
    Field("supersedes", "Notice that it takes the place of", "number", typed_only=True),
    Field("sources", "Whose information, under which label", "line", typed_only=True, longest=300),
    *(Field(name, name, typed_only=True) for name in DETAILS),
    Field("override", "Why above a ceiling?", "line", typed_only=True, longest=1000),
    Field("notice", "Notice to be released", "number", typed_only=True),
    Field("release", "Override to be released", "number", typed_only=True),
    Field("answer", "Your answer to a notice", typed_only=True, one_word=True),
    *(Field(name, responding.LABELS[name], typed_only=True) for name in ANSWERED),
    Field("note", "Note to your answer", "line", typed_only=True, longest=2000),
    Field("preview", "Show and send nothing", "flag", typed_only=True),
    Field("yes", "Send without preview", "flag", typed_only=True),
)

VERBS = (
    Verb(
        "incident",
        "notify",
        "Notify members",
        "/incident notify <text> --members a,b [--ask what] [--kind alert] [--tlp LABEL] "
        "[--within 30m] [--supersedes 1] [--override why] [--preview] [--yes]",
        "/incident notify Block 203.0.113.0/24 at your border --members lv,lt "
        "--ask Confirm when it is blocked --within 30m --yes",
        notify,
        FIELDS,
        "Preview",
        complete=_with_ways,
        settle=overriding.settle,
    ),
)
