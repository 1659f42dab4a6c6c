"""The board's label, and that nothing goes on in an incident unseen."""

from __future__ import annotations

from bot.web.board.reading import incident_of
from coalition.domain.incident import commands as c
from coalition.domain.labels import Tlp
from coalition.domain.playbook import Playbook
from coalition.domain.run.commands import StartRun
from coalition.domain.run.facts import facts_of
from coalition.rendering.board.incident import Sources, incident_view
from coalition.rendering.board.moments import Present
from coalition.rendering.board.sight import Sight
from tests.web.stage import Stage, stage


def cleared_for(on: Stage, delegate: str, number: str) -> Tlp:
    """The label that an incident's page carries for somebody."""
    incident = on.tocsin.dispatcher.read("incident", number)
    records = [record for record, _ in on.tocsin.log.records("incident", number)]
    runs = [
        (run, on.tocsin.playbooks.pinned(run.playbook))
        for run in (on.tocsin.dispatcher.read("run", id) for id in on.tocsin.log.ids("run"))
    ]
    sources = Sources(incident, [], runs, records, more=False)
    sight = Sight(delegate, on.tocsin.coalition)
    return incident_view(sources, sight, Present(on.clock.now(), "UTC")).tlp


def test_a_page_carries_the_strictest_label_of_what_it_shows() -> None:
    on = stage()
    number = on.open(tlp=Tlp.GREEN, invite=("pl", "ie"))
    assert cleared_for(on, "ee-alice", number) is Tlp.GREEN
    on.tell(c.IssueNotice, "ee-alice", incident=number, kind="alert", to=("pl",), text="Implant",
            tlp=Tlp.AMBER)  # fmt: skip
    assert cleared_for(on, "ee-alice", number) is Tlp.AMBER
    assert cleared_for(on, "ie-aoife", number) is Tlp.GREEN  # does not see that notice


def test_so_it_does_with_a_run_of_a_stricter_playbook() -> None:
    on = stage()
    number = on.open(tlp=Tlp.GREEN, invite=("pl", "ie"))
    playbook = on.tocsin.playbooks.named("cross-border-ddos")
    assert playbook.tlp is Tlp.AMBER
    incident = on.tocsin.dispatcher.read("incident", number)
    on.tell(StartRun, "ee-alice", run=f"{number}-r1", incident=number, name=playbook.playbook,
            playbook=on.tocsin.playbooks.pin(playbook), facts=facts_of(incident))  # fmt: skip
    assert cleared_for(on, "pl-ewa", number) is Tlp.AMBER
    assert cleared_for(on, "ie-aoife", number) is Tlp.GREEN


def test_so_it_does_with_one_stricter_step_of_a_laxer_playbook() -> None:
    on = stage()
    number = on.open(tlp=Tlp.GREEN, invite=("pl", "ie"))
    step = {"id": "few", "do": "task", "text": "Ask the minister", "tlp": "amber"}
    playbook = Playbook.model_validate(
        {"playbook": "mixed", "title": "Mixed", "tlp": "green", "steps": [step]}
    )
    incident = on.tocsin.dispatcher.read("incident", number)
    on.tell(StartRun, "ee-alice", run=f"{number}-r1", incident=number, name="mixed",
            playbook=on.tocsin.playbooks.pin(playbook), facts=facts_of(incident))  # fmt: skip
    assert cleared_for(on, "pl-ewa", number) is Tlp.AMBER
    assert cleared_for(on, "ie-aoife", number) is Tlp.GREEN


def test_runs_that_a_rule_has_started_belong_to_their_incident_too() -> None:
    assert incident_of("INC-2026-0007-r12") == "INC-2026-0007"
    assert incident_of("INC-2026-0007-p3-1") == "INC-2026-0007"
    assert incident_of("INC-2026-0007") == ""
