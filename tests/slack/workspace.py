"""A local Slack-compatible workspace, and the product talking to it over HTTP."""

from __future__ import annotations

import itertools
import json
import urllib.request
from datetime import UTC, datetime
from typing import Any, Self

from slack_sdk import WebClient

from coalition.application.ports import Claim, Effect
from coalition.bootstrap import assemble_memory
from coalition.domain.incident import commands as c
from coalition.domain.incident.state import Incident
from coalition.domain.labels import Tlp
from coalition.domain.messages import Actor, Command
from coalition.settings import load_settings
from sandbox.slack import Server, World, create_app, default_seed
from tests.conftest import REPOSITORY
from tests.slack.cast import PEOPLE, coalition
from tests.slack.stage import SECRET, HandClock, Json, settle
from workers.context import WorkerContext
from workers.handlers import HANDLERS

MANIFEST = REPOSITORY / "bot/slack/manifest.json"


ALICE = Actor(kind="delegate", member="ee", delegate="ee-alice", via="slack")
BRUNO = Actor(kind="delegate", member="lv", delegate="lv-bruno", via="slack")


async def delivered(ctx: WorkerContext, claim: Claim) -> Json:
    """Stands in for the channels: every notice arrives."""
    known = {key: claim.payload[key] for key in ("notice", "member", "attempt", "channel")}
    return {**known, "stage": "delivered", "at": ctx.now().isoformat(), "evidence": {}}


def seed(**app: Any) -> Json:
    """The people of the cast, #general, and our manifest."""
    people = [
        (slack, name.split()[0].lower(), name, one) for one, (_, _, name, slack) in PEOPLE.items()
    ]
    people += [(f"U0VOTER{one.upper()}", f"voter-{one}", f"Voter {one}", one) for one in PEOPLE]
    return {
        **default_seed(),
        "manifest": json.loads(MANIFEST.read_text(encoding="utf-8")),
        "app": {"signing_secret": SECRET, **app},
        "users": [
            {"id": id, "name": name, "real_name": real, "email": f"{name}@x.example", "member": one}
            for id, name, real, one in people
        ],
        "channels": [
            {"id": "C0GENERAL", "name": "general", "is_general": True,
             "members": [id for id, *_ in people]},
        ],
    }  # fmt: skip


class Workspace:
    """Served on a free port; `tocsin` is a coalition in memory that talks to it."""

    def __init__(self, **app: Any) -> None:
        self.world = World.from_seed(seed(**app))
        self.server = Server(create_app(self.world))
        self.url = self.server.url
        self.clock = HandClock(datetime.now(UTC))  # channels are as old as they are
        self.settings = load_settings(
            slack_api_url=f"{self.url}/api/",
            slack_bot_token="xoxb-sandbox",
            slack_app_token="xapp-sandbox",
            slack_signing_secret=SECRET,
            public_url="https://tocsin.example",
            playbooks=REPOSITORY / "tests/slack",  # none: what is told here is told by hand
        )
        self.tocsin = assemble_memory(coalition(), self.clock, self.settings)
        self._ids = itertools.count(1)
        self.client = WebClient("xoxb-sandbox", base_url=f"{self.url}/api/")

    def __enter__(self) -> Self:
        self.server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.stop()

    def post(self, path: str, **body: object) -> Json:
        """Do something as a person."""
        data = json.dumps(body).encode()
        headers = {"content-type": "application/json"}
        request = urllib.request.Request(f"{self.url}/_control/{path}", data, headers)  # noqa: S310
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            read: Json = json.load(answer)
            return read

    def settle(self, rounds: int = 8) -> None:
        """Carry out what follows, and what follows later because of pauses."""
        for _ in range(rounds):
            if self.tocsin.ledger.next_due() is None and self.tocsin.outbox.lag()[0] == 0:
                return
            settle(self.tocsin, handlers={**HANDLERS, "notice.send": delivered})
            self.clock.forward(seconds=2)

    def do(self, command: type[Command], actor: Actor = ALICE, **given: Any) -> Incident:
        """Carry out a command of the incident that is tried here."""
        made = command.model_validate(
            {
                "id": f"test-{next(self._ids)}",
                "at": self.clock.now(),
                "actor": actor,
                "incident": "INC-2026-0001",
                **given,
            }
        )
        self.tocsin.dispatcher.execute(made)
        return self.incident()

    def begin(self, **given: Any) -> Incident:
        """Open the incident; nothing has followed yet."""
        whole = {"title": "DDoS on two banks", "severity": "S2", "tlp": Tlp.AMBER,
                 "invite": ("lv",), **given}  # fmt: skip
        return self.do(c.OpenIncident, **whole)

    def open_room(self, **given: Any) -> str:
        """Open the incident and its room; returns the channel."""
        self.begin(**given)
        self.settle()
        channel = self.incident().room.channel
        assert channel, self.incident().room
        return channel

    def incident(self) -> Incident:
        found = self.tocsin.directory.incident("INC-2026-0001")
        assert found is not None
        return found

    def plan(self, kind: str, **payload: Any) -> None:
        """Plan an effect, as if a policy wanted it."""
        effect = Effect(id=f"planned-{next(self._ids)}", kind=kind, payload=payload)
        self.tocsin.ledger.plan([effect])

    def fault(self, method: str, **how: Any) -> None:
        """Have Slack fail at a method."""
        self.post("faults", **{"kind": "api", "method": method, **how})

    def history(self, channel: str) -> list[Json]:
        """What stands in a channel, oldest first."""
        page: Any = self.client.conversations_history(
            channel=channel, include_all_metadata=True, limit=200
        )
        return list(reversed(page["messages"]))

    def ours(self, channel: str) -> list[Json]:
        """Our messages in a channel, oldest first."""
        return [one for one in self.history(channel) if one.get("metadata")]

    def thread(self, channel: str, ts: str) -> list[Json]:
        """The answers in a thread."""
        page: Any = self.client.conversations_replies(channel=channel, ts=ts, limit=200)
        return list(page["messages"][1:])
