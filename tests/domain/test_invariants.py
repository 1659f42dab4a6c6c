"""The invariants of design §5 that concern an incident, over random sequences of commands.

`STORY_EXAMPLES` sets how many sequences each property tries (long run: 5000).
"""

from __future__ import annotations

import json
import os
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coalition.domain.errors import NotAllowed, NotFound, UserError
from coalition.domain.gate import ToChannel, explain
from coalition.domain.incident import commands as c
from coalition.domain.incident.apply import apply
from coalition.domain.incident.decide import RULES, By, decide
from coalition.domain.incident.events import ChannelEscalated, NoticeIssued
from coalition.domain.incident.state import Incident
from coalition.domain.incident.timers import timers
from coalition.domain.incident.words import DECISIONS, RUNGS
from coalition.domain.messages import GENESIS, SYSTEM, Actor, Command, Event, Record, digest
from coalition.domain.receipts import Receipt
from coalition.domain.severity import campaign_floor
from tests.domain.cast import COALITION, NOW, NUMBER, WORLD, Story, partner, person
from tests.domain.random_stories import BY_SYSTEM, WEIGHTS, Step, play, steps

thorough = settings(max_examples=int(os.environ.get("STORY_EXAMPLES", "100")), deadline=None)
stories = st.builds(steps, seed=st.integers(0, 2**32), length=st.integers(2, 50))


def fold(records: list[Record]) -> Incident | None:
    state: Incident | None = None
    for stored in records:
        record = Record.model_validate(json.loads(stored.to_bytes()))
        state = apply(state, record, record.event())
    return state


def test_the_stories_reach_every_event_and_every_stage() -> None:
    seen: Counter[str] = Counter()
    for seed in range(400):
        story = play(steps(seed, 50))
        seen.update(record.type for record in story.records)
        for notice in story.now.notices.values() if story.state else ():
            seen.update(one.stage for one in notice.recipients.values())
            seen.update("exhausted" for one in notice.recipients.values() if one.exhausted)
            seen.update("unconfirmed" for one in notice.recipients.values() if one.unconfirmed)
    # A communications check is no incident; tests/domain/test_comms_check.py tells its story.
    events = {
        name
        for name, one in Event.registry.items()
        if ".incident." in one.__module__ and not one.__module__.endswith("check_messages")
    }
    stages = {"delivered", "received", "failed", "acknowledged", "answered", "expired"}
    stages |= {"superseded"}
    for what in (*events, *stages, "exhausted", "unconfirmed"):
        assert seen[what] >= 5, what


@thorough
@given(stories)
def test_invariant_1_a_notice_is_only_ever_tried_on_channels_that_the_gate_allows(
    told: list[Step],
) -> None:
    story = play(told)
    issued: dict[tuple[int, str], tuple[int, ...]] = {}
    for record in story.records:
        event = record.event()
        if isinstance(event, NoticeIssued):
            for one in event.recipients:
                issued[event.notice, one.member] = one.channels
                for index in range(len(COALITION.member(one.member).channels)):
                    audience = ToChannel(one.member, index)
                    refused = explain(tlp=event.tlp, audience=audience, coalition=COALITION)
                    whole = index in one.channels and index not in one.nudged
                    assert whole is (refused is None)
        if isinstance(event, ChannelEscalated):
            assert event.channel in issued[event.notice, event.member]
    for notice in story.now.notices.values() if story.state else ():
        for asked in notice.recipients.values():
            tried = {attempt.channel for attempt in asked.attempts}
            assert tried <= set(asked.recipient.channels)


@thorough
@given(stories)
def test_invariant_3_nobody_but_an_active_delegate_with_the_role_changes_the_state(
    told: list[Step],
) -> None:
    by_people = set(WEIGHTS) - BY_SYSTEM - {c.AnswerNotice}
    strangers = [
        person("ee-vo"),  # no role
        person("pl-both"),  # takes part in nothing
        person("no-both"),  # an observer
        person("hu-both"),  # suspended
        person("cy-both"),  # has applied
        person("gb-both"),  # has left
        person("xx-op"),  # nobody
        person("lv-op").model_copy(update={"member": "ee"}),  # speaks for another
        Actor(kind="delegate", member="ee", delegate=None),
        partner("lv", "webhook"),
    ]

    def watch(story: Story, command: Command) -> None:
        if type(command) not in by_people or story.state is None:
            return
        seen = {*story.now.participants, *story.now.affected}
        for actor in strangers:
            if actor.delegate == "pl-both" and "pl" in seen:
                continue
            task = story.now.tasks.get(str(getattr(command, "task", "")))
            own = task is not None and task.assignee is not None and task.assignee == actor.delegate
            if own and isinstance(command, c.CompleteTask):
                continue  # whoever a task is for may say that it is done
            # A number in use is refused to all alike; and who may see an incident is told that
            # it is closed before their role is looked at, where the rule itself looks at it.
            rule = RULES.get(type(command))
            plain = isinstance(command, c.RaiseWarning) or (rule and rule.by is By.DELEGATE)
            with pytest.raises(UserError if plain else (NotAllowed, NotFound)):
                decide(story.state, command.model_copy(update={"actor": actor}), WORLD)

    story = play(told, watch)
    for record in story.records:
        if record.actor.kind == "delegate":
            member, delegate = COALITION.delegate(record.actor.delegate or "")
            assert member.active
            assert {"operator", "approver"} & set(delegate.roles)


