"""What a playbook author is told: file, line, what is wrong, what to do; everything at once."""

from __future__ import annotations

import textwrap

import pytest

from coalition.adapters.playbook_files import read_playbook
from coalition.domain.errors import ConfigError
from coalition.domain.playbook.step import REGISTRY
from tests.domain.cast import COALITION

HEADER = """\
playbook: p
title: P
tlp: clear
inputs:
  service: {}
  pause: {type: duration, default: 5m}
roles:
  partners: {group: Partners, members: participants}
  lead: {individual: Lead, holds: lead}
  board: {organization: Upstream}
steps:
  - {id: tell, do: notify, to: partners, text: hello}
"""
FIRST = len(HEADER.splitlines()) + 1  # line of the first step that a case adds


def findings(steps: str, header: str = HEADER) -> list[str]:
    text = header + textwrap.indent(textwrap.dedent(steps).strip("\n"), "  ") + "\n"
    with pytest.raises(ConfigError) as caught:
        read_playbook(text, "p.yaml")
    return [finding.replace(f"p.yaml:{FIRST}: ", "@") for finding in caught.value.findings]


_WORDS = {word: "do" in kind.model_fields for word, kind in REGISTRY.items()}
VERBS = ", ".join(sorted(word for word, is_verb in _WORDS.items() if is_verb))
CONTROLS = ", ".join(sorted(word for word, is_verb in _WORDS.items() if not is_verb))
SHAPE = [
    ("- 5", "@steps[1]: is not a step; write `id:` and `do:` below each other"),
    ("- {id: a}", ("@steps[a]: says neither a verb nor a control word; add `do:` with a verb, or "
     f"one of {CONTROLS}")),
    ("- {id: a, iff: x}", ("@steps[a]: says neither a verb nor a control word; did you mean 'if' "
     "for 'iff'?")),
    ("- {id: a, do: notfy}", ("@steps[a].do: 'notfy' is not a verb; did you mean 'notify'? choose "
     f"one of {VERBS}")),
    ("- {id: a, do: if}", f"@steps[a].do: 'if' is not a verb; choose one of {VERBS}"),
    ("- {do: close}", "@steps[1].id: is missing; add it"),
    ("- {id: A-b, do: close}", ("@steps[A-b].id: 'A-b' does not fit; use a-z, 0-9 and _, starting "
     "with a letter, at most 40")),
    ("- {id: a, do: close, casue: x}", "@steps[a].casue: is not known here; did you mean 'cause'?"),
    ("- {id: a, do: close, xyz: x}", ("@steps[a].xyz: is not known here; known here: about, after, "
     "cause, do, id, if_fails, if_late, lessons, retry, tlp, within")),
    ("- {id: a, do: wait, for: 5}", "@steps[a].for: 5 has no unit; write it like 15m or 4h"),
    ("- {id: a, do: wait, for: soon}", ("@steps[a].for: 'soon' is not a duration; write it like "
     "90s, 15m, 4h, 30d or 1h30m")),
    ("- {id: a, do: wait, for: 0m}", ("@steps[a].for: is no time at all; write something longer, "
     "such as 15m")),
    ("- {id: a, do: notify, to: [], text: x}", ("@steps[a].to: is empty; name a role, a member, "
     "affected, participants or all")),
    ("- {id: a, do: notify, to: all, text: ' '}", ("@steps[a].text: is empty; write what people "
     "are to read")),
    ("- {id: a, do: notify, to: all, text: '{{x|upper}}'}", ("@steps[a].text: has {{ without a "
     "plain name near '{{x|upper}}'; write it like {{name}}")),
    ("- {id: a, do: notify, to: all, text: x, kind: alrt}", ("@steps[a].kind: 'alrt' is not known; "
     "did you mean 'alert'? choose one of alert, early_warning, mutual_aid_request, sighting, "
     "sitrep, correction, withdrawal, comms_check")),
    ("- {id: a, do: wait_for_acks, of: tell, within: 1m, need: 0}", ("@steps[a].need: is less than "
     "one; write 1 or more, or all")),
    ("- {id: a, do: wait_for_acks, of: tell}", "@steps[a].within: is missing; add it"),
    ("- {id: a, do: escalate}", ("@steps[a]: escalates nothing to nobody; add `of` (a notify "
     "step), or `to` and `text`")),
    ("- {id: a, do: escalate, to: lead}", ("@steps[a].to: belongs together with text; write both "
     "or neither")),
    ("- {id: a, do: ask, text: x}", ("@steps[a]: asks nothing, or twice; write either `save` or "
     "`fields`")),
    ("- {id: a, do: ask, text: x, save: b, if_late: [{id: c, do: close}]}", ("@steps[a].if_late: "
     "never comes; add `within`")),
    ("- {id: a, do: ask, text: x, fields: {n: {type: number, default: x}}}", ("@steps[a].fields: n "
     "has a default that 'x' is not a number; write it like 3 or 2.5")),
    ("- {id: a, do: task, text: x, wait: false, within: 1h}", ("@steps[a].within: is for a task "
     "that is waited for; remove it, or `wait: false`")),
    ("- {id: a, do: set, values: {}}", ("@steps[a].values: is empty; write at least one name with "
     "its value")),
    ("- {id: a, if: x == 1, then: []}", ("@steps[a].if: expected 'text' in quotes or a number at "
     "letter 4, found '= 1'; write it like scrubbing = 'granted' AND acks >= 3")),
    ("- {id: a, if: service = 'x', then: {id: b}}", ("@steps[a].then: is not a list of steps; "
     "write each step after a dash")),
]  # fmt: skip
SENSE = [
    ("- {id: tell, do: close}", "@steps[tell].id: 'tell' is used by another step; choose another"),
    ("- {id: a, do: remind, of: tel}", ("@steps[a].of: there is no step 'tel'; did you mean "
     "'tell'?")),
    ("- {id: a, do: remind, of: a}", ("@steps[a].of: step 'a' is a remind; name a notify or share "
     "step")),
    ("- {id: a, do: notify, to: partnrs, text: x}", ("@steps[a].to: there is no role 'partnrs'; "
     "did you mean 'partners'?")),
    ("- {id: a, do: notify, to: board, text: x}", ("@steps[a].to: role 'board' has no members to "
     "send to; add `members:` to it, or use a task")),
    ("- {id: a, do: notify, to: '{{pause}}', text: x}", ("@steps[a].to: {{pause}} is a duration, "
     "not members; name members or a role")),
    ("- {id: a, do: notify, to: all, text: '{{servce}}'}", ("@steps[a].text: {{servce}} is not "
     "known; did you mean 'service'?")),
    ("- {id: a, do: notify, to: all, text: '{{tell.tld}}'}", ("@steps[a].text: {{tell.tld}} is not "
     "known; did you mean 'tell.told'?")),
    ("- {id: a, do: wait, for: '{{service}}'}", ("@steps[a].for: {{service}} is a text, not a "
     "duration; use another input")),
    ("- {id: a, do: set, values: {service: x}}", ("@steps[a]: sets 'service', which is an input or "
     "a fact; choose another name")),
    ("- {id: a, do: set, values: {tell: x}}", ("@steps[a]: sets 'tell', which is also a step; "
     "choose another name")),
    ("- {id: a, if: servic = 'x', then: []}", ("@steps[a].if: {{servic}} is not known; did you "
     "mean 'service'?")),
    ("- {id: a, if: service > 3, then: []}", ("@steps[a].if: service is a text and has no order; "
     "compare it with = or !=")),
    ("- {id: a, if: severity = 'S9', then: []}", ("@steps[a].if: compares severity with 'S9', "
     "which is not a severity; write one of S0, S1, S2, S3, S4")),
    ("- {id: a, if: pause > 'x', then: []}", ("@steps[a].if: compares pause with 'x', which is not "
     "a duration; write it like 90s, 15m, 4h, 30d or 1h30m")),
]  # fmt: skip
X = "{id: x, do: close}"
SET = "{id: b, do: set, values: {v: 1}}"
CASES = [*SHAPE, *SENSE]
CONTROL = [
    ("- {id: a, choose: []}", "@steps[a].choose: is empty; write at least one case"),
    (f"- {{id: a, choose: [{{is: 1, then: [{X}]}}]}}", ("@steps[a].choose: case 1 is no condition; "
     "write `when`, or add `on`")),
    (f"- {{id: a, on: service, choose: [{{when: kind = 'x', then: [{X}]}}]}}", ("@steps[a].choose: "
     "case 1 has no value of service; write `is`")),
    (f"- {{id: a, on: service, choose: [{{is: [p, p], then: [{X}]}}]}}", ("@steps[a].choose: has "
     "'p' twice; only the first is ever taken, remove the other")),
    (f"- {{id: a, on: severity, choose: [{{is: S9, then: [{X}]}}]}}", ("@steps[a].choose[0].is: "
     "compares severity with 'S9', which is not a severity; write one of S0, S1, S2, S3, S4")),
    (f"- {{id: a, choose: [{{when: servic = 'x', then: [{X}]}}]}}", ("@steps[a].choose[0].when: "
     "{{servic}} is not known; did you mean 'service'?")),
    (f"- {{id: a, parallel: [[{X}]]}}", ("@steps[a].parallel: needs at least two branches; write "
     "each as a list of steps")),
    (f"- {{id: a, parallel: [[{X}], []]}}", ("@steps[a].parallel[1]: is empty; write at least "
     "one step")),
    (f"- {{id: a, parallel: [[{SET}], [{{id: c, do: set, values: {{v: 2}}}}]]}}",
     "@steps[a]: sets 'v' in two branches at once, as step c does; name one anew"),
    (f"- {{id: a, parallel: [[{SET}], [{{id: c, do: task, text: '{{{{v}}}}'}}]]}}",
     ("@steps[a].parallel[1][c].text: {{v}} may have no value yet; step b sets it, run that "
      "before")),
    (f"- {{id: a, for_each: m, steps: [{X}]}}", ("@steps[a]: has nothing to go through, or two "
     "things; write either `members` or `in`")),
    (f"- {{id: a, for_each: m, in: all, steps: [{X}]}}", ("@steps[a].in: is no list; write [a, b], "
     "or {{name}} of a list or of members")),
    (f"- {{id: a, for_each: m, in: '{{{{service}}}}', steps: [{X}]}}",
     "@steps[a].in: {{service}} is a text, not a list; use another input"),
    ("- {id: a, for_each: m, in: [1], steps: [{id: b, do: notify, to: '{{m}}', text: x}]}",
     "@steps[a].steps[b].to: {{m}} is a number, not members; name members or a role"),
    (f"- {{id: a, for_each: m, in: [1], steps: [{{id: b, for_each: m, in: [2], steps: [{X}]}}]}}",
     "@steps[a].steps[b].for_each: 'm' is the name of the loop around it too; choose another"),
    ("- {id: a, for_each: v, in: [1], steps: [{id: b, do: set, values: {v: 1}}]}",
     "@steps[a].for_each: 'v' is set by step b too; choose another name"),
    (f"- {{id: a, repeat: kind = 'x', steps: [{X}]}}", "@steps[a].at_most: is missing; add it"),
    (f"- {{id: a, repeat: over = 'x', at_most: 2, steps: [{X}]}}", ("@steps[a].repeat: {{over}} "
     "is not known; add it to inputs, or set it before")),
    (f"- {{id: a, repeat: v = 1, at_most: 2, test: before, steps: [{SET}]}}",
     "@steps[a].repeat: {{v}} may have no value yet; step b sets it, run that before"),
    ("- {id: a, if: kind = 'x', then: [{id: b, goto: tel}]}", ("@steps[a].then[b].goto: there is "
     "no step 'tel'; did you mean 'tell'?")),
    ("- {id: a, goto: a}", "@steps[a].goto: jumps to itself for ever; name another step"),
    (f"- {{id: a, if: kind = 'x', then: [{X}], else: [{{id: b, goto: x}}]}}",
     ("@steps[a].else[b].goto: step 'x' stands inside another block; goto reaches the steps of its "
      "own block and of the blocks around it")),
    (f"- {{id: a, parallel: [[{X}], [{{id: b, goto: tell}}]]}}", ("@steps[a].parallel[1][b].goto: "
     "leaves 'a', whose rounds go on at once; use stop, or end the branch")),
    (f"- {{id: a, if: kind = 'x', then: [{{id: b, stop: so}}, {X}]}}", ("@steps[a].then[x]: is "
     "never reached; remove it, or what ends the run or jumps before it")),
    ("- {id: a, do: remind, of: tell, if_late: [{id: b, do: close}]}", ("@steps[a].if_late: never "
     "comes; add `within`")),
    ("- {id: a, do: remind, of: tell, retry: {times: 2, wait: '{{service}}'}}", ("@steps[a].retry."
     "wait: {{service}} is a text, not a duration; use another input")),
]  # fmt: skip


