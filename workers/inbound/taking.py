"""Decides what one mail is, and acts on it: once, whoever else does the same at the same time.

| what it is | what follows |
|---|---|
| signed by a pinned key of the member that was asked, and understood | the answer, verified |
| the same, and it begins with `aid:` | an act of mutual aid (see `acts`) |
| the same, not understood | a note for people: somebody has to ask back |
| written by a machine | at most `received`, for the sending that it answers |
| a report that ours could not be delivered, with our trace in it | `failed`; the next channel |
| anything else about a notice of ours | a note, marked as unauthenticated; nothing changes |
| about no notice of ours, or unreadable | counted, kept in the mailbox, shown nowhere |
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog

from coalition.adapters.gnupg_calls import installed
from coalition.adapters.openpgp import KeyTrouble
from coalition.application.aid_acting import act
from coalition.application.answering import Given, answer_received
from coalition.domain.errors import UserError
from coalition.domain.incident.mail_notes import NoteMail
from coalition.domain.keys import pinned_keys
from coalition.domain.messages import SYSTEM
from workers.inbound import acts, automatic, machines, mime, reading
from workers.inbound.cases import find_case, likeliest, same, signer_of
from workers.inbound.opening import UNSIGNED, Letter, open_letter

if TYPE_CHECKING:
    from coalition.application.tallies import MailTally
    from coalition.bootstrap import Tocsin
    from coalition.domain.members import Member
    from workers.inbound.cases import Case, Signer

log = structlog.get_logger(__name__)

SKEW = timedelta(minutes=10)
"""How far the clock of whoever signs may be behind ours."""

LONGEST_SHOWN = 400
LONGEST_AUTHOR = 120


class Taker:
    """Sees to mails, one at a time. Safe to use in several processes at once."""

    def __init__(self, tocsin: Tocsin) -> None:
        self._tocsin = tocsin

    def take(self, raw: bytes) -> MailTally:
        """Act on a mail and return what it was.

        Raises:
            NotAMail: it cannot be read.
            TransientError: Redis or gpg does not answer; to be tried again.
        """
        keyring = self._tocsin.keyring if installed() else None
        if keyring is not None:
            self._adopt_keys()
        letter = open_letter(raw, keyring)
        digest = hashlib.sha256(raw).hexdigest()
        if automatic.is_automatic(letter.outside):
            return machines.see_to(self._tocsin, letter, digest)
        inside, outside = reading.about(letter)
        signer = signer_of(letter, self._tocsin.coalition)
        case = find_case(self._tocsin, likeliest(letter, inside, outside), signer)
        if case is None:
            log.info("mail_unrelated", state="signed" if signer else "unsigned")
            return "mail_unrelated"
        if signer is None or signer.member.id != case.member.id:
            return self._unauthenticated(letter, case, digest, signer)
        covered = any(same(case.about, one) for one in inside)
        return self._answer(letter, case, signer, digest, covered=covered)

    # ------------------------------------------------------------------------- whose, and what
    def _adopt_keys(self) -> None:
        """Every pinned key as its file holds it now; one that does not fit proves nothing."""
        base = self._tocsin.settings.coalition.parent
        for member in self._tocsin.coalition.members:
            for key, _ in pinned_keys(member).values():
                try:
                    self._tocsin.keyring.adopt(key, base)
                except KeyTrouble as error:
                    log.warning("key_refused", member=member.id, error=type(error).__name__)

    # ------------------------------------------------------------------------------- answers
    def _answer(
        self, letter: Letter, case: Case, signer: Signer, digest: str, *, covered: bool
    ) -> MailTally:
        reply = reading.read(letter.text)
        issued = case.incident.notices[str(case.about.notice)].issued_at
        if letter.signed_at is None or letter.signed_at < issued - SKEW:
            why = "It was signed before the notice was issued, so it answers something else."
            return self._unclear(letter, case, signer, digest, why)
        if acts.begins(letter.text):
            return self._act(letter, case, signer, digest, covered=covered)
        if reply.answer is None:
            why = "It does not begin with one of the words that answer a notice."
            return self._unclear(letter, case, signer, digest, why)
        if not covered and reply.answer != "acknowledge":
            why = (
                f"It begins with the answer {reply.answer}, but the signed text does not say "
                "which notice it answers."
            )
            return self._unclear(letter, case, signer, digest, why)
        try:
            answer_received(self._tocsin.dispatcher, self._given(letter, case, signer, reply))
        except UserError as error:
            return self._unclear(letter, case, signer, digest, str(error))
        return "mail_answer"

    def _act(
        self, letter: Letter, case: Case, signer: Signer, digest: str, *, covered: bool
    ) -> MailTally:
        """Something about the request for aid that the notice carries."""
        aid = case.incident.notices[str(case.about.notice)].aid
        if not covered or not aid:
            why = "The signed text does not say which request for aid it is about."
            return self._unclear(letter, case, signer, digest, why)
        words = f"{signer.fingerprint} {letter.signed_at} {letter.text}"
        try:
            order = acts.ordered(letter.text)
            fields = dict(order.fields)
            if order.word == "sign" and signer.person is not None:
                fields["delegate"] = signer.person.id  # whoever else the text names
            act(
                self._tocsin.dispatcher,
                member=case.member.id,
                way="mail",
                word=order.word,
                aid=aid,
                fields=fields,
                once=hashlib.sha256(words.encode()).hexdigest()[:40],
                at=self._tocsin.clock.now(),
                evidence={
                    "fingerprint": signer.fingerprint,
                    "message_id": mime.header(letter.outside, "Message-ID")[:200],
                },
            )
        except UserError as error:
            return self._unclear(letter, case, signer, digest, str(error))
        return "mail_answer"

    def _given(self, letter: Letter, case: Case, signer: Signer, reply: reading.Reply) -> Given:
        if reply.answer is None:
            raise ValueError("a reply without an answer is not given")
        person = signer.person
        signed_at = letter.signed_at.isoformat() if letter.signed_at else ""
        # The same signed words again are the same answer, whatever the headers around them say.
        words = f"{signer.fingerprint} {signed_at} {letter.text}"
        evidence: dict[str, Any] = {
            "fingerprint": signer.fingerprint,
            "signed_at": signed_at,
            "message_id": mime.header(letter.outside, "Message-ID")[:200],
            "encrypted": letter.encrypted,
        }
        return Given(
            incident=case.about.incident,
            notice=case.about.notice,
            member=case.member.id,
            answer=reply.answer,
            way="mail",
            once=hashlib.sha256(words.encode()).hexdigest()[:40],
            at=self._tocsin.clock.now(),
            note=reply.note,
            by=person.name if person else _written_by(letter, case.member, reply),
            delegate=person.id if person else None,
            details=reply.details,
            evidence=evidence,
        )

    def _unclear(
        self, letter: Letter, case: Case, signer: Signer, digest: str, why: str
    ) -> MailTally:
        text = (
            f"Signed mail from {case.member.name} about notice {case.about.notice} was not "
            f"understood, and changes nothing. {why} Ask {case.member.name} what they mean: "
            f"{case.member.duty_phone}.\nIt says: {_shown(letter)}"
        )
        author = signer.person.id if signer.person else signer.member.id
        self._note(case, digest, text, author, proved=True)
        return "mail_unclear"

    def _unauthenticated(
        self, letter: Letter, case: Case, digest: str, signer: Signer | None
    ) -> MailTally:
        if signer is not None:
            why = f"it is signed with a key of {signer.member.name}"
        else:
            why = letter.trouble or "it is signed with a key that is not pinned"
        hint = " Ask them to sign it." if why == UNSIGNED else ""
        sender = mime.header(letter.outside, "From")[:120] or "nobody"
        text = (
            f"Unauthenticated mail about notice {case.about.notice} to {case.member.name}: {why}. "
            f"It changes nothing.{hint}\nIt says it is from {sender}: {_shown(letter)}"
        )
        self._note(case, digest, text, "unauthenticated mail", proved=False)
        return "mail_unauthenticated"

    def _note(self, case: Case, digest: str, text: str, author: str, *, proved: bool) -> None:
        command = NoteMail(
            id=f"mail-{digest}",
            at=self._tocsin.clock.now(),
            actor=SYSTEM,
            incident=case.about.incident,
            digest=digest,
            text=text,
            author=author,
            proved=proved,
        )
        self._tocsin.dispatcher.execute(command)


def _written_by(letter: Letter, member: Member, reply: reading.Reply) -> str:
    """Who answers with the key of the whole member: as the clear header says.

    An acceptance may be the signature under terms, so whom its signed text names stands first.
    """
    sender = mime.header(letter.outside, "From")
    said = reply.note.casefold() if reply.answer == "accept" else ""
    named = [one.name for one in member.delegates if one.name.casefold() in said]
    unsaid = [name for name in named if name.casefold() not in sender.casefold()]
    return ", ".join([*unsaid, sender])[:LONGEST_AUTHOR]


def _shown(letter: Letter) -> str:
    return mime.one_line(reading.read(letter.text).note or letter.text, LONGEST_SHOWN) or "nothing"
