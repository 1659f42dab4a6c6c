"""A call is a task for a person; ticked, it is a delivery."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from coalition.domain.errors import PermanentError
from coalition.domain.incident.commands import CloseIncident, CompleteTask, RecordReceipts
from coalition.domain.messages import SYSTEM
from coalition.domain.receipts import Receipt
from tests.notices.stage import INCIDENT, TEXT, Stage, member, stage

if TYPE_CHECKING:
    from pathlib import Path

    from coalition.domain.incident.state import Incident

pytestmark = pytest.mark.anyio


def phone(**more: Any) -> dict[str, Any]:
    return {"kind": "phone", "ceiling": "TLP:GREEN", **more}


def incident(on: Stage) -> Incident:
    state: Incident = on.tocsin.dispatcher.read("incident", INCIDENT)
    return state


async def asked(on: Stage) -> None:
    (claim,) = on.issue()
    receipt = Receipt.model_validate({**await on.send(claim), "effect": claim.id})
    assert receipt.stage == "sent"
    on.tell(RecordReceipts, SYSTEM, receipts=(receipt,))
    again = await on.send(claim._replace(attempt=2, in_doubt=True))
    assert again["stage"] == "sent"


async def test_a_call_becomes_one_task_with_the_number_and_the_words_to_say(
    tmp_path: Path,
) -> None:
    partner = member("lv", [phone(number="+371 555 0999", ask_for="Inga Ozola")])
    async with stage(tmp_path, [partner]) as on:
        await asked(on)
        (task,) = incident(on).tasks.values()
        assert "+371 555 0999" in task.text
        assert "ask for Inga Ozola" in task.text
        assert f"{INCIDENT}-n1-lv" in task.text
        assert "/incident task done 1" in task.text
        assert task.assignee == "ee-alice"
        (alarm,) = incident(on).alarms.values()
        assert "+371 555 0999" in alarm.text


async def test_the_words_hold_nothing_of_the_content(tmp_path: Path) -> None:
    async with stage(tmp_path, [member("lv", [phone()])], exercise=True) as on:
        await asked(on)
        (task,) = incident(on).tasks.values()
        said = task.text + str(incident(on).alarms)
        assert not any(word in said for word in (*TEXT.split()[:2], "DDoS", "40 Gbit/s"))
        assert "EXERCISE, EXERCISE, EXERCISE" in task.text
        assert "+371 555 0200, ask for the duty officer" in task.text  # the duty phone


async def test_it_is_delivered_only_when_a_person_has_ticked_the_task(tmp_path: Path) -> None:
    async with stage(tmp_path, [member("lv", [phone()])]) as on:
        await asked(on)
        attempt = incident(on).notices["1"].recipients["lv"].attempts[0]
        assert (attempt.stage, attempt.delivered_at) == ("sent", None)
        on.tell(CompleteTask, task=1)
        attempt = incident(on).notices["1"].recipients["lv"].attempts[0]
        assert (attempt.stage, attempt.delivered_at) == ("delivered", on.clock.now())
        assert incident(on).alarms == {}
        receipts = [
            record.data["receipts"][0]
            for record, _ in on.tocsin.log.records("incident", INCIDENT)
            if record.type == "ReceiptsRecorded"
        ]
        assert receipts[-1]["evidence"] == {"task": 1, "by": "ee-alice"}


async def test_where_no_task_can_be_added_the_words_are_the_fallback(tmp_path: Path) -> None:
    async with stage(tmp_path, [member("lv", [phone()])]) as on:
        on.issue()
        (claim,) = on.issue("lv", kind="sitrep")
        on.tell(CloseIncident)
        with pytest.raises(PermanentError) as caught:
            await on.send(claim)
        assert "+371 555 0200" in caught.value.fallback
