"""A new playbook written from the docs, with the five mistakes of its first draft, word for word.

The draft was written by somebody who had read docs/playbooks.md and docs/rehearse.md and nothing
else. Each message names the line and says what to write, so that mending takes one reading.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from coalition.cli.main import app

GOOD = """\
playbook: vpn-hole
title: Hole in a VPN gateway
about: Warn partners who run it, find who is hit, patch or switch off, tell when it is over.
tlp: amber
kinds: [notification, mitigation]
inputs:
  product: {about: Which gateway and version, default: the VPN gateway}
  deadline: {type: duration, default: 4h, about: How long partners have to patch}
roles:
  everyone: {group: Partner CERTs, members: participants}
  lead: {individual: Incident lead, holds: lead}
  bosses: {group: Approvers, people: approver}
  legal: {group: Legal advisers, people: legal}
trigger:
  - {kind: vulnerability, severity: S2}
steps:
  - id: warn
    do: notify
    to: everyone
    text: "{{incident}}: {{product}} is broken into. Patch or switch it off within {{deadline}}."
    answers: [acknowledge, affected]
  - id: heard
    do: wait_for_acks
    of: warn
    need: 3
    within: 30m
    remind_every: 10m
    if_late:
      - {id: phone, do: escalate, of: warn, to: lead, text: "Phone {{heard.silent}}"}
  - id: how_bad
    do: ask
    to: lead
    text: How bad is it?
    fields:
      hit: {label: Gateways broken into, type: number}
      off: {label: May we switch off?, type: yes_no}
    within: 1h
  - id: bad
    if: hit > 2 AND off = 'yes'
    then:
      - id: ok
        do: approve
        to: bosses
        text: Switch off all gateways?
        within: 20m
        if_refused:
          - {id: stop_here, stop: not approved}
      - {id: tell_off, do: share, to: everyone, text: "We switch off {{product}}."}
  - {id: law, do: report, clock: nis2, to: legal}
  - {id: wait_day, do: wait, for: 1d}
  - {id: over, do: close, cause: NO}
"""
LINE = {line.strip(): number for number, line in enumerate(GOOD.splitlines(), start=1)}

MISTAKES = [
    (
        "  product: {about: Which gateway and version, default: the VPN gateway}",
        "  product: {about: Which gateway and version}",
        "inputs.product: has no default, and a trigger can give it none; add `default:`",
    ),
    (
        "    within: 30m",
        "    within: 30 m",
        "steps[heard].within: '30 m' is not a duration; write it like 90s, 15m, 4h, 30d or 1h30m",
    ),
    (
        "      off: {label: May we switch off?, type: yes_no}",
        "      off: {label: May we switch off?, type: yesno}",
        (
            "steps[how_bad].fields.off.type: 'yesno' is not known; did you mean 'yes_no'? choose "
            "one of text, number, yes_no, choice, duration, member, members, severity, tlp, list"
        ),
    ),
    (
        "    if: hit > 2 AND off = 'yes'",
        "    if: hit > 2 AND of = 'yes'",
        "steps[bad].if: {{of}} is not known; did you mean 'off'?",
    ),
    (
        "  legal: {group: Legal advisers, people: legal}",
        "",
        (
            "steps[law].to: there is no role 'legal'; add it under roles: "
            "`legal: {group: Legal advisers, people: legal}`"
        ),
    ),
]
CASES = """\
cases:
  - name: many are hit, the bosses refuse
    incident: {kind: vulnerability, severity: S2, member: ee}
    answers:
      warn: {lv: acknowledge after 5m, fi: affected after 20m, others: never}
      how_bad: {say: {hit: "5", off: "yes"}, after: 10m}
      ok: refuse after 5m by ee-ap
    expect:
      - {notice: warn, at: 0s, to: [lv, lt, fi, pl]}
      - {alarm: phone, text: "lt, pl"}
      - {question: ok, at: 40m, to: [ee-ap]}
    never:
      - {notice: tell_off}
    end: stopped
"""


def tocsin(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["playbook", *words])
    return done.exit_code, done.stdout


def test_the_mended_playbook_is_good(tmp_path: Path) -> None:
    path = tmp_path / "vpn-hole.yaml"
    path.write_text(GOOD, encoding="utf-8")
    assert tocsin("check", str(path)) == (0, "")


@pytest.mark.parametrize(("good", "bad", "said"), MISTAKES, ids=range(5))
def test_each_mistake_is_told_with_its_line_and_what_to_write(
    tmp_path: Path, good: str, bad: str, said: str
) -> None:
    path = tmp_path / "vpn-hole.yaml"
    assert good in GOOD
    path.write_text(GOOD.replace(good + "\n", bad + "\n" if bad else ""), encoding="utf-8")
    line = (
        LINE[good.strip()] if bad else LINE["- {id: law, do: report, clock: nis2, to: legal}"] - 1
    )
    assert tocsin("check", str(path)) == (1, f"{path}:{line}: {said}\n")


def test_all_five_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    draft = GOOD
    for good, bad, _ in MISTAKES:
        draft = draft.replace(good + "\n", bad + "\n" if bad else "")
    path = tmp_path / "vpn-hole.yaml"
    path.write_text(draft, encoding="utf-8")
    code, said = tocsin("check", str(path))
    assert code == 1
    assert [one.partition(": ")[2] for one in said.splitlines()] == [one[2] for one in MISTAKES]


def test_it_is_rehearsed_drawn_and_compared(tmp_path: Path) -> None:
    path = tmp_path / "vpn-hole.yaml"
    path.write_text(GOOD, encoding="utf-8")
    (tmp_path / "vpn-hole.test.yaml").write_text(CASES, encoding="utf-8")
    assert "If hit > 2 AND off = 'yes': else" in tocsin("simulate", str(path))[1]
    code, said = tocsin("test", str(path))
    assert (code, said) == (0, "")
    assert 's_ok[/"<b>ok</b><br/>Have bosses approve' in tocsin("graph", str(path))[1]
    changed = tmp_path / "changed.yaml"
    changed.write_text(GOOD.replace("within: 20m", "within: 45m"), encoding="utf-8")
    assert tocsin("diff", str(path), str(changed))[1] == "step ok: waits 45m instead of 20m\n"
