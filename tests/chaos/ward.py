"""One incident and one run for each verb, in one house whose relay is at work.

What the steps say stands in the table of `tests/verbs`; the verbs it leaves out have a row here.
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from coalition.adapters.redis_client import connect
from coalition.adapters.redis_log import SystemClock
from coalition.application.ports import Claim
from coalition.bootstrap import Tocsin, over_redis
from coalition.domain.aid.commands import ApproveRequest
from coalition.domain.incident.commands import (
    AnswerNotice,
    ChangeSeverity,
    OpenIncident,
    RecordRoomStep,
)
from coalition.domain.incident.state import Incident
from coalition.domain.incident.words import Severity
from coalition.domain.labels import Tlp
from coalition.domain.messages import SYSTEM, Actor, Command
from coalition.domain.playbook import Playbook
from coalition.domain.run.commands import StartRun
from coalition.domain.run.facts import facts_of
from coalition.domain.run.state import Run
from coalition.settings import load_settings
from tests.domain.cast import COALITION, partner, person
from tests.domain_run.stage import notify, playbook, wait_acks
from tests.playbooks import stage
from tests.verbs.test_every_verb import ROWS
from workers import steps
from workers.drain import Drain
from workers.queue import NoQueue
from workers.relay import Relay

Step = dict[str, Any]

INNER = """\
playbook: inner
title: Inner
tlp: clear
steps:
  - {id: rest, do: wait, for: 1d}
"""
ARRIVED = {"id": "arrived", "do": "wait", "for": "1s"}
"""Nobody is reminded of what has not reached them yet."""
HERE: dict[str, list[Step]] = {
    "notify": [notify("it")],
    "remind": [notify(), ARRIVED, {"id": "it", "do": "remind", "of": "tell"}],
    "escalate": [notify(), ARRIVED, {"id": "it", "do": "escalate", "of": "tell"}],
    "task": [{"id": "it", "do": "task", "text": "Cut it"}],
    "close": [{"id": "it", "do": "close"}],
    "playbook": [{"id": "it", "do": "playbook", "run": "inner"}],
    "wait": [{"id": "it", "do": "wait", "for": "1s"}],
    "wait_for_acks": [notify(), wait_acks("it", need=1)],
    "wait_for_event": [{"id": "it", "do": "wait_for_event", "until": "severity >= 'S3'",
                        "within": "10m"}],
    "wait_for_aid": [{"id": "aid", "do": "request_aid", **ROWS["request_aid"].step},
                     {"id": "it", "do": "wait_for_aid", "of": "aid", "within": "2h"}],
}  # fmt: skip
"""The rows that the table of `tests/verbs` leaves to others."""
LAST = {"id": "last", "do": "wait", "for": "1d"}

ROUSED = ("wait", "wait_for_acks", "wait_for_event")
"""Verbs without a part in the workers' folder: what ends their wait is what a worker may die of."""


async def _delivered(ctx: Any, claim: Claim) -> dict[str, Any]:
    return {"stage": "delivered", "at": ctx.now().isoformat()}


HANDLERS = {**stage.HANDLERS, "notice.send": _delivered}
"""Rooms and channels have tests of their own."""


def rows(origin: str) -> dict[str, Playbook]:
    """A playbook for each verb, the step in question being `it`."""
    told = {verb: [{"id": "it", "do": verb, **row.step}] for verb, row in ROWS.items()}
    call = {"call": [{"id": "it", "do": "call", "url": f"{origin}/tickets"}]}
    every = {**told, **HERE, **call}
    wanted = sorted({*steps.VERBS, *ROUSED})
    return {verb: playbook(*every[verb], LAST) for verb in wanted}


def tocsin_at(url: str, folder: Path, origin: str) -> Tocsin:
    """The application, as every process of this house assembles it."""
    settings = load_settings(
        data_dir=folder,
        playbooks=folder,
        call_targets=f"{origin}=TLP:GREEN",
        call_secret="whsec_" + "A" * 43 + "=",
        private_targets="127.0.0.1/32",
    )
    return over_redis(settings, COALITION, connect(url), SystemClock())


