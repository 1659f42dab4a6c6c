"""A random night: members, incidents, notices, runs, and a marker word in every free text.

Each marker is known with the label it was written under, so that wherever it turns up an oracle
can say whether it may stand there. The oracle knows labels and tables, not the gate.
"""

from __future__ import annotations

import itertools
import json
import random
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from coalition.domain.errors import UserError
from coalition.domain.incident import commands as c
from coalition.domain.incident.state import Incident
from coalition.domain.labels import Tlp
from coalition.domain.members import Coalition, Member
from coalition.domain.messages import SYSTEM, Actor, Command
from coalition.domain.run import commands as r
from coalition.domain.run.facts import facts_of
from tests.domain.oracle import MAY_SEE, UP_TO

if TYPE_CHECKING:
    from coalition.bootstrap import Tocsin

MEMBERS = ("ee", "lv", "lt", "fi", "pl")
MARKER = re.compile(r"zq[0-9]{6}qz")
PLAYBOOK = """
playbook: {name}
title: {title}
about: {about}
tlp: {tlp}
steps:
  - {{id: begin, do: ask, about: "{sentence}", text: "{text}", save: ended}}
  - {{id: work, do: task, text: "{task}"}}
  - {{id: tell, do: notify, to: [participants], text: "{notice}"}}
"""


class Mark(NamedTuple):
    """What is known of a marker: its own label, and the incident or playbook it belongs to."""

    tlp: Tlp
    incident: str = ""
    notice: int = 0


