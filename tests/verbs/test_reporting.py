"""Legal clocks: when reports are due, that people file them, and that a missed one is not quiet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from coalition.adapters.clock_files import bundled_clocks, read_clocks
from coalition.application.run_policies import tell_clock
from coalition.domain.clocks.model import after, clock_for
from coalition.domain.clocks.running import begun
from coalition.domain.errors import ConfigError, NotFound
from coalition.domain.incident.commands import CloseIncident, CompleteTask
from coalition.rendering.slack.run_posts import unwatched
from tests.domain.cast import NOW, NUMBER
from tests.domain_run.stage import RUN, mark, playbook
from tests.verbs.stage import House

BAD = """
clock: nis2
version: "1"
name: N
source: S
starts: aware
to: them
countries: [EE]
stages: [{id: a, name: A, within: 1 month, after: b}]
"""


def reporting(tmp_path: Path, **fields: Any) -> House:
    step = {"id": "law", "do": "report", "clock": "nis2", **fields}
    return House(tmp_path).start(playbook(step, mark("done"))).settle()


def file(house: House, task: int) -> None:
    house.tell(CompleteTask, "ee-op", incident=NUMBER, task=task)
    house.settle()


@pytest.mark.parametrize(
    ("start", "offset", "end"),
    [
        ("2026-11-21T03:00", "24h", "2026-11-22T03:00"),
        ("2026-11-21T03:00", "1 month", "2026-12-21T03:00"),
        ("2026-12-05T03:00", "1 month", "2027-01-05T03:00"),
        ("2027-01-31T03:00", "1 month", "2027-02-28T03:00"),
        ("2028-01-31T03:00", "1 month", "2028-02-29T03:00"),
        ("2026-11-21T03:00", "14 months", "2028-01-21T03:00"),
    ],
)
def test_offsets_are_hours_days_or_months_of_the_calendar(
    start: str, offset: str, end: str
) -> None:
    begin = datetime.fromisoformat(start).replace(tzinfo=UTC)
    assert after(begin, offset) == datetime.fromisoformat(end).replace(tzinfo=UTC)


def test_nis2_asks_after_24_hours_72_hours_and_a_month_after_that() -> None:
    clock = clock_for(bundled_clocks(), "nis2", "EE")
    due = {one.id: one.due for one in begun(clock, clock.stages, NOW)}
    assert due["early_warning"] == NOW + timedelta(hours=24)
    assert due["notification"] == NOW + timedelta(hours=72)
    assert due["final"] == datetime(2026, 12, 24, 3, tzinfo=UTC)


def test_norway_is_no_part_of_nis2_and_the_refusal_names_what_runs_there() -> None:
    with pytest.raises(NotFound, match=r"No legal clock 'nis2' runs in NO\. Clocks of NO: gdpr"):
        clock_for(bundled_clocks(), "nis2", "NO")


def test_every_report_is_a_task_that_names_the_law_the_time_and_who_files(tmp_path: Path) -> None:
    house = reporting(tmp_path)
    texts = [task.text for task in house.incident.tasks.values()]
    assert len(texts) == 3
    assert "file the early warning with the national CSIRT" in texts[0]
    assert "by 2026-11-22 03:00 UTC (24h after becoming aware" in texts[0]
    assert all("Tocsin files nothing" in text for text in texts)
    assert house.run.open["law:1"].due == NOW + timedelta(hours=24)
    assert house.run.open["law:1"].output["version"] == "2026-11-21"


def test_filing_one_moves_the_deadline_to_the_next_and_filing_all_ends_it(tmp_path: Path) -> None:
    house = reporting(tmp_path)
    file(house, 1)
    assert house.run.open["law:1"].due == NOW + timedelta(hours=72)
    house.clock.at += timedelta(hours=30)
    file(house, 2)
    filed_early = NOW + timedelta(hours=30)
    assert house.run.open["law:1"].due == after(filed_early, "1 month")
    file(house, 3)
    assert house.outcome("law") == "ok"
    assert house.run.steps["law"].output["filed"] == "early_warning, notification, final"
    assert house.run.status == "completed"


def test_a_deadline_that_passes_raises_an_alarm_and_the_clock_goes_on(tmp_path: Path) -> None:
    house = reporting(tmp_path)
    house.wait(hours=24).settle()
    assert house.outcome("law") is None
    assert house.run.open["law:1"].output["overdue"] == "Early warning"
    (alarm,) = house.incident.alarms.values()
    assert "deadline of playbook step law" in alarm.text
    assert house.run.open["law:1"].due == NOW + timedelta(hours=72)


def test_it_is_late_when_the_last_deadline_has_passed(tmp_path: Path) -> None:
    late = [mark("tell_counsel")]
    house = reporting(tmp_path, stages=["early_warning"], if_late=late)
    house.wait(hours=24).settle()
    assert house.outcome("law") == "late"
    assert house.outcome("tell_counsel") == "ok"
    assert house.incident.tasks["1"].done_at is None


def test_time_runs_from_when_somebody_became_aware(tmp_path: Path) -> None:
    house = reporting(tmp_path, aware="2026-11-20T20:00+02:00")
    assert house.run.open["law:1"].due == datetime(2026, 11, 21, 18, tzinfo=UTC)


def test_a_time_without_a_zone_is_refused(tmp_path: Path) -> None:
    house = reporting(tmp_path, aware="yesterday")
    assert "no time with a zone" in house.stuck()


def test_when_its_run_is_cancelled_a_clock_ends_quietly_and_says_what_the_law_still_wants(
    tmp_path: Path,
) -> None:
    house = reporting(tmp_path)
    file(house, 1)
    house.tell(CloseIncident, "ee-op", incident=NUMBER)
    house.settle()
    assert house.outcome("law") == "cancelled"
    assert house.incident.alarms == {}
    ended = [one for one, _ in house.tocsin.log.records("run", RUN) if one.type == "StepEnded"]
    (told,) = tell_clock(ended[-1], cast("Any", SimpleNamespace(run=lambda _: house.run)))
    assert told.kind == "room.post"
    said = unwatched(ended[-1].data["output"])
    assert "NIS2, significant incident* is watched no more" in said
    assert "Early warning" not in said
    assert "Incident notification by 24 Nov 03:00 UTC; Final report by" in said
    assert "The reports stay on the list of tasks" in said
    assert [number for number, one in house.incident.tasks.items() if not one.done_at] == ["2", "3"]


def test_a_clock_that_ended_with_everything_filed_says_nothing(tmp_path: Path) -> None:
    house = reporting(tmp_path)
    for task in (1, 2, 3):
        file(house, task)
    ended = [one for one, _ in house.tocsin.log.records("run", RUN) if one.type == "StepEnded"]
    assert list(tell_clock(ended[0], cast("Any", None))) == []
    assert unwatched(ended[0].data["output"]) == ""


def test_every_report_names_the_article_that_asks_for_it() -> None:
    for clock in bundled_clocks():
        for stage in clock.stages:
            assert stage.article, (clock.clock, stage.id)


def test_the_task_of_a_report_names_its_article(tmp_path: Path) -> None:
    house = reporting(tmp_path)
    assert "Article 23(4)(a)" in house.incident.tasks["1"].text


def test_reminders_go_on_after_a_deadline_has_moved(tmp_path: Path) -> None:
    house = reporting(tmp_path, remind_every="20h")
    house.wait(hours=20)
    assert house.run.open["law:1"].remind_at is None  # the next would come after the deadline
    file(house, 1)
    assert house.run.open["law:1"].remind_at == NOW + timedelta(hours=40)


def test_a_broken_clock_says_where_and_two_of_one_name_in_a_country_are_refused(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.yaml").write_text(BAD, encoding="utf-8")
    good = BAD.replace("after: b", "after: aware")
    (tmp_path / "b.yaml").write_text(good, encoding="utf-8")
    (tmp_path / "c.yaml").write_text(good, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_clocks(tmp_path)
    findings = "\n".join(caught.value.findings)
    assert "a.yaml" in findings
    assert "stage a comes after 'b', which is not before it" in findings
    assert "nis2 runs in EE by" in findings
