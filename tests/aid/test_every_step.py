"""Every command in every status: legal as the table says, or refused with what is possible."""

from __future__ import annotations

from functools import cache
from typing import cast, get_args

import pytest

from coalition.domain.aid import commands as c
from coalition.domain.aid import mission_commands as m
from coalition.domain.aid.apply import CHANGES
from coalition.domain.aid.commands import AidCommand, DraftRequest
from coalition.domain.aid.decide import RULES, Machine, decide, legal_next, machine_of
from coalition.domain.aid.events import RequestDrafted
from coalition.domain.aid.state import Aid
from coalition.domain.aid.words import MissionStatus, OfferStatus, RequestStatus
from coalition.domain.errors import NotAllowed, NotFound, UserError
from coalition.domain.messages import SYSTEM, Command, Event
from coalition.domain.world import World
from tests.aid.samples import FIELDS, OFFERS, OTHERS, REQUESTS, actor_of, mission_at
from tests.aid.stage import Stage, person

STATUSES: dict[str, tuple[str, ...]] = {
    "request": get_args(RequestStatus),
    "offer": get_args(OfferStatus),
    "mission": get_args(MissionStatus),
}
CASES = [
    (machine_of(command), status, command)
    for command in RULES
    for status in STATUSES[machine_of(command)]
]
ILLEGAL = [case for case in CASES if case[1] not in RULES[case[2]].when]


@cache
def at(machine: str, status: str) -> tuple[Aid, World]:
    """The request in the state that a story leads to, and the world around it."""
    stage = {"request": REQUESTS, "offer": OFFERS}.get(machine, {}).get(status, None)
    told = stage() if stage is not None else mission_at(status)
    return told.aid, world_of(told)


def world_of(stage: Stage) -> World:
    tocsin = stage.engine.tocsin
    return World(tocsin.coalition, incident=stage.incident, pool=stage.pool)


def asked(command: type[Command], **fields: object) -> Command:
    """The command as somebody who may would send it, at a time when nothing has run out."""
    state_at = fields.pop("at")
    about = {"id": "x", "at": state_at, "actor": actor_of(command), "aid": "AID-2026-0003"}
    return command.model_validate({**about, **FIELDS[command], **fields})


def test_every_command_has_a_rule_and_a_sample_and_every_event_a_change() -> None:
    ours = {one for one in Command.registry.values() if issubclass(one, AidCommand)}
    assert ours - {AidCommand, DraftRequest} == set(RULES) == set(FIELDS)
    events = {one for one in Event.registry.values() if ".domain.aid." in one.__module__}
    assert events == set(CHANGES) | {RequestDrafted}


def test_the_stories_reach_every_status_of_the_three_machines() -> None:
    for machine, statuses in STATUSES.items():
        for status in statuses:
            state, _ = at(machine, status)
            found = {"request": state, "offer": state.offers.get("1")}.get(
                machine, state.missions.get("1")
            )
            assert found is not None
            assert found.status == status


@pytest.mark.parametrize(
    ("machine", "status", "command"),
    ILLEGAL,
    ids=lambda one: getattr(one, "__name__", str(one)),
)
def test_an_illegal_step_is_refused_with_the_reason_and_the_legal_next_steps(
    machine: str, status: str, command: type[Command]
) -> None:
    state, world = at(machine, status)
    order = asked(command, at=state.updated_at)
    if RULES[command].by.side == "system":
        assert decide(state, order, world) == []  # what comes late does nothing
        return
    with pytest.raises(UserError) as refused:
        decide(state, order, world)
    if command in OTHERS and status in ("draft", "submitted"):
        assert "no request for aid AID-2026-0003 that you may see" in refused.value.message
        return  # nobody else knows of it yet
    assert not isinstance(refused.value, NotAllowed | NotFound)
    assert f"is {status.replace('_', ' ')}" in refused.value.message
    assert RULES[command].does in refused.value.message
    possible = legal_next(machine_of(command), status)
    for step in possible:
        assert step in refused.value.hint
    assert possible or "Nothing more" in refused.value.hint


OTHERWISE = {
    # Legal in its status, and refused in this story for a reason of its own.
    c.SignTerms: "terms",
    c.AcceptDeferred: "cannot be accepted before both have signed",
    c.CloseRequest: "is not home yet",
}


@pytest.mark.parametrize(
    ("machine", "status", "command"),
    [case for case in CASES if case not in ILLEGAL and case[2] not in OTHERWISE],
    ids=lambda one: getattr(one, "__name__", str(one)),
)
def test_what_the_table_calls_legal_is_carried_out(
    machine: str, status: str, command: type[Command]
) -> None:
    state, world = at(machine, status)
    events = decide(state, asked(command, at=state.updated_at), world)
    assert events or command in QUIET


QUIET = {c.PassAidTimer, c.ReviewStanding, c.RecordBooking, c.RecordAnswer, m.NameGuests}
"""They may find nothing to do."""


@pytest.mark.parametrize("command", OTHERWISE, ids=lambda one: one.__name__)
def test_what_is_legal_may_still_be_refused_for_what_it_says(command: type[Command]) -> None:
    status = "part_filled" if command is c.CloseRequest else "submitted"
    state, world = at(machine_of(command), status)
    with pytest.raises(UserError, match=OTHERWISE[command]):
        decide(state, asked(command, at=state.updated_at), world)


def test_the_ends_are_ends() -> None:
    ends = {
        (machine, status)
        for machine, statuses in STATUSES.items()
        for status in statuses
        if not legal_next(cast("Machine", machine), status)
    }
    assert ends == {
        *(("request", one) for one in ("closed", "withdrawn", "expired")),
        *(("offer", one) for one in ("declined", "withdrawn", "expired")),
        *(("mission", one) for one in ("settled", "waived")),
    }


def _strangers() -> list[str]:
    """Nobody's operator, another side, no role, a suspended member, one never asked."""
    return ["ee-vo", "lv-vo", "pl-vo", "hu-both", "mt-both", "zz-op"]


@pytest.mark.parametrize("command", list(RULES), ids=lambda one: one.__name__)
def test_only_an_active_delegate_with_the_role_acts(command: type[Command]) -> None:
    machine = machine_of(command)
    status = RULES[command].when[0]
    state, world = at(machine, status)
    for stranger in _strangers():
        order = asked(command, at=state.updated_at).model_copy(update={"actor": person(stranger)})
        with pytest.raises((NotAllowed, NotFound)):
            decide(state, order, world)


@pytest.mark.parametrize("command", list(RULES), ids=lambda one: one.__name__)
def test_tocsin_itself_decides_nothing_that_people_decide(command: type[Command]) -> None:
    state, world = at(machine_of(command), RULES[command].when[0])
    order = asked(command, at=state.updated_at)
    wrong = person("ee-both") if RULES[command].by.side == "system" else SYSTEM
    with pytest.raises(NotAllowed):
        decide(state, order.model_copy(update={"actor": wrong}), world)
