"""A coalition in memory and its Bolt app, driven by signed requests as Slack sends them."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from urllib.parse import urlencode

from slack_bolt import App, BoltRequest, BoltResponse

from bot.slack.app import build_slack_app
from coalition.bootstrap import Tocsin, assemble_memory
from coalition.domain.incident.commands import RecordRoomStep
from coalition.domain.incident.state import Incident
from coalition.domain.members import Coalition
from coalition.domain.messages import SYSTEM
from coalition.settings import load_settings
from tests.slack.api import SlackApi
from tests.slack.cast import coalition
from workers.drain import Drain
from workers.handlers import HANDLERS
from workers.relay import Relay

Json = dict[str, Any]

NIGHT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
SECRET = "signing-secret-of-the-tests"


@dataclass
class HandClock:
    """Stands still until told."""

    at: datetime = NIGHT

    def now(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class Stage:
    """What a test acts on."""

    tocsin: Tocsin
    app: App
    api: SlackApi
    clock: HandClock
    _triggers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def trigger(self) -> str:
        return f"{next(self._triggers)}.trigger"

    def send(
        self, body: str, *, json_body: bool = False, at: float | None = None, secret: str = SECRET
    ) -> BoltResponse:
        """One request from Slack, signed."""
        stamp = str(int(time.time() if at is None else at))
        base = f"v0:{stamp}:{body}".encode()
        signed = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
        kind = "application/json" if json_body else "application/x-www-form-urlencoded"
        headers: Any = {
            "content-type": [kind],
            "x-slack-signature": [f"v0={signed}"],
            "x-slack-request-timestamp": [stamp],
        }
        return self.app.dispatch(BoltRequest(body=body, headers=headers))

    def command(
        self, text: str, user: str = "U01ALICE", channel: str = "C0GENERAL", trigger: str = ""
    ) -> BoltResponse:
        """A slash command, such as `/incident open …`."""
        name, _, rest = text.partition(" ")
        return self.send(
            urlencode(
                {
                    "command": name,
                    "text": rest,
                    "user_id": user,
                    "channel_id": channel,
                    "team_id": "T1",
                    "trigger_id": trigger or self.trigger(),
                    "response_url": "https://hooks.example/never-used",
                }
            )
        )

    def interaction(self, payload: Json, user: str = "U01ALICE") -> BoltResponse:
        """A button, a form or a shortcut."""
        whole = {
            "team": {"id": "T1"},
            "user": {"id": user},
            "trigger_id": self.trigger(),
            **payload,
        }
        return self.send(urlencode({"payload": json.dumps(whole)}))

    def press(
        self, action: str, value: str = "", user: str = "U01ALICE", channel: str = "C0GENERAL"
    ) -> BoltResponse:
        """A button of a message."""
        return self.interaction(
            {
                "type": "block_actions",
                "channel": {"id": channel},
                "container": {"type": "message", "channel_id": channel},
                "actions": [
                    {"type": "button", "action_id": action, "block_id": "b", "value": value}
                ],
            },
            user,
        )

    def submit(
        self,
        view: Json,
        values: Json,
        user: str = "U01ALICE",
        view_id: str = "V1",
        view_hash: str = "1.a",
    ) -> BoltResponse:
        """A form sent off: what it showed, and what was filled in on top of that."""
        state = {"values": filled_in(view, values)}
        sent = {**view, "id": view_id, "hash": view_hash, "state": state}
        return self.interaction({"type": "view_submission", "view": sent}, user)

    def event(self, event: Json, event_id: str = "Ev1") -> BoltResponse:
        """An event of the Events API."""
        body = {
            "type": "event_callback",
            "team_id": "T1",
            "event_id": event_id,
            "event": event,
            "authorizations": [{"team_id": "T1", "user_id": "U0TOCSIN", "is_bot": True}],
        }
        return self.send(json.dumps(body), json_body=True)

    @property
    def opened(self) -> Json:
        """The modal that was opened last."""
        return cast("Json", self.api.asked("views.open")[-1]["view"])

    def open_room(self, *typed: str, channel: str = "C0ROOM") -> Incident:
        """An incident with a room; `typed` replaces what is typed after the verb."""
        what = " ".join(typed) or "DDoS on two banks --severity S2 --tlp AMBER --invite lv"
        said(self.command(f"/incident open {what}"))
        incident = self.incidents()[-1]
        self.tocsin.dispatcher.execute(
            RecordRoomStep(
                id=f"room-{channel}",
                at=self.clock.now(),
                actor=SYSTEM,
                incident=incident.number,
                step="create",
                state="done",
                channel=channel,
            )
        )
        return self.incident(incident.number)

    def here(self, text: str, user: str = "U01ALICE") -> str:
        """A slash command typed in the room; returns what was answered."""
        return said(self.command(text, user, "C0ROOM"))

    def incidents(self) -> list[Incident]:
        return list(reversed(self.tocsin.directory.all()))

    def incident(self, number: str = "INC-2026-0001") -> Incident:
        found = self.tocsin.directory.incident(number)
        assert found is not None
        return found


def filled_in(view: Json, values: Json) -> Json:
    """The state of a form: what it showed, overwritten by `values` (plain, by field name)."""
    state: Json = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element, name = block["element"], block["block_id"]
        given = values.get(name, _initial(element))
        state[name] = {element["action_id"]: _entered(element, given)}
    return state


def _initial(element: Json) -> Any:
    if "initial_options" in element:
        return [option["value"] for option in element["initial_options"]]
    if "initial_option" in element:
        return element["initial_option"]["value"]
    return element.get("initial_value") or element.get("initial_user")


def _entered(element: Json, given: Any) -> Json:
    kind = element["type"]
    if kind.startswith("multi_"):
        chosen = [
            {"value": one, "text": {"type": "plain_text", "text": one}} for one in given or []
        ]
        return {"type": kind, "selected_options": chosen}
    if kind == "static_select":
        option = {"value": given, "text": {"type": "plain_text", "text": given}}
        return {"type": kind, "selected_option": option if given else None}
    if kind == "users_select":
        return {"type": kind, "selected_user": given}
    return {"type": kind, "value": given}


def said(answer: BoltResponse) -> str:
    """Everything an answer shows, as one text."""
    assert answer.status == 200, answer.body
    body: Any = answer.body  # text, although a listener may have answered with an object
    return body if isinstance(body, str) else json.dumps(body)


def body_of(answer: BoltResponse) -> Json:
    """The answer's JSON."""
    return cast("Json", json.loads(said(answer)))


class NoQueue:
    """The drain is run by hand."""

    def ensure(self) -> None:
        pass


def settle(tocsin: Tocsin, rounds: int = 20, handlers: Any = None) -> None:
    """Carry out everything that follows from what has happened, until nothing follows."""
    relay = Relay(tocsin, cast("Any", NoQueue()), threading.Event())
    for _ in range(rounds):
        entries = tocsin.outbox.read("test", 500, 0)
        relay.see_to(entries)
        due = tocsin.ledger.next_due()
        if due is not None and due <= 0:
            asyncio.run(Drain(tocsin, handlers or HANDLERS, linger=0.0).run())
        elif not entries:
            return


def stage(api: SlackApi, make: Callable[[], Coalition] = coalition, **settings: Any) -> Stage:
    """A coalition in memory and its app, talking to `api`."""
    clock = HandClock()
    known = load_settings(
        slack_api_url=api.url,
        slack_bot_token="xoxb-test",
        slack_signing_secret=SECRET,
        public_url="https://tocsin.example",
        **settings,
    )
    tocsin = assemble_memory(make(), clock, known)
    return Stage(tocsin, build_slack_app(tocsin), api, clock)
