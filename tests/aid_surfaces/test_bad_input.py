"""What goes wrong in mutual aid, in Slack: a clear message each time, and nothing half done."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.aid_surfaces.cast import ALICE, INGA, JONAS, JURIS, MIKKO, coalition
from tests.aid_surfaces.helping import AID, TERMS, Helping

OFFER = f"/aid offer {AID} --size 4 --days 10"


def recorded(helping: Helping) -> dict[str, int]:
    """How many records every aggregate has."""
    log = helping.slack.tocsin.log
    return {
        f"{kind} {id}": log.load(kind, id).version
        for kind in ("aid", "pool", "incident")
        for id in log.ids(kind)
    }


@pytest.fixture
def refused(helping: Helping) -> Callable[..., None]:
    """`refused(text, user, words…)`: it says all of these words, and nothing was recorded."""

    def check(text: str, user: str, *words: str) -> None:
        before = recorded(helping)
        said = helping.types(text, user)
        for word in words:
            assert word in said
        assert "Not done" in said
        assert recorded(helping) == before

    return check


def test_an_expired_capability_cannot_be_offered(
    helping: Helping, refused: Callable[..., None]
) -> None:
    helping.requested()
    refused(
        f"/aid offer {AID} --capability fi-old-team --size 3 --starts 4h --days 7",
        MIKKO,
        "valid until 2026-11-22",
        "Renew the capability",
    )


def test_an_offer_above_the_request_is_refused(
    helping: Helping, refused: Callable[..., None]
) -> None:
    helping.requested()
    refused(
        f"/aid offer {AID} --size 6 --days 10",
        INGA,
        "size 6 is above the 4 asked for",
        "from 1 to 4",
    )


def test_somebody_without_the_signing_role_signs_nothing(
    helping: Helping, refused: Callable[..., None]
) -> None:
    helping.requested()
    helping.offered(OFFER, INGA)
    helping.types(f"/aid accept {AID} --offer 1 {TERMS}")
    signing = f"/aid accept {AID} --offer 1 --hash {helping.hash_of()}"
    refused(signing, JURIS, "signed by the role approver", "Inga Ozola")
    refused(signing, MIKKO, "between two other members")


def test_a_stale_hash_signs_nothing(helping: Helping, refused: Callable[..., None]) -> None:
    helping.requested()
    helping.offered(OFFER, INGA)
    helping.types(f"/aid accept {AID} --offer 1 {TERMS}")
    stale = helping.hash_of()
    helping.types(f"/aid accept {AID} --offer 1 --cap 9000", INGA)
    refused(f"/aid accept {AID} --offer 1 --hash {stale}", ALICE, "have changed", "Read them again")
    refused(f"/aid accept {AID} --offer 1 --hash {stale[:12]}", ALICE, "as they stand", "Read them")
    refused(f"/aid accept {AID} --offer 1 --hash 3f", ALICE, "too short", "at least 8")


def test_a_withdrawn_request_accepts_nothing_any_more(
    helping: Helping, refused: Callable[..., None]
) -> None:
    helping.requested()
    helping.offered(OFFER, INGA)
    helping.types(f"/aid accept {AID} --offer 1 {TERMS}")
    whole = helping.hash_of()
    helping.types(f"/aid accept {AID} --offer 1 --hash {whole}", INGA)
    helping.types(f"/aid recall {AID} We have managed")
    refused(
        f"/aid accept {AID} --offer 1 --hash {whole}",
        ALICE,
        "Offer 1",
        "The request was withdrawn",
        "nobody can sign",
    )
    refused(OFFER, INGA, "withdrawn")


def test_another_currency_is_refused(helping: Helping, refused: Callable[..., None]) -> None:
    helping.requested()
    refused(f"{OFFER} --cost USD 4000", INGA, "USD is not the currency", "in EUR")
    refused(f"{OFFER} --cost 40.555", INGA, "is not an amount of EUR", "1200.50")
    refused(f"{OFFER} --cost much", INGA, "not the currency")


def test_costs_above_the_cap_are_refused_with_the_line(
    helping: Helping, refused: Callable[..., None]
) -> None:
    helping.requested()
    helping.offered(OFFER, INGA)
    helping.accepted()
    for text in (f"/aid deploy {AID}", f"/aid deploy {AID}", *[f"/aid complete {AID}"] * 2):
        helping.types(f"{text} --offer 1", INGA)
    helping.types(f"/aid complete {AID} --offer 1 --report Done", INGA)
    bill = f"/aid cost {AID} --offer 1 personnel 6000 Four people sha256:{'b' * 64}"
    refused(bill, INGA, "the cap that both signed is 5000.00 EUR", "line 1", "not eligible")
    refused(f"/aid cost {AID} --offer 1 personell 10 x", INGA, "is no line of a bill", "Kinds:")


def test_a_member_suspended_in_the_middle_agrees_to_nothing_new(helping: Helping) -> None:
    helping.requested()
    helping.offered(OFFER, INGA)
    helping.types(f"/aid accept {AID} --offer 1 {TERMS}")
    whole = helping.hash_of()
    helping.slack.tocsin.coalition = coalition(status={"lv": "suspended"})
    before = recorded(helping)
    for text in (f"--hash {whole}", "--cap 4000"):
        assert "suspended" in helping.types(f"/aid accept {AID} --offer 1 {text}", ALICE)
    assert "not a delegate of an active member" in helping.types(OFFER, INGA)
    assert recorded(helping) == before


def test_a_mission_of_a_member_that_is_suspended_can_still_be_ended(helping: Helping) -> None:
    helping.requested()
    helping.offered(OFFER, INGA)
    helping.accepted()
    for _ in range(2):
        helping.types(f"/aid deploy {AID} --offer 1", INGA)
    helping.slack.tocsin.coalition = coalition(status={"lv": "suspended"})
    said = helping.types(f"/aid complete {AID} --offer 1 They may not go on", ALICE)
    assert "is stood down" in said
    assert helping.aid.missions["1"].status == "demobilising"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("/aid offre", ("Did you mean /aid offer?",)),
        ("/aid accept AID-2026-0042", ("There is no request AID-2026-0042",)),
        (f"/aid accept {AID} --offer 7", ("has no offer 7", "Offers: 1")),
        (f"/aid deploy {AID} --offer 1", ("has no mission", "Accept it first")),
        (f"/aid cost {AID} --offer 1 travel 5", ("has no mission",)),
        ("/aid request some help --impact a --use b --mitigation c", ("is not a service",)),
        ("/aid request forensics x2 3d wizard --impact a --use b --mitigation c", ("'wizard'",)),
        ("/aid request forensics 2d 3d --impact a --use b --mitigation c", ("days twice",)),
        (
            "/aid request forensics x2 --needed-by soon --impact a --use b --mitigation c",
            ("no time",),
        ),
        ("/capability withdraw nothing", ("nothing",)),
        ("/capability add ee-team magic team --notice 4h --max-days 3", ("service",)),
    ],
)
def test_slips_of_the_pen_are_answered_with_what_to_type(
    helping: Helping, refused: Callable[..., None], text: str, words: tuple[str, ...]
) -> None:
    helping.requested()
    helping.offered(OFFER, INGA)
    refused(text, ALICE, *words)


def test_only_the_right_side_acts(helping: Helping, refused: Callable[..., None]) -> None:
    helping.requested()
    helping.offered(OFFER, INGA)
    refused(f"/aid decline {AID} --offer 1", INGA, "Only the member that asks")
    refused(f"/aid recall {AID} --offer 1 mine", JONAS, "has no mission")
    refused(f"/aid complete {AID} --close", INGA, "Only CERT-EE")