class Ward:
    """`begin` starts the runs, `drain` is a worker in good health."""

    def __init__(self, url: str, folder: Path, origin: str) -> None:
        (folder / "inner.yaml").write_text(INNER)
        self.books = rows(origin)
        self.tocsin = tocsin_at(url, folder, origin)
        self._count = 0
        self._stop = threading.Event()
        self._relay = threading.Thread(target=Relay(self.tocsin, NoQueue(), self._stop).run)

    def __enter__(self) -> Self:
        self._relay.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._relay.join()

    def incident_of(self, verb: str) -> str:
        """The incident that the verb's run belongs to."""
        return f"INC-2026-{sorted(self.books).index(verb) + 1:04d}"

    def run_of(self, verb: str) -> str:
        """The verb's run."""
        return f"{self.incident_of(verb)}-r1"

    def tell(self, command: type[Command], actor: Actor | str = SYSTEM, **fields: Any) -> None:
        """Carry out a command."""
        who = person(actor) if isinstance(actor, str) else actor
        self._count += 1
        about = {"id": f"c{self._count}", "at": self.tocsin.clock.now(), "actor": who}
        self.tocsin.dispatcher.execute(command.model_validate({**about, **fields}))

    def begin(self, verb: str) -> None:
        """Open the verb's incident, with a room, and start its run."""
        number, book = self.incident_of(verb), self.books[verb]
        about = {"severity": Severity.S2, "tlp": Tlp.GREEN, "kind": "ddos", "invite": ("lv", "lt")}
        self.tell(OpenIncident, "ee-op", incident=number, title="Banks under fire", **about)
        made = {"step": "create", "state": "done", "channel": f"C{number[-4:]}"}
        self.tell(RecordRoomStep, incident=number, **made)
        pins = self.tocsin.playbooks.pins(book)
        pinned = {"playbook": self.tocsin.playbooks.pin(book), "name": "try", "pins": pins}
        facts = facts_of(self.incident(verb))
        self.tell(StartRun, "ee-op", run=self.run_of(verb), incident=number, **pinned, facts=facts)

    def rouse(self, verb: str) -> None:
        """Let happen what the verb's step waits for (time does it for `wait`)."""
        number = self.incident_of(verb)
        if verb == "wait_for_acks":
            said = {"notice": 1, "member": "lv", "answer": "acknowledge"}
            self.tell(AnswerNotice, partner("lv"), incident=number, **said)
        if verb == "wait_for_event":
            self.tell(ChangeSeverity, "ee-op", incident=number, severity=Severity.S3)

    def rouse_who_waits(self, roused: set[str]) -> None:
        """`rouse` each verb whose step is open by now, once; approve the request one waits for."""
        before = self.run("wait_for_aid").open.get("aid:1")
        if before and before.performed and "wait_for_aid" not in roused:
            self.tell(ApproveRequest, "ee-ap", aid=before.output["aid"])
            roused.add("wait_for_aid")
        for verb in set(ROUSED) - roused:
            if "it:1" in self.run(verb).open:
                self.rouse(verb)
                roused.add(verb)

    def drain(self, until: Callable[[], bool]) -> None:
        """Work as a worker in good health does, until a condition holds."""
        asyncio.run(Drain(self.tocsin, HANDLERS, linger=60, stopping=until).run())

    def settled(self, verb: str) -> bool:
        """Whether the step in question has done its part, or has ended."""
        run = self.run(verb)
        step = run.open.get("it:1")
        return step.performed and verb not in ROUSED if step else "it" in run.steps

    def incident(self, verb: str) -> Incident:
        """The verb's incident."""
        found: Incident = self.tocsin.dispatcher.read("incident", self.incident_of(verb))
        return found

    def run(self, verb: str) -> Run:
        """The verb's run."""
        found: Run = self.tocsin.dispatcher.read("run", self.run_of(verb))
        return found

    def happened(self, verb: str) -> Counter[str]:
        """How often each kind of event stands in the logs of the verb's incident and run.

        Receipts are left out: how many of them share a record is a matter of the moment.
        """
        logs = (("incident", self.incident_of(verb)), ("run", self.run_of(verb)))
        types = [one.type for log in logs for one, _ in self.tocsin.log.records(*log)]
        return Counter(kind for kind in types if kind != "ReceiptsRecorded")
