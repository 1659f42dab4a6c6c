"""The label: of the incident, and what a source permits for what came from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.slack.desk import Reply
from coalition.domain.incident.commands import ChangeTlp
from coalition.domain.incident.release_messages import RecordPermission
from coalition.rendering.slack.names import label_line
from coalition.rendering.slack.replies import reply
from coalition.rendering.slack.text import escape

if TYPE_CHECKING:
    from bot.slack.verbs.base import Call


def tlp(call: Call) -> Reply:
    """Change the incident's label; with --permit, record a permission instead."""
    if call.given.flag("permit"):
        return permit(call)
    label = call.given.tlp()
    call.desk.execute(
        ChangeTlp(
            **call.base, incident=call.here.number, tlp=label, reason=call.given.text("reason")
        )
    )
    after = call.desk.directory.incident(call.here.number) or call.here
    said = f"{label_line(after)}\nThe label is now {label.value}."
    return Reply(reply(said, "What was sent before keeps the label it was sent under."), after)


def permit(call: Call) -> Reply:
    """A source's permission: what came from the caller's member may be labelled so."""
    label = call.given.tlp()
    call.desk.execute(
        RecordPermission(
            **call.base, incident=call.here.number, tlp=label, reason=call.given.text("reason")
        )
    )
    return Reply(
        reply(
            f"{label_line(call.here)}\nRecorded: what came from {escape(call.caller.member.name)} "
            f"may be {label.value}. The incident's own label stays as it is.",
            "Notices made of it may carry that label from now on.",
        ),
        call.here,
    )
