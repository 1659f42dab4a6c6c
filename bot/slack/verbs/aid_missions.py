"""/aid deploy and /aid complete: a mission on its way out, at work, and home again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.slack.people import delegate_named
from bot.slack.verbs.aid_finding import (
    AID,
    OFFER,
    aid_here,
    answer,
    done,
    incident_of,
    mission_here,
    typed,
    which,
)
from bot.slack.verbs.base import Call, Verb
from coalition.domain.aid import mission_commands as c
from coalition.domain.aid.commands import CloseRequest
from coalition.domain.errors import UserError
from coalition.rendering.aid_words import MISSIONS
from coalition.rendering.slack.fields import Field
from coalition.rendering.slack.names import member_name, person
from coalition.rendering.slack.text import escape, listed, local

if TYPE_CHECKING:
    from bot.slack.desk import Reply
    from coalition.domain.aid.state import Aid, Mission


def deploy(call: Call) -> Reply:
    """The next step on the way to being at work; with a note, a check-in."""
    aid = aid_here(call)
    mission = mission_here(call, aid)
    about = {**call.base, "aid": aid.aid, "mission": mission.mission}
    guests = _guests(call)
    if call.given.has("note"):
        wait = call.given.duration("next")
        after = done(call, c.CheckIn(**about, text=call.given.text("note"), next_in=wait))
        return _told(call, after, mission, "has checked in")
    if mission.status == "tasked":
        if guests:
            done(call, c.NameGuests(**{**about, "id": f"{call.id}:guests"}, guests=guests))
        after = done(call, c.MobiliseMission(**about))
        return _told(call, after, mission, "is being readied")
    if mission.status == "deployed" and guests is not None:
        after = done(call, c.NameGuests(**about, guests=guests))
        return _told(call, after, mission, "has other guests in the room")
    after = done(call, c.DeployMission(**about, guests=guests))
    return _told(call, after, mission, "is at work")


def _told(call: Call, aid: Aid, mission: Mission, what: str) -> Reply:
    now = aid.missions[str(mission.mission)]
    sender = member_name(call.desk.coalition, now.member)
    guests = listed((person(call.desk.coalition, one) for one in now.guests), 8)
    said = f"Mission {now.mission} of {sender} {what}."
    said += f" In the room for this incident alone: {guests}." if guests else ""
    due = f"The next check-in is due {local(now.check_in_by)}. " if now.check_in_by else ""
    step = "deploy" if now.status in ("tasked", "mobilising") else "complete"
    following = typed(call, f"aid {step} {aid.aid} --offer {now.mission}")
    return answer(call, aid, said, f"{due}Next: {following}.")


def _guests(call: Call) -> tuple[str, ...] | None:
    """The people named, by whatever name; None where nobody was."""
    words = call.given.text("guests").replace(";", ",").split(",")
    named = [word.strip() for word in words if word.strip()]
    if not named:
        return None
    people = call.desk.coalition
    return tuple(dict.fromkeys(delegate_named(people, one, "guests") for one in named))


def complete(call: Call) -> Reply:
    """The next step on the way home: stand down, home, report; or the end of the request."""
    aid = aid_here(call)
    if call.given.flag("close") or not aid.missions:
        return _close(call, aid)
    mission = mission_here(call, aid)
    about = {**call.base, "aid": aid.aid, "mission": mission.mission}
    if call.given.has("report"):
        report, lessons = call.given.text("report"), call.given.text("lessons")
        after = done(call, c.ReportMission(**about, text=report, lessons=lessons))
        return _ended(call, after, mission, "is reported", f"aid cost {aid.aid} …")
    if mission.status in ("tasked", "mobilising", "deployed"):
        reason = call.given.text("note")
        after = done(call, c.StandDownMission(**about, reason=reason))
        following = f"aid complete {aid.aid} --offer {mission.mission}"
        return _ended(call, after, mission, "is stood down and goes home", following)
    if mission.status in ("recalled", "demobilising"):
        after = done(call, c.ConfirmHome(**about))
        following = f"aid complete {aid.aid} --offer {mission.mission} --report …"
        return _ended(call, after, mission, "is home, and its guests have left", following)
    if mission.status == "demobilised":
        message = f"Mission {mission.mission} is home. What was done, and what was learnt?"
        raise UserError(message, "Add --report what --lessons what.", field="report")
    message = f"Mission {mission.mission} is {MISSIONS[mission.status].lower()} already."
    hint = f"/aid cost settles its costs; /aid complete {aid.aid} --close ends the request."
    raise UserError(message, hint)


def _ended(call: Call, aid: Aid, mission: Mission, what: str, following: str) -> Reply:
    now = aid.missions[str(mission.mission)]
    due = now.report_by if now.status == "demobilised" else None
    more = f"The report is due {local(due)}. " if due else ""
    said = f"Mission {now.mission} of {member_name(call.desk.coalition, now.member)} {what}."
    return answer(call, aid, said, f"{more}Next: {typed(call, following)}.")


def _close(call: Call, aid: Aid) -> Reply:
    note = call.given.text("note")
    after = done(call, CloseRequest(**call.base, aid=aid.aid, note=note))
    said = f"{aid.aid} is closed. No more help is looked for."
    said += f" {escape(note, 500)}" if note else ""
    return answer(call, after, said, "Reports and costs that are open stay open.")


MISSIONS_VERBS = (
    Verb(
        "aid",
        "deploy",
        "Say how far a mission is",
        "/aid deploy [AID-…] [--offer 2] [--guests @inga,@janis] [--note how it goes] [--next 6h]",
        "/aid deploy AID-2026-0003 --offer 2 --guests lv-inga",
        deploy,
        (
            AID,
            OFFER,
            Field("guests", "Who gets the room?", hint="Delegates, with commas between them"),
            Field("note", "How does it go?", "text", longest=1500, hint="A check-in"),
            Field("next", "Next check-in", "duration", hint="Empty: the charter's time"),
        ),
        "Send",
        about_incident=False,
        about=incident_of,
        complete=which,
    ),
    Verb(
        "aid",
        "complete",
        "Stand down, report, close",
        "/aid complete [AID-…] [--offer 2] [note] [--report what was done] [--lessons what was "
        "learnt] [--close]",
        "/aid complete AID-2026-0003 --offer 2 The flood is over",
        complete,
        (
            AID,
            OFFER,
            Field("note", "Anything to say?", "text", place="rest", longest=1500),
            Field("report", "What was done? (the report)", "text", longest=3000),
            Field("lessons", "What was learnt?", "text", longest=3000),
            Field("close", "End the request", "flag", typed_only=True),
        ),
        "Go on",
        about_incident=False,
        about=incident_of,
        complete=which,
        when="always",
    ),
)
