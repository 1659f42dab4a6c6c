"""Invariant 1 on every surface there is, against an oracle that shares no code with the gate."""

from __future__ import annotations

import copy
import os
import pickle
from typing import Any, cast

import pytest

from coalition.domain import gate
from coalition.domain.errors import GateRefusal
from coalition.domain.gate import (
    Cleared,
    ToAnswerPage,
    ToAnyone,
    ToChannel,
    ToLog,
    ToRoom,
    ToViewer,
    ceiling_of,
    explain,
    release,
)
from coalition.domain.labels import Tlp
from tests.domain.cast import COALITION, coalition, opened
from tests.domain.oracle import IDS, UNIVERSES, WAYS, Case, cases, may

CASES = int(os.environ.get("GATE_CASES", "6000"))


def ask(case: Case) -> bool:
    return explain(tlp=case.tlp, audience=case.audience, coalition=case.coalition) is None


def test_invariant_1_nothing_leaves_above_the_recipients_ceiling_on_any_surface() -> None:
    allowed = 0
    for case in cases(seed=1, count=CASES):
        assert ask(case) is case.allowed, case
        allowed += case.allowed
    assert CASES * 0.1 < allowed < CASES * 0.6  # a gate that never opens would prove nothing


def test_invariant_1_every_channel_of_every_member_carries_exactly_what_it_may() -> None:
    house = UNIVERSES[0]
    for id in IDS:
        for index in range(len(WAYS)):
            audience = ToChannel(id, index)
            for tlp in Tlp:
                refused = explain(tlp=tlp, audience=audience, coalition=house)
                assert (refused is None) is may(tlp, audience, house), (id, WAYS[index], tlp)


def test_release_and_explain_agree_and_a_refusal_says_nothing_of_the_content() -> None:
    for case in cases(seed=2, count=1_500):
        content = {"victim": "Hansapank"}
        if ask(case):
            cleared = release(
                content, tlp=case.tlp, audience=case.audience, coalition=case.coalition
            )
            assert (cleared.content, cleared.tlp) == (content, case.tlp)
            assert cleared.audience == case.audience
            continue
        with pytest.raises(GateRefusal) as refused:
            release(content, tlp=case.tlp, audience=case.audience, coalition=case.coalition)
        assert "Hansapank" not in str(refused.value)
        assert refused.value.hint == "Nothing has left."


def test_the_ceiling_of_an_audience_is_the_strictest_label_it_may_get() -> None:
    for case in cases(seed=3, count=800):
        passing = [tlp for tlp in Tlp if may(tlp, case.audience, case.coalition)]
        expected = max(passing, key=lambda tlp: tlp.rank, default=None)
        assert ceiling_of(case.audience, case.coalition) is expected
        # Whatever is below the ceiling passes too: labels are ordered.
        assert passing == [tlp for tlp in Tlp if expected is not None and tlp <= expected]


@pytest.mark.parametrize("label", [None, "", "TLP:CLEAR", "TLP:WHITE", 0, False])
def test_without_a_real_label_nothing_leaves_not_even_to_those_who_may_see_everything(
    label: Any,
) -> None:
    with pytest.raises(GateRefusal, match="no TLP label"):
        release("x", tlp=label, audience=ToLog(), coalition=COALITION)


@pytest.mark.parametrize("nobody", [None, (), "everyone", object(), ToChannel, {"member": "lv"}])
def test_without_an_audience_that_the_gate_knows_nothing_leaves(nobody: Any) -> None:
    with pytest.raises(GateRefusal, match="no audience"):
        release("x", tlp=Tlp.CLEAR, audience=nobody, coalition=COALITION)


def test_an_error_inside_the_gate_is_a_denial_that_names_only_the_kind_of_error() -> None:
    broken = cast("Any", None)
    audience = ToViewer("ee-op", None)
    assert ceiling_of(audience, broken) is None
    with pytest.raises(GateRefusal, match=r"gate failed \(AttributeError\)"):
        release("x", tlp=Tlp.CLEAR, audience=audience, coalition=broken)
    with pytest.raises(GateRefusal, match=r"gate failed \(NotFound\)"):
        release("x", tlp=Tlp.CLEAR, audience=ToChannel("zz", 0), coalition=COALITION)


def test_content_that_cannot_be_held_still_is_not_released() -> None:
    with pytest.raises(GateRefusal, match="could not hold"):
        release((one for one in "x"), tlp=Tlp.CLEAR, audience=ToLog(), coalition=COALITION)


