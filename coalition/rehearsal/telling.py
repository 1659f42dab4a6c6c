"""A rehearsal in words: what happened when, to which step, and who was concerned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from coalition.domain.messages import Record
from coalition.domain.playbook.values import show
from coalition.rehearsal.occurrences import Occurrence, clock
from coalition.rehearsal.players import INSIDE

if TYPE_CHECKING:
    from coalition.rehearsal.simulate import Rehearsal


def tell(rehearsal: Rehearsal) -> list[Occurrence]:
    """Everything worth saying, in order."""
    teller = _Teller(rehearsal)
    said = [one for record in rehearsal.records for one in teller.of(record)]
    start = rehearsal.records[0].at
    for at, command, why in rehearsal.refused:
        who = (command.actor.label,)
        text = f"{_words(type(command).__name__)} refused: {why}"
        said.append(Occurrence(at - start, "refused", "", who, text))
    return sorted(said, key=lambda one: one.at)  # stable: what happened first is told first


@dataclass
class _Teller:
    rehearsal: Rehearsal

    def __post_init__(self) -> None:
        self.start = self.rehearsal.records[0].at
        self.notices: dict[int, str] = {}  # notice -> step
        self.requests: dict[str, str] = {}  # request for aid -> step
        self.runs = {self.rehearsal.run.run: ""}  # run -> the steps that it is inside of

    def of(self, record: Record) -> Iterator[Occurrence]:
        told = _TOLD.get(record.type)
        if told is None and record.aggregate == "aid":
            yield from self.of_request(record, record.data)
        elif told is None:
            yield self.say(record, "event", self.cause(record), (), _words(record.type))
        else:
            yield from told(self, record, record.data)

    def say(
        self,
        record: Record,
        what: str,
        step: str,
        who: tuple[str, ...] | list[str],
        text: str,
        tlp: str = "",
    ) -> Occurrence:
        return Occurrence(record.at - self.start, what, step, tuple(who), _one_line(text), tlp)

    def cause(self, record: Record) -> str:
        """The step whose performing led to the record: command ids begin with run and step."""
        run, _, rest = record.cause.partition(":")
        return self.path(run, rest.partition(":")[0]) if run in self.runs else ""

    def path(self, run: str, step: str) -> str:
        """`step`, or `outer/step` in a playbook that another runs."""
        return self.runs.get(run, "") + step

    def outer(self, record: Record) -> str:
        """The step that has started the run; empty for the run that is rehearsed."""
        return self.runs[record.id].removesuffix(INSIDE)

    def run_started(self, record: Record, data: dict[str, Any]) -> Iterator[Occurrence]:
        given = ", ".join(f"{name}={show(value)}" for name, value in data["inputs"].items())
        with_ = f" with {given}" if given else ""
        parent = data.get("parent")
        if parent:
            self.runs[record.id] = self.path(parent["run"], parent["step"]) + INSIDE
        what = f"{data['title']} started" if parent else "started"
        text = f"{what} by {record.actor.label}{with_}"
        yield self.say(record, "started", self.outer(record), (record.actor.label,), text)

    def step_started(self, record: Record, data: dict[str, Any]) -> Iterator[Occurrence]:
        branch = data["request"].get("branch")
        if branch is not None:
            yield self.say(
                record,
                "branch",
                self.path(record.id, data["step"]),
                (),
                f"{data['sentence']}: {branch}",
            )
        elif data["due"] and not data["outside"]:
            until = clock(_time(data["due"]) - self.start)
            text = f"{data['sentence']} (until {until})"
            yield self.say(record, "waiting", self.path(record.id, data["step"]), (), text)

    def step_ended(self, record: Record, data: dict[str, Any]) -> Iterator[Occurrence]:
        what = data["outcome"]
        if data["verb"] in {"if", "choose", "parallel", "goto"} and what == "ok":
            return
        by = data["output"].get("answered_by") or data["output"].get("done_by") or ""
        details = [data["error"]] if data["error"] else []
        details += [f"{name} is {show(v)!r}" for name, v in data["variables"].items()]
        if data["output"].get("silent"):
            details.append(f"silent: {show(data['output']['silent'])}")
        if by:
            details.append(f"by {by}")
        text = f"{what}: {'; '.join(details)}" if details else what
        yield self.say(record, what, self.path(record.id, data["step"]), (by,) if by else (), text)

    def delayed(self, record: Record, data: dict[str, Any]) -> Iterator[Occurrence]:
        until = clock(_time(data["due"]) - self.start)
        again = (
            f"tried again at {until} ({data['error']})" if data["error"] else f"begins at {until}"
        )
        yield self.say(record, "waiting", self.path(record.id, data["step"]), (), again)

    def progressed(self, record: Record, data: dict[str, Any]) -> Iterator[Occurrence]:
        if data["note"]:
            by = () if record.actor.kind == "system" else (record.actor.label,)
            text = " ".join((*by, data["note"]))
            yield self.say(record, "progress", self.path(record.id, data["step"]), by, text)

    def notice(self, record: Record, data: dict[str, Any]) -> Iterator[Occurrence]:
        source = data.get("source") or {"run": "", "step": ""}
        step = self.path(source["run"], source["step"])
        step = step or self.requests.get(data.get("aid", ""), "")
        self.notices[data["notice"]] = step
        told = [one["member"] for one in data["recipients"] if one["channels"]]
        refused = [one["member"] for one in data["recipients"] if not one["channels"]]
        not_to = f", not to {', '.join(refused)} (refused by the gate)" if refused else ""
        head = f"{data['kind']} to {', '.join(told) or 'nobody'}{not_to}, {data['tlp']}"
        text = f"{head}: {data['text']}" + (f" {data['ask']}" if data["ask"] else "")
        yield self.say(record, "notice", step, told, text, data["tlp"])

    def requested(self, record: Record, data: dict[str, Any]) -> Iterator[Occurrence]:
        self.requests[record.id] = step = self.cause(record)
        yield self.say(record, "event", step, (), f"{record.id} is drafted by {data['member']}")

    def of_request(self, record: Record, data: dict[str, Any]) -> Iterator[Occurrence]:
        member = data.get("member", "")
        who = (str(member),) if member else ()
        text = f"{record.id}: {_words(record.type)}" + (f", {member}" if member else "")
        yield self.say(record, "event", self.requests.get(record.id, ""), who, text)

    def reminded(self, record: Record, data: dict[str, Any]) -> Iterator[Occurrence]:
        who = list(data["attempts"])
        step = self.notices.get(data["notice"], "")
        yield self.say(record, "reminder", step, who, f"reminder to {', '.join(who)}")

    def next_channel(self, record: Record, data: dict[str, Any]) -> Iterator[Occurrence]:
        step = self.notices.get(data["notice"], "")
        member = self.rehearsal.coalition.member(data["member"])
        text = f"{member.id} is tried by {member.channels[data['channel']].kind} ({data['reason']})"
        yield self.say(record, "next_channel", step, (member.id,), text)

    def receipts(self, record: Record, data: dict[str, Any]) -> Iterator[Occurrence]:
        for one in data["receipts"]:
            if one["stage"] == "failed":
                step = self.notices.get(one["notice"], "")
                text = f"{one['member']} cannot be reached"
                yield self.say(record, "unreachable", step, (one["member"],), text)

    def answer(self, record: Record, data: dict[str, Any]) -> Iterator[Occurrence]:
        step = self.notices.get(data["notice"], "")
        text = f"{data['member']}: {data['answer']}"
        yield self.say(record, "answer", step, (data["member"],), text)

    def alarm(self, record: Record, data: dict[str, Any]) -> Iterator[Occurrence]:
        kind, _, rest = data["subject"].partition(":")
        step = self.cause(record)
        if kind == "silent":
            step = self.notices.get(int(rest.partition(":")[0]), "")
        elif rest.partition(":")[0] in self.runs:
            step = self.path(*rest.split(":")[:2])
        who = (rest.partition(":")[2],) if kind == "silent" else ()
        yield self.say(record, "alarm", step, who, f"ALARM {data['text']} {data['fallback']}")

    def question(self, record: Record, data: dict[str, Any]) -> Iterator[Occurrence]:
        who = data["people"]
        until = f" (until {clock(_time(data['due']) - self.start)})" if data["due"] else ""
        text = f"{', '.join(who) or 'any operator'} asked{until}: {data['text']}"
        yield self.say(record, "question", self.path(record.id, data["step"]), who, text)

    def task(self, record: Record, data: dict[str, Any]) -> Iterator[Occurrence]:
        source = data.get("source") or {"run": "", "step": ""}
        step = self.path(source["run"], source["step"].partition(".")[0])
        who = (data["assignee"],) if data["assignee"] else ()
        whose = data["assignee"] or "anybody"
        yield self.say(record, "task", step, who, f"task for {whose}: {data['text']}")

    def stuck(self, record: Record, data: dict[str, Any]) -> Iterator[Occurrence]:
        text = "waits for a decision: retry, skip or stop"
        yield self.say(record, "decision", self.path(record.id, data["step"]), (), text)

    def resolved(self, record: Record, data: dict[str, Any]) -> Iterator[Occurrence]:
        who = record.actor.label
        yield self.say(
            record,
            "decided",
            self.path(record.id, data["step"]),
            (who,),
            f"{data['decision']} by {who}",
        )

    def over(self, record: Record, data: dict[str, Any]) -> Iterator[Occurrence]:
        outcome = data.get("outcome", "cancelled")
        why = f": {data['reason']}" if data["reason"] else ""
        outer = self.outer(record)
        text = f"the playbook that it runs is {outcome}{why}" if outer else f"{outcome}{why}"
        yield self.say(record, "progress" if outer else "end", outer, (), text)

    def changed(self, record: Record, data: dict[str, Any]) -> Iterator[Occurrence]:
        said = [f"{name} {show(v)}" for name, v in data.items() if isinstance(v, str | list) and v]
        text = f"{_words(record.type)} ({', '.join(said)})" if said else _words(record.type)
        who = () if record.actor.kind == "system" else (record.actor.label,)
        yield self.say(record, "incident", self.cause(record), who, text)

    def nothing(self, record: Record, data: dict[str, Any]) -> Iterator[Occurrence]:
        """Somebody else says it better."""
        return iter(())


_TOLD: dict[str, Callable[[_Teller, Record, dict[str, Any]], Iterator[Occurrence]]] = {
    "RunStarted": _Teller.run_started,
    "StepStarted": _Teller.step_started,
    "StepEnded": _Teller.step_ended,
    "RequestDrafted": _Teller.requested,
    "NoticeIssued": _Teller.notice,
    "NoticeReminded": _Teller.reminded,
    "ChannelEscalated": _Teller.next_channel,
    "ReceiptsRecorded": _Teller.receipts,
    "NoticeAnswered": _Teller.answer,
    "PermissionRecorded": _Teller.changed,
    "OverrideRequested": _Teller.nothing,
    "OverrideApproved": _Teller.next_channel,
    "AlarmRaised": _Teller.alarm,
    "QuestionAsked": _Teller.question,
    "TaskAdded": _Teller.task,
    "StepNeedsDecision": _Teller.stuck,
    "StepResolved": _Teller.resolved,
    "RunEnded": _Teller.over,
    "RunCancelled": _Teller.over,
    "SeverityChanged": _Teller.changed,
    "TlpChanged": _Teller.changed,
    "StatusChanged": _Teller.changed,
    "LeadAssigned": _Teller.changed,
    "MembersAdded": _Teller.changed,
    "UpdatePosted": _Teller.changed,
    "IncidentClosed": _Teller.changed,
    "IncidentOpened": _Teller.nothing,
    "TaskCompleted": _Teller.nothing,
    "StepPerformed": _Teller.nothing,
    "ReminderDue": _Teller.nothing,
    "AnswersHeard": _Teller.nothing,
    "FactsChanged": _Teller.nothing,
    "RunYielded": _Teller.nothing,
    "RoundStarted": _Teller.nothing,
    "RoundEnded": _Teller.nothing,
    "StepDelayed": _Teller.delayed,
    "StepProgressed": _Teller.progressed,
    "AlarmCleared": _Teller.nothing,
}


def _words(type_: str) -> str:
    """`SeverityChanged` as people say it: severity changed."""
    spaced = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in type_)
    return spaced.strip()


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _one_line(text: str) -> str:
    return " ".join(text.split())
