"""The night of the banks: an incident in which everything that the board can show has happened."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from coalition.domain.incident import commands as c
from coalition.domain.receipts import Receipt
from coalition.domain.run.commands import ReportStep, StartRun
from coalition.domain.run.facts import facts_of

if TYPE_CHECKING:
    from tests.web.stage import Stage


def night_of_the_banks(at: Stage) -> str:
    """Play it, and return the incident's id."""
    incident = at.open(invite=("lv", "lt", "fi", "pl", "se", "no"))
    _open_room(at, incident)
    run = _start_run(at, incident)
    at.clock.wait(seconds=40)
    _first_notice(at, incident)
    told = {"notice": 1, "told": ["lv", "lt", "fi", "pl", "se", "no"]}
    at.tell(ReportStep, run=run, step="tell", attempt=1, ok=True, output=told)
    _work(at, incident)
    _second_notice(at, incident)
    at.tell(
        c.RaiseAlarm,
        incident=incident,
        subject="silent:1:no",
        text="NorCERT has not acknowledged notice 1 on any channel.",
        fallback="Phone NorCERT: +306 555 0100",
    )
    return incident


def _open_room(at: Stage, incident: str) -> None:
    for step, state, detail in (
        ("create", "done", "#inc-2026-0007"),
        ("topic", "done", ""),
        ("invite", "degraded", "2 delegates have no Slack account"),
        ("headline", "done", ""),
        ("pin", "failed", "missing_scope: pins:write"),
    ):
        at.tell(c.RecordRoomStep, incident=incident, step=step, state=state, detail=detail)


def _work(at: Stage, incident: str) -> None:
    ask, tell = "Ask the carrier for scrubbing", "Tell the banks' association"
    at.tell(c.AddTask, "ee-alice", incident=incident, text=ask, assignee="ee-alice")
    at.tell(c.AddTask, "ee-alice", incident=incident, text=tell)
    at.tell(c.CompleteTask, "ee-alice", incident=incident, task=2)
    at.clock.wait(minutes=6)
    at.tell(
        c.PostUpdate,
        "ee-alice",
        incident=incident,
        next_in=timedelta(minutes=30),
        text="Peak of 90 Gbit/s at 03:10 UTC. Sources in 78 countries. Scrubbing begins.",
    )
    at.tell(
        c.AddNote,
        "lv-jnis",
        incident=incident,
        author="lv-jnis",
        text="We see the same reflectors; the first packets came at 02:51 UTC.",
    )


def _start_run(at: Stage, incident: str) -> str:
    playbook = at.tocsin.playbooks.named("cross-border-ddos")
    pinned = at.tocsin.playbooks.pin(playbook)
    facts = facts_of(at.tocsin.dispatcher.read("incident", incident))
    run = f"{incident}-r1"
    at.tell(
        StartRun,
        "ee-alice",
        run=run,
        incident=incident,
        playbook=pinned,
        name=playbook.playbook,
        facts=facts,
    )
    return run


def _first_notice(at: Stage, incident: str) -> None:
    told = ("lv", "lt", "fi", "pl", "se", "no", "ie")
    at.tell(
        c.IssueNotice,
        "ee-alice",
        incident=incident,
        kind="alert",
        to=told,
        answers=("acknowledge", "accept", "decline", "need_info"),
        text="DDoS on two Estonian banks and eesti.ee since 02:51 UTC. Expect more.",
        ask="Can you filter the attached sources at your borders?",
        ack_within=timedelta(minutes=5),
    )
    receipts(at, incident, 1, "delivered", "lv", "lt", "fi", "pl", "no")
    receipts(at, incident, 1, "failed", "se")
    at.clock.wait(seconds=75)
    answer(at, incident, 1, "lv", "accept", "Filtering at LIX from 03:20 UTC.", "Jānis Bērziņš")
    answer(at, incident, 1, "fi", "acknowledge", "", "Aino Virtanen")
    answer(at, incident, 1, "pl", "need_info", "Which prefixes?", "Ewa Nowak")


def _second_notice(at: Stage, incident: str) -> None:
    at.tell(
        c.IssueNotice,
        "ee-alice",
        incident=incident,
        kind="mutual_aid_request",
        to=("lv", "fi"),
        answers=("accept", "decline", "need_info"),
        text="We need two analysts for log work.",
        ask="Can you send somebody for two days?",
        ack_within=timedelta(hours=1),
    )
    receipts(at, incident, 2, "delivered", "lv", "fi")
    answer(at, incident, 2, "lv", "decline", "Nobody free before Monday.", "Jānis Bērziņš")


def receipts(at: Stage, incident: str, notice: int, stage: str, *members: str) -> None:
    """Let the sendings to these members end so."""
    got = tuple(
        Receipt.model_validate(
            {
                "notice": notice,
                "member": member,
                "attempt": 1,
                "channel": 0,
                "stage": stage,
                "at": at.clock.now(),
            }
        )
        for member in members
    )
    at.tell(c.RecordReceipts, incident=incident, receipts=got)


def answer(
    at: Stage, incident: str, notice: int, member: str, word: str, note: str, by: str
) -> None:
    """Let a partner answer by signed webhook."""
    at.tell(
        c.AnswerNotice,
        f"@{member}",
        incident=incident,
        notice=notice,
        member=member,
        answer=word,
        note=note,
        by=by,
    )
