"""A member that has only mail: what it does about mutual aid, signed with its pinned key."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from coalition.domain.aid import commands as c
from coalition.domain.errors import UserError
from coalition.domain.messages import SYSTEM, Actor
from tests.aid.stage import FORENSICS, NEEDS, SITUATION, TERMS, capability, supply
from tests.inbound import letters
from tests.inbound.letters import QUOTE, reply
from tests.inbound.test_taking import box, notes, take
from tests.notices.stage import INCIDENT, Stage, member, stage
from tests.openpgp.homes import Homes
from workers.inbound.acts import begins, ordered

if TYPE_CHECKING:
    from coalition.domain.aid.state import Aid
    from coalition.domain.messages import Command

pytestmark = pytest.mark.anyio

AID = "AID-2026-0001"
RECEIPT = "ab" * 32


def tell(on: Stage, command: type[Command], actor: Actor, **fields: Any) -> None:
    on.commands += 1
    about = {"id": f"a{on.commands}", "at": on.clock.now(), "actor": actor, "aid": AID}
    on.tocsin.dispatcher.execute(command.model_validate({**about, **fields}))


def lt(short: str) -> Actor:
    return Actor(kind="delegate", member="lt", delegate=f"lt-{short}", via="slack")


def aid(on: Stage) -> Aid:
    return on.tocsin.view.aid(AID)


@pytest.fixture
async def on(homes: Homes, tmp_path: Path) -> AsyncIterator[Stage]:
    """CERT-LT has asked; CERT-LV has the notice by mail and has made an offer."""
    inga = {"id": "lv-inga", "name": "Inga Ozola", "roles": ["operator", "approver"]}
    helper = member(
        "lv",
        [box("cert@cert.lv.example", openpgp=homes.lv.fingerprint, key="lv.asc")],
        delegates=[inga],
        capabilities=[capability("lv-lab", FORENSICS)],
    )
    people = [
        {"id": f"lt-{short}", "name": f"LT {short}", "roles": [role]}
        for short, role in (("op", "operator"), ("ap", "approver"))
    ]
    asking = member("lt", [box("cert@cert.lt.example")], delegates=people)
    home: dict[str, Any] = {
        "gnupg_home": homes.hub.path,
        "coalition": homes.base / "coalition.yaml",
    }
    async with stage(tmp_path, [helper, asking], **home) as play:
        soon = play.clock.now() + timedelta(days=1)
        asked = {"incident": INCIDENT, "needs": NEEDS[1:], "situation": SITUATION}
        tell(play, c.DraftRequest, lt("op"), **asked, needed_by=soon, submit=True)
        tell(play, c.ApproveRequest, lt("ap"))
        answers = ("acknowledge", "accept", "offer", "decline")
        play.issue("lv", kind="mutual_aid_request", answers=answers, aid=AID)
        partner = Actor(kind="partner", member="lv", via="mail")
        given = supply(capability="lv-lab", size=4, starts=soon)
        tell(play, c.SubmitOffer, partner, supply=given)
        yield play


def mail(homes: Homes, text: str) -> bytes:
    return letters.sealed(homes, homes.lv, reply(f"{text}\n\n{QUOTE}"))


async def test_a_member_that_has_only_mail_signs_goes_and_sends_its_bill(
    homes: Homes, on: Stage
) -> None:
    terms = TERMS.model_copy(update={"cost_bearer": "lt"})
    tell(on, c.ProposeTerms, lt("op"), offer=1, terms=terms)
    hash_ = aid(on).agreement(aid(on).offers["1"]).terms_hash
    sign = f"aid: sign\noffer: 1\nterms_hash: {hash_}\ndelegate: lv-inga"
    assert take(on, mail(homes, sign)) == "mail_answer"
    (signature,) = aid(on).offers["1"].signatures
    assert (signature.delegate, signature.how) == ("lv-inga", "mail")
    assert signature.evidence["fingerprint"] == homes.lv.fingerprint
    tell(on, c.SignTerms, lt("ap"), offer=1, terms_hash=hash_)
    tell(on, c.RecordBooking, SYSTEM, offer=1, attempt=1, outcome="reserved")
    lines = (
        f"line: personnel; Four people; 3500.50 EUR; {RECEIPT}",
        f"line: travel; Coffee; 20 EUR; {RECEIPT}; not eligible",
    )
    steps = (
        ("aid: mobilise\nmission: 1", "mobilising"),
        ("Aid: deploy\nmission: 1\nguests: lv-inga", "deployed"),
        ("aid: stand_down\nmission: 1\nreason: It is clean.", "demobilising"),
        ("aid: home\nmission: 1", "demobilised"),
        ("aid: report\nmission: 1\nThe systems are clean.\nAll of them.", "reported"),
        ("\n".join(("aid: costs", "mission: 1", *lines)), "costs_submitted"),
    )
    for text, reached in steps:
        assert take(on, mail(homes, text)) == "mail_answer", notes(on)
        assert aid(on).missions["1"].status == reached
    assert aid(on).missions["1"].report == "The systems are clean.\nAll of them."
    assert aid(on).missions["1"].total == 350_050


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("aid: conquer", "'conquer' is no act that a mail can order. Known: confirm, agree"),
        ("aid: withdraw\noffer: one", "offer is 'one'. Write a whole number."),
        ("aid: withdraw\noffer: 7", "has no offer 7"),
        ("aid: costs\nmission: 1\nline: personnel", "is no cost line. Write it like: personnel;"),
    ],
)
async def test_what_cannot_be_carried_out_is_a_note_for_people(
    homes: Homes, on: Stage, text: str, why: str
) -> None:
    before = aid(on)
    assert take(on, mail(homes, text)) == "mail_unclear"
    assert why in notes(on)[0]
    assert aid(on) == before


async def test_the_same_mail_again_acts_once(homes: Homes, on: Stage) -> None:
    raw = mail(homes, "aid: withdraw\noffer: 1\nreason: We are hit.")
    assert take(on, raw) == take(on, raw) == "mail_answer"
    assert aid(on).offers["1"].status == "withdrawn"


async def test_an_unsigned_mail_orders_nothing(homes: Homes, on: Stage) -> None:
    raw = reply(f"aid: withdraw\noffer: 1\n\n{QUOTE}").as_bytes()
    assert take(on, raw) == "mail_unauthenticated"
    assert aid(on).offers["1"].status == "submitted"


def test_an_act_is_told_from_an_answer_by_its_first_line() -> None:
    assert not begins("accept\naid: deploy")
    assert not begins("> aid: deploy\n\nThank you for the aid: it came in time.")
    with pytest.raises(UserError, match="is no act that a mail can order"):
        ordered("accept")