def test_mail_carries_green_at_most_whatever_the_file_says() -> None:
    assert ceiling_of(ToChannel("lv", 1), COALITION) is Tlp.GREEN  # the file says AMBER+STRICT
    reason = explain(tlp=Tlp.AMBER, audience=ToChannel("lv", 1), coalition=COALITION)
    assert reason == (
        "TLP:AMBER may not go there: email is not encrypted to the partner's own key "
        "(TLP:GREEN at most)."
    )


def test_a_kind_of_channel_without_a_rule_carries_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(gate.TRANSPORTS, "webhook")
    reason = explain(tlp=Tlp.CLEAR, audience=ToChannel("ee", 0), coalition=COALITION)
    assert reason == "No rule says what webhook may carry."


def test_a_room_shows_pointers_only_above_the_ceiling_for_slack() -> None:
    house = coalition(slack_ceiling=Tlp.GREEN)
    room = ToRoom(opened().now)
    assert ceiling_of(room, COALITION) is Tlp.AMBER
    assert ceiling_of(room, house) is Tlp.GREEN


def test_one_participant_with_less_trust_lowers_the_room_for_all() -> None:
    incident = opened().now
    mixed = incident.model_copy(update={"participants": (*incident.participants, "pl")})
    assert ceiling_of(ToRoom(mixed), COALITION) is Tlp.GREEN


def test_red_is_for_the_lead_and_role_holders_on_the_board_alone() -> None:
    incident = opened(tlp=Tlp.RED, invite=()).now
    assert ceiling_of(ToViewer("ee-op", incident, "board"), COALITION) is Tlp.RED  # the lead
    assert ceiling_of(ToViewer("ee-op", incident), COALITION) is Tlp.AMBER  # in Slack
    assert ceiling_of(ToViewer("ee-ap", incident, "board"), COALITION) is Tlp.AMBER_STRICT
    scribe = incident.model_copy(update={"roles": {"scribe": "ee-ap"}})
    assert ceiling_of(ToViewer("ee-ap", scribe, "board"), COALITION) is Tlp.RED


def test_a_viewer_is_shown_what_slack_may_show_unless_the_board_is_asked_for() -> None:
    assert ToViewer("ee-op", None).surface == "slack"


def test_members_that_do_not_take_part_see_nothing_not_even_green() -> None:
    incident = opened(tlp=Tlp.GREEN, invite=()).now
    assert ceiling_of(ToViewer("lv-op", incident, "board"), COALITION) is None


def test_exercise_and_live_never_meet() -> None:
    played = opened().now.model_copy(update={"exercise": True})
    for audience in (ToRoom(played), ToViewer("ee-op", played, "board")):
        assert ceiling_of(audience, COALITION) is None


def test_an_answer_page_shows_what_every_channel_that_its_link_went_by_may_carry() -> None:
    for case in cases(seed=4, count=400):
        if isinstance(case.audience, ToAnswerPage):
            assert ask(case) is case.allowed


def test_logs_jobs_errors_and_room_names_carry_clear_only() -> None:
    for audience in (ToLog(), ToLog("job"), ToLog("error"), ToAnyone("room_name"), ToAnyone()):
        assert ceiling_of(audience, COALITION) is Tlp.CLEAR


def cleared() -> Cleared[dict[str, str]]:
    return release({"a": "b"}, tlp=Tlp.GREEN, audience=ToChannel("lv", 0), coalition=COALITION)


def test_cleared_content_cannot_be_made_by_anybody_but_the_gate() -> None:
    with pytest.raises(TypeError, match="release"):
        Cleared(object(), "x", Tlp.CLEAR, ToLog())
    with pytest.raises(TypeError, match="extended"):
        type("Forged", (Cleared,), {})


def test_cleared_content_cannot_be_changed() -> None:
    one = cleared()
    for name in ("content", "tlp", "audience", "_content", "other"):
        with pytest.raises(AttributeError):
            setattr(one, name, "other")
        with pytest.raises(AttributeError):
            delattr(one, name)
    one.content["a"] = "other"
    assert one.content == {"a": "b"}
    assert copy.copy(one) is one
    assert copy.deepcopy(one) is one


def test_what_was_cleared_does_not_follow_the_original() -> None:
    original = {"a": "b"}
    one = release(original, tlp=Tlp.GREEN, audience=ToChannel("lv", 0), coalition=COALITION)
    original["a"] = "secret"
    assert one.content == {"a": "b"}


def test_cleared_content_is_neither_stored_nor_printed() -> None:
    with pytest.raises(TypeError, match="neither stored nor sent"):
        pickle.dumps(cleared())
    assert repr(cleared()) == "<Cleared TLP:GREEN for ToChannel>"