@pytest.mark.parametrize(("step", "finding"), [*CASES, *CONTROL], ids=lambda text: text[:60])
def test_a_fault_is_named_with_its_place_and_what_to_do(step: str, finding: str) -> None:
    assert findings(step) == [finding]


def test_a_variable_that_only_one_branch_sets_may_have_no_value() -> None:
    steps = """
        - id: which
          if: service = 'x'
          then: [{id: a, do: set, values: {v: 1, w: 1}}]
          else: [{id: b, do: set, values: {w: '2'}}]
        - {id: c, do: task, text: '{{v}} {{w}}'}
    """
    assert findings(steps) == [
        "p.yaml:17: steps[c].text: {{v}} may have no value yet; step a sets it, run that before"
    ]


def test_a_step_in_a_branch_may_not_have_run() -> None:
    steps = """
        - id: which
          if: service = 'x'
          then: [{id: a, do: notify, to: all, text: x}]
        - {id: b, do: remind, of: a}
    """
    assert findings(steps) == [
        "p.yaml:16: steps[b].of: step 'a' may not have run by then; put it before, outside branches"
    ]


def test_what_only_a_jump_leaves_out_may_have_no_value() -> None:
    steps = """
        - {id: a, if: service = 'x', then: [{id: over, goto: c}]}
        - {id: b, do: set, values: {v: 1}}
        - {id: c, do: task, text: '{{v}}'}
    """
    assert findings(steps) == [
        "p.yaml:15: steps[c].text: {{v}} may have no value yet; step b sets it, run that before"
    ]


