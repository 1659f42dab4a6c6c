"""The preview of a notice: who gets what by which way, and who does not and why; nothing is sent.

The texts are those that would leave. Slack is a channel too: where the notice's label may not be
shown here, the preview names members and ways alone, and the command line shows the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.errors import GateRefusal
from coalition.domain.gate import ToViewer, explain
from coalition.domain.incident.decide import decide
from coalition.domain.incident.events import NoticeIssued
from coalition.domain.world import World
from coalition.rendering.notices.hub import hub_of
from coalition.rendering.notices.preview import About, Told, preview
from coalition.rendering.slack.blocks import section
from coalition.rendering.slack.names import label_line, member_name
from coalition.rendering.slack.text import clip, escape

if TYPE_CHECKING:
    from bot.slack.verbs.base import Call
    from coalition.domain.incident.commands import IssueNotice
    from coalition.domain.labels import Tlp
    from coalition.rendering.slack.rendered import Block

LINES, TEXT, PART, WHOLE = 1000, 1500, 2400, 9_000
"""Characters of the list, of the text shown below it, and of a text shown by itself. A section of
Slack's holds 3,000 and a message about 13,000; `tocsin notice preview` shows all of it."""


FOR_MACHINES = ("webhook", "misp", "taxii")
REST = " … (the rest: /incident notify … --preview)"


def previewed(call: Call, command: IssueNotice) -> tuple[str, tuple[Told, ...]]:
    """What the notice would be (mrkdwn) up to the text of one way, and its recipients.

    Raises:
        UserError: it would be refused for another reason than the gate's.
    """
    incident, coalition = call.here, call.desk.coalition
    try:
        events = decide(incident, command, World(coalition))
    except GateRefusal as refused:
        line = label_line(incident, command.tlp)
        return f"{line}\n*It would go to nobody.*\n{escape(clip(str(refused), LINES))}", ()
    issued = next(event for event in events if isinstance(event, NoticeIssued))
    settings = call.desk.tocsin.settings
    smtp = settings.smtp_url.get_secret_value() if settings.smtp_url else None
    hub = hub_of(settings.public_url, smtp, call.desk.tocsin.keyring.hub)
    about = About(incident.number, incident.tlp, call.desk.now())
    told = preview(issued, about, coalition, hub)
    own = [one for one in command.to if one not in {recipient.member for recipient in told}]
    names = (f"• {member_name(coalition, one)}: nobody is sent their own notice" for one in own)
    lines = "\n".join([*names, *map(_line, told)])
    head = f"{label_line(incident, issued.tlp)}\n*Preview, nothing is sent yet.* The notice is "
    return f"{head}labelled {issued.tlp.value}.\n{clip(lines, LINES)}", told


def text_of(call: Call, told: tuple[Told, ...], wanted: str, tlp: Tlp) -> tuple[str, str]:
    """Whose text by which way (mrkdwn), and the text itself: exactly what they get.

    `wanted`: `lv`, `lv:1`; empty: the first that is written for people.
    """
    audience = ToViewer(call.caller.delegate.id, call.here, "slack")
    refused = explain(tlp=tlp, audience=audience, coalition=call.desk.coalition)
    if told and refused is not None:
        where = "`tocsin notice preview` shows it where Tocsin runs."
        return f"Its text may not be shown in Slack; {where}", ""
    member, _, index = wanted.partition(":")
    found = [
        (one, way)
        for one in told
        for way in one.ways
        if member in ("", one.member) and index in ("", str(way.channel))
    ]
    # JSON says the same, but not at a glance; whoever wants it chooses it.
    found.sort(key=lambda one: one[1].kind in FOR_MACHINES)
    if not found:
        return "", ""
    one, way = found[0]
    return f"*Exactly what {escape(one.name)} gets by {way.kind}:*", way.text


def in_a_form(head: str, text: str) -> str:
    """The beginning of a text, for the space that a form leaves."""
    return f"\n{head}\n{_quoted(clip(text, TEXT, REST))}" if text else f"\n{head}"


def in_a_reply(head: str, text: str) -> list[Block]:
    """As much of a text as a message holds, in parts that Slack takes."""
    shown = clip(text, WHOLE, " … (the rest: tocsin notice preview)")
    parts = [_quoted(shown[at : at + PART]) for at in range(0, len(shown), PART)]
    return [section(one) for one in (head, *parts) if one]


def _quoted(text: str) -> str:
    quiet = text.replace("```", "'''")
    return f"```{escape(quiet)}```"


def ways_of(told: tuple[Told, ...]) -> tuple[tuple[str, str], ...]:
    """Every way of every recipient as a choice."""
    return tuple(
        (f"{one.member}:{way.channel}", f"{one.name} by {way.kind}")
        for one in told
        for way in one.ways
    )[:100]


def _line(one: Told) -> str:
    name = escape(one.name)
    if not one.ways:
        why = escape(clip(one.refused, 300))
        return f"• {name}: *not sent.* {why} Phone {escape(one.phone)}."
    said = ", then ".join(
        way.kind if way.whole else f"{way.kind} (only that it waits)" for way in one.ways
    )
    kept = f" {escape(clip(one.refused, 200))}" if one.refused else ""
    return f"• {name}: by {said}; to acknowledge by {escape(one.ack_by)}.{kept}"
