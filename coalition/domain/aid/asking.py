"""The request: written, approved by the own side, put to the others in waves, and ended."""

# ruff: noqa: ARG001
# Every entry of a table has the same shape, whether it needs all of it or not.

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.aid import events as e
from coalition.domain.aid.authority import speaker
from coalition.domain.aid.ending import lapse_all
from coalition.domain.aid.needs import checked_needs, checked_situation, checked_times
from coalition.domain.aid.waves import waves_of
from coalition.domain.authority import no_such_incident, participant
from coalition.domain.errors import NotAllowed, UserError
from coalition.domain.incident.checks import of_this_mode, reason_of, text_of
from coalition.domain.labels import strictest

if TYPE_CHECKING:
    from datetime import datetime

    from coalition.domain.aid import commands as c
    from coalition.domain.aid.state import Aid
    from coalition.domain.incident.state import Incident
    from coalition.domain.labels import Tlp
    from coalition.domain.members import Member
    from coalition.domain.messages import Event
    from coalition.domain.world import World


def draft_request(state: Aid | None, command: c.DraftRequest, world: World) -> list[Event]:
    """RequestDrafted; with `submit` RequestSubmitted too.

    Raises:
        NotFound: no such incident, or none that the actor may see.
        NotAllowed: the actor is no operator of a member that takes part.
        UserError: the incident is over, or a field is missing or wrong; `field` names it.
    """
    incident = world.incident
    if incident is None or incident.number != command.incident:
        raise no_such_incident(command.incident)
    of_this_mode(incident.exercise, world.coalition)
    party = participant(command.actor, "operator", incident, world.coalition)
    if state is not None:
        raise UserError(f"{state.aid} exists already.", "Ask for aid again: /aid request.")
    if party.member.id not in incident.participants:
        raise NotAllowed(f"{party.member.name} does not take part in {incident.number}.")
    _open(incident)
    clocks = world.coalition.charter.aid.clocks
    needed_by, expires_at = checked_times(
        command.at, command.needed_by, command.expires_at, clocks.expiry
    )
    drafted = e.RequestDrafted(
        aid=command.aid,
        incident=incident.number,
        member=party.member.id,
        needs=checked_needs(command.needs),
        situation=checked_situation(command.situation),
        needed_by=needed_by,
        expires_at=expires_at,
        tlp=_label(command.tlp, incident),
        severity=incident.severity,
        currency=_currency(command.currency, world),
        exercise=incident.exercise,
        charter=world.coalition.content_hash,
    )
    if not command.submit:
        return [drafted]
    return [drafted, _submitted(party.member, party.delegate.id, "", command.at, world)]


def change_request(state: Aid, command: c.ChangeRequest, world: World) -> list[Event]:
    """RequestChanged; nothing when it says the same.

    Raises:
        UserError: a field is missing or wrong; `field` names it.
    """
    clocks = world.coalition.charter.aid.clocks
    moved = command.needed_by is not None
    expires = command.expires_at or (None if moved else state.expires_at)
    needed_by, expires_at = checked_times(
        command.at, command.needed_by or state.needed_by, expires, clocks.expiry
    )
    changed = e.RequestChanged(
        needs=checked_needs(command.needs) if command.needs is not None else state.needs,
        situation=checked_situation(command.situation) if command.situation else state.situation,
        needed_by=needed_by,
        expires_at=expires_at,
        tlp=_label(command.tlp or state.tlp, world.incident),
    )
    same = all(getattr(state, name) == value for name, value in changed)
    return [] if same else [changed]


def submit_request(state: Aid, command: c.SubmitRequest, world: World) -> list[Event]:
    """RequestSubmitted: the clock for the own approvers runs.

    Raises:
        UserError: nobody but the requester could approve it, or its time is over.
    """
    who = speaker(command.actor, world.coalition)
    checked_times(command.at, state.needed_by, state.expires_at, None)
    delegate = who.delegate.id if who.delegate else ""
    return [_submitted(who.member, delegate, state.drafted_by, command.at, world)]


def approve_request(state: Aid, command: c.ApproveRequest, world: World) -> list[Event]:
    """RequestOpened and the first WaveAsked.

    Raises:
        NotAllowed: the approver wrote or submitted it.
        GateRefusal: it may be sent to nobody; with each member's reason.
        UserError: the incident is over, or the request's time is.
    """
    if command.actor.delegate in (state.drafted_by, state.submitted_by):
        raise NotAllowed(
            "Whoever asks for aid does not approve it: four eyes.",
            "Another approver of your member must: " + _others(state, command, world),
        )
    incident = world.incident
    if incident is None:
        raise no_such_incident(state.incident)
    _open(incident)
    checked_times(command.at, state.needed_by, state.expires_at, None)
    tlp = strictest(state.tlp, incident.tlp)
    waves = waves_of(state, tlp, incident, command.at, world)
    clocks = world.coalition.charter.aid.clocks
    opened = e.RequestOpened(
        severity=incident.severity,
        tlp=tlp,
        waves=waves,
        answer_by=command.at + clocks.answer[incident.severity],
    )
    later = command.at + clocks.second_wave if len(waves) > 1 else None
    return [opened, e.WaveAsked(wave=1, members=waves[0], next_at=later)]


