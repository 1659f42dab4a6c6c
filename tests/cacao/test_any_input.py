"""Whatever is in a file: no crash, a status that holds, and nothing of it lost."""

from __future__ import annotations

import copy
import itertools
import json
import random
import uuid
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coalition.adapters.playbook_files import read_playbook
from coalition.adapters.yaml_source import load_yaml
from coalition.cacao.export_tables import NEEDED
from coalition.cacao.exporting import export, first_lock, unchanged
from coalition.cacao.importing import import_
from coalition.cacao.lint import lint
from coalition.cacao.reading import read
from coalition.domain.playbook import Playbook
from tests.cacao.samples import NOW, SHARED, Json, document, raw, step

quick = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)

texts = st.one_of(st.text(max_size=8), st.sampled_from(["__x__:value", "{{incident}}", "\ud800"]))
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False,
                    allow_infinity=False), texts)  # fmt: skip
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=8,
)
KINDS = ("action", "playbook-action", "if-condition", "while-condition", "switch-condition",
         "parallel", "end")  # fmt: skip


def holds(given_: bytes) -> str:
    """Check what must be true of every import; return its status."""
    found = import_(given_, NOW)
    assert found.status in {"ok", "warnings", "draft", "refused"}
    assert found.status == "ok" or found.findings
    assert json.loads(json.dumps(found.as_json()))
    if found.status == "refused":
        assert found.data is None
        return found.status
    data, _ = load_yaml(found.text)
    assert data == found.data
    assert unchanged(data) == json.loads(given_)
    if found.status != "draft":
        read_playbook(found.text, "x.yaml")
    return found.status


@quick
@given(st.binary(max_size=200))
def test_any_bytes_are_refused(given_: bytes) -> None:
    assert import_(given_, NOW).status == "refused"


@quick
@given(anything)
def test_any_json_gets_an_answer(value: Any) -> None:
    holds(raw(value))


@quick
@given(st.dictionaries(st.sampled_from(sorted(document())), anything))
def test_any_content_of_any_property_gets_an_answer(more: Json) -> None:
    holds(raw({**document(), **more, "type": "playbook", "spec_version": "cacao-2.0"}))


@quick
@given(st.data())
def test_any_graph_of_steps_gets_an_answer(data: st.DataObject) -> None:
    holds(raw(graph(data)))


@quick
@given(st.randoms(use_true_random=False))
def test_any_mutation_of_an_example_gets_an_answer(chance: random.Random) -> None:
    value = chance.choice(samples())
    for _ in range(chance.randint(1, 4)):
        mutate(value, chance)
    holds(raw(value))


@quick
@given(anything)
def test_the_linter_takes_any_object(value: Any) -> None:
    lint({"workflow": value, "signatures": value, "playbook_variables": value}, NOW)
    assert read(raw(value)).document is None or isinstance(value, dict)


def graph(data: st.DataObject) -> Json:
    """A workflow of any shape whose steps are well formed one by one."""
    kinds = [*data.draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=7)), "action", "end"]
    ids = [step(kind, 100 + number) for number, kind in enumerate(kinds)]
    target = st.sampled_from(ids)
    workflow = {}
    for kind, id in zip(kinds, ids, strict=True):
        one: Json = {"type": kind, "name": data.draw(st.sampled_from(["A", "Incident", "all", ""]))}
        if kind != "end" and (kind.endswith("action") or data.draw(st.booleans())):
            one["on_completion"] = data.draw(target)
        if kind.endswith("action") and data.draw(st.booleans()):
            one |= {"on_success": one.pop("on_completion"), "on_failure": data.draw(target)}
        workflow[id] = one | shape(kind, data, target)
    value = document(**workflow)
    value["workflow"][step("action", 2)]["on_completion"] = data.draw(target)
    return value


def shape(kind: str, data: st.DataObject, target: st.SearchStrategy[str]) -> Json:
    """What a step of this kind must have."""
    conditions = st.sampled_from(["__site__:value = 'a'", "it looks odd", "__n__:value > 3"])
    if kind == "action":
        kinds = st.sampled_from(["manual", "bash", "http-api"])
        command = {"type": data.draw(kinds), "command": "POST https://a.example/__x__:value"}
        return {"commands": [command] * data.draw(st.integers(1, 2)), "agent": step("group", 9),
                "out_args": data.draw(st.sampled_from([["__x__"], []]))}  # fmt: skip
    if kind == "playbook-action":
        return {"playbook_id": step("playbook", 5)}
    if kind == "parallel":
        return {"next_steps": [data.draw(target), data.draw(target)]}
    if kind == "switch-condition":
        cases = st.dictionaries(st.sampled_from(["a", "b", "default", ""]), target, min_size=1)
        return {"switch": data.draw(conditions)[:14], "cases": data.draw(cases)}
    if kind == "end":
        return {}
    return {"condition": data.draw(conditions), "on_true": data.draw(target)}


