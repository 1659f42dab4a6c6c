"""Starting a communications check, from Slack or on schedule."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from coalition.domain.incident.check_messages import CheckComms
from coalition.domain.messages import SYSTEM
from coalition.domain.reach import ScheduleChecks

if TYPE_CHECKING:
    from coalition.application.dispatcher import Dispatcher
    from coalition.application.ports import Appended, Clock, EventLog
    from coalition.domain.members import Coalition
    from coalition.domain.messages import Actor

WITHIN = timedelta(hours=24)
KEYS_WITHIN = timedelta(days=60)
"""Keys that expire sooner are reported."""


class Assembled(Protocol):
    """The part of the assembled application that is used here."""

    coalition: Coalition
    log: EventLog
    clock: Clock

    @property
    def dispatcher(self) -> Dispatcher:
        """Carries the command out."""
        ...


def start_check(
    tocsin: Assembled,
    id: str,
    actor: Actor,
    *,
    members: tuple[str, ...] = (),
    within: timedelta = WITHIN,
) -> Appended:
    """Start a check once for this command id; its number is the next one of the incidents.

    Raises:
        UserError: as `check_comms`.
        TransientError: the log does not answer.
    """
    done = tocsin.log.carried_out(id)
    if done is not None:
        return done._replace(duplicate=True)
    now = tocsin.clock.now()
    command = CheckComms(
        id=id,
        at=now,
        actor=actor,
        incident=f"INC-{now.year}-{tocsin.log.next_number('incident'):04d}",
        members=members,
        within=within,
        exercise=tocsin.coalition.exercise,
    )
    return tocsin.dispatcher.execute(command)


def schedule_checks(tocsin: Assembled) -> None:
    """Keep the schedule as the charter says; for the start of a relay.

    Raises:
        TransientError: the log does not answer.
    """
    command = ScheduleChecks(
        id=f"schedule-checks-{uuid.uuid4().hex}",  # asked anew each time; the rule sees repeats
        at=tocsin.clock.now(),
        actor=SYSTEM,
        every=tocsin.coalition.charter.comms_check,
    )
    tocsin.dispatcher.execute(command)
