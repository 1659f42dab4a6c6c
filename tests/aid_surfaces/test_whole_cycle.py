"""From asking to settling, all of it typed in Slack."""

from __future__ import annotations

from tests.aid_surfaces.cast import ALICE, INGA, MART, MIKKO
from tests.aid_surfaces.helping import AID, REQUEST, Helping


def test_a_request_is_typed_in_one_line_and_waits_for_another_approver(helping: Helping) -> None:
    said = helping.types(REQUEST)
    assert "waits for an approver" in said
    assert "Mart Saar (CERT-EE)" in said
    aid = helping.aid
    assert (aid.status, [one.quantity for one in aid.needs]) == ("submitted", [40, 4])
    assert [one.kind for one in aid.needs] == ["infrastructure", "team"]
    assert "four eyes" in helping.types(f"/aid accept {AID} --approve")
    assert "Asked now: CERT-LV, NCSC-FI, NKSC-LT" in helping.types(
        f"/aid accept {AID} --approve", MART
    )
    assert helping.aid.status == "open"


def test_the_whole_cycle_from_asking_to_settling(helping: Helping) -> None:
    helping.requested()
    assert "Offer 1 to CERT-EE" in helping.types(
        f"/aid offer {AID} --size 4 --starts 4h --days 10 --cost 4000", INGA
    )
    helping.types(f"/aid offer {AID} --capability fi-scrubbing --days 5", MIKKO, "C0GENERAL")
    assert helping.aid.offers["2"].supply.cost == 1000 * 40 * 5
    aid = helping.accepted()
    assert aid.offers["1"].status == "accepted"
    assert aid.missions["1"].status == "tasked"
    helping.types(f"/aid deploy {AID} --offer 1", INGA)
    assert "is at work" in helping.types(f"/aid deploy {AID} --guests lv-juris", INGA)
    helping.types(f"/aid deploy {AID} --offer 1 --note Two racks are filtered --next 6h", INGA)
    assert "Two racks are filtered" in helping.types(f"/aid list {AID}")
    helping.types(f"/aid complete {AID} --offer 1 The flood is over")
    helping.types(f"/aid complete {AID} --offer 1", INGA)
    helping.types(f"/aid complete {AID} --offer 1 --report Filters stood --lessons Earlier", INGA)
    bill = "personnel 3600 Four people; travel 350.50 Flights; own: other 20 Coffee"
    receipt = f"sha256:{'a' * 64}"
    said = helping.types(
        f"/aid cost {AID} --offer 1 {bill.replace(';', f' {receipt};')} {receipt}", INGA
    )
    assert "EUR 3,950.50" in said
    assert "settled: EUR 3,950.50" in helping.types(
        f"/aid cost {AID} --offer 1 --settle SEPA-17", MART
    )
    assert helping.aid.missions["1"].status == "settled"
    helping.types(f"/aid complete {AID} --close", ALICE)
    assert helping.aid.status == "closed"


def test_a_recommendation_says_why_and_why_not(helping: Helping) -> None:
    helping.requested()
    helping.offered()
    helping.types(f"/aid offer {AID} --capability fi-scrubbing --days 5", MIKKO, "C0GENERAL")
    said = helping.types(f"/aid match {AID}")
    assert "Item 1: NCSC-FI, 40 of fi-scrubbing (offer 2): it takes effect within" in said
    assert "Item 2: CERT-LV, 4 of lv-ir-team (offer 1)" in said
    why = helping.types(f"/aid match {AID} --why lv")
    assert "CERT-LV: it is of kind team, and infrastructure is needed" in why
    assert "CERT-LV: it is recommended, with 4" in why
