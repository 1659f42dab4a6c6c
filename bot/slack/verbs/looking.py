"""Verbs that only look: list, report, help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.slack.desk import Reply
from bot.slack.verbs.base import Call, Verb
from coalition.domain.gate import ToViewer, ceiling_of
from coalition.domain.labels import Tlp
from coalition.rendering.report import report
from coalition.rendering.slack.blocks import section
from coalition.rendering.slack.fields import Field
from coalition.rendering.slack.names import label_line
from coalition.rendering.slack.replies import reply
from coalition.rendering.slack.text import counted, escape

if TYPE_CHECKING:
    from coalition.rendering.slack.rendered import Block

MOST = 12
"""Incidents in one reply; the board lists all."""

PART = 2800
"""Characters of the report in one block; the whole of it is on the board."""


def list_(call: Call) -> Reply:
    """The incidents that the caller may see."""
    wanted = call.given.text("which").lower() or "open"
    lines = [
        line.text
        for incident, line in call.desk.lines(call.caller)
        if wanted == "all" or incident.over == (wanted == "closed")
    ]
    if not lines:
        return Reply(
            reply(
                f"There is no {escape(wanted, 20)} incident that you may see.",
                f"Open one with {call.slash('incident open')}, or warn with "
                f"{call.slash('incident warn')}.",
            )
        )
    blocks = [section(line) for line in lines[:MOST]]
    more = f" {len(lines) - MOST} more are on the board." if len(lines) > MOST else ""
    return Reply(
        reply(
            f"{counted(len(lines), 'incident')} you may see.{more}",
            f"{call.slash('incident list all')} shows closed ones too. "
            f""
            f"<{call.desk.link(call.caller)}|Your link to the board>, good once for ten minutes.",
            extra=blocks,
        )
    )


def report_(call: Call) -> Reply:
    """The record of an incident as Markdown, for whoever may see it."""
    incident = call.here
    log = call.desk.tocsin.log
    records = [record for record, _ in log.records("incident", incident.number)]
    viewer = ToViewer(call.caller.delegate.id, incident)
    ceiling = ceiling_of(viewer, call.desk.coalition) or Tlp.CLEAR
    written = report(incident, records, call.desk.coalition, ceiling=ceiling)
    parts = _parts(written.text)
    blocks: list[Block] = [section(f"```{part}```") for part in parts[:4]]
    cut = len(parts) > len(blocks)
    return Reply(
        reply(
            f"{label_line(incident, written.tlp)}\nThe report as it stands now.",
            f"{'Shortened here. ' if cut else ''}The whole of it: "
            f""
            f"<{call.desk.link(call.caller, incident.number)}|your link to the board>.",
            extra=blocks,
        ),
        incident,
        written.tlp,
    )


def _parts(written: str) -> list[str]:
    """The report in parts that a block can hold, cut between lines."""
    parts = [""]
    for line in written.replace("```", "'''").splitlines():
        escaped = escape(line, PART - 1) + "\n"
        if len(parts[-1]) + len(escaped) > PART:
            parts.append("")
        parts[-1] += escaped
    return parts


VERBS = (
    Verb(
        "incident",
        "list",
        "List incidents",
        "/incident list [open|closed|all]",
        "/incident list all",
        list_,
        (
            Field(
                "which",
                "Which?",
                "choice",
                place="word",
                choices=(("open", "open"), ("closed", "closed"), ("all", "all")),
            ),
        ),
        about_incident=False,
        opens_form=False,
    ),
    Verb(
        "incident",
        "report",
        "Write the report",
        "/incident report",
        "/incident report INC-2026-0007",
        report_,
        opens_form=False,
        when="always",
    ),
)
