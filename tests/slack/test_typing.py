"""What people type, and what is understood of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.typed import nearest, parse, plain_text, split_verb, tokens
from bot.slack.verbs import GROUPS
from coalition.domain.errors import UserError
from coalition.rendering.slack.fields import Field
from tests.slack.stage import Stage, said

OPEN = GROUPS["incident"]["open"].typed_fields


def read(typed: str) -> dict[str, str]:
    return {name: " ".join(values) for name, values in parse(typed, OPEN).items()}


FULL = {
    "title": "DDoS on two banks",
    "severity": "S2",
    "tlp": "AMBER",
    "members": "lv,lt",
    "kind": "ddos",
}


@pytest.mark.parametrize(
    "typed",
    [
        "DDoS on two banks --severity S2 --tlp AMBER --members lv,lt --kind ddos",
        "--severity S2 --tlp AMBER --members lv,lt --kind ddos DDoS on two banks",
        "--severity=S2 --kind=ddos DDoS on two banks --tlp=AMBER --members=lv,lt",
        "--title DDoS on two banks --severity S2 --tlp AMBER --members lv,lt --kind ddos",
        '"DDoS on two banks" --severity "S2" --tlp AMBER --members "lv,lt" --kind ddos',
        "“DDoS on two banks” —severity S2 —tlp AMBER —members lv,lt —kind ddos",
        "DDoS on two banks –severity S2 –tlp AMBER –members lv,lt –kind ddos",
        '--title="DDoS on two banks" --severity S2 --tlp AMBER --members lv,lt --kind ddos',
        "DDoS on two banks --SEVERITY S2 --Tlp AMBER --members lv,lt --kind ddos",
    ],
    ids=["usual", "options first", "equals", "title named", "quotes", "phone", "en dash", "both",
         "capitals"],
)  # fmt: skip
def test_the_same_incident_can_be_typed_in_many_ways(typed: str) -> None:
    assert read(typed) == FULL


def test_a_list_of_members_may_be_typed_with_spaces_after_the_commas() -> None:
    assert read("Title --members lv, lt , fi --tlp RED")["members"] == "lv, lt , fi"


def test_a_quoted_text_is_never_taken_for_an_option() -> None:
    assert read('"--tlp is a label" --tlp GREEN') == {"title": "--tlp is a label", "tlp": "GREEN"}


def test_a_dash_inside_a_text_is_text() -> None:
    assert read("Flood — again - and again")["title"] == "Flood — again - and again"


def test_an_apostrophe_is_no_quote() -> None:
    assert read("The ministry's site can't be reached")["title"].endswith("can't be reached")


def test_the_beginning_of_an_option_or_verb_is_the_nearest_to_it() -> None:
    known = (Field("service", "Service"), Field("severity", "Severity"))
    with pytest.raises(UserError, match="--sev here") as refused:
        parse("--sev S2", known)
    assert refused.value.hint == "Did you mean --severity?"
    assert nearest("stat", ("start", "status")) == "status"
    assert nearest("", ("open",)) == ""


def test_an_unknown_option_names_the_nearest() -> None:
    with pytest.raises(UserError) as refused:
        read("Title --sevrity S2")
    assert "--sevrity" in refused.value.message
    assert "--severity" in refused.value.hint


def test_an_option_given_twice_is_refused() -> None:
    with pytest.raises(UserError, match="twice"):
        read("Title --tlp RED --tlp GREEN")


def test_an_option_without_a_value_says_what_it_needs() -> None:
    with pytest.raises(UserError, match="--tlp needs a value"):
        read("Title --tlp --severity S2")


def test_links_and_entities_are_read_as_they_were_typed() -> None:
    typed = "see &lt;b&gt; &amp; <https://x.example/a|x.example> in <#C1|general>"
    assert plain_text(typed) == "see <b> & https://x.example/a in #general"


def test_a_mention_stays_a_mention() -> None:
    assert plain_text("<@U01ALICE|alice>") == "<@U01ALICE|alice>"


def test_a_verb_is_read_in_any_case() -> None:
    assert split_verb("  OPEN  A title ") == ("open", "A title")


@given(st.text(max_size=400))
def test_whatever_is_typed_is_read_or_refused_with_a_sentence(typed: str) -> None:
    try:
        parse(plain_text(typed), OPEN)
    except UserError as refused:
        assert refused.message  # noqa: PT017 - either way is right


@given(st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1), max_size=8))
def test_words_come_out_as_they_went_in(words: list[str]) -> None:
    assert [token.text for token in tokens("  ".join(words))] == words


@pytest.mark.parametrize(
    "named",
    [
        "<@U02BRUNO>", "<@U02BRUNO|bruno>", "U02BRUNO", "@U02BRUNO", "lv-bruno", "@lv-bruno",
        "LV-Bruno", "@bruno", "bruno", "Kalns", "Bruno Kalns", "@Bruno Kalns", "bruno kalns,",
        '"Bruno Kalns"',
    ],
)  # fmt: skip
def test_a_person_may_be_named_in_many_ways(slack: Stage, named: str) -> None:
    slack.open_room()
    assert "Bruno Kalns" in slack.here(f"/incident task Call them --assignee {named}")
    assert "Bruno Kalns" in slack.here(f"/incident task --assignee {named} Call them")
    assert "Bruno Kalns" in slack.here(f"/incident lead {named} Scrubbing runs until six")
    incident = slack.incident()
    assert [(one.text, one.assignee) for one in incident.tasks.values()] == [
        ("Call them", "lv-bruno")
    ] * 2
    handed = slack.tocsin.log.tail("incident", incident.number, 1)[0].data
    assert (handed["now"], handed["handover_note"]) == ("lv-bruno", "Scrubbing runs until six")


@pytest.mark.parametrize(
    ("named", "answer"),
    [
        ("@bruni", "Did you mean lv-bruno (Bruno Kalns, CERT.LV)"),
        ("ee-alise", "Did you mean ee-alice (Alice Tamm, CERT-EE)"),
        ("Petrauske", "is on the list for Daiva"),
        ("voter", "'voter' may be several people. Write the id: ee-voter (Voter of CERT-EE"),
        ("zzz", "/coalition members lists the delegates"),
        ("<@U09NOBODY>", "That person is not a delegate of any member."),
    ],
)
def test_who_is_not_known_is_answered_with_who_may_be_meant(
    slack: Stage, named: str, answer: str
) -> None:
    slack.open_room("Flood --severity S2 --tlp AMBER --invite lv,lt")
    assert answer in slack.here(f"/incident task Call them --assignee {named}")


def test_members_may_be_named_as_they_are_called(slack: Stage) -> None:
    said(slack.command("/incident open Flood --severity S3 --tlp AMBER --members cert.lv,NKSC"))
    assert slack.incident().affected == ("ee", "lv", "lt")