@thorough
@given(stories)
def test_invariant_4_an_exercise_command_never_enters_a_live_incident(
    told: list[Step],
) -> None:
    for step in told:
        if step.kind in (c.RaiseWarning, c.OpenIncident):
            played = step._replace(fields={**step.fields, "exercise": True})
            with pytest.raises(UserError):
                decide(None, played.command(0, NOW), WORLD)
    story = play(told)
    assert story.state is None or not story.now.exercise


@thorough
@given(stories)
def test_invariant_5_every_record_carries_the_hash_of_the_one_before(
    told: list[Step],
) -> None:
    prev = GENESIS
    for version, record in enumerate(play(told).records, 1):
        assert (record.version, record.prev) == (version, prev)
        prev = digest(record.to_bytes())


@thorough
@given(stories)
def test_invariant_7_replaying_the_log_gives_the_stored_state_byte_for_byte(
    told: list[Step],
) -> None:
    story = play(told)
    if story.state is None:
        return
    stored = story.state.model_dump_json()
    replayed = fold(story.records)
    assert replayed is not None
    assert replayed.model_dump_json() == stored
    assert Incident.model_validate_json(stored).model_dump_json() == stored


@thorough
@given(stories)
def test_invariant_7_the_same_state_and_command_give_the_same_decision(
    told: list[Step],
) -> None:
    def outcome(state: Incident | None, command: Command) -> Any:
        try:
            return decide(state, command, WORLD)
        except UserError as error:
            return str(error)

    def watch(story: Story, command: Command) -> None:
        stored = story.state.model_dump_json() if story.state else None
        loaded = Incident.model_validate_json(stored) if stored else None
        first = outcome(story.state, command)
        assert first == outcome(loaded, command)
        assert (story.state.model_dump_json() if story.state else None) == stored  # untouched

    play(told, watch)


def sent(incident: Incident, receipt: Receipt) -> bool:
    notice = incident.notices.get(str(receipt.notice))
    recipient = notice.recipients.get(receipt.member) if notice else None
    return recipient is not None and receipt.attempt <= len(recipient.attempts)


@thorough
@given(stories)
def test_a_command_carried_out_again_changes_no_receipt_answer_or_alarm(
    told: list[Step],
) -> None:
    repeatable = {c.RecordReceipts, c.AnswerNotice, c.RaiseAlarm, c.PassDeadline, c.RecordRoomStep}

    def watch(story: Story, command: Command) -> None:
        if type(command) not in repeatable or story.state is None:
            return
        if isinstance(command, c.RecordReceipts):  # about what has been sent
            known = [one for one in command.receipts if sent(story.now, one)]
            command = command.model_copy(update={"receipts": tuple(known)})
        try:
            story.carry_out(command)
        except UserError:
            return
        assert decide(story.state, command, WORLD) == []

    play(told, watch)


@thorough
@given(stories)
def test_stages_only_climb_and_a_lost_sending_is_not_repeated_on_its_channel(
    told: list[Step],
) -> None:
    rungs: dict[tuple[int, str, int], int] = {}
    words: dict[tuple[int, str], str] = {}

    def watch(story: Story, command: Command) -> None:
        for notice in story.now.notices.values() if story.state else ():
            for name, one in notice.recipients.items():
                for attempt in one.attempts:
                    key = (notice.notice, name, attempt.attempt)
                    assert RUNGS[attempt.stage] >= rungs.get(key, 0)
                    rungs[key] = RUNGS[attempt.stage]
                if one.answer in DECISIONS and not one.unconfirmed:
                    assert words.setdefault((notice.notice, name), one.answer) == one.answer

    story = play(told, watch)
    for notice in story.now.notices.values() if story.state else ():
        for one in notice.recipients.values():
            assert [attempt.attempt for attempt in one.attempts] == [
                *range(1, len(one.attempts) + 1)
            ]
            for earlier, later in zip(one.attempts, one.attempts[1:], strict=False):
                if earlier.stage == "in_doubt" and later.attempt - earlier.attempt == 1:
                    tried_again = later.channel == earlier.channel
                    # Only a reminder decided before the doubt arose goes the same way.
                    assert not tried_again or one.reminders


@thorough
@given(stories)
def test_every_wait_ends_in_an_answer_or_at_the_phone(told: list[Step]) -> None:
    story = play(told)
    for _ in range(100):
        if story.state is None or not (waits := timers(story.state)):
            break
        name, due = min(waits.items(), key=lambda one: one[1])
        early = due - timedelta(milliseconds=1)
        command = c.PassDeadline(id="t", at=early, actor=SYSTEM, incident=NUMBER, timer=name)
        assert decide(story.state, command, WORLD) == []
        story.at = max(story.at, due)
        assert story.tell(c.PassDeadline, timer=name)  # what is due does something
        assert timers(story.now).get(name) != due
    else:
        pytest.fail("deadlines never end")
    for notice in story.now.notices.values() if story.state else ():
        for one in notice.recipients.values():
            ended = one.acknowledged_at or one.exhausted or one.expired or one.superseded
            ended = ended or one.at_once or not one.attempts
            assert ended or story.now.over


@thorough
@given(stories)
def test_severity_below_the_campaign_floor_always_has_a_reason(
    told: list[Step],
) -> None:
    story = play(told)
    if story.state is None or story.now.status == "warning" or story.now.over:
        return
    floor = campaign_floor(len(story.now.affected), len(story.now.linked))
    below = floor is not None and story.now.severity.rank < floor.rank
    assert not below or story.now.severity_reason
