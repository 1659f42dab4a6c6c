"""/coalition check: ring everybody on every channel, and see who answers, by what and how fast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.slack.desk import Reply
from bot.slack.verbs.base import Call, Verb
from coalition.application.comms import WITHIN, start_check
from coalition.domain.durations import format_duration
from coalition.domain.errors import TransientError
from coalition.domain.gate import member_ceiling
from coalition.domain.incident.checking import ends
from coalition.domain.messages import Actor
from coalition.rendering.comms import findings
from coalition.rendering.slack.check_posts import details
from coalition.rendering.slack.fields import Field
from coalition.rendering.slack.replies import reply
from coalition.rendering.slack.text import counted, escape, local

if TYPE_CHECKING:
    from coalition.domain.incident.state import Incident
    from coalition.rendering.slack.rendered import Rendered

LAST = "last"


def check(call: Call) -> Reply:
    """Start a check, or show the last one with `--last`."""
    if call.given.flag(LAST):
        return _last(call)
    tocsin, actor = call.desk.tocsin, Actor.model_validate(call.base["actor"])
    members = call.given.members() if call.given.has("members") else ()
    within = call.given.duration("within") or WITHIN
    done = start_check(tocsin, call.id, actor, members=members, within=within)
    incident = call.desk.directory.incident(done.id)
    if incident is None:
        message = f"{done.id} was recorded and cannot be read back"
        raise TransientError(message)
    return Reply(_started(call, incident), incident)


def _started(call: Call, incident: Incident) -> Rendered:
    recipients = incident.notices["1"].recipients.values()
    ways = sum(len(one.attempts) for one in recipients)
    over = ends(incident)
    until = f" until {local(over)}" if over else ""
    silent = [one.recipient.member for one in recipients if not one.attempts]
    without = f" Without any channel: {', '.join(silent)}." if silent else ""
    return reply(
        f"Communications check {incident.number}: {counted(len(recipients), 'member')} "
        f"{'is' if len(recipients) == 1 else 'are'} rung on {counted(ways, 'channel')} at once, "
        f"without any content. It runs{until}.{without}",
        f"Who has answered so far: {call.slash('coalition check --last')}, or "
        f"<{call.desk.link(call.caller, incident.number)}|the board>. You are told when it ends.",
    )


def _last(call: Call) -> Reply:
    """The newest check that this person may see, as it stands."""
    for incident in call.desk.directory.visible_to(call.caller.delegate):
        found = findings(incident, call.desk.coalition)
        if found is not None:
            said = f"*Communications check {incident.number}.* {escape(found.summary)}"
            more = f"The whole record: `tocsin report {incident.number}`, or the board."
            return Reply(reply(said, more, extra=list(details(found))), incident)
    hint = f"Start one: {call.slash('coalition check')}"
    return Reply(reply("There has been no communications check so far.", hint))


def _introduce(call: Call) -> str:
    members = [one for one in call.desk.coalition.members if member_ceiling(one) is not None]
    ways = sum(len(one.channels) for one in members)
    return (
        f"Sends one notice without content, TLP:CLEAR, to {counted(len(members), 'member')} by "
        f"{counted(ways, 'channel')} at once, yours included. Each copy is answered by itself."
    )


VERBS = (
    Verb(
        "coalition",
        "check",
        "Ring everybody on every channel",
        "/coalition check [--members who] [--within time] [--last]",
        "/coalition check --within 4h",
        check,
        fields=(
            Field("members", "Who is rung?", "members", hint="Empty: everybody"),
            Field(
                "within",
                "Answer within",
                "duration",
                longest=20,
                hint=f"Empty: {format_duration(WITHIN)}",
            ),
            Field(LAST, "Show the last check", "flag", typed_only=True),
        ),
        submit="Ring them",
        about_incident=False,
        introduce=_introduce,
    ),
)
