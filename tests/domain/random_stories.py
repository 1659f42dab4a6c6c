"""Random sequences of commands, mostly sensible and sometimes absurd; the seed decides all.

Drawn with `random` rather than with Hypothesis's own strategies, which repeat small values so
often that notices are rarely chased to the end. Hypothesis still chooses seed and length, and
shrinks the length of what fails.
"""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from coalition.domain.errors import UserError
from coalition.domain.incident import commands as c
from coalition.domain.incident import guest_messages as guest
from coalition.domain.incident import release_messages as release
from coalition.domain.incident.words import Severity
from coalition.domain.labels import Tlp
from coalition.domain.messages import SYSTEM, Actor, Command
from coalition.domain.receipts import Receipt
from tests.domain.cast import NOW, NUMBER, Story, partner, person

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

MEMBERS = ("ee", "lv", "lt", "pl", "mt", "no", "hu", "ie", "zz")
GROUPS = (("lv",), ("lv", "lt"), ("lv", "lt", "pl"), ("no",), ("mt", "lv"), ("lt",), ())
STAGES = ("sent", "delivered", "delivered", "received", "failed", "in_doubt")
ANSWERS = ("acknowledge", "accept", "decline", "need_info", "offer", "affected")
BY_SYSTEM = {
    c.RecordReceipts,
    c.PassDeadline,
    c.RaiseAlarm,
    c.RecordRoomStep,
    guest.AddGuest,
    guest.RemoveGuest,
}
WEIGHTS: dict[type[Command], int] = {
    c.IssueNotice: 5,
    c.RecordReceipts: 8,
    c.AnswerNotice: 6,
    c.PassDeadline: 8,
    release.RecordPermission: 1,
    release.RequestOverride: 6,
    release.ApproveOverride: 8,
    c.RemindRecipients: 4,
    c.EscalateRecipients: 4,
    c.ChangeSeverity: 2,
    c.ChangeTlp: 1,
    c.ChangeStatus: 1,
    c.AssignLead: 1,
    c.AssignRole: 1,
    c.AddTask: 2,
    c.CompleteTask: 2,
    c.AddNote: 2,
    c.PostUpdate: 2,
    c.AddMembers: 2,
    c.LinkIncident: 2,
    c.RaiseAlarm: 2,
    c.ClearAlarm: 2,
    guest.AddGuest: 2,
    guest.RemoveGuest: 2,
    c.RecordRoomStep: 2,
    c.RetryRoom: 1,
    c.MergeIncident: 1,
    c.CloseIncident: 1,
    c.ReopenIncident: 3,
    c.OpenIncident: 1,
    c.RaiseWarning: 1,
}


class Step(NamedTuple):
    """One command to come: what, by whom, how long after the last."""

    kind: type[Command]
    actor: Actor
    wait: timedelta
    fields: dict[str, Any]

    def command(self, number: int, at: datetime) -> Command:
        about = {"id": f"c{number}", "at": at, "actor": self.actor, "incident": NUMBER}
        return self.kind.model_validate({**about, **self.fields})


def steps(seed: int, length: int) -> list[Step]:
    """The story of a seed; a shorter one is the beginning of a longer one."""
    rng = random.Random(seed)
    first = c.OpenIncident if rng.random() < 0.7 else c.RaiseWarning
    told = [_begin(rng, first), _first_notice(rng)]
    for kind in rng.choices([*WEIGHTS], [*WEIGHTS.values()], k=60)[: length - 2]:
        own = random.Random(rng.random())  # so that one step does not shift the next
        told.append(Step(kind, *_asked(own, kind)))
    return told[:length]


def play(told: list[Step], watch: Callable[[Story, Command], None] | None = None) -> Story:
    """Carry out what can be carried out; `watch` sees each command before it is."""
    story = Story()
    for number, step in enumerate(told):
        story.wait(step.wait)
        command = step.command(number, story.at)
        if watch:
            watch(story, command)
        before = story.state
        try:
            story.carry_out(command)
        except UserError:
            assert story.state is before  # nothing half-done
    return story


