"""What follows from a mail, with the keys of real partners and a real incident."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from coalition.application import mail_trace
from coalition.application.incident_policies import effect_id_of_sending
from coalition.domain.incident.commands import RecordReceipts
from coalition.domain.messages import SYSTEM
from coalition.domain.receipts import Receipt
from tests.inbound import letters
from tests.inbound.letters import NOTICE, QUOTE, reply
from tests.notices.stage import INCIDENT, Stage, member, stage
from tests.openpgp.homes import Homes
from workers.inbound.taking import Taker

if TYPE_CHECKING:
    from coalition.domain.incident.state import Incident, RecipientState

pytestmark = pytest.mark.anyio

ANSWERS = ("acknowledge", "accept", "decline", "need_info", "offer", "affected")


def box(to: str, **key: str) -> dict[str, Any]:
    return {"kind": "email", "to": to, "ceiling": "TLP:AMBER+STRICT", **key}


@pytest.fixture
async def on(homes: Homes, tmp_path: Path) -> AsyncIterator[Stage]:
    """An incident with a request for aid to CERT-LV and CERT-LT, sent by mail."""
    inga = {"id": "lv-inga", "name": "Inga Ozola", "roles": ["operator"],
            "openpgp": homes.inga.fingerprint, "key": "inga.asc"}  # fmt: skip
    lv = member("lv", [box("cert@cert.lv.example", openpgp=homes.lv.fingerprint, key="lv.asc"),
                       box("second@cert.lv.example")], delegates=[inga])  # fmt: skip
    lt = member("lt", [box("cert@cert.lt.example", openpgp=homes.lt.fingerprint, key="lt.asc")])
    async with stage(
        tmp_path, [lv, lt], gnupg_home=homes.hub.path, coalition=homes.base / "coalition.yaml"
    ) as play:
        play.issue("lv", "lt", kind="mutual_aid_request", answers=ANSWERS)
        yield play


def incident(on: Stage) -> Incident:
    state: Incident = on.tocsin.dispatcher.read("incident", INCIDENT)
    return state


def recipient(on: Stage, who: str = "lv") -> RecipientState:
    return incident(on).notices["1"].recipients[who]


def version(on: Stage) -> int:
    return on.tocsin.dispatcher.read_versioned("incident", INCIDENT)[0]


def notes(on: Stage) -> list[str]:
    records = on.tocsin.log.tail("incident", INCIDENT, 100)
    return [record.data["text"] for record in records if record.type == "NoteAdded"]


def take(on: Stage, raw: bytes) -> str:
    return Taker(on.tocsin).take(raw)


@pytest.mark.parametrize("way", ["sealed", "signed", "inline"])
async def test_a_signed_reply_answers_verified_with_the_fingerprint_as_evidence(
    homes: Homes, on: Stage, way: str
) -> None:
    message = reply(f"accept\nsize: 4\nnote: from Monday\n\n{QUOTE}")
    raw = {
        "sealed": lambda: letters.sealed(homes, homes.lv, message),
        "signed": lambda: letters.signed(homes.lv, message),
        "inline": lambda: letters.inline(homes.lv, message),
    }[way]()
    assert take(on, raw) == "mail_answer"
    assert recipient(on).answer == "accept"
    assert recipient(on).verified
    (record,) = on.tocsin.log.tail("incident", INCIDENT, 1)
    assert record.data["details"] == {"size": "4", "note": "from Monday"}
    assert record.data["evidence"]["fingerprint"] == homes.lv.fingerprint
    assert record.data["evidence"]["way"] == "mail"


async def test_the_same_mail_again_changes_nothing(homes: Homes, on: Stage) -> None:
    raw = letters.sealed(homes, homes.lv, reply(f"decline\n\n{QUOTE}"))
    take(on, raw)
    before = version(on)
    assert take(on, raw) == "mail_answer"
    assert version(on) == before


async def test_the_signed_words_again_with_other_headers_change_nothing(
    homes: Homes, on: Stage
) -> None:
    message = reply(f"affected\ncount: 3\n\n{QUOTE}")
    raw = letters.sealed(homes, homes.lv, message)
    take(on, raw)
    before = version(on)
    take(on, raw.replace(b"<reply-1@", b"<reply-2@"))
    assert version(on) == before


async def test_the_own_key_of_a_delegate_answers_as_that_person(homes: Homes, on: Stage) -> None:
    assert take(on, letters.sealed(homes, homes.inga, reply(f"decline\n{QUOTE}"))) == "mail_answer"
    assert recipient(on).answered_by == "Inga Ozola"
    (record,) = on.tocsin.log.tail("incident", INCIDENT, 1)
    assert (record.actor.kind, record.actor.delegate) == ("delegate", "lv-inga")


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("accept\nINGA OZOLA signs for us.", "Inga Ozola, CERT-LV <cert@cert.lv.example>"),
        ("accept\nGood luck.", "CERT-LV <cert@cert.lv.example>"),
        ("decline\nInga Ozola is on leave.", "CERT-LV <cert@cert.lv.example>"),
        ("accept\n> Inga Ozola may sign.", "CERT-LV <cert@cert.lv.example>"),
    ],
)
async def test_whom_a_signed_acceptance_names_stands_before_its_clear_header(
    homes: Homes, on: Stage, text: str, by: str
) -> None:
    take(on, letters.sealed(homes, homes.lv, reply(f"{text}\n\n{QUOTE}")))
    assert recipient(on).answered_by == by


# ------------------------------------------------------------------------------ who is not proved
async def test_point_15_unsigned_mail_is_shown_as_such_and_changes_nothing(
    homes: Homes, on: Stage
) -> None:
    assert take(on, reply(f"accept\n{QUOTE}").as_bytes()) == "mail_unauthenticated"
    assert recipient(on).answer is None
    assert recipient(on).acknowledged_at is None
    (note,) = notes(on)
    assert note.startswith("Unauthenticated mail about notice 1 to CERT-LV: it is not signed.")
    assert "cert@cert.lv.example" in note


async def test_point_15_encryption_without_a_signature_proves_nothing(
    homes: Homes, on: Stage
) -> None:
    raw = letters.sealed(homes, homes.lv, reply(f"accept\n{QUOTE}"), sign=False)
    assert take(on, raw) == "mail_unauthenticated"
    assert recipient(on).answer is None


async def test_point_15_a_key_that_nobody_pinned_proves_nothing(homes: Homes, on: Stage) -> None:
    raw = letters.sealed(homes, homes.mallory, reply(f"accept\n{QUOTE}"))
    assert take(on, raw) == "mail_unauthenticated"
    assert recipient(on).acknowledged_at is None
    assert "a key that is not pinned here" in notes(on)[0]


async def test_point_15_another_members_key_does_not_answer_for_this_one(
    homes: Homes, on: Stage
) -> None:
    raw = letters.sealed(homes, homes.lt, reply(f"accept\n{QUOTE}"))
    assert take(on, raw) == "mail_unauthenticated"
    assert recipient(on).answer is recipient(on, "lt").answer is None
    assert "signed with a key of CERT-LT" in notes(on)[0]


async def test_point_15_a_text_around_the_signed_part_does_not_count(
    homes: Homes, on: Stage
) -> None:
    inner = letters.signed(homes.lv, reply(f"decline\n{QUOTE}")).split(b"MIME-Version: 1.0\r\n")[1]
    around = b"\r\n".join([
        b"From: CERT-LV <cert@cert.lv.example>", f"In-Reply-To: {letters.SENDING}".encode(),
        b'Content-Type: multipart/mixed; boundary="o"', b"", b"--o", b"Content-Type: text/plain",
        b"", b"accept", b"--o", inner, b"--o--", b"",
    ])  # fmt: skip
    assert take(on, around) == "mail_unauthenticated"
    assert recipient(on).answer is None


async def test_a_changed_word_breaks_the_signature(homes: Homes, on: Stage) -> None:
    raw = letters.signed(homes.lv, reply(f"decline\n{QUOTE}")).replace(b"decline", b"accept ")
    assert take(on, raw) == "mail_unauthenticated"
    assert "signature bad" in notes(on)[0]


async def test_a_flood_of_unsigned_mail_fills_no_timeline(homes: Homes, on: Stage) -> None:
    for number in range(40):
        take(on, reply(f"accept {number}").as_bytes())
    assert len(notes(on)) == 20
    assert "not shown here" in notes(on)[0]


# ------------------------------------------------------------------------ what is not understood
async def test_a_signed_mail_without_an_answer_is_shown_to_people(homes: Homes, on: Stage) -> None:
    raw = letters.sealed(homes, homes.lv, reply(f"Hello,\nwe will look into it.\n{QUOTE}"))
    assert take(on, raw) == "mail_unclear"
    (note,) = notes(on)
    assert "Signed mail from CERT-LV" in note
    assert "+371 555 0200" in note
    assert "we will look into it" in note
    assert recipient(on).acknowledged_at is None


async def test_quoted_text_never_answers(homes: Homes, on: Stage) -> None:
    assert take(on, letters.sealed(homes, homes.lv, reply(QUOTE))) == "mail_unclear"
    assert recipient(on).answer is None


async def test_a_signature_from_before_the_notice_answers_something_else(
    homes: Homes, on: Stage
) -> None:
    message = letters.without_a_trace(reply(f"accept\nnotice: {INCIDENT}-n2-lv\n"))
    raw = letters.sealed(homes, homes.lv, message)
    on.clock.move(timedelta(hours=2))
    on.issue("lv", kind="mutual_aid_request", answers=ANSWERS)
    assert take(on, raw) == "mail_unclear"
    assert incident(on).notices["2"].recipients["lv"].answer is None
    assert "signed before the notice was issued" in notes(on)[0]


async def test_clear_headers_cannot_turn_a_signed_answer_to_another_notice(
    homes: Homes, on: Stage
) -> None:
    on.issue("lv", kind="mutual_aid_request", answers=ANSWERS)
    raw = letters.sealed(homes, homes.lv, reply(f"accept\n{QUOTE}"))
    take(on, raw.replace(b"-n1-lv", b"-n2-lv"))
    assert incident(on).notices["2"].recipients["lv"].answer is None
    assert recipient(on).answer == "accept"


async def test_a_commitment_whose_signature_does_not_cover_the_notice_is_shown_to_people(
    homes: Homes, on: Stage
) -> None:
    assert take(on, letters.sealed(homes, homes.lv, reply("accept\n"))) == "mail_unclear"
    assert recipient(on).answer is None
    assert "does not say which notice" in notes(on)[0]
    assert take(on, letters.sealed(homes, homes.lv, reply("acknowledge\n"))) == "mail_answer"
    assert recipient(on).acknowledged_at is not None


async def test_the_signed_text_may_name_the_notice_when_no_header_does(
    homes: Homes, on: Stage
) -> None:
    message = letters.without_a_trace(reply(f"accept\nnotice: {NOTICE}\n"))
    assert take(on, letters.sealed(homes, homes.lv, message)) == "mail_answer"


async def test_an_answer_that_the_notice_does_not_allow_is_shown_to_people(
    homes: Homes, on: Stage
) -> None:
    on.issue("lv", answers=("acknowledge",))
    text = f"accept\nnotice: {INCIDENT}-n2-lv\n"
    message = letters.without_a_trace(reply(text))
    assert take(on, letters.sealed(homes, homes.lv, message)) == "mail_unclear"
    assert "no answer to this notice" in notes(on)[0]


@pytest.mark.parametrize("text", ["accept\n", "accept\nnotice: INC-2026-9999-n1-lv\n"])
async def test_mail_about_no_notice_of_ours_is_only_counted(
    homes: Homes, on: Stage, text: str
) -> None:
    before = version(on)
    message = letters.without_a_trace(reply(text))
    assert take(on, letters.sealed(homes, homes.lv, message)) == "mail_unrelated"
    assert version(on) == before


# ----------------------------------------------------------------------------------- machines
async def test_point_14_an_automatic_reply_is_received_and_never_an_answer(
    homes: Homes, on: Stage
) -> None:
    raw = letters.sealed(homes, homes.lv, _automatic(reply(f"accept\n{QUOTE}")))
    assert take(on, raw) == "mail_automatic"
    assert recipient(on).attempts[-1].stage == "received"
    assert recipient(on).acknowledged_at is None
    assert recipient(on).answer is None


def _automatic(message: Any) -> Any:
    message["Auto-Submitted"] = "auto-replied"
    return message


def delivered(on: Stage) -> None:
    receipt = Receipt(notice=1, member="lv", attempt=1, channel=0, stage="delivered",
                      at=on.clock.now())  # fmt: skip
    on.tell(RecordReceipts, SYSTEM, receipts=(receipt,))


def sent(on: Stage, trace: str | None = None) -> bytes:
    """Our own mail as it left, as far as its headers go."""
    effect = effect_id_of_sending(INCIDENT, 1, "lv", 1)
    trace = trace or mail_trace.make(on.tocsin.secret_key, effect)
    return f"Message-ID: <{effect}@tocsin.example>\r\nX-Tocsin-Trace: {trace}\r\n\r\nx".encode()


async def test_a_mail_that_came_back_has_failed_and_the_next_channel_is_tried(
    homes: Homes, on: Stage
) -> None:
    delivered(on)
    assert take(on, letters.returned(sent(on))) == "mail_bounce"
    first, second = recipient(on).attempts
    assert (first.stage, second.channel) == ("failed", 1)
    record = next(
        one for one in on.tocsin.log.tail("incident", INCIDENT, 5) if one.type == "ReceiptsRecorded"
    )
    assert record.data["receipts"][0]["evidence"]["bounce"].startswith("5.1.1")


async def test_a_forged_report_changes_nothing(homes: Homes, on: Stage) -> None:
    delivered(on)
    before = version(on)
    assert take(on, letters.returned(sent(on, trace="0" * 32))) == "mail_unauthenticated"
    assert version(on) == before


async def test_a_report_of_delay_is_not_a_failure(homes: Homes, on: Stage) -> None:
    delivered(on)
    take(on, letters.returned(sent(on), action="delayed"))
    assert recipient(on).attempts[-1].stage == "delivered"


# ---------------------------------------------------------------------------------- hostile
async def test_a_compressed_bomb_is_unauthenticated_and_nothing_worse(
    homes: Homes, on: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coalition.adapters.openpgp.LARGEST_OUTPUT", 100_000)
    zlib = ("--compress-algo", "zlib", "-z", "9")
    raw = letters.sealed(homes, homes.lv, reply("accept\n" * 300_000), more=zlib)
    assert take(on, raw) == "mail_unauthenticated"
    assert "cannot be opened" in notes(on)[0]


async def test_without_gpg_mail_is_shown_and_proves_nothing(
    homes: Homes, on: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = letters.signed(homes.lv, reply(f"accept\n{QUOTE}"))
    monkeypatch.setattr("workers.inbound.taking.installed", lambda: False)
    assert take(on, raw) == "mail_unauthenticated"
    assert "gpg is not installed" in notes(on)[0]
