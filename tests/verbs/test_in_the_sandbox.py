"""A question answered on the board and an approval given in Slack, through real processes."""

from __future__ import annotations

import json
import re
import urllib.parse
import urllib.request
from collections.abc import Iterator

import pytest

from tests.scenarios.acting import Stage, Visitor
from tests.scenarios.coalition import ALICE, INGA, LEGAL
from tests.scenarios.house import House

PLAYBOOK = """
playbook: cut-link
title: Cut the link
tlp: TLP:CLEAR
roles:
  lead: {individual: Incident lead, holds: lead}
  deciders: {group: Deciders, members: [ee, lv], people: approver}
steps:
  - id: size
    do: ask
    to: lead
    text: How long would it be cut?
    within: 1h
    fields:
      how_long: {type: duration, label: How long?}
      whom: {type: member, label: Whom does it hit most?}
  - {id: cut, do: approve, to: deciders, text: "Cut the link for {{how_long}}?", within: 1h}
  - {id: watch, do: wait, for: 1d}
"""


class WithPlaybook(House):
    """A house that has this one playbook."""

    @property
    def environment(self) -> dict[str, str]:
        folder = self.folder / "playbooks"
        folder.mkdir(exist_ok=True)
        (folder / "cut-link.yaml").write_text(PLAYBOOK, encoding="utf-8")
        return super().environment | {"TOCSIN_PLAYBOOKS": str(folder)}


@pytest.fixture
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with WithPlaybook(tmp_path_factory.mktemp("verbs")) as house:
        yield Stage(house)


def fills_in(visitor: Visitor, path: str, **form: str) -> str:
    """Post a form of the board, as its browser would; returns the page that follows."""
    request = urllib.request.Request(  # noqa: S310 - the hub of this test
        f"{visitor.hub}{path}",
        data=urllib.parse.urlencode(form).encode(),
        headers={"Origin": visitor.hub},
    )
    return visitor._ask(request)


@pytest.mark.scenario
@pytest.mark.timeout(120)
def test_a_question_is_answered_on_the_board_and_an_approval_in_slack(stage: Stage) -> None:
    incident = stage.opens(options="--invite lv")
    page = stage.board(ALICE, incident)
    assert f"{incident.number}-r1" in incident.types(ALICE, "/playbook run cut-link")
    incident.says("How long would it be cut?")
    path = f"/board/{incident.number}/answer/{incident.number}-r1/size/1"
    fills_in(page, path, how_long="2h", whom="lv")

    wanted = incident.says("Cut the link for 2h?")
    assert "Silence is not consent" in json.dumps(wanted, ensure_ascii=False)
    refused = incident.types(ALICE, "/playbook approve approve")
    assert "Nobody approves their own request" in refused
    assert "needs the role approver" in incident.types(LEGAL, "/playbook approve approve")

    seen = stage.workspace.click(INGA, incident.room, wanted, "Approve")["seen"]
    modal = json.dumps(seen["views"], ensure_ascii=False)
    assert re.search(r"May approve or refuse: [^.]*Inga Ozola \(CERT-LV\)", modal), modal
    assert "May not, because it is their own request: Alice Tamm (CERT-EE)." in modal
    stage.submits(INGA, **{"in-decision": "approve", "in-reason": "Better dark than burning"})
    incident.says("answered: approved")
    incident.headline_says("Wait 1d")
    shown = page.reads()
    assert re.search(r"Have deciders approve: Cut the link for 2h\?\s+Done", shown), shown
