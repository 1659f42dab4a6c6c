"""Any valid playbook: every control word, nested, with every verb that needs no file beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from coalition.domain.playbook import Playbook
from tests.domain_run.stage import notify, playbook

Raw = dict[str, Any]

CONDITIONS = ["n > 3", "word = 'a'", "NOT (n = 5 OR word != 'a')", "tell.outcome = 'ok'"]
VERBS = ["set", "wait", "notify", "acks", "remind", "escalate", "ask", "task", "close"]
OUTSIDE = [
    "approve",
    "vote",
    "report",
    "update",
    "handover",
    "share",
    "event",
    "sub",
    "aid",
    "follow",
]
"""Verbs whose doing needs people, the incident, or another playbook: `CHILD`."""
WORDS = ["if", "choose", "cases", "parallel", "for_each", "repeat", "goto", "stop"]


Kinds = tuple[str, ...]


@st.composite
def blocks(
    draw: st.DrawFn, depth: int = 2, least: int = 0, kinds: Kinds = tuple(VERBS)
) -> list[Raw]:
    kind = st.sampled_from([*kinds, *WORDS] if depth else kinds)
    chosen = draw(st.lists(kind, min_size=max(depth, least), max_size=2 * depth + 1 or 1))
    return [
        draw(words(one, depth, kinds) if one in WORDS else verbs(one, depth, kinds))
        for one in chosen
    ]


@st.composite
def words(draw: st.DrawFn, kind: str, depth: int, kinds: Kinds) -> Raw:
    branch = blocks(depth - 1, kinds=kinds)
    condition = draw(st.sampled_from(CONDITIONS))
    if kind == "if":
        return {"if": condition, "then": draw(branch), "else": draw(branch)}
    if kind == "choose":
        cases = [{"when": condition, "then": draw(branch)}, {"when": "n < 9", "then": draw(branch)}]
        return {"choose": cases, "else": draw(branch)}
    if kind == "cases":
        cases = [{"is": ["a", "b"], "then": draw(branch)}, {"is": "c", "then": draw(branch)}]
        return {"choose": cases, "on": "word", "else": draw(branch)}
    if kind in {"parallel", "repeat", "for_each"}:
        return draw(loops(kind, depth, condition, kinds))
    last = {"goto": ""} if kind == "goto" else {"stop": "{{title}}"}
    return {"if": condition, "then": [last]}


@st.composite
def loops(draw: st.DrawFn, kind: str, depth: int, condition: str, kinds: Kinds) -> Raw:
    some = blocks(depth - 1, least=1, kinds=kinds)
    if kind == "parallel":
        return {"parallel": [draw(some) for _ in range(draw(st.integers(2, 3)))]}
    if kind == "repeat":
        test = draw(st.sampled_from(["before", "after"]))
        return {"repeat": condition, "at_most": draw(st.integers(1, 3)), "test": test,
                "steps": draw(some)}  # fmt: skip
    among: Raw = draw(st.sampled_from([{"in": ["x", "y"]}, {"in": "{{tell.told}}"},
                                      {"members": "partners"}]))  # fmt: skip
    return {"for_each": "item", **among, "at_once": draw(st.booleans()), "steps": draw(some)}


@st.composite
def verbs(draw: st.DrawFn, kind: str, depth: int, kinds: Kinds) -> Raw:
    branch = blocks(depth - 1, kinds=kinds) if depth else st.just([])
    if kind in OUTSIDE:
        return draw(outside(kind, branch))
    known: dict[str, Raw] = {
        "set": {"do": "set", "values": {"v": "{{word}}"}},
        "wait": {"do": "wait", "for": "5m"},
        "notify": {"do": "notify", "to": "all", "text": "{{word}}"},
        "acks": {"do": "wait_for_acks", "of": "tell", "within": "20m"},
        "remind": {"do": "remind", "of": "tell"},
        "escalate": {"do": "escalate", "of": "tell", "to": "lead", "text": "{{tell.told}}"},
        "ask": {"do": "ask", "text": "?", "save": "said"},
        "task": {"do": "task", "text": "do", "wait": draw(st.booleans())},
        "close": {"do": "close"},
    }
    fields = known[kind]
    if draw(st.booleans()):
        fields["if_fails"] = draw(branch)
    if kind == "acks":
        fields["need"] = draw(st.sampled_from([1, 2, 5, "all"]))
        fields["remind_every"] = draw(st.sampled_from(["7m", "30m"]))
    if kind in {"acks", "ask"}:
        fields.setdefault("within", "10m")
        fields["if_late"] = draw(branch)
    if kind in {"notify", "remind", "close"}:
        fields["retry"] = {"times": draw(st.integers(1, 2)), "wait": "3m"}
    if draw(st.integers(0, 4)) == 0:
        fields["after"] = "2m"
    return fields


AID = {
    "do": "request_aid",
    "text": "incident-response x2 5d remote",
    "impact": "two banks down",
    "use": "filtering {{word}}",
    "mitigation": "rate limits",
}
CHANGES = [
    {"severity": "S3"},
    {"raise_tlp": "amber"},
    {"affected": "partners"},
    {"status": "contained"},
    {"note": "x"},
    {"update": "{{word}}", "next_update": "1h"},
]


@st.composite
def outside(draw: st.DrawFn, kind: str, branch: st.SearchStrategy[list[Raw]]) -> Raw:
    to = draw(st.sampled_from(["partners", "lead", "lv", "all"]))
    change: Raw = draw(st.sampled_from(CHANGES))
    given = draw(st.sampled_from([{}, {"n": "{{n}}", "word": "b"}]))
    known: dict[str, Raw] = {
        "approve": {"do": "approve", "text": "?", "to": to, "within": "20m", "need": 1},
        "vote": {"do": "vote", "text": "?", "to": to, "within": "20m", "save": "said"},
        "report": {"do": "report", "clock": "nis2", "to": to},
        "update": {"do": "update_incident", **change},
        "handover": {"do": "handover", "to": to, "note": "{{word}}"},
        "share": {"do": "share", "to": draw(st.sampled_from(["all", "lv"])), "text": "{{word}}"},
        "event": {"do": "wait_for_event", "until": "severity >= 'S3'", "within": "15m"},
        "aid": {**AID, "within": "30m"},
        "follow": {
            "do": "wait_for_aid",
            "of": "help",
            "within": "40m",
            "until": draw(st.sampled_from(["offered", "accepted", "filled"])),
        },
        "sub": {"do": "playbook", "run": "child", "with": given, "save": {"kept": "said"},
                "within": "25m"},
    }  # fmt: skip
    fields = known[kind]
    if draw(st.booleans()):
        fields["if_fails"] = draw(branch)
    if "within" in fields and draw(st.booleans()):
        fields["if_late"] = draw(branch)
    return fields


CHILD = playbook(
    {"id": "inform", "do": "share", "to": "partners", "text": "{{word}}"},
    {"id": "question", "do": "ask", "text": "?", "save": "said", "within": "10m"},
    {"id": "big", "if": "n > 3", "then": [{"id": "pause", "do": "wait", "for": "10m"}]},
    {"id": "work", "do": "task", "text": "do {{said}}", "within": "30m"},
    playbook="child",
    inputs={"n": {"type": "number", "default": 5}, "word": {"default": "a"}},
)
"""What the verb `sub` runs; it leaves behind `said`."""


def inner(step: Raw) -> Iterator[tuple[list[Raw], bool]]:
    """The blocks of a step, each with whether a goto may leave it."""
    for name in ("then", "else", "if_late", "if_fails", "steps"):
        yield step.get(name, []), not step.get("at_once", False)
    for case in step.get("choose", ()):
        yield case["then"], True
    for block in step.get("parallel", ()):
        yield block, False


def named(draw: st.DrawFn, block: list[Raw], count: Iterator[int], around: list[str]) -> None:
    """Give every step an id, every variable a name of its own, every goto somewhere to go."""
    for step in block:
        number = next(count)
        step["id"] = f"s{number}"
        if isinstance(step.get("save"), dict):
            step["save"] = {f"kept{number}": "said"}
        elif "save" in step:
            step["save"] = f"said{number}"
        if "values" in step:
            step["values"] = {f"v{number}": "{{word}}"}
        if "for_each" in step:
            step["for_each"] = f"item{number}"
    here = [step["id"] for step in block]
    for step in block:
        if "goto" in step:
            step["goto"] = draw(st.sampled_from(around)) if around else ""
        for below, leads_out in inner(step):
            named(draw, below, count, [*around, *here] if leads_out else [])


def without_dead_ends(block: list[Raw]) -> list[Raw]:
    """Leave out the gotos that have nowhere to go: their ifs stay, empty."""
    for step in block:
        for below, _ in inner(step):
            below[:] = [one for one in below if one.get("goto") != ""]
            without_dead_ends(below)
    return block


@st.composite
def playbooks(draw: st.DrawFn, kinds: Kinds = tuple(VERBS)) -> Playbook:
    inputs = {"n": {"type": "number", "default": 5}, "word": {"default": "a"}}
    inside = draw(blocks(kinds=kinds))
    named(draw, inside, iter(range(10_000)), [])
    asked = [{"id": "help", **AID, "within": "20m", "if_fails": []}] if "follow" in kinds else []
    return playbook(notify("tell"), *asked, *without_dead_ends(inside), inputs=inputs)


def jumps(playbook: Playbook) -> bool:
    """Whether it may leave steps out."""
    return any(node.step.word in {"goto", "stop"} for node in playbook.outline.nodes.values())
