"""Notify: who is told what, by which channel, and who cannot be told and why, before it goes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, get_args

from bot.slack.desk import Reply
from bot.slack.verbs import reaching
from bot.slack.verbs.base import TLP_CHOICES, Asking, Call, Verb
from coalition.domain.incident.commands import IssueNotice
from coalition.domain.incident.release_messages import ApproveOverride
from coalition.domain.incident.words import Answer, NoticeKind
from coalition.domain.labels import Tlp, strictest
from coalition.domain.messages import canonical
from coalition.rendering.slack.fields import Field
from coalition.rendering.slack.names import label_line
from coalition.rendering.slack.replies import reply

if TYPE_CHECKING:
    from coalition.domain.incident.state import Incident, NoticeState

KINDS: tuple[str, ...] = get_args(NoticeKind)
PREVIEWED = "previewed"
"""Metadata of a form that is its own preview: a fingerprint of what was shown."""


def notify(call: Call) -> Reply | Asking:
    """Send the notice when it has been previewed (or typed with --yes), else show the preview."""
    seen = call.given.text(PREVIEWED)
    if call.given.flag("yes") or seen == _fingerprint(call):
        return _send(call)
    label = _label(call)
    intro = (
        f"{label_line(call.here, label)}\n*Preview, nothing is sent yet.* The notice is labelled "
        f"{label.value}.\n{reaching.preview(call, call.given.members(), label)}"
    )
    return Asking(intro, {PREVIEWED: _fingerprint(call)}, submit="Send notice")


def _send(call: Call) -> Reply:
    asked: dict[str, Any] = {
        **call.base,
        "incident": call.here.number,
        "kind": call.given.choice("kind", KINDS) if call.given.has("kind") else "alert",
        "to": call.given.members(),
        "text": call.given.text("text"),
        "ask": call.given.text("ask"),
        "tlp": call.given.tlp() if call.given.has("tlp") else None,
        "ack_within": call.given.duration("within"),
    }
    if asked["ask"]:  # whoever is asked for something must be able to say yes or no
        asked["answers"] = get_args(Answer)
    command = IssueNotice.model_validate(asked)
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


def release(call: Call, incident: Incident, override: int) -> Reply:
    """The second approver's word: the notice goes to the recipient that was kept from it."""
    call.desk.execute(ApproveOverride(**call.base, incident=incident.number, override=override))
    return Reply(
        reply(
            f"{label_line(incident)}\nOverride {override} of {incident.number} is released; the "
            "notice is on its way. The log keeps both names and the reason.",
            "The board shows when it arrives and when it is acknowledged.",
        ),
        incident,
    )


def _outcome(call: Call, notice: NoticeState | None) -> str:
    if notice is None:
        return "This notice was recorded before; it is sent once."
    said = f"Notice {notice.notice} is on its way to {reaching.counted_told(notice)}."
    kept = reaching.not_told(call, notice)
    return f"{said}\n{kept}" if kept else said


def _label(call: Call) -> Tlp:
    given = call.given.tlp() if call.given.has("tlp") else call.here.tlp
    return strictest(given, call.here.tlp)


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
    Field("yes", "Send without preview", "flag", typed_only=True),
)

VERBS = (
    Verb(
        "incident",
        "notify",
        "Notify members",
        "/incident notify <text> --members a,b [--ask what] [--kind alert] [--tlp LABEL] "
        "[--within 30m] [--yes]",
        "/incident notify Block 203.0.113.0/24 at your border --members lv,lt "
        "--ask Confirm when it is blocked --within 30m --yes",
        notify,
        FIELDS,
        "Preview",
    ),
)
