"""Tricks that would keep others from acting or being heard."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from standardwebhooks import Webhook

from coalition.domain.incident.state import Incident
from coalition.domain.members import Coalition
from coalition.domain.messages import canonical
from coalition.rendering.slack.alarms import whom_to_call
from tests.answer.serving import served
from tests.notices.stage import INCIDENT, Stage, member, stage, webhook
from tests.slack.api import SlackApi
from tests.slack.cast import coalition
from tests.slack.stage import stage as slack_stage

if TYPE_CHECKING:
    from tests.answer.serving import Client

OURS, THEIRS = "whsec_" + "QUFB" * 10, "whsec_" + "QkJC" * 10
WAY = "https://cert.lv.example/tocsin"


async def answer(client: Client, on: Stage, who: str, webhook_id: str, secret: str) -> int:
    """A signed acknowledgement; returns the status."""
    body = json.dumps(
        {"type": "notice.answer", "data": {"notice_id": f"{INCIDENT}-n1-{who}",
         "answer": "acknowledge"}}
    )  # fmt: skip
    headers = {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(on.clock.now().timestamp())),
        "webhook-signature": Webhook(secret).sign(webhook_id, on.clock.now(), body),
        "content-type": "application/json",
    }
    return (await client.post(f"/api/v1/inbox/{who}", body, headers=headers)).status


@pytest.mark.anyio
async def test_a_member_cannot_use_up_the_webhook_ids_of_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LV_SECRET", OURS)
    monkeypatch.setenv("LV_MIL_SECRET", THEIRS)
    members = [member("lv", [webhook(WAY)], country="LV"),
               member("lv-mil", [webhook(WAY, env="LV_MIL_SECRET")], country="LV")]  # fmt: skip
    async with stage(tmp_path, members) as on:
        on.issue("lv", "lv-mil")
        async with served(on.tocsin) as client:
            assert await answer(client, on, "lv", "mil-1", OURS) == 200
            assert await answer(client, on, "lv-mil", "1", THEIRS) == 200
        told = on.tocsin.dispatcher.read("incident", INCIDENT).notices["1"].recipients
        assert all(one.acknowledged_at for one in told.values())


def test_who_may_not_note_a_message_does_not_use_it_up_for_others(api: SlackApi) -> None:
    slack = slack_stage(api)
    slack.open_room()
    for number, user in enumerate(("U03DAIVA", "U02BRUNO", "U02BRUNO")):  # lt is not in it
        item = {"type": "message", "channel": "C0ROOM", "ts": "1700000000.000100"}
        event = {"type": "reaction_added", "user": user, "reaction": "pushpin", "item": item}
        assert slack.event(event, f"Ev{number}").status == 200
    claims = slack.tocsin.ledger.claim("t", 100, 60_000)
    asked = [one.payload["user"] for one in claims if one.kind == "note.fetch"]
    assert asked == ["U02BRUNO"]


def changed(now: Coalition, **status: str) -> Coalition:
    """The coalition with other statuses."""
    raw: Any = json.loads(canonical(now.model_dump(mode="json")))
    raw["charter"] = {}
    for one in raw["members"]:
        one["status"] = status.get(one["id"], one["status"])
    return Coalition.model_validate_json(json.dumps(raw))


def test_an_alarm_calls_somebody_else_where_the_lead_may_be_told_nothing(api: SlackApi) -> None:
    slack = slack_stage(api)
    incident: Incident = slack.open_room()
    assert incident.lead == "ee-alice"
    assert whom_to_call(coalition(), incident) == ["ee-alice"]
    assert whom_to_call(changed(coalition(), ee="suspended"), incident) == ["lv-bruno"]
    gone = incident.model_copy(update={"lead": "xx-gone"})
    assert whom_to_call(coalition(), gone) == ["ee-alice"]
    assert whom_to_call(changed(coalition(), ee="left", lv="left"), incident) == []
