"""The gate's tests fail when the gate is weakened: every mutant of its rules is caught.

A mutant that no question can tell from the gate is equivalent; each stands below with its reason.
Everything else must be caught, so a rule that is dropped or turned round cannot go unnoticed.
"""

from __future__ import annotations

import copy
import inspect
import pickle
import sys
from typing import TYPE_CHECKING, Any, cast

import pytest

from coalition.domain import gate, limits
from coalition.domain.audiences import Audience, ToChannel, ToLog, ToRoom, ToService
from coalition.domain.errors import GateRefusal
from coalition.domain.incident.state import Alarm
from coalition.domain.labels import Tlp
from tests.domain.cast import COALITION, NOW, opened
from tests.domain.mutants import Mutant, mutants
from tests.domain.oracle import UNIVERSES, WAYS, Case, cases, every_channel

if TYPE_CHECKING:
    from types import ModuleType

SOURCES = {"gate": inspect.getsource(gate), "limits": inspect.getsource(limits)}
CASES = [*every_channel("active-t4"), *cases(seed=7, count=6_000)]
MIXED = opened().now.model_copy(update={"participants": ("ee", "pl")})
WATCHED = opened().now.model_copy(
    update={"alarms": {"stranger-U1": Alarm(text="t", fallback="f", raised_at=NOW)}}
)
LIVE_AND_EXERCISE = (UNIVERSES[0], UNIVERSES[-1])
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
EQUIVALENT: dict[str, set[tuple[str, str]]] = {
    "gate": {
        # Both end a function, which returns None all the same.
        ("return None", "Return removed"),
        # -2 is below every label just as -1 is; nobody still comes first.
        ("return -1 if limit.ceiling is None else limit.ceiling.rank", "number + 1"),
    },
    "limits": {
        ("return None", "Return removed"),
        # True + 1 is as true as True.
        ("return Limit(ceiling, why, policy=True)", "number + 1"),
        ("yield Limit(channel.ceiling, why, policy=True)", "number + 1"),
    },
}
"""(source line, change) of what no question can tell from the gate, with the reason above it."""


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
    for only, words in ((True, "exercises"), (False, "real notices")):
        audience = ToChannel("active-t4", WAYS.index(("webhook", Tlp.RED, only)))
        said = module.explain(tlp=Tlp.CLEAR, audience=audience, coalition=LIVE_AND_EXERCISE[only])
        demand(said is None, said)
        said = module.explain(
            tlp=Tlp.CLEAR, audience=audience, coalition=LIVE_AND_EXERCISE[not only]
        )
        demand(said == f"CERT-ACTIVE-T4's webhook channel is for {words} alone.", said)
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


def survives(name: str, mutant: Mutant) -> bool:
    """Whether a gate with this change passes: one that does not even load would prove nothing."""
    module = mutant.load("mutated")
    if name == "limits":
        module = _gate_that_asks(module)
    try:
        examine(module)
    except (Exception, pytest.fail.Exception):  # noqa: BLE001 - however it shows, it is caught
        return False
    return True


def _gate_that_asks(rules: ModuleType) -> ModuleType:
    """A copy of the gate that asks these rules in place of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "coalition.domain.limits", rules)
        return Mutant(0, "", SOURCES["gate"]).load("gate_with_mutated_limits")


def test_the_examination_passes_the_gate_itself() -> None:
    examine(gate)
    examine(_gate_that_asks(limits))


@pytest.mark.parametrize(("name", "least"), [("gate", 55), ("limits", 250)])
def test_invariant_1_every_weakening_of_the_gate_is_caught(name: str, least: int) -> None:
    lines = SOURCES[name].splitlines()
    made = list(mutants(SOURCES[name]))
    survivors = {(lines[one.line - 1].strip(), one.change) for one in made if survives(name, one)}
    assert len(made) > least
    assert survivors == EQUIVALENT[name]
