"""Alarms: they call a person by name and say what to do when nobody answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.errors import NotFound
from coalition.domain.gate import ToViewer, explain
from coalition.domain.labels import Tlp
from coalition.rendering.slack.blocks import actions, button, context, section
from coalition.rendering.slack.names import member_name, mention
from coalition.rendering.slack.rendered import Block, Rendered
from coalition.rendering.slack.telling import ANSWER, Post, Telling, detail
from coalition.rendering.slack.text import clip, escape, local, utc

if TYPE_CHECKING:
    from collections.abc import Callable

    from coalition.domain.incident.events import AlarmCleared, AlarmRaised, UpdateOverdue
    from coalition.domain.incident.state import Incident
    from coalition.domain.members import Coalition

CLEAR = "clear_alarm"
"""action_id of "I take it in hand"; its value is `<incident>|<subject>`."""

STEP = "step:"
"""Begins the subject of an alarm about a failed step of a playbook: `step:<run>:<step>:<n>`."""


def whom_to_call(coalition: Coalition, incident: Incident) -> list[str]:
    """Delegate ids to call: the lead; without one, operators of the originating member.

    Those that may be told nothing any more (suspended, no longer in the file) call nobody; then
    the operators of the next member that takes part are called.
    """
    members = dict.fromkeys((incident.member, *incident.participants))
    for people in ([incident.lead] if incident.lead else [], *map(_operators(coalition), members)):
        if called := [one for one in people if _may_be_told(coalition, incident, one)]:
            return called[:3]
    return []


def _operators(coalition: Coalition) -> Callable[[str], list[str]]:
    people = {
        member.id: [person.id for person in member.delegates if "operator" in person.roles]
        for member in coalition.members
    }
    return lambda member: people.get(member, [])


def _may_be_told(coalition: Coalition, incident: Incident, delegate: str) -> bool:
    """At least that there is something to do, which is what a pointer says."""
    audience = ToViewer(delegate, incident)
    return explain(tlp=Tlp.CLEAR, audience=audience, coalition=coalition) is None


def alarm(telling: Telling, event: AlarmRaised) -> Post:
    """A human must act."""
    incident = telling.incident
    called = _called(telling)
    do = escape(event.fallback or _phone(telling), 600)
    blocks = (
        context(telling.line),
        section(f"{called}: *a human must act.* {escape(event.text, 1500)}"),
        section(f"*Do this:* {do}"),
        actions(_act(incident, event.subject)),
        context(_rule(event.subject)),
    )
    text = f"ALARM, {telling.prefix}. {called}: {escape(event.text, 1500)} Do this: {do}"
    return Post("alarm", Rendered(clip(text, 3000), blocks), anchor(event.subject))


def cleared(telling: Telling, event: AlarmCleared) -> Post:
    """Who has it in hand, under the alarm: nobody else need do it again."""
    by = telling.record.actor
    if by.kind == "delegate":
        what = "has decided" if event.subject.startswith(STEP) else "takes it in hand"
        said = f"{telling.by} {what}."
    elif by.kind == "partner":
        said = f"{telling.by} has answered. Nothing is left to do here."
    else:
        said = "This is settled. Nothing is left to do here."
    return detail(telling, said, thread=anchor(event.subject))


def anchor(subject: str) -> str:
    """How what is said of an alarm finds it."""
    return f"alarm:{subject}"


def _act(incident: Incident, subject: str) -> Block:
    """Take it in hand; or, where a playbook step failed, decide what becomes of it."""
    if subject.startswith(STEP):
        run, _, step = subject.removeprefix(STEP).partition(":")
        value = f"{incident.number}|{run}|{step}"
        return button("Decide: retry, skip or stop", ANSWER, value, style="primary")
    return button("I take it in hand", CLEAR, f"{incident.number}|{subject}", style="primary")


def _rule(subject: str) -> str:
    if subject.startswith(STEP):
        return "The playbook waits until somebody decides. Everybody here sees who did."
    return "Press it before you start, so that nobody does the same. Everybody here sees who did."


def update_overdue(telling: Telling, event: UpdateOverdue) -> Post:
    """The promised update did not come: the lead is reminded."""
    incident = telling.incident
    called = _called(telling)
    fallback = f"If the lead cannot be reached: {_phone(telling)}"
    blocks = (
        context(telling.line),
        section(f"{called}: the update promised for {local(event.due)} has not come."),
        section(fallback),
        actions(button("Post an update", "verb:incident:update", incident.number, style="primary")),
    )
    text = (
        f"ALARM, {telling.prefix}. {called}: the update promised for {utc(event.due)} has "
        f"not come. {fallback}"
    )
    return Post("alarm", Rendered(clip(text, 3000), blocks))


def _called(telling: Telling) -> str:
    people = whom_to_call(telling.coalition, telling.incident)
    return ", ".join(mention(telling.coalition, id) for id in people) or "Everybody here"


def _phone(telling: Telling) -> str:
    """The number of the CERT whose incident it is."""
    id = telling.incident.member
    name = member_name(telling.coalition, id)
    try:
        return f"phone {name}: {telling.coalition.member(id).duty_phone}"
    except NotFound:
        return f"phone {name}"