def return_request(state: Aid, command: c.ReturnRequest, world: World) -> list[Event]:
    """RequestReturned, with the reason."""
    return [e.RequestReturned(reason=reason_of(command.reason, "Sending a request back"))]


def withdraw_request(state: Aid, command: c.WithdrawRequest, world: World) -> list[Event]:
    """RequestWithdrawn; what is on the table lapses, what was accepted goes on."""
    why = reason_of(command.reason, "Withdrawing a request")
    lapsed = lapse_all(state, "The request was withdrawn.")
    return [e.RequestWithdrawn(reason=why), *lapsed]


def close_request(state: Aid, command: c.CloseRequest, world: World) -> list[Event]:
    """RequestClosed; what is on the table lapses.

    Raises:
        UserError: a mission is still in the field; with what to do about each.
    """
    away = [str(one.mission) for one in state.missions.values() if one.in_the_field]
    if away:
        raise UserError(
            f"{state.aid} cannot be closed: mission {', '.join(away)} is not home yet.",
            "Stand it down (/aid complete) or wait until it is home.",
        )
    lapsed = lapse_all(state, "The request was closed.")
    note = command.note.strip() and text_of(command.note, "note")
    return [e.RequestClosed(note=note), *lapsed]


def record_asked(state: Aid, command: c.RecordAsked, world: World) -> list[Event]:
    """AskedRecorded, once for each notice."""
    if command.notice in state.notices:
        return []
    return [e.AskedRecorded(notice=command.notice, asked=command.asked, refused=command.refused)]


def record_recommendation(state: Aid, command: c.RecordRecommendation, world: World) -> list[Event]:
    """RecommendationMade, unless it is the one that was shown last."""
    if command.inputs_hash == state.recommended:
        return []
    return [
        e.RecommendationMade(
            inputs_hash=command.inputs_hash,
            charter=world.coalition.content_hash,
            picks=command.picks,
            proven=command.proven,
        )
    ]


def ask_about_request(state: Aid, command: c.AskAboutRequest, world: World) -> list[Event]:
    """RequestQuestioned: nothing is closed silently."""
    return [
        e.RequestQuestioned(
            text=f"{state.aid} still looks for help, but {state.incident} is {command.why}.",
            fallback=f"An operator of {world.coalition.member(state.member).name} withdraws or "
            f"closes it (/aid list), or reopens the incident.",
        )
    ]


def _submitted(
    member: Member, by: str, drafted_by: str, at: datetime, world: World
) -> e.RequestSubmitted:
    able = [
        person.id
        for person in member.delegates
        if "approver" in person.roles and person.id not in (by, drafted_by)
    ]
    if not able:
        raise UserError(
            f"Nobody at {member.name} but the requester could approve this request.",
            "Name another approver under `delegates` in coalition.yaml.",
            field="approver",
        )
    return e.RequestSubmitted(approve_by=at + world.coalition.charter.aid.clocks.approval)


def _others(state: Aid, command: c.ApproveRequest, world: World) -> str:
    wrote = (state.drafted_by, state.submitted_by)
    names = [
        person.name
        for person in world.coalition.member(state.member).delegates
        if "approver" in person.roles and person.id not in wrote
    ]
    return (", ".join(names) or "none is named in coalition.yaml") + "."


def _open(incident: Incident) -> None:
    if incident.over or incident.status == "warning":
        hint = "reopen" if incident.over else "open"
        raise UserError(
            f"{incident.number} is {'a warning' if not incident.over else incident.status}; aid is "
            "asked for in an open incident.",
            f"First: /incident {hint} --incident {incident.number}",
        )


def _label(tlp: Tlp | None, incident: Incident | None) -> Tlp:
    if incident is None:
        raise no_such_incident("")
    if tlp is not None and tlp < incident.tlp:
        raise UserError(
            f"The incident is {incident.tlp}; a request in it cannot be {tlp}.",
            f"Label it {incident.tlp} or stricter.",
            field="tlp",
        )
    return tlp or incident.tlp


def _currency(currency: str, world: World) -> str:
    chosen = currency.strip().upper() or world.coalition.charter.aid.currency
    if len(chosen) == 3 and chosen.isascii() and chosen.isalpha():  # noqa: PLR2004 - ISO 4217
        return chosen
    hint = "Use the three letters of ISO 4217, such as EUR."
    raise UserError(f"{currency[:20]!r} is no currency.", hint, field="currency")