def test_what_is_set_in_a_round_of_its_own_is_unknown_after_it() -> None:
    steps = """
        - id: each
          for_each: who
          members: all
          at_once: true
          steps: [{id: b, do: set, values: {v: '{{who}}'}}]
        - {id: c, do: task, text: '{{v}}'}
        - {id: d, repeat: w != 1, at_most: 2, steps: [{id: e, do: set, values: {w: 1}}]}
        - {id: f, do: task, text: '{{w}} {{d.rounds}} {{d.done}}'}
    """
    assert findings(steps) == [
        "p.yaml:18: steps[c].text: {{v}} may have no value yet; step b sets it, run that before"
    ]


def test_a_wait_that_nobody_can_satisfy_is_found() -> None:
    steps = """
        - {id: say, do: notify, to: [lv, lt], text: x}
        - {id: a, do: wait_for_acks, of: say, need: 3, within: 1h}
    """
    assert findings(steps) == [
        (
            "p.yaml:14: steps[a].need: nobody can satisfy this: it needs 3 and step say tells 2 "
            "who count; lower it, or tell more members"
        )
    ]


def test_with_the_coalition_at_hand_groups_too_small_for_a_wait_are_found() -> None:
    text = HEADER + "  - {id: a, do: wait_for_acks, of: tell, need: 40, within: 1h}\n"
    read_playbook(text, "p.yaml")
    with pytest.raises(ConfigError, match="needs 40 and step tell tells 6 who count"):
        read_playbook(text, "p.yaml", COALITION)