def _begin(rng: random.Random, kind: type[Command]) -> Step:
    if rng.random() < 0.1:
        return Step(kind, *_asked(rng, kind))
    tlp = rng.choice((Tlp.CLEAR, Tlp.GREEN, Tlp.GREEN, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT))
    invited = {Tlp.CLEAR: ("lv", "mt"), Tlp.GREEN: ("lv", "lt", "pl"), Tlp.AMBER: ("lv", "lt")}
    members = invited.get(tlp, ("lv",))
    fields: dict[str, Any] = {"title": "DDoS", "severity": _severity(rng), "invite": members}
    if kind is c.RaiseWarning:
        fields = {"what": "DDoS", "members": members}
        tlp = min(tlp, Tlp.AMBER)
    return Step(kind, person("ee-both"), timedelta(0), {**fields, "tlp": tlp})


def _first_notice(rng: random.Random) -> Step:
    kind = rng.choice(("alert", "mutual_aid_request"))
    fields = {"kind": kind, "to": ("lv", "lt", "pl"), "text": "Help", "answers": ANSWERS}
    return Step(c.IssueNotice, person("ee-both"), timedelta(0), fields)


def _asked(rng: random.Random, kind: type[Command]) -> tuple[Actor, timedelta, dict[str, Any]]:
    wait = timedelta(minutes=rng.choice((0, 0, 1, 10, 100)))
    fields = FIELDS[kind](rng)
    if rng.random() < 0.15:
        anybody = rng.choice((SYSTEM, partner("lv"), person(_delegate(rng)), person("lv-op")))
        return anybody, wait, fields
    if kind is c.AnswerNotice:
        return partner(fields["member"], rng.choice(("link", "webhook"))), wait, fields
    if kind is release.ApproveOverride:
        return person(rng.choice(("ee-ap", "lv-both", "ee-both"))), wait, fields
    return (SYSTEM if kind in BY_SYSTEM else person("ee-both")), wait, fields


def _members(rng: random.Random) -> tuple[str, ...]:
    if rng.random() < 0.85:
        return rng.choice(GROUPS)
    return tuple(rng.choices(MEMBERS, k=rng.randrange(5)))


def _text(rng: random.Random) -> str:
    return rng.choice(("x", "DDoS on two banks", "a | b\n# c", "y", "z", " "))


def _guest(rng: random.Random) -> dict[str, Any]:
    delegate = rng.choice(("ie-op", "ie-op", "lt-both", "mt-op", "zz-op"))
    return {"delegate": delegate, "aid": "AID-2026-0001", "mission": rng.choice((1, 1, 2))}


def _severity(rng: random.Random) -> Severity:
    return rng.choice(list(Severity))


def _delegate(rng: random.Random) -> str:
    return f"{rng.choice(('ee', 'lv', *MEMBERS))}-{rng.choice(('op', 'ap', 'both', 'vo'))}"


def _reason(rng: random.Random) -> str:
    return rng.choice(("because", "because", ""))


def _notice(rng: random.Random) -> int:
    return rng.choice((1, 1, 1, 2, 2, 3))


def _wait(rng: random.Random) -> timedelta | None:
    minutes = rng.choice((None, None, 5, 10, 60, 0))
    return None if minutes is None else timedelta(minutes=minutes)


def _source(rng: random.Random) -> c.NoticeSource | None:
    if rng.random() < 0.7:
        return None
    return c.NoticeSource(run="r1", step=rng.choice("ab"), attempt=rng.choice((1, 2)))


def _receipt(rng: random.Random) -> Receipt:
    given = {
        "notice": _notice(rng),
        "member": rng.choice(("lv", "lv", "lt", "lt", *MEMBERS)),
        "attempt": rng.choice((1, 1, 1, 2, 2, 3, 4)),
        "channel": rng.choice((0, 1)),
        "stage": rng.choice(STAGES),
    }
    return Receipt.model_validate({**given, "at": NOW})


