from __future__ import annotations

import json
from datetime import UTC, datetime

from coalition.rendering.notices.webhook import LARGEST_BODY, body
from tests.notices.sample import LINK, outward

AT = datetime(2026, 11, 5, 3, 12, 7, tzinfo=UTC)


def test_the_body_names_its_type_its_time_and_holds_the_notice() -> None:
    said = json.loads(body(outward(), AT))
    assert said["type"] == "notice.alert"
    assert said["timestamp"] == "2026-11-05T03:12:07Z"
    data = said["data"]
    assert data["tlp"] == "TLP:GREEN"
    assert data["exercise"] is False
    assert data["notice_id"] == "INC-2026-0007-n1-lv"
    assert data["ask"]["due"] == {
        "utc": "2026-01-21T04:12:00Z",
        "local": "2026-01-21 06:12 EET (Europe/Riga)",
    }
    assert [one["answer"] for one in data["ask"]["choices"]] == [
        "acknowledge", "accept", "decline", "need_info",
    ]  # fmt: skip
    assert data["answer_url"] == LINK


def test_the_fields_stand_in_the_order_of_the_first_screen() -> None:
    names = list(json.loads(body(outward(), AT))["data"])
    wanted = ["tlp", "exercise", "notice_id", "incident_id", "why_you", "ask", "title", "text"]
    assert [name for name in names if name in wanted] == wanted
    assert names[:4] == ["tlp", "extra_restrictions", "pap", "exercise"]


def test_the_same_notice_gives_the_same_bytes() -> None:
    assert body(outward(), AT) == body(outward(), AT)


def test_a_notice_that_is_too_large_goes_out_as_ids_and_link_with_its_label() -> None:
    huge = outward(text="ä" * LARGEST_BODY, exercise=True)
    sent = body(huge, AT)
    assert len(sent) <= LARGEST_BODY
    data = json.loads(sent)["data"]
    assert data["thin"] is True
    assert (data["tlp"], data["exercise"]) == ("TLP:GREEN", True)
    assert (data["notice_id"], data["answer_url"]) == (huge.notice_id, LINK)
    assert "text" not in data
    assert "title" not in data


def test_the_limit_counts_bytes_and_not_letters() -> None:
    assert "thin" not in json.loads(body(outward(text="a" * 15_000), AT))["data"]
    assert "thin" in json.loads(body(outward(text="ä" * 15_000), AT))["data"]
