"""Overrides: asking for one about a notice that was kept from somebody, and releasing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.slack.desk import Reply
from coalition.domain.errors import UserError
from coalition.domain.incident.release_messages import ApproveOverride, RequestOverride
from coalition.rendering.slack.names import label_line
from coalition.rendering.slack.replies import reply

if TYPE_CHECKING:
    from bot.slack.verbs.base import Call
    from coalition.domain.incident.state import Incident

HOW = "/incident notify --override <why> --notice 2 --members lv"


def asked(call: Call) -> bool:
    """Whether the command is about a notice that has been issued: an override, or an answer."""
    return any(call.given.has(name) for name in ("release", "notice", "answer"))


def settle(call: Call) -> None:
    """An override or an answer needs no text of its own: the notice has it."""
    if asked(call):
        for name in ("text", "members"):
            call.given.values.setdefault(name, ("",))
            if not call.given.has(name):
                call.given.values[name] = ("-",)


def override(call: Call) -> Reply:
    """Release one, or ask for one; each says what follows."""
    if call.given.has("release"):
        return release(call, call.here, number(call, "release"))
    notice, members = number(call, "notice"), call.given.text("members")
    reason = call.given.text("override")
    if not reason or members in ("", "-"):
        what = "An override names why, the notice and the members."
        raise UserError(what, f"Type: {HOW}", field="override")
    call.desk.execute(
        RequestOverride(
            **call.base,
            incident=call.here.number,
            notice=notice,
            members=call.given.members(),
            reason=reason,
        )
    )
    return Reply(
        reply(
            f"{label_line(call.here)}\nAsked for; *nothing is sent yet.* Another approver must "
            "release it; one of the two is of the member that the incident comes from.",
            "The room shows the button; it holds for twelve hours.",
        ),
        call.here,
    )


def release(call: Call, incident: Incident, which: int) -> Reply:
    """The second approver's word: the notice goes to the recipient that was kept from it."""
    call.desk.execute(ApproveOverride(**call.base, incident=incident.number, override=which))
    return Reply(
        reply(
            f"{label_line(incident)}\nOverride {which} of {incident.number} is released; the "
            "notice is on its way. The log keeps both names and the reason.",
            "The board shows when it arrives and when it is acknowledged.",
        ),
        incident,
    )


def number(call: Call, name: str) -> int:
    """The number that was typed; raises `UserError` for anything else."""
    given = call.given.text(name)
    if given.isascii() and given.isdigit() and len(given) < 7:  # noqa: PLR2004
        return int(given)
    raise UserError(f"{given[:40]!r} is no number of a notice.", f"Type: {HOW}", field=name)