FIELDS: dict[type[Command], Callable[[random.Random], dict[str, Any]]] = {
    c.RaiseWarning: lambda r: {
        "what": _text(r),
        "members": _members(r),
        "tlp": r.choice(list(Tlp)),
    },
    c.OpenIncident: lambda r: {
        "title": _text(r),
        "severity": _severity(r),
        "tlp": r.choice(list(Tlp)),
        "affected": _members(r),
        "invite": _members(r),
        "severity_reason": _reason(r),
    },
    c.ChangeSeverity: lambda r: {"severity": _severity(r), "reason": _reason(r)},
    c.ChangeTlp: lambda r: {"tlp": r.choice(list(Tlp)), "reason": _reason(r)},
    c.ChangeStatus: lambda r: {"status": r.choice(("open", "contained", "monitoring", "closed"))},
    c.AssignLead: lambda r: {"delegate": _delegate(r), "handover_note": _reason(r)},
    c.AssignRole: lambda r: {"role": r.choice(("scribe", "comms")), "delegate": _delegate(r)},
    c.AddTask: lambda r: {
        "text": _text(r),
        "assignee": r.choice((None, _delegate(r))),
        "source": _source(r),
    },
    c.CompleteTask: lambda r: {"task": r.choice((1, 1, 2, 3))},
    c.AddNote: lambda r: {"text": _text(r), "ref": r.choice(("", "C1:1", "C1:2"))},
    c.PostUpdate: lambda r: {"text": _text(r), "next_in": _wait(r)},
    c.AddMembers: lambda r: {"affected": _members(r), "invite": _members(r)},
    c.LinkIncident: lambda r: {"other": f"INC-2026-000{r.randrange(1, 8)}"},
    c.IssueNotice: lambda r: {
        "kind": r.choice(("alert", "mutual_aid_request")),
        "to": _members(r),
        "text": _text(r),
        "answers": r.choice((ANSWERS, ANSWERS, ("acknowledge",), ("accept", "decline"), ())),
        "tlp": r.choice((None, None, None, *Tlp)),
        "ack_within": _wait(r),
        "source": _source(r),
        "supersedes": r.choice((None, None, None, None, 1, 2)),
        "every_channel": r.random() < 0.1,
    },
    c.RemindRecipients: lambda r: {"notice": _notice(r)},
    c.EscalateRecipients: lambda r: {
        "notice": _notice(r),
        "members": r.choice(((), (), _members(r))),
    },
    c.RecordReceipts: lambda r: {
        "receipts": tuple(_receipt(r) for _ in range(r.choice((1, 2, 6))))
    },
    c.AnswerNotice: lambda r: {
        "notice": _notice(r),
        "member": r.choice(("lv", "lv", "lt", "lt", *MEMBERS)),
        "answer": r.choice(ANSWERS),
    },
    release.RecordPermission: lambda r: {"tlp": r.choice(list(Tlp)), "reason": _reason(r)},
    release.RequestOverride: lambda r: {
        "notice": _notice(r),
        "members": (r.choice(("pl", "pl", "lv", "zz")),),
        "reason": _reason(r),
    },
    release.ApproveOverride: lambda r: {"override": r.choice((1, 1, 2))},
    c.PassDeadline: lambda r: {"timer": r.choice(("notice:1", "notice:1", "notice:2", "update"))},
    c.RaiseAlarm: lambda r: {
        "subject": r.choice(("silent:1:lv", "relay", "relay")),
        "text": _text(r),
        "fallback": _text(r),
    },
    c.ClearAlarm: lambda r: {"subject": r.choice(("silent:1:lv", "silent:1:lt", "relay"))},
    c.RecordRoomStep: lambda r: {
        "step": r.choice(("create", "headline", "pin")),
        "state": r.choice(("done", "degraded", "failed")),
        "channel": r.choice((None, "C1")),
    },
    c.RetryRoom: lambda r: {},
    guest.AddGuest: _guest,
    guest.RemoveGuest: _guest,
    c.MergeIncident: lambda r: {"into": r.choice((NUMBER, "INC-2026-0001"))},
    c.CloseIncident: lambda r: {"cause": _reason(r), "lessons": _reason(r)},
    c.ReopenIncident: lambda r: {"reason": _reason(r)},
}