@dataclass
class Night:
    """Everything random comes from the seed."""

    seed: int
    marks: dict[str, Mark] = field(default_factory=dict)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)

    def mark(self, tlp: Tlp, incident: str = "", notice: int = 0) -> str:
        """A new marker; `Tlp.CLEAR` for what has no label beside its incident's."""
        word = f"zq{self.seed % 1000:03}{len(self.marks):03}qz"
        self.marks[word] = Mark(tlp, incident, notice)
        return word

    def label(self, *among: Tlp) -> Tlp:
        return self.rng.choice(among or tuple(Tlp))

    # ------------------------------------------------------------------ who there is
    def coalition(self, *, later: bool = False) -> Coalition:
        """Five members; `later`, trust and status of four of them have changed."""
        statuses = ("active", "active", "suspended", "observer", "left") if later else ("active",)
        members = [
            self._member(
                id,
                trust="T4" if id == "ee" else self.rng.choice(("T0", "T1", "T2", "T3", "T4")),
                status="active" if id == "ee" else self.rng.choice(statuses),
            )
            for id in MEMBERS
        ]
        ceiling = self.label(Tlp.GREEN, Tlp.AMBER, Tlp.AMBER, Tlp.RED)
        whole: dict[str, Any] = {
            "coalition": {"name": "Night"},
            "charter": {"slack_ceiling": ceiling},
        }
        whole["members"] = members
        return Coalition.model_validate_json(json.dumps(whole))

    def _member(self, id: str, trust: str, status: str) -> dict[str, Any]:
        people = [("op", ["operator", "approver"]), ("two", ["operator"]), ("vo", ["voter"])]
        ways: list[dict[str, Any]] = [
            {"kind": "webhook", "url": f"https://{id}.example/x", "secret": {"env": "X"}},
            {"kind": "email", "to": f"cert@{id}.example"},
        ]
        self.rng.shuffle(ways)
        return {
            "id": id, "name": f"CERT-{id.upper()}", "country": id.upper(),
            "timezone": "Europe/Tallinn", "status": status, "trust": trust,
            "duty_phone": "+372 555 0100",
            "delegates": [
                {"id": f"{id}-{one}", "name": f"{id} {one}", "roles": roles,
                 "slack": f"U0{id}{one}".upper()}
                for one, roles in people
            ],
            "channels": [{**way, "ceiling": self.label()} for way in ways],
        }  # fmt: skip

    def playbooks(self) -> dict[str, str]:
        """File name -> content, one for each label that Slack might carry."""
        return {
            f"p{number}.yaml": PLAYBOOK.format(
                name=f"p{number}", tlp=tlp,
                **{key: self.mark(tlp) for key in
                   ("title", "about", "sentence", "text", "task", "notice")},
            )
            for number, tlp in enumerate((Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT))
        }  # fmt: skip

    # ------------------------------------------------------------------ what happens
    def tell(
        self, tocsin: Tocsin, kind: type[Command], who: str = "ee-op", /, **fields: Any
    ) -> bool:
        """Carry out a command; False where it is refused, which happens in any night."""
        actor = Actor(kind="delegate", member=who[:2], delegate=who, via="slack") if who else SYSTEM
        about = {"id": f"c{next(self.numbers)}", "at": tocsin.clock.now(), "actor": actor}
        try:
            tocsin.dispatcher.execute(kind.model_validate({**about, **fields}))
        except UserError:
            return False
        return True

    def play(self, tocsin: Tocsin) -> None:
        """Two incidents, or a warning and an incident, with everything in them."""
        for number in (1, 2):
            id = f"INC-2026-{number:04}"
            label = self.label(*Tlp, Tlp.GREEN, Tlp.AMBER)
            able = [one for one in MEMBERS if label in MAY_SEE[tocsin.coalition.member(one).trust]]
            guests = tuple(self.rng.sample(able, self.rng.randint(1, len(able))))
            if self.rng.random() < 0.25:
                what = self.mark(label, id)  # also the title
                self.tell(
                    tocsin, c.RaiseWarning, incident=id, what=what, members=MEMBERS, tlp=label
                )
            else:
                self.tell(
                    tocsin, c.OpenIncident, incident=id, title=self.mark(Tlp.CLEAR, id),
                    severity="S2", severity_reason=self.mark(Tlp.CLEAR, id), tlp=label,
                    invite=guests,
                )  # fmt: skip
            if tocsin.dispatcher.read("incident", id) is not None:
                self._fill(tocsin, id)

    def _fill(self, tocsin: Tocsin, id: str) -> None:
        acts = [self._write, self._notice, self._notice, self._answer, self._run, self._raise]
        self.rng.shuffle(acts)
        self._write(tocsin, id)
        for act in acts:
            act(tocsin, id)

    def now(self, tocsin: Tocsin, id: str) -> Incident:
        found: Incident = tocsin.dispatcher.read("incident", id)
        return found

    def _write(self, tocsin: Tocsin, id: str) -> None:
        def word() -> str:
            return self.mark(Tlp.CLEAR, id)

        about = {"incident": id}
        self.tell(tocsin, c.AddNote, **about, text=word())
        self.tell(tocsin, c.PostUpdate, **about, text=word())
        self.tell(tocsin, c.AddTask, **about, text=word(), assignee="ee-two")
        self.tell(tocsin, c.AssignRole, **about, role=word(), delegate="ee-two")
        self.tell(tocsin, c.AssignLead, **about, delegate="ee-op", handover_note=word())
        self.tell(tocsin, c.ChangeSeverity, **about, severity="S1", reason=word())
        alarm = {"subject": f"x{next(self.numbers)}", "text": word(), "fallback": word()}
        self.tell(tocsin, c.RaiseAlarm, "", **about, **alarm)

    def _notice(self, tocsin: Tocsin, id: str) -> None:
        number = len(self.now(tocsin, id).notices) + 1
        label = max(self.now(tocsin, id).tlp, self.label(), key=lambda one: one.rank)
        text, ask = self.mark(label, id, number), self.mark(label, id, number)
        fields = {"kind": "alert", "to": MEMBERS, "text": text, "ask": ask, "tlp": label}
        self.tell(tocsin, c.IssueNotice, incident=id, **fields)

    def _answer(self, tocsin: Tocsin, id: str) -> None:
        for notice in self.now(tocsin, id).notices.values():
            for member in self.rng.sample(MEMBERS, 3):
                words = [self.mark(notice.tlp, id, notice.notice) for _ in range(2)]
                said = {"answer": "need_info", "note": words[0], "by": words[1]}
                who = Actor(kind="partner", member=member, via="webhook")
                about = {"id": f"c{next(self.numbers)}", "at": tocsin.clock.now(), "actor": who}
                command = c.AnswerNotice.model_validate(
                    {**about, "incident": id, "notice": notice.notice, "member": member, **said}
                )
                try:
                    tocsin.dispatcher.execute(command)
                except UserError:
                    continue
            silent = f"silent:{notice.notice}:{self.rng.choice([*notice.recipients])}"
            alarm = {"subject": silent, "fallback": "Phone",
                     "text": self.mark(notice.tlp, id, notice.notice)}  # fmt: skip
            self.tell(tocsin, c.RaiseAlarm, "", incident=id, **alarm)

    def _run(self, tocsin: Tocsin, id: str) -> None:
        playbook = self.rng.choice([*tocsin.playbooks.in_force().values()])
        run = f"{id}-r1"
        fields = {"name": playbook.playbook, "playbook": tocsin.playbooks.pin(playbook)}
        facts = facts_of(self.now(tocsin, id))
        if self.tell(tocsin, r.StartRun, run=run, incident=id, facts=facts, **fields):
            asked = {"run": run, "step": "begin", "attempt": 1}
            self.tell(tocsin, r.ReportStep, "", **asked, ok=True, output={"people": ()})
            if self.rng.random() < 0.5:
                self.tell(tocsin, r.AnswerStep, **asked, values={"ended": "no"})

    def _raise(self, tocsin: Tocsin, id: str) -> None:
        if self.rng.random() < 0.4:
            higher = [one for one in Tlp if one >= self.now(tocsin, id).tlp]
            why = self.mark(Tlp.CLEAR, id)
            self.tell(tocsin, c.ChangeTlp, incident=id, tlp=self.rng.choice(higher), reason=why)


