"""/aid request: what is needed and why, in the fields of the Cyber Solidarity Act, Art. 15(5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.slack.verbs import aid_values as read
from bot.slack.verbs.aid_finding import AID, aid_here, answer, done, incident_of, typed
from bot.slack.verbs.base import TLP_CHOICES, Call, Verb
from coalition.domain.aid.commands import ChangeRequest, DraftRequest, SubmitRequest
from coalition.domain.aid.typed import NEED_EXAMPLE
from coalition.domain.aid.values import Situation
from coalition.domain.errors import UserError
from coalition.rendering.aid_words import need_text, needs_text, support_text
from coalition.rendering.slack.fields import Field
from coalition.rendering.slack.names import label_line, person
from coalition.rendering.slack.text import escape, listed

if TYPE_CHECKING:
    from bot.slack.desk import Reply
    from coalition.domain.aid.state import Aid
    from coalition.domain.aid.values import Need
    from coalition.domain.incident.state import Incident

SOON = timedelta(hours=24)
"""Needed by then, unless somebody says when."""

GRADES = tuple(
    (str(grade), f"{grade} {word}")
    for grade, word in enumerate(("none", "low", "medium", "high", "very high"))
)
ENTITIES = (("essential", "Essential"), ("important", "Important"), ("other", "Other"))


def request(call: Call) -> Reply:
    """Write a request down and submit it to the own approvers; with `aid`, a draft of before."""
    if call.given.has("aid"):
        return _resubmit(call)
    after = done(
        call,
        DraftRequest(
            **call.base,
            aid=_new_number(call),
            incident=call.here.number,
            needs=read.needs(call),
            situation=_situation(call),
            needed_by=read.moment(call, "needed-by") or call.desk.now() + SOON,
            tlp=call.given.tlp() if call.given.has("tlp") else None,
            submit=not call.given.flag("draft"),
        ),
    )
    if after.status == "draft":
        said = f"{after.aid} is a draft; only your own member sees it."
        return answer(
            call, after, said, f"Send it off with {typed(call, f'aid request {after.aid}')}."
        )
    return _submitted(call, after)


def _resubmit(call: Call) -> Reply:
    aid = aid_here(call)
    changed: dict[str, Any] = {"needs": read.needs(call), "situation": _situation(call)}
    if call.given.has("needed-by"):
        changed["needed_by"] = read.moment(call, "needed-by")
    if call.given.has("tlp"):
        changed["tlp"] = call.given.tlp()
    differs = any(value != getattr(aid, name) for name, value in changed.items())
    if differs:
        change = {**call.base, "id": f"{call.id}:change", "aid": aid.aid, **changed}
        done(call, ChangeRequest.model_validate(change))
    return _submitted(call, done(call, SubmitRequest(**call.base, aid=aid.aid)))


def _submitted(call: Call, aid: Aid) -> Reply:
    able = [
        person(call.desk.coalition, one.id)
        for one in call.caller.member.delegates
        if "approver" in one.roles and one.id not in (aid.drafted_by, aid.submitted_by)
    ]
    who = listed(able, 6) or "nobody else of your member is an approver: ask your operator"
    said = (
        f"{aid.aid} is submitted: {escape(needs_text(aid), 1200)}.\n"
        f"*It waits for an approver of your own member:* {who}. Nobody else is asked before that."
    )
    return answer(call, aid, said, f"They type {typed(call, f'aid accept {aid.aid} --approve')}.")


def _new_number(call: Call) -> str:
    """The id this command led to before, or the next one."""
    if before := call.desk.tocsin.log.carried_out(call.id):
        return before.id
    return f"AID-{call.desk.now().year}-{call.desk.tocsin.log.next_number('aid'):04d}"


def _situation(call: Call) -> Situation:
    given = call.given
    wanted = "; ".join(need_text(one) for one in read.needs(call))
    grades = {
        f"{name}_grade": int(given.choice(f"{name}-grade".replace("_", "-"), tuple(dict(GRADES))))
        for name in ("impact", "spillover", "self_help")
        if given.has(f"{name}-grade".replace("_", "-"))
    }
    entity = given.choice("entity", tuple(dict(ENTITIES))) if given.has("entity") else "other"
    return Situation.model_validate(
        {
            "impact": given.text("impact"),
            "spillover": given.text("spillover") or "none known",
            "planned_use": given.text("use"),
            "estimated_need": given.text("estimate") or wanted,
            "mitigation": given.text("mitigation"),
            "other_support": read.other_support(call),
            "entity": entity,
            **grades,
        }
    )


def _incident(call: Call) -> Incident | None:
    """Of the draft that was named, of --incident, or of the room."""
    if call.given.has("aid"):
        return incident_of(call)
    word = call.given.text("incident")
    if not word and call.desk.directory.by_channel(call.channel) is None:
        return None
    return call.desk.incident(call.caller, word, call.channel)


def _as_before(call: Call) -> dict[str, tuple[str, ...]]:
    """What a draft says already."""
    if not call.given.has("aid"):
        return {}
    aid = aid_here(call)
    if aid.member != call.caller.member.id or aid.status != "draft":
        message = f"{aid.aid} is no draft of yours; it cannot be changed any more."
        hint = f"/aid recall {aid.aid} takes it back; /aid request asks anew."
        raise UserError(message, hint, field="aid")
    now = aid.situation
    values = {
        "need": "\n".join(_need_typed(one) for one in aid.needs),
        "impact": now.impact,
        "spillover": now.spillover,
        "use": now.planned_use,
        "estimate": now.estimated_need,
        "mitigation": now.mitigation,
        "other": "; ".join(support_text(one) for one in now.other_support) or "none",
        "entity": now.entity,
        "impact-grade": str(now.impact_grade),
        "spillover-grade": str(now.spillover_grade),
        "self-help-grade": str(now.self_help_grade),
        "needed-by": f"{aid.needed_by:%Y-%m-%dT%H:%MZ}",
        "tlp": aid.tlp.value,
    }
    return {name: (value,) for name, value in values.items()}


def _need_typed(need: Need) -> str:
    """As it can be typed again."""
    words = [need.service, f"x{need.quantity}", f"{need.days}d", need.kind, need.mode or ""]
    words += [f"type={need.type_at_most}"] if need.type_at_most else []
    words += [f"lang={','.join(need.languages)}"] if need.languages else []
    words += [f"clearance={need.clearance}"] if need.clearance else []
    about = f": {need.about}" if need.about else ""
    return f"{' '.join(word for word in words if word)}{about}"


def _fill_in(call: Call) -> None:
    """Of a draft, what was not said anew stays as it is."""
    for name, value in _as_before(call).items():
        call.given.values.setdefault(name, value)


def _introduce(call: Call) -> str:
    if call.incident is None:
        return ""
    return (
        f"{label_line(call.incident)}\nAn approver of your own member must agree before anybody "
        "is asked. What you write here is what the others read."
    )


_GRADE = Field("", "", "choice", choices=GRADES)

FIELDS = (
    Field(
        "need",
        "What is needed?",
        "text",
        required=True,
        place="rest",
        longest=2000,
        hint=f"One item a line: {NEED_EXAMPLE}"[:150],
    ),
    Field("impact", "What is hit, and how hard?", "text", required=True, longest=1500),
    Field("use", "What will those who come do?", "text", required=True, longest=1500),
    Field("mitigation", "What has been done already?", "text", required=True, longest=1500),
    Field("spillover", "Who else may be hit?", "text", longest=1500, hint="Empty: none known"),
    Field("needed-by", "Needed by", hint="4h from now, or 2026-11-21T18:00Z. Empty: in 24 hours"),
    Field(
        "other",
        "Who else was asked for support?",
        "text",
        longest=1500,
        hint="EU reserve: 20 analysts (asked); lv/lv-team where it is a team of ours",
    ),
    Field("estimate", "How much, in words?", "text", longest=1500, hint="Empty: as needed above"),
    Field("tlp", "TLP label", "choice", choices=TLP_CHOICES, hint="Empty: the incident's"),
    Field("entity", "Who is hit (NIS2 Art. 3)?", "choice", choices=ENTITIES),
    replace(_GRADE, name="impact-grade", label="Impact on those hit"),
    replace(_GRADE, name="spillover-grade", label="Spillover to others"),
    replace(_GRADE, name="self-help-grade", label="Means of helping oneself"),
    Field("draft", "Do not submit it yet", "flag", typed_only=True),
    AID,
)

REQUEST = Verb(
    "aid",
    "request",
    "Ask for help",
    "/aid request <service xN Nd [kind] [remote]; …> --impact what --use what --mitigation what "
    "[--spillover who] [--needed-by 6h] [--other whom: what] [--tlp LABEL] [--entity essential] "
    "[--impact-grade 0…4] [--draft]",
    "/aid request scrubbing x40 5d infrastructure: Gbit/s --impact 58 sites down "
    "--use Filter upstream of two banks --mitigation Own filters are full --needed-by 6h",
    request,
    FIELDS,
    "Submit request",
    about=_incident,
    settle=_fill_in,
    introduce=_introduce,
    prefill=_as_before,
)
