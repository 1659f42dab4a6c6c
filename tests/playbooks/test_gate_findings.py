"""A step that the gate will always refuse is found before it runs; the gate itself is asked."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalition.adapters.playbook_files import read_playbook
from coalition.domain.audiences import ToChannel
from coalition.domain.errors import ConfigError
from coalition.domain.gate import explain
from coalition.domain.labels import Tlp
from coalition.domain.members import Coalition
from coalition.domain.playbook import Playbook
from tests.domain.cast import COALITION

HEADER = """\
playbook: p
title: P
tlp: {tlp}
inputs:
  whom: {{type: members, default: [lv]}}
roles:
  partners: {{group: Partners, members: participants}}
  small: {{group: The small ones, members: [mt, pl]}}
  counsel: {{group: Counsel, people: legal, members: [pl, mt]}}
steps:
"""
LINE = len(HEADER.splitlines()) + 1


def findings(step: str, tlp: str = "clear", coalition: Coalition | None = COALITION) -> list[str]:
    try:
        read_playbook(HEADER.format(tlp=tlp) + f"  - {step}\n", "p.yaml", coalition)
    except ConfigError as error:
        return [one.removeprefix(f"p.yaml:{LINE}: ") for one in error.findings]
    return []


@pytest.mark.parametrize(
    ("step", "tlp", "found"),
    [
        (
            "{id: a, do: share, to: partners, text: x, tlp: red}",
            "clear",
            (
                "steps[a].tlp: TLP:RED may be sent to nobody whom this can mean (webhook is "
                "encrypted only on its way (TLP:AMBER at most)); did you mean TLP:AMBER?"
            ),
        ),
        (
            "{id: a, do: notify, to: small, text: x, tlp: amber}",
            "clear",
            (
                "steps[a].tlp: TLP:AMBER may be sent to nobody whom this can mean (CERT-PL is "
                "active with trust T1 (TLP:GREEN at most)); did you mean TLP:GREEN?"
            ),
        ),
        (
            "{id: a, do: notify, to: mt, text: x}",
            "green",
            (
                "steps[a].to: TLP:GREEN may be sent to nobody whom this can mean (CERT-MT is "
                "active with trust T0 (TLP:CLEAR at most)); the playbook itself is TLP:GREEN: "
                "lower that to TLP:CLEAR, or name others"
            ),
        ),
        (
            "{id: a, do: notify, to: ie, text: x}",
            "clear",
            (
                "steps[a].to: TLP:CLEAR may be sent to nobody whom this can mean (none of them "
                "has a channel); name others"
            ),
        ),
        (
            "{id: a, do: ask, to: counsel, text: x, tlp: amber, fields: {b: {label: B}}}",
            "clear",
            (
                "steps[a].tlp: TLP:AMBER may be shown to nobody whom this can mean (CERT-PL is "
                "active with trust T1, TLP:GREEN at most); did you mean TLP:GREEN?"
            ),
        ),
    ],
)
def test_with_the_coalition_at_hand_every_way_is_tried(step: str, tlp: str, found: str) -> None:
    assert findings(step, tlp) == [found]
    assert findings(step, tlp, None) == []


def test_a_request_for_help_goes_to_everybody() -> None:
    step = "{id: a, do: request_aid, text: ids x1, impact: x, use: y, mitigation: z, tlp: LABEL}"
    (found,) = findings(step.replace("LABEL", "red"))
    assert found.startswith("steps[a].tlp: TLP:RED may be sent to nobody whom this can mean")
    assert findings(step.replace("LABEL", "amber")) == []


@pytest.mark.parametrize(
    ("step", "tlp", "found"),
    [
        (
            "{id: a, do: call, url: 'https://a.example/x', tlp: red}",
            "clear",
            (
                "steps[a].tlp: TLP:RED is never told to another system, whatever the "
                "allow-list says; did you mean TLP:AMBER?"
            ),
        ),
        (
            "{id: a, do: call, url: 'https://a.example/x'}",
            "amber+strict",
            (
                "steps[a].url: TLP:AMBER+STRICT is never told to another system, whatever the "
                "allow-list says; the playbook itself is TLP:AMBER+STRICT: lower that to "
                "TLP:AMBER, or make it a task"
            ),
        ),
    ],
)
def test_a_call_above_amber_is_found_without_any_coalition(step: str, tlp: str, found: str) -> None:
    assert findings(step, tlp, None) == [found]


@pytest.mark.parametrize(
    "step",
    [
        "{id: a, do: share, to: partners, text: x, tlp: amber}",
        "{id: a, do: notify, to: [mt, lv], text: x, tlp: amber}",
        "{id: a, do: notify, to: '{{whom}}', text: x, tlp: green}",
        "{id: a, do: ask, to: partners, text: x, tlp: red, fields: {b: {label: B}}}",
        "{id: a, do: call, url: 'https://a.example/x', tlp: amber}",
    ],
)
def test_what_may_reach_anybody_is_no_finding(step: str) -> None:
    assert findings(step) == []


MEMBERS = st.lists(st.sampled_from(["ee", "lv", "lt", "pl", "mt", "ie"]), min_size=1, unique=True)


@given(MEMBERS, st.sampled_from(list(Tlp)), st.sampled_from(list(Tlp)))
def test_a_finding_says_exactly_that_the_gate_refuses_every_channel_of_everybody(
    to: list[str], playbook: Tlp, step: Tlp
) -> None:
    line = f"{{id: a, do: notify, to: {to}, text: x, tlp: '{step}'}}".replace("'", '"')
    label = max(playbook, step)
    ways = [(id, n) for id in to for n in range(len(COALITION.member(id).channels))]
    refused = [explain(tlp=label, audience=ToChannel(id, n), coalition=COALITION) for id, n in ways]
    assert bool(findings(line, playbook.value)) == all(refused)


def test_the_check_needs_nothing_that_a_run_would_not_know() -> None:
    raw: dict[str, Any] = {"playbook": "p", "title": "P", "tlp": "red", "steps": []}
    raw["steps"] = [{"id": "a", "do": "notify", "to": "all", "text": "x"}]
    Playbook.model_validate(raw)  # RED by mail to one named person is possible somewhere