def test_everything_is_told_at_once_and_in_the_order_of_the_lines() -> None:
    header = HEADER.replace("title", "titel").replace("type: duration", "type: durtion")
    steps = """
        - {id: a, do: notfy, to: partnrs, text: x}
        - {id: b, do: ask, text: x, sav: over}
        - id: c
          if: over = 'yes' ADN x
          then:
            - {id: d, do: remind, of: a}
            - {id: e, do: remind, of: tel}
            - {id: f, do: set, values: {v: 1}}
        - {id: g, do: task, text: "{{v}} {{a.told}} {{b.xx}} {{pause}} {{servce}}"}
        - {id: h, do: wait, for: "{{pause}}"}
    """
    types = "text, number, yes_no, choice, duration, member, members, severity, tlp, list"
    assert findings(steps, header) == [
        "p.yaml:1: title: is missing; add it",
        "p.yaml:2: titel: is not known here; did you mean 'title'?",
        (
            "p.yaml:6: inputs.pause.type: 'durtion' is not known; did you mean 'duration'? "
            f"choose one of {types}"
        ),
        f"@steps[a].do: 'notfy' is not a verb; did you mean 'notify'? choose one of {VERBS}",
        "p.yaml:14: steps[b].sav: is not known here; did you mean 'save'?",
        (
            "p.yaml:16: steps[c].if: cannot be read at letter 14, found 'ADN x'; write it like "
            "scrubbing = 'granted' AND acks >= 3"
        ),
        "p.yaml:19: steps[c].then[e].of: there is no step 'tel'; did you mean 'tell'?",
        "p.yaml:21: steps[g].text: {{servce}} is not known; did you mean 'service'?",
    ]


