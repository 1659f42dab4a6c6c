"""The gate's tests fail when the gate is weakened: every mutant of its rules is caught.

A mutant that no question can tell from the gate is equivalent; each stands below with its reason.
Everything else must be caught, so a rule that is dropped or turned round cannot go unnoticed.
"""

from __future__ import annotations

import copy
import inspect
import pickle
from typing import TYPE_CHECKING, Any, cast

import pytest

from coalition.domain import gate
from coalition.domain.audiences import Audience, ToChannel, ToLog, ToRoom, ToService
from coalition.domain.errors import GateRefusal
from coalition.domain.incident.state import Alarm
from coalition.domain.labels import Tlp
from tests.domain.cast import COALITION, NOW, opened
from tests.domain.mutants import Mutant, mutants
from tests.domain.oracle import Case, cases

if TYPE_CHECKING:
    from types import ModuleType

SOURCE = inspect.getsource(gate)
LINES = SOURCE.splitlines()
CASES = list(cases(seed=7, count=6_000))
MIXED = opened().now.model_copy(update={"participants": ("ee", "pl")})
WATCHED = opened().now.model_copy(
    update={"alarms": {"stranger-U1": Alarm(text="t", fallback="f", raised_at=NOW)}}
)
GONE = opened().now.model_copy(update={"participants": ("ee", "atlantis")})
# What the person reads is part of the gate's contract: a rule may not fall silent either.
EXACT_SENTENCES: list[tuple[Tlp, Audience, str]] = [
    (
        Tlp.AMBER,
        ToChannel("lv", 1),
        (
            "TLP:AMBER may not go there: email is not encrypted to the partner's own key "
            "(TLP:GREEN at most)."
        ),
    ),
    (
        Tlp.AMBER_STRICT,
        ToChannel("lv", 0),
        (
            "TLP:AMBER+STRICT may not go there: the ceiling of CERT-LV's webhook channel "
            "(TLP:AMBER at most)."
        ),
    ),
    (Tlp.CLEAR, ToChannel("hu", 0), "CERT-HU is suspended and is sent nothing."),
    (Tlp.CLEAR, ToChannel("ie", 0), "CERT-IE has no channel number 1."),
    (
        Tlp.AMBER,
        ToRoom(MIXED),
        "TLP:AMBER may not go there: CERT-PL is in the room (TLP:GREEN at most).",
    ),
    (
        Tlp.GREEN,
        ToRoom(WATCHED),
        (
            "TLP:GREEN may not go there: somebody who may not see the incident is in the room "
            "(TLP:CLEAR at most)."
        ),
    ),
    (
        Tlp.AMBER,
        ToService(opened().now, "https://tickets.example", Tlp.GREEN),
        "TLP:AMBER may not go there: the ceiling of https://tickets.example (TLP:GREEN at most).",
    ),
    (
        Tlp.AMBER,
        ToRoom(GONE),
        "TLP:AMBER may not go there: atlantis is in the room (TLP:CLEAR at most).",
    ),
]
EQUIVALENT = {
    ("return None", "Return removed"): "both end a function, which returns None all the same",
    ("return -1 if limit.ceiling is None else limit.ceiling.rank", "number + 1"): (
        "-2 is below every label just as -1 is; nobody still comes first"
    ),
}
"""(source line, change) -> why no question can tell it from the gate."""


class Caught(Exception):
    """The mutant answered something wrongly."""


def demand(right: bool, what: object) -> None:  # noqa: FBT001 - a condition is the subject
    if not right:
        raise Caught(what)


def examine(module: ModuleType) -> None:
    """Ask a copy of the gate everything; raises when an answer is wrong."""
    for tlp, audience, sentence in EXACT_SENTENCES:
        said = module.explain(tlp=tlp, audience=audience, coalition=COALITION)
        demand(said == sentence, said)
    _denies_what_is_malformed(module)
    _keeps_its_seal(module)
    for case in CASES:
        _answers_rightly(module, case)


def _answers_rightly(module: ModuleType, case: Case) -> None:
    question = {"tlp": case.tlp, "audience": case.audience, "coalition": case.coalition}
    reason = module.explain(**question)
    demand((reason is None) is case.allowed, case)
    demand(case.broken or reason is None or "gate failed" not in reason, reason)
    try:
        cleared = module.release(["x"], **question)
    except GateRefusal as refused:
        demand(not case.allowed and refused.message == reason, case)
    else:
        demand(case.allowed and cleared.content == ["x"], case)
        demand((cleared.tlp, cleared.audience) == (case.tlp, case.audience), case)


def _keeps_its_seal(module: ModuleType) -> None:
    for seal in (None, object(), False, 0):
        with pytest.raises(TypeError):
            module.Cleared(seal, "x", Tlp.CLEAR, ToLog())
    content = ["x"]
    one = module.release(content, tlp=Tlp.CLEAR, audience=ToLog(), coalition=COALITION)
    content.append("y")
    one.content.append("z")
    demand(one.content == ["x"], "content follows what is outside")
    demand(copy.copy(one) is one and copy.deepcopy(one) is one, "copied")
    demand("x" not in repr(one), repr(one))
    for attempt in (
        lambda: setattr(one, "_content", ["z"]),
        lambda: delattr(one, "_content"),
        lambda: type("Forged", (module.Cleared,), {}),
        lambda: pickle.dumps(one),
    ):
        with pytest.raises((AttributeError, TypeError)):
            cast("Any", attempt)()


def _denies_what_is_malformed(module: ModuleType) -> None:
    nothing = cast("Any", None)
    reason = module.explain(tlp=Tlp.CLEAR, audience=ToChannel("lv", 0), coalition=nothing)
    demand("gate failed (AttributeError)" in reason, reason)
    for label in ("TLP:CLEAR", None, 0):
        reason = module.explain(tlp=label, audience=ToLog(), coalition=COALITION)
        demand(reason == gate.NO_LABEL, reason)
    reason = module.explain(tlp=Tlp.CLEAR, audience=nothing, coalition=COALITION)
    demand("no audience" in reason, reason)
    carried = module.TRANSPORTS.pop("webhook")
    reason = module.explain(tlp=Tlp.CLEAR, audience=ToChannel("lv", 0), coalition=COALITION)
    module.TRANSPORTS["webhook"] = carried
    demand(reason == "No rule says what webhook may carry.", reason)
    demand(module.ceiling_of(nothing, COALITION) is None, "a ceiling for nobody")
    demand(module.ceiling_of(ToChannel("lv", 0), COALITION) is Tlp.AMBER, "wrong ceiling")
    with pytest.raises(GateRefusal, match="could not hold"):
        module.release((one for one in "x"), tlp=Tlp.CLEAR, audience=ToLog(), coalition=COALITION)


def survives(mutant: Mutant) -> bool:
    module = mutant.load("mutated_gate")  # one that does not even load would prove nothing
    try:
        examine(module)
    except (Exception, pytest.fail.Exception):  # noqa: BLE001 - however it shows, it is caught
        return False
    return True


def test_the_examination_passes_the_gate_itself() -> None:
    examine(gate)


def test_invariant_1_every_weakening_of_the_gate_is_caught() -> None:
    made = list(mutants(SOURCE))
    survivors = {(LINES[one.line - 1].strip(), one.change) for one in made if survives(one)}
    assert len(made) > 230
    assert survivors == set(EQUIVALENT)
