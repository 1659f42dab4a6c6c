"""What machines send: at most a receipt, for the sending that they speak of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog

from coalition.application import mail_trace
from coalition.application.incident_policies import effect_id_of_sending
from coalition.domain.incident.commands import RecordReceipts
from coalition.domain.messages import SYSTEM
from coalition.domain.receipts import BOUNCE, Receipt
from workers.inbound import automatic, mime, reading
from workers.inbound.cases import Case, find_case

if TYPE_CHECKING:
    from coalition.application.tallies import MailTally
    from coalition.bootstrap import Tocsin
    from coalition.domain.incident.words import Stage
    from workers.inbound.automatic import Bounce
    from workers.inbound.opening import Letter

log = structlog.get_logger(__name__)


def see_to(tocsin: Tocsin, letter: Letter, digest: str) -> MailTally:
    """An automatic reply is `received` at most; a mail that provably came back has failed.

    Raises:
        TransientError: the log does not answer.
    """
    bounce = automatic.bounce_of(letter.outside)
    if bounce is not None:
        return _came_back(tocsin, bounce, digest)
    case = find_case(tocsin, reading.in_headers(letter.outside), None)
    if case is not None:
        said = mime.header(letter.outside, "Auto-Submitted") or "automatic reply"
        _receipt(tocsin, case, "received", {"reply": said[:60]}, digest)
    return "mail_automatic"


def _came_back(tocsin: Tocsin, bounce: Bounce, digest: str) -> MailTally:
    """Anybody could write such a report; a true one quotes what only we can have put there."""
    case = find_case(tocsin, reading.sendings(bounce.message_id), None)
    if case is None or not bounce.final:
        return "mail_automatic"
    about = case.about
    effect = effect_id_of_sending(about.incident, about.notice, about.member, about.attempt)
    exercise = tocsin.coalition.exercise
    if not mail_trace.holds(bounce.trace, tocsin.secret_key, effect, exercise=exercise):
        log.warning("bounce_without_trace", incident=about.incident)
        return "mail_unauthenticated"
    _receipt(tocsin, case, "failed", {BOUNCE: bounce.reason or "it came back"}, digest)
    return "mail_bounce"


def _receipt(
    tocsin: Tocsin, case: Case, stage: Stage, evidence: dict[str, Any], digest: str
) -> None:
    """For the sending that is meant, or for the last one by mail."""
    by_mail = [
        one
        for one in case.recipient.attempts
        if case.member.channels[one.channel].kind == "email"
        and case.about.attempt in (0, one.attempt)
    ]
    if not by_mail:
        return
    receipt = Receipt(
        notice=case.about.notice,
        member=case.member.id,
        attempt=by_mail[-1].attempt,
        channel=by_mail[-1].channel,
        stage=stage,
        at=tocsin.clock.now(),
        evidence=evidence,
    )
    command = RecordReceipts(
        id=f"mail-{digest}",
        at=receipt.at,
        actor=SYSTEM,
        incident=case.about.incident,
        receipts=(receipt,),
    )
    tocsin.dispatcher.execute(command)