def samples() -> list[Json]:
    """The public examples, where they are, and ours."""
    paths = sorted((SHARED / "examples").glob("*.json"))
    small = [path for path in paths if path.stat().st_size < 20_000]
    return [document(), *(json.loads(path.read_text("utf-8")) for path in small)]


def mutate(value: Json, chance: random.Random) -> None:
    """Change one thing somewhere, other than what makes it CACAO 2.0."""
    ids = list(value["workflow"]) if isinstance(value.get("workflow"), dict) else ["x"]
    places = [one for one in spots(value) if one[1] not in {"type", "spec_version"}]
    holder, key = chance.choice(places)
    happens = chance.random()
    if happens < 0.3:
        del holder[key]
    elif happens < 0.5:
        holder[key] = chance.choice(ids)
    elif happens < 0.7:
        holder[key] = copy.deepcopy(chance.choice([value["name"], [], {}, ids[:2]])
                                    if "name" in value else [])  # fmt: skip
    else:
        holder[key] = chance.choice([None, True, 0, -1, 1.5, "", "x", [[]], {"a": {}}, 10**30])


def spots(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a value, as (container, key)."""
    found: list[tuple[Any, Any]] = []
    layer = [value]
    while layer:
        holder = layer.pop()
        keys = list(holder) if isinstance(holder, dict) else range(len(holder))
        found += [(holder, key) for key in keys]
        layer += [holder[key] for key in keys if isinstance(holder[key], dict | list)]
    return found


sentences = st.sampled_from(["Do it.", "{{title}}: {{site}}", 'say "no"', "a: b # c", "two\nlines"])


@st.composite
def blocks(draw: st.DrawFn, names: Any = None, depth: int = 0) -> list[Json]:
    """Steps of ours of any nesting; every id is new."""
    names = names if names is not None else itertools.count()
    made: list[Json] = []
    for _ in range(draw(st.integers(1, 3))):
        word = draw(st.sampled_from(["task", "wait", "ask", "if", "choose", "parallel", "repeat",
                                     "for_each"] if depth < 3 else ["task", "wait"]))  # fmt: skip
        id = f"s{next(names)}"

        def below() -> list[Json]:
            return draw(blocks(names, depth + 1))

        made.append({"id": id, **draw_step(draw, word, id, below)})
    return made


def draw_step(draw: st.DrawFn, word: str, id: str, below: Callable[[], list[Json]]) -> Json:  # noqa: PLR0911
    """The fields of a step with this word."""
    if word == "wait":
        return {"do": "wait", "for": draw(st.sampled_from(["5m", "{{pause}}", "1h30m"]))}
    if word == "ask":
        return {"do": "ask", "text": draw(sentences), "save": f"v{id}"}
    if word == "if":
        otherwise = {"else": below()} if draw(st.booleans()) else {}
        return {"if": "NOT (site = 'x' AND severity > 'S1')", "then": below(), **otherwise}
    if word == "choose":
        cases = [{"is": ["a", "b"], "then": below()}, {"is": "c", "then": below()}]
        whens = [{"when": "site = 'a'", "then": below()}, {"when": "site = 'b'", "then": below()}]
        return {"choose": cases, "on": "site"} if draw(st.booleans()) else {"choose": whens}
    if word == "parallel":
        return {"parallel": [below(), below()]}
    if word == "repeat":
        return {"repeat": "site != 'x'", "at_most": draw(st.integers(1, 9)), "steps": below()}
    if word == "for_each":
        return {"for_each": f"i{id}", "members": "all", "steps": below()}
    late = {"within": "10m", "if_late": below()} if draw(st.booleans()) else {}
    fails = {"if_fails": below()} if draw(st.booleans()) and not late else {}
    return {"do": "task", "text": draw(sentences), **late, **fails}


@quick
@given(blocks(), st.sets(st.sampled_from(sorted(NEEDED)), max_size=3))
def test_any_playbook_of_ours_goes_to_cacao_and_back_identical(
    steps: list[Json], kinds: set[str]
) -> None:
    inputs = {"site": {"default": "x"}, "pause": {"type": "duration", "default": "1h"}}
    data = {"playbook": "any", "title": "Any", "tlp": "TLP:GREEN", "kinds": sorted(kinds),
            "inputs": inputs, "steps": steps}  # fmt: skip
    there = export(data, Playbook.model_validate(data), first_lock(data, NOW), NOW, uuid.uuid4)
    assert lint(there, NOW) == []
    used = {one.get("playbook_activity") for each in there["workflow"].values()
            for one in each.get("commands", ())}  # fmt: skip
    assert used == set(there["playbook_activities"])
    assert used >= {NEEDED[kind] for kind in kinds}
    found = import_(raw(there), NOW)
    assert (found.status, json.dumps(found.data)) == ("ok", json.dumps(data))
