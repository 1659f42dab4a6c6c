"""A rehearsal in words: what happened when, to which step, and who was concerned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from coalition.domain.messages import Record
from coalition.domain.playbook.values import show

if TYPE_CHECKING:
    from coalition.rehearsal.simulate import Rehearsal


class Occurrence(NamedTuple):
    """One thing that people would notice."""

    at: timedelta  # after the start
    what: str  # a word of `WORDS`
    step: str  # id, where a step stands behind it
    who: tuple[str, ...]  # members or delegates
    text: str
    tlp: str = ""

    def plain(self) -> dict[str, Any]:
        """For programs."""
        seconds = self.at.total_seconds()
        return {**self._asdict(), "at": clock(self.at), "seconds": seconds, "who": list(self.who)}


WORDS: dict[str, str] = {
    "started": "the run begins",
    "notice": "a notice goes out",
    "reminder": "the silent are reminded",
    "next_channel": "a silent member is tried on its next channel",
    "unreachable": "a sending fails",
    "answer": "a member answers a notice",
    "alarm": "people are alarmed",
    "question": "somebody is asked",
    "task": "a task is put on the list",
    "branch": "a decision of the playbook is made",
    "waiting": "a wait begins",
    "progress": "a step goes on, knowing more",
    "ok": "a step ends well",
    "late": "a step was late",
    "failed": "a step failed",
    "refused": "a step was refused, or what somebody tried",
    "skipped": "a step was skipped",
    "cancelled": "a step was cancelled",
    "decision": "a failed step waits for a human",
    "decided": "the human has decided",
    "incident": "something about the incident changes",
    "end": "the run is over",
    "event": "anything else",
}
"""What an occurrence can be; the same words stand in `expect:` of the test cases."""


def tell(rehearsal: Rehearsal) -> list[Occurrence]:
    """Everything worth saying, in order."""
    teller = _Teller(rehearsal)
    said = [one for record in rehearsal.records for one in teller.of(record)]
    start = rehearsal.records[0].at
    for at, command, why in rehearsal.refused:
        who = (command.actor.label,)
        said.append(Occurrence(at - start, "refused", "", who, f"{type(command).__name__}: {why}"))
    return sorted(said, key=lambda one: one.at)  # stable: what happened first is told first


def clock(after: timedelta) -> str:
    """`t+00:45`, `t+2d 03:15`, and with seconds where there are any."""
    minutes, seconds = divmod(int(after.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    rest = f":{seconds:02}" if seconds else ""
    return f"t+{f'{days}d ' if days else ''}{hours:02}:{minutes:02}{rest}"


@dataclass
class _Teller:
    rehearsal: Rehearsal

    def __post_init__(self) -> None:
        self.start = self.rehearsal.records[0].at
        self.notices: dict[int, str] = {}  # notice -> step

    def of(self, record: Record) -> Iterator[Occurrence]:
        told = _TOLD.get(record.type)
        if told is None:
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
        return rest.partition(":")[0] if run == self.rehearsal.run.run else ""

    def run_started(self, record: Record, data: dict[str, Any]) -> Iterator[Occurrence]:
        given = ", ".join(f"{name}={show(value)}" for name, value in data["inputs"].items())
        with_ = f" with {given}" if given else ""
        text = f"started by {record.actor.label}{with_}"
        yield self.say(record, "started", "", (record.actor.label,), text)

    def step_started(self, record: Record, data: dict[str, Any]) -> Iterator[Occurrence]:
        branch = data["request"].get("branch")
        if branch is not None:
            yield self.say(record, "branch", data["step"], (), f"{data['sentence']}: {branch}")
        elif data["due"] and not data["outside"]:
            until = clock(_time(data["due"]) - self.start)
            text = f"{data['sentence']} (until {until})"
            yield self.say(record, "waiting", data["step"], (), text)

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
        yield self.say(record, what, data["step"], (by,) if by else (), text)

    def delayed(self, record: Record, data: dict[str, Any]) -> Iterator[Occurrence]:
        until = clock(_time(data["due"]) - self.start)
        again = (
            f"tried again at {until} ({data['error']})" if data["error"] else f"begins at {until}"
        )
        yield self.say(record, "waiting", data["step"], (), again)

    def progressed(self, record: Record, data: dict[str, Any]) -> Iterator[Occurrence]:
        if data["note"]:
            by = () if record.actor.kind == "system" else (record.actor.label,)
            text = " ".join((*by, data["note"]))
            yield self.say(record, "progress", data["step"], by, text)

    def notice(self, record: Record, data: dict[str, Any]) -> Iterator[Occurrence]:
        step = (data.get("source") or {}).get("step", "")
        self.notices[data["notice"]] = step
        told = [one["member"] for one in data["recipients"] if one["channels"]]
        refused = [one["member"] for one in data["recipients"] if not one["channels"]]
        not_to = f", not to {', '.join(refused)} (refused by the gate)" if refused else ""
        head = f"{data['kind']} to {', '.join(told) or 'nobody'}{not_to}, {data['tlp']}"
        text = f"{head}: {data['text']}" + (f" {data['ask']}" if data["ask"] else "")
        yield self.say(record, "notice", step, told, text, data["tlp"])

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
        elif rest.startswith(f"{self.rehearsal.run.run}:"):
            step = rest.split(":")[1]
        who = (rest.partition(":")[2],) if kind == "silent" else ()
        yield self.say(record, "alarm", step, who, f"ALARM {data['text']} {data['fallback']}")

    def question(self, record: Record, data: dict[str, Any]) -> Iterator[Occurrence]:
        who = data["people"]
        until = f" (until {clock(_time(data['due']) - self.start)})" if data["due"] else ""
        text = f"{', '.join(who) or 'any operator'} asked{until}: {data['text']}"
        yield self.say(record, "question", data["step"], who, text)

    def task(self, record: Record, data: dict[str, Any]) -> Iterator[Occurrence]:
        step = (data.get("source") or {}).get("step", "").partition(".")[0]
        who = (data["assignee"],) if data["assignee"] else ()
        whose = data["assignee"] or "anybody"
        yield self.say(record, "task", step, who, f"task for {whose}: {data['text']}")

    def stuck(self, record: Record, data: dict[str, Any]) -> Iterator[Occurrence]:
        text = "waits for a decision: retry, skip or stop"
        yield self.say(record, "decision", data["step"], (), text)

    def resolved(self, record: Record, data: dict[str, Any]) -> Iterator[Occurrence]:
        who = record.actor.label
        yield self.say(record, "decided", data["step"], (who,), f"{data['decision']} by {who}")

    def over(self, record: Record, data: dict[str, Any]) -> Iterator[Occurrence]:
        outcome = data.get("outcome", "cancelled")
        why = f": {data['reason']}" if data["reason"] else ""
        yield self.say(record, "end", "", (), f"{outcome}{why}")

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
