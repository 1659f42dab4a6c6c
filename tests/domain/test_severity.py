from __future__ import annotations

import itertools

import pytest

from coalition.domain.errors import UserError
from coalition.domain.incident.words import Severity
from coalition.domain.severity import EQUIVALENTS, QUESTIONS, assess, campaign_floor


def test_the_same_answers_give_the_same_severity_in_any_order() -> None:
    answers = {"reach": "one_entity", "service": "essential", "capacity": "strained"}
    for order in itertools.permutations(answers.items()):
        assert assess(dict(order)) is Severity.S2


def test_the_severest_answer_decides_and_none_can_lower_it() -> None:
    for question in QUESTIONS:
        for option in question.options:
            alone = assess({question.id: option.id})
            assert alone is option.at_least
            for other in QUESTIONS:
                for extra in other.options:
                    both = assess({other.id: extra.id, question.id: option.id})
                    assert both.rank >= (alone.rank if other is not question else 0)


def test_no_answer_is_routine_and_every_severity_can_be_reached() -> None:
    assert assess({}) is Severity.S0
    reached = {option.at_least for question in QUESTIONS for option in question.options}
    assert reached == set(Severity) == set(EQUIVALENTS)


def test_no_question_asks_who_did_it() -> None:
    words = " ".join(
        [question.text for question in QUESTIONS]
        + [option.text for question in QUESTIONS for option in question.options]
    ).casefold()
    assert not {"actor", "state-linked", "attribut", "who did"} & set(words.split())


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"reach": "one_entty"}, "no answer to “Who is hit.”. Did you mean one_entity"),
        ({"raech": "one_entity"}, "no question about severity. Did you mean reach"),
        ({"xxxx": "y"}, "Known: reach, service, capacity, harm, spread"),
    ],
)
def test_an_unknown_answer_is_met_with_the_nearest_known(
    answers: dict[str, str], says: str
) -> None:
    with pytest.raises(UserError, match=says):
        assess(answers)


@pytest.mark.parametrize(
    ("affected", "linked", "floor"),
    [
        (0, 0, None),
        (1, 2, None),
        (2, 0, Severity.S3),
        (1, 3, Severity.S3),
        (35, 9, Severity.S3),
    ],
)
def test_two_members_or_three_linked_incidents_are_a_campaign(
    affected: int, linked: int, floor: Severity | None
) -> None:
    assert campaign_floor(affected, linked) is floor
