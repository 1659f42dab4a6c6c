"""What follows from what has happened: one table from event type to the effects it calls for.

A policy is a pure function of the record (and of what `View` shows). Effects have ids made from
the record, so that reacting twice to one record wants the same effects, once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.application.aid_policies import (
    AID_REACTIONS,
    ask_about_requests,
    hear_answer,
    record_asked,
)
from coalition.application.aid_showing import SHOWN
from coalition.application.incident_policies import (
    check_comms,
    check_keys,
    leave_room,
    link_back,
    open_room,
    send_by_next_channel,
    send_notice,
    send_reminders,
)
from coalition.application.pool_policies import POOL_REACTIONS
from coalition.application.run_policies import RUN_REACTIONS, start_runs, tell_runs, tell_source
from coalition.application.wanted import post, redraw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from coalition.application.ports import Effect
    from coalition.application.wanted import View
    from coalition.domain.messages import Record

REACTIONS: dict[str, tuple[Callable[[Record, View], Iterable[Effect]], ...]] = {
    "WarningRaised": (),
    "CheckStarted": (check_keys,),
    "KeysChecked": (),
    "CheckEnded": (post,),
    "IncidentOpened": (open_room, start_runs, tell_runs, redraw),
    "SeverityChanged": (start_runs, tell_runs, post, redraw),
    "TlpChanged": (tell_runs, post, redraw),
    "StatusChanged": (tell_runs, post, redraw),
    "LeadAssigned": (tell_runs, post, redraw),
    "RoleAssigned": (post, redraw),
    "TaskAdded": (post, redraw),
    "TaskCompleted": (tell_source, post, redraw),
    "NoteAdded": (post,),
    "UpdatePosted": (post, redraw),
    "UpdateOverdue": (post, redraw),
    "MembersAdded": (start_runs, tell_runs, open_room, post, redraw),
    "IncidentLinked": (link_back, post, redraw),
    "NoticeIssued": (send_notice, record_asked, post, redraw),
    "NoticeReminded": (send_reminders, post),
    "ChannelEscalated": (send_by_next_channel, post, redraw),
    "ReceiptsRecorded": (redraw,),
    "NoticeAnswered": (tell_source, hear_answer, post, redraw),
    "PermissionRecorded": (post, redraw),
    "OverrideRequested": (post, redraw),
    "OverrideApproved": (send_by_next_channel, post, redraw),
    "AlarmRaised": (post, redraw),
    "AlarmCleared": (post, redraw),
    "GuestAdmitted": (open_room, post, redraw),
    "GuestLeft": (leave_room, post, redraw),
    "RoomStepRecorded": (redraw,),
    "RoomRetryRequested": (open_room, redraw),
    "IncidentMerged": (link_back, tell_runs, ask_about_requests, post, redraw),
    "IncidentClosed": (tell_runs, ask_about_requests, post, redraw),
    "IncidentReopened": (tell_runs, post, redraw),
    "EndpointDisabled": (),  # the sending that found it out has raised the alarm
    "EndpointsEnabled": (),
    "ChecksScheduled": (),
    "CheckDue": (check_comms,),
    **{kind: (*wanted, *SHOWN.get(kind, ())) for kind, wanted in AID_REACTIONS.items()},
    **POOL_REACTIONS,
    **RUN_REACTIONS,
}


def react(record: Record, view: View) -> list[Effect]:
    """Return the effects that a record calls for; raises KeyError for an event without a row."""
    return [effect for policy in REACTIONS[record.type] for effect in policy(record, view)]
