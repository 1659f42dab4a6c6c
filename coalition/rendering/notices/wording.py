"""The English sentences of a notice. Labels are never among them: they stay verbatim."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.severity import EQUIVALENTS

if TYPE_CHECKING:
    from coalition.domain.incident.words import Answer, NoticeKind, Severity
    from coalition.domain.members import Member

KINDS: dict[NoticeKind, str] = {
    "alert": "Alert",
    "early_warning": "Early warning",
    "mutual_aid_request": "Request for mutual aid",
    "sighting": "Sighting",
    "sitrep": "Situation report",
    "correction": "Correction of an earlier notice",
    "withdrawal": "Withdrawal of an earlier notice",
    "comms_check": "Communications check",
}

ANSWERS: dict[Answer, str] = {
    "acknowledge": "We have received this notice and a person is looking at it.",
    "accept": "We accept and will do what is asked.",
    "decline": "We decline: we cannot or will not do what is asked.",
    "need_info": "We need more information before we can answer.",
    "offer": "We offer help.",
    "affected": "We have checked whether we are affected too.",
}

SEVERITIES: dict[Severity, str] = {level: same.meaning for level, same in EQUIVALENTS.items()}
"""The levels in the words that every surface uses."""

NOT_ASSESSED = "early warning, severity not assessed"
"""Said in place of a level; a warning sets no legal status and claims none."""

EXERCISE = "EXERCISE EXERCISE EXERCISE - this is not real"

DEFAULT_ASKS: dict[NoticeKind, str] = {
    "alert": "Read this notice, check whether you are affected, and tell us that you have it.",
    "early_warning": "Check whether you are affected, and tell us that you have this warning.",
    "mutual_aid_request": "Tell us whether you can help as described below.",
    "sighting": "Look for what is described below, and tell us that you have this notice.",
    "sitrep": "Take note of the situation below, and tell us that you have it.",
    "correction": "Act on this text in place of the earlier one, and tell us that you have it.",
    "withdrawal": "Stop acting on the earlier notice, and tell us that you have this one.",
    "comms_check": "Tell us that this reached you. There is nothing else to do.",
}
"""What is asked where the sender wrote no question of their own."""


def why_you(kind: NoticeKind, member: Member, originator: Member, coalition: str) -> str:
    """Why this very CERT gets it. Says only what its own entry in the coalition file says."""
    known = "; ".join(
        f"{what} {', '.join(values)}"
        for what, values in (
            ("sectors", member.sectors),
            ("dependencies", member.dependencies),
            ("capabilities", tuple(offer.service for offer in member.capabilities)),
        )
        if values
    )
    if kind == "comms_check":
        reason = f"{member.name} is a member of {coalition}, which checks that it can reach you"
    else:
        reason = (
            f"{member.name} ({member.country}) is a member of {coalition}, "
            f"and {originator.name} named it as a recipient"
        )
    return f"{reason}. On file for you: {known}." if known else f"{reason}."


def first_reason(refused: str) -> str:
    """Why nothing went to a recipient: the reason of its first channel, which says enough."""
    first, _, more = refused.partition(". ")
    return f"{first}." if more else refused