def test_a_trigger_needs_a_default_for_every_input() -> None:
    header = HEADER.replace("roles:", "trigger: [{kind: ddos, severity: S2}]\nroles:")
    assert findings("", header) == [
        "p.yaml:5: inputs.service: has no default, and a trigger can give it none; add `default:`"
    ]


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("tlp: clear", "tlp: white", ("p.yaml:3: tlp: TLP:WHITE was replaced by TLP:CLEAR in TLP "
         "2.0; write TLP:CLEAR.")),
        ("tlp: clear\n", "", "p.yaml:1: tlp: is missing; add it"),
        ("  service: {}", "  severity: {}", ("p.yaml:5: inputs.severity: is known from the "
         "incident without asking; remove it, or choose another name")),
        ("service: {}", "service: {default: x, required: true}", ("p.yaml:5: inputs.service: is "
         "required exactly when it has no default; change one of the two")),
        ("service: {}", "service: {type: choice}", ("p.yaml:5: inputs.service: has choices exactly "
         "when its type is choice; change one of the two")),
        ("  board: {organization: Upstream}", "  all: {group: All}", ("p.yaml:10: roles.all: is a "
         "word with a meaning of its own; choose another name")),
        ("{organization: Upstream}", "{group: A, organization: B}", ("p.yaml:10: roles.board: says "
         "who it is not exactly once; write one of group, organization, individual")),
        ("{organization: Upstream}", "{group: A, sector: energy}", ("p.yaml:10: roles.board: "
         "narrows members that it does not name; add members: all")),
    ],
)  # fmt: skip
def test_faults_of_the_header(old: str, new: str, finding: str) -> None:
    assert findings("", HEADER.replace(old, new)) == [finding]


def test_a_playbook_nested_without_end_is_refused_and_not_a_crash() -> None:
    step = "{id: a, do: close}"
    for depth in range(30):
        step = f"{{id: a{depth}, if: service = 'x', then: [{step}]}}"
    assert findings(f"- {step}") == [
        "p.yaml:1: file: is nested deeper than 40 levels; flatten its branches"
    ]


@pytest.mark.parametrize(
    ("text", "line"), [("", 1), ("[]", 1), ("a: &a [*a]", 1), ("playbook: x\nplaybook: y", 2)]
)
def test_a_file_that_is_no_playbook_at_all_is_refused(text: str, line: int) -> None:
    with pytest.raises(ConfigError) as caught:
        read_playbook(text, "p.yaml")
    assert caught.value.findings[0].startswith(f"p.yaml:{line}: ")


def test_with_the_coalition_at_hand_unknown_members_are_found() -> None:
    text = HEADER + "  - {id: a, do: notify, to: [lv, xx], text: x}\n"
    read_playbook(text, "p.yaml")
    with pytest.raises(ConfigError) as caught:
        read_playbook(text, "p.yaml", COALITION)
    assert caught.value.findings == (
        (
            f"p.yaml:{FIRST}: steps[a].to: 'xx' is neither a role nor a member; "
            "known: cy, ee, gb, hu, ie, lt, lv, mt, no, pl"
        ),
    )
