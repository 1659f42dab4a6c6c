"""What follows from how effects ended: receipts, and a human where nothing else is left."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import structlog

from coalition.application.wanted import command_effect
from coalition.domain.errors import UserError
from coalition.domain.incident.commands import RecordReceipts
from coalition.domain.messages import SYSTEM
from coalition.domain.receipts import Receipt

if TYPE_CHECKING:
    from coalition.application.ports import Effect
    from coalition.bootstrap import Tocsin

log = structlog.get_logger(__name__)

ALARMS = {
    "aid.ask": "Members could not be asked for help.",
    "aid.terms": "A member outside Slack could not be asked to sign.",
    "room.leave": "Somebody whose mission is over could not be taken out of the room.",
    "room.open": "The incident's room could not be opened.",
    "room.post": "A message could not be posted to the room.",
    "room.headline": "The room's headline could not be kept current.",
    "note.fetch": "A message could not be added to the timeline.",
    "command": "A step that the records call for could not be carried out.",
}


def follow_up(tocsin: Tocsin, outcomes: list[dict[str, Any]], position: str) -> list[Effect]:
    """Record receipts now (they hold what partners said, so they are no job argument).

    Returns the effects wanted for what failed. `position` makes the command ids.
    """
    receipts: dict[str, list[Receipt]] = defaultdict(list)
    effects: list[Effect] = []
    for outcome in outcomes:
        if outcome["kind"] == "notice.send":
            receipts[outcome["payload"]["incident"]].append(_receipt(tocsin, outcome))
        elif outcome["status"] == "failed":
            effects += _failure(outcome)
    for incident, batch in receipts.items():
        command = RecordReceipts(
            id=f"receipts-{position}-{incident}",
            at=tocsin.clock.now(),
            actor=SYSTEM,
            incident=incident,
            receipts=tuple(batch),
        )
        try:
            tocsin.dispatcher.execute(command)
        except UserError as error:
            log.warning("receipts_refused", incident=incident, error=type(error).__name__)
    return effects


def _receipt(tocsin: Tocsin, outcome: dict[str, Any]) -> Receipt:
    payload, detail = outcome["payload"], outcome["detail"]
    known = {key: payload[key] for key in ("notice", "member", "attempt", "channel")}
    if outcome["status"] == "failed":
        at = tocsin.clock.now()
        return Receipt(**known, stage="failed", at=at, evidence=detail, effect=outcome["id"])
    return Receipt.model_validate({**known, **detail, "effect": outcome["id"]})


def _failure(outcome: dict[str, Any]) -> list[Effect]:
    """A failed effect of an incident or a run becomes a human's business, never silence."""
    payload, detail = outcome["payload"], outcome["detail"]
    error = detail.get("error_class", "error")
    if outcome["kind"] == "step.perform":
        return [
            command_effect(
                f"failed-{outcome['id']}",
                "ReportStep",
                run=payload["run"],
                step=payload["step"],
                attempt=payload["attempt"],
                ok=False,
                error=detail.get("error", error),
            )
        ]
    incident = payload.get("incident") or payload.get("data", {}).get("incident")
    if not incident:
        log.error("effect_failed_for_good", effect=outcome["id"], kind=outcome["kind"])
        return []
    return [
        command_effect(
            f"alarm-{outcome['id']}",
            "RaiseAlarm",
            incident=incident,
            subject=f"effect:{outcome['kind']}",
            text=f"{ALARMS.get(outcome['kind'], 'Something could not be done.')} ({error})",
            fallback=detail.get("fallback") or "Use the board and the phone; tell the operator.",
        )
    ]
