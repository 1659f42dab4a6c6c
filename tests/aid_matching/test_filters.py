"""The hard filters: each lets through what fits, and names itself for what does not."""

from __future__ import annotations

from typing import Any

import pytest

from coalition.adapters.solver_highs import solve
from coalition.domain.aid_rules import LegalBasis
from coalition.domain.labels import Tlp
from coalition.domain.matching.filters import FILTERS, NOT_AVAILABLE, Passage, passages
from coalition.domain.matching.question import Question
from coalition.domain.matching.recommend import recommend
from coalition.domain.matching.why import why_not
from tests.aid_matching.builders import SERVICES, candidate, need, question, standing

FAULTS: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    # filter, the need, the candidate, what is said
    ("another_member", {"member": "lv"}, {}, "it is the member that asks"),
    ("service", {"service": SERVICES[1]}, {}, "artifact and forensic analysis is needed"),
    ("kind", {"kind": "infrastructure"}, {}, "it is of kind team, and infrastructure is needed"),
    ("kind", {"unit": "gbit-s"}, {}, "it counts in people, and gbit-s is needed"),
    ("type", {"type_at_most": 2}, {"type": 3}, "it is of type 3, and type 2 or better is needed"),
    ("role", {"roles": ("auditor",)}, {"roles": ("architect",)}, "none of the roles auditor"),
    ("mode", {"mode": "on_site"}, {}, "only from afar, and help on site is needed"),
    ("stay", {}, {"max_days": 9}, "it stays 9 days at the longest, and 10 are needed"),
    ("language", {"languages": ("et", "ru")}, {}, "it speaks none of et, ru"),
    ("clearance", {"clearances": ("eu-secret",)}, {}, "it lacks the clearance eu-secret"),
    ("territory", {}, {"not_in": ("EE",)}, "it is never used in EE"),
    ("caveat", {}, {"caveat": {"AID-1/1": "not for banks"}}, "not for banks"),
    ("label", {"tlp": Tlp.RED}, {}, "its member may not see TLP:RED"),
    ("not_hit", {"hit": ("lv",)}, {}, "the same incident affects its member"),
    ("available", {}, {"free": {}}, NOT_AVAILABLE),
    ("available", {}, {"size": 0, "free": {"AID-1/1": 2}}, NOT_AVAILABLE),
]


@pytest.mark.parametrize(("name", "wanted", "offered", "says"), FAULTS)
def test_a_filter_names_itself_and_says_what_is_in_the_way(
    name: str, wanted: dict[str, Any], offered: dict[str, Any], says: str
) -> None:
    asked = question([need(**wanted)], [candidate("lv", 1, **offered)])
    failed = [one for one in checked(asked) if not one.passed]
    assert [one.name for one in failed] == [name]
    assert says in failed[0].why
    found = recommend(asked, solve)
    assert found.chosen("AID-1/1") == ()
    assert why_not(found, "AID-1/1", "lv", str.upper) == (name, failed[0].why)


def checked(asked: Question) -> tuple[Passage, ...]:
    return passages(asked.needs[0], asked.candidates[0], asked)


def test_every_filter_is_tried_here() -> None:
    assert {name for name, *_ in FAULTS} | {"legal_basis"} == set(FILTERS)


@pytest.mark.parametrize(
    ("wanted", "offered"),
    [
        ({"mode": "remote"}, {"mode": "hybrid"}),
        ({"mode": "hybrid"}, {"mode": "on_site"}),
        ({"languages": ("en-GB",)}, {"languages": ("et", "en")}),
        ({"roles": ("auditor", "architect")}, {"roles": ("architect",)}),
        ({"type_at_most": 2}, {"type": 1}),
        ({"clearances": ("a",)}, {"clearances": ("a", "b")}),
        ({"unit": "gbit-s"}, {"unit": "gbit-s", "kind": "infrastructure"}),
        ({}, {"caveat": {"AID-9/1": "not for banks"}}),
        ({"tlp": Tlp.AMBER}, {}),
    ],
)
def test_what_fits_comes_through(wanted: dict[str, Any], offered: dict[str, Any]) -> None:
    asked = question([need(**wanted)], [candidate("lv", 1, **offered)])
    assert all(one.passed for one in checked(asked))


def test_help_needs_a_legal_basis_between_the_two_and_for_its_mode() -> None:
    pact = LegalBasis(id="pact", name="Pact", members=("ee", "lv"), modes=("remote",))
    offers = [candidate("lv", 1), candidate("lt", 2), candidate("lv", 3, mode="on_site",
              candidate="there")]  # fmt: skip
    found = recommend(question([need()], offers, legal_bases=(pact,)), solve)
    passed = {one.candidate: one.eligible for one in found.judged}
    assert passed == {"lv-team": True, "lt-team": False, "there": False}
    refused = why_not(found, "AID-1/1", "lt", str.upper)
    assert refused == ("legal_basis", "there is no legal basis between the two members for it")


def test_what_everybody_may_know_is_named_before_what_is_private() -> None:
    """Not available and too far from the language: the language is said, and nothing else."""
    busy = candidate("lv", 1, languages=("lv",), free={})
    found = recommend(question([need(languages=("et",))], [busy]), solve)
    assert why_not(found, "AID-1/1", "lv", str.upper).criterion == "language"


def test_of_several_the_one_that_comes_closest_is_explained() -> None:
    far = candidate("lv", 1, service=SERVICES[1], candidate="far")
    near = candidate("lv", 2, free={}, candidate="near")
    found = recommend(question([need()], [far, near], {"lv": standing()}), solve)
    assert why_not(found, "AID-1/1", "lv", str.upper) == ("available", NOT_AVAILABLE)