@dataclass
class Oracle:
    """Who may read a marker, from tables; asks neither the gate nor what it is built on."""

    night: Night
    coalition: Coalition
    incidents: dict[str, Incident]

    def label(self, word: str) -> Tlp:
        """The label in force: its own, or its incident's where that is stricter."""
        mark = self.night.marks[word]
        known = self.incidents.get(mark.incident)
        return max((mark.tlp, known.tlp if known else mark.tlp), key=list(Tlp).index)

    def member(self, id: str) -> Member:
        return next(one for one in self.coalition.members if one.id == id)

    def reads(self, id: str, label: Tlp) -> bool:
        one = self.member(id)
        seen = MAY_SEE[one.trust]
        return label in (
            seen if one.status == "active"
            else seen & {Tlp.CLEAR, Tlp.GREEN} if one.status == "observer"
            else set()
        )  # fmt: skip

    def slack(self, label: Tlp) -> bool:
        carried = UP_TO[self.coalition.charter.slack_ceiling] & UP_TO[Tlp.AMBER]
        return label in carried

    def board(self, delegate: str, word: str) -> bool:
        label, incident = self.label(word), self.incidents.get(self.night.marks[word].incident)
        id = delegate[:2]
        if incident is None:  # a playbook's: for the coalition up to GREEN, else for those inside
            inside = any(id in one.participants for one in self.incidents.values())
            return self.reads(id, label) and (label in UP_TO[Tlp.GREEN] or inside)
        named = delegate in {incident.lead, *incident.roles.values()}
        takes_part = id in incident.participants
        return self.reads(id, label) and takes_part and (label is not Tlp.RED or named)

    def in_slack(self, delegate: str, word: str) -> bool:
        return self.board(delegate, word) and self.slack(self.label(word))

    def room(self, of: str, word: str) -> bool:
        label, mark = self.label(word), self.night.marks[word]
        people = self.incidents[of].participants
        label = max((label, self.incidents[of].tlp), key=list(Tlp).index)
        own = mark.incident in ("", of)
        # Whoever may see nothing any more may still sit there: TLP:CLEAR is for the whole world.
        everybody = label is Tlp.CLEAR or all(self.reads(one, label) for one in people)
        return own and self.slack(label) and everybody

    def channel(self, id: str, index: int, word: str) -> bool:
        label, way = self.label(word), self.member(id).channels[index]
        carried = UP_TO[{"webhook": Tlp.AMBER, "email": Tlp.GREEN}[way.kind]] & UP_TO[way.ceiling]
        return self.reads(id, label) and label in carried

    def page(self, id: str, notice: int, incident: str, word: str) -> bool:
        mark = self.night.marks[word]
        ways = range(len(self.member(id).channels))
        own = mark.incident in ("", incident) and mark.notice in (0, notice)
        return own and any(self.channel(id, way, word) for way in ways)
