"""What must not change a recommendation, whatever the question."""

from __future__ import annotations

import json
import os
import random
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coalition.adapters.solver_highs import solve
from coalition.domain.labels import Tlp
from coalition.domain.matching.filters import FILTERS
from coalition.domain.matching.question import Question
from coalition.domain.matching.recommend import recommend
from coalition.domain.messages import canonical
from tests.aid_matching.builders import candidate, drawn, need, question, standing

thorough = settings(max_examples=int(os.environ.get("MATCHING_EXAMPLES", "40")), deadline=None)
questions = st.builds(drawn, st.integers(0, 2**32), small=st.just(False))
NEW = {"ee": "zz", "lv": "aa", "lt": "mm", "pl": "bb", "fi": "yy"}


def said(asked: Question) -> Any:
    """The recommendation without the hash of what it was made from."""
    found = recommend(asked, solve)
    return json.loads(found.model_copy(update={"inputs_hash": ""}).model_dump_json())


def renamed(value: Any) -> Any:
    """The same with members called otherwise; dictionaries in the order of the new names."""
    text = json.dumps(value)
    changed = re.sub(r'"(ee|lv|lt|pl|fi)"', lambda one: f'"{NEW[one[1]]}"', text)
    return json.loads(json.dumps(json.loads(changed), sort_keys=True))


@thorough
@given(questions)
def test_renaming_the_members_changes_nothing_but_their_names(asked: Question) -> None:
    other = Question.model_validate_json(json.dumps(renamed(asked.model_dump(mode="json"))))
    assert {*asked.members} != {*other.members}
    assert said(other) == renamed(said(asked))


@thorough
@given(questions, st.randoms(use_true_random=False))
def test_the_order_in_which_things_are_listed_changes_nothing(
    asked: Question, chance: random.Random
) -> None:
    def shuffled(items: Any) -> list[Any]:
        return chance.sample(list(items), len(items))

    other = asked.model_copy(
        update={
            "needs": tuple(shuffled(asked.needs)),
            "candidates": tuple(shuffled(asked.candidates)),
            "members": dict(shuffled(asked.members.items())),
        }
    )
    assert said(other) == said(asked)


@thorough
@given(questions, st.integers(0, 200), st.sampled_from(["free", "service", "label", "days"]))
def test_an_offer_that_cannot_come_into_question_changes_nothing(
    asked: Question, lot: int, fault: str
) -> None:
    lots = {one.lot for one in asked.candidates}
    faults: dict[str, dict[str, Any]] = {
        "free": {"free": {}},
        "service": {"service": "exercises"},
        "label": {"clearances": (), "member": "xx"},
        "days": {"max_days": 0},
    }
    fields = {"size": 3, "hours_to_effect": 0, "cost_per_day": 10**9, **faults[fault]}
    member = fields.pop("member", asked.candidates[0].member)
    free = [one.need for one in asked.needs]
    extra = candidate(member, next(n for n in range(lot, 999) if n not in lots), *free,
                      candidate="extra", **fields)  # fmt: skip
    members: dict[str, Any] = dict(asked.members)
    if fault == "label":  # a member that may see nothing, and has given as much as is usual
        members["xx"] = standing(ceiling=Tlp.CLEAR)
    other = asked.model_copy(update={"candidates": (*asked.candidates, extra), "members": members})
    before, after = said(asked.model_copy(update={"members": members})), said(other)
    assert all(one["rank"] is None for one in after["judged"] if one["candidate"] == "extra")
    after["judged"] = [one for one in after["judged"] if one["candidate"] != "extra"]
    assert after == before


@thorough
@given(questions)
def test_the_same_question_gives_the_same_recommendation_from_its_record(asked: Question) -> None:
    recorded = canonical(asked.model_dump(mode="json"))
    read = Question.model_validate_json(recorded)
    assert read.inputs_hash == asked.inputs_hash
    assert recommend(read, solve) == recommend(asked, solve)


@thorough
@given(questions)
def test_every_line_holds_together(asked: Question) -> None:
    found = recommend(asked, solve)
    assert found.proven
    assert (found.inputs_hash, found.charter) == (asked.inputs_hash, asked.charter)
    assert found.rules == asked.rules
    assert {one.need for one in found.needs} == {one.need for one in asked.needs}
    assert len(found.judged) == len(asked.needs) * len(asked.candidates)
    for served in found.needs:
        chosen = found.chosen(served.need)
        assert served.covered == sum(one.units for one in chosen) <= served.size
        assert served.soon == max((one.soon for one in chosen), default=0)
        ranks = [one.rank for one in found.judged if one.need == served.need and one.eligible]
        assert ranks == list(range(1, len(ranks) + 1))
    for one in found.judged:
        assert [check.name for check in one.checks] == list(FILTERS)
        assert one.eligible is not bool(one.failed)
        assert (one.decisive is None) is not one.eligible
        assert 0 <= one.units <= one.could
        assert one.burden.after >= one.burden.before == asked.members[one.member].load


@pytest.mark.parametrize(
    "wrong",
    [
        question([need(), need()], []),
        question([need(), need("AID-1/1b", item=1)], []),
        question([need()], [candidate("lv", 1), candidate("lt", 1)]),
        question([need()], [candidate("lv", 1), candidate("lv", 2)]),
    ],
)
def test_what_only_a_name_could_decide_is_refused(wrong: Question) -> None:
    with pytest.raises(ValueError, match="only a name could then decide"):
        recommend(wrong, solve)


def test_capabilities_offered_twice_are_promised_once() -> None:
    """Two offers of one team, for two requests: what is free of it is shared."""
    needs = [need("AID-1/1", size=2), need("AID-2/1", size=2, number=1)]
    offers = [
        candidate("lv", 1, "AID-1/1", candidate="AID-1#1", capability="lv-team", size=3),
        candidate("lv", 2, "AID-2/1", candidate="AID-2#1", capability="lv-team", size=3),
    ]
    found = recommend(question(needs, offers), solve)
    assert [one.covered for one in found.needs] == [2, 1]
