"""The English sentences of a notice. Labels are never among them: they stay verbatim.

`N_` marks what the catalogs translate; see `languages.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from coalition.domain.notice.unknown import UNKNOWN
from coalition.domain.severity import EQUIVALENTS
from coalition.rendering.notices.languages import N_

if TYPE_CHECKING:
    from coalition.domain.incident.words import Answer, NoticeKind, Severity
    from coalition.rendering.notices.languages import Say
    from coalition.rendering.notices.parts import OnFile, Party

KINDS: dict[NoticeKind, str] = {
    "alert": N_("Alert"),
    "early_warning": N_("Early warning"),
    "mutual_aid_request": N_("Request for mutual aid"),
    "sighting": N_("Sighting"),
    "sitrep": N_("Situation report"),
    "correction": N_("Correction of an earlier notice"),
    "withdrawal": N_("Withdrawal of an earlier notice"),
    "comms_check": N_("Communications check"),
}

ANSWERS: dict[Answer, str] = {
    "acknowledge": N_("We have received this notice and a person is looking at it."),
    "accept": N_("We accept and will do what is asked."),
    "decline": N_("We decline: we cannot or will not do what is asked."),
    "need_info": N_("We need more information before we can answer."),
    "offer": N_("We offer help."),
    "affected": N_("We have checked whether we are affected too."),
}

SEVERITIES: dict[Severity, str] = {level: same.meaning for level, same in EQUIVALENTS.items()}
"""The levels in the words that every surface uses."""

NOT_ASSESSED = N_("early warning, severity not assessed")
"""Said in place of a level; a warning sets no legal status and claims none."""

EXERCISE_WORD = "EXERCISE"
"""A label like the TLP: never translated."""

NOT_REAL = N_("this is not real")

VALUES: dict[str, str] = {
    "yes": N_("yes"),
    "no": N_("no"),
    "suspected": N_("suspected"),
    "confirmed": N_("confirmed"),
    "open": N_("open"),
    "closed": N_("closed"),
    "low": N_("low"),
    "medium": N_("medium"),
    "high": N_("high"),
}
"""The words of a notice's data, as people read them."""

NOT_NAMED = N_("not named")
"""The victim, where the source has not permitted to name it or it is not known."""

DEFAULT_ASKS: dict[NoticeKind, str] = {
    "alert": N_("Read this notice, check whether you are affected, and tell us that you have it."),
    "early_warning": N_("Check whether you are affected, and tell us that you have this warning."),
    "mutual_aid_request": N_("Tell us whether you can help as described below."),
    "sighting": N_("Look for what is described below, and tell us that you have this notice."),
    "sitrep": N_("Take note of the situation below, and tell us that you have it."),
    "correction": N_("Act on this text in place of the earlier one, and tell us that you have it."),
    "withdrawal": N_("Stop acting on the earlier notice, and tell us that you have this one."),
    "comms_check": N_("Tell us that this reached you. There is nothing else to do."),
}
"""What is asked where the sender wrote no question of their own."""


class Reasons(NamedTuple):
    """Why a notice goes to somebody: what the sender says, beside what is on file for them."""

    kind: NoticeKind
    recipient: Party
    sender: str
    coalition: str
    why: str  # in the sender's words, or `unknown`


def why_you(reasons: Reasons, on_file: OnFile, _: Say) -> str:
    """Why this very CERT gets it. Says only what its own entry in the coalition file says."""
    names = {
        "team": reasons.recipient.name,
        "country": reasons.recipient.country,
        "coalition": reasons.coalition,
        "sender": reasons.sender,
    }
    if reasons.kind == "comms_check":
        said = _("%(team)s is a member of %(coalition)s, which checks that it can reach you.")
    else:
        said = _(
            "%(team)s (%(country)s) is a member of %(coalition)s, "
            "and %(sender)s named it as a recipient."
        )
    known = "; ".join(
        phrase % {"list": ", ".join(values)}
        for phrase, values in (
            (_("sectors %(list)s"), on_file.sectors),
            (_("dependencies %(list)s"), on_file.dependencies),
            (_("capabilities %(list)s"), on_file.capabilities),
        )
        if values
    )
    parts = [said % names]
    if known:
        parts.append(_("On file for you: %(known)s.") % {"known": known})
    if reasons.why != UNKNOWN:
        parts.insert(0, reasons.why)
    return " ".join(parts)


def first_reason(refused: str) -> str:
    """Why nothing went to a recipient: the reason of its first channel, which says enough."""
    first, _, more = refused.partition(". ")
    return f"{first}." if more else refused
