"""docs/partners.md says what partners really get: its samples are rendered, its code is run."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self, get_args

import pytest

from bot.web.answer.forms import LONGEST_NAME, LONGEST_NOTE
from bot.web.inbox import LARGEST_BODY as LARGEST_ANSWER
from coalition.application.answer_tokens import ANSWER_LINK_LIFE
from coalition.domain.incident.words import NoticeKind, Severity
from coalition.domain.labels import Tlp
from coalition.rendering.notices.model import OutwardNotice, ThinNotice
from coalition.rendering.notices.standard_webhooks import sign, verify
from coalition.rendering.notices.text import plain_text
from coalition.rendering.notices.webhook import LARGEST_BODY, body
from coalition.rendering.notices.wording import ANSWERS, SEVERITIES
from tests.notices.sample import DETAILS, outward
from tests.notices.stage import SECRET
from workers.channels import calling

REPOSITORY = Path(__file__).resolve().parents[2]
PAGE = (REPOSITORY / "docs" / "partners.md").read_text(encoding="utf-8")
INBOX = (REPOSITORY / "bot" / "web" / "inbox.py").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)


def test_the_text_shown_is_the_text_that_is_sent() -> None:
    assert blocks("text") == [plain_text(outward(details=DETAILS))]


def test_the_body_shown_is_the_body_that_is_sent() -> None:
    (shown,) = blocks("json")
    at = datetime(2026, 1, 21, 3, 12, 5, tzinfo=UTC)
    assert json.loads(shown) == json.loads(body(outward(details=DETAILS), at))


@pytest.mark.parametrize(
    "word",
    [*OutwardNotice.model_fields, *ThinNotice.model_fields, *get_args(NoticeKind), *Tlp, *ANSWERS],
)
def test_every_field_kind_label_and_answer_is_explained(word: str) -> None:
    assert f"`{word}`" in PAGE or f"`{word}`," in PAGE or f'`"{word}": true`' in PAGE


@pytest.mark.parametrize("severity", list(Severity))
def test_every_severity_is_explained_in_the_words_that_notices_use(severity: Severity) -> None:
    assert f"`{severity}` {SEVERITIES[severity]}" in PAGE


def test_every_answers_sentence_is_the_one_that_the_page_shows() -> None:
    for answer, means in ANSWERS.items():
        assert f"| `{answer}` | {means} |" in PAGE


def test_every_error_of_the_inbox_is_listed_with_its_status() -> None:
    raised = set(re.findall(r'Declined\((\d+|_BUSY), "(\w+)"', INBOX))
    assert len(raised) >= 7
    rows = {name: row for row in PAGE.splitlines() for name in re.findall(r"`(\w+)`", row)}
    for status, name in raised:
        assert rows[name].startswith(f"| {status.replace('_BUSY', '503')} |")


def test_the_limits_named_are_the_limits_kept() -> None:
    assert f"{LARGEST_BODY:,} bytes" in PAGE
    assert LARGEST_ANSWER == LARGEST_BODY
    assert f"at most {LONGEST_NOTE:,} letters, `by`" in PAGE
    assert f"at most {LONGEST_NAME}." in PAGE
    assert timedelta(days=14) == ANSWER_LINK_LIFE
    assert "until 14 days after the deadline" in PAGE
    assert calling.TIMEOUT.total == 15
    assert "We wait 15 seconds" in PAGE


def test_the_code_shown_verifies_what_we_sign_and_refuses_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TOCSIN_HUB_SECRET", SECRET)
    shown: dict[str, Any] = {}
    exec(blocks("python")[0], shown)  # noqa: S102 - the documentation's own code
    now = datetime.now(UTC)
    sent = body(outward(), now)
    headers = sign(SECRET, "INC-2026-0007-n1-lv-1", now, sent)
    assert shown["take"](sent, headers)["data"]["notice_id"] == "INC-2026-0007-n1-lv"
    assert shown["take"](sent + b" ", headers) is None
    assert shown["take"](sent, {**headers, "webhook-signature": "garbage"}) is None


def test_the_code_shown_signs_an_answer_that_we_verify(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_HUB_SECRET", SECRET)
    requests: list[Any] = []

    class Reply:
        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None: ...

        def read(self) -> bytes:
            return b"{}"

    def urlopen(request: Any, timeout: float) -> Reply:
        requests.append(request)
        return Reply()

    monkeypatch.setattr("urllib.request.urlopen", urlopen)
    shown: dict[str, Any] = {}
    exec(blocks("python")[1], shown)  # noqa: S102 - the documentation's own code
    shown["answer"]("https://hub.example", "lv", "INC-2026-0007-n1-lv", "accept", by="Ilze")
    (request,) = requests
    headers = {name.lower(): value for name, value in request.header_items()}
    assert request.full_url == "https://hub.example/api/v1/inbox/lv"
    assert verify([SECRET], headers, request.data, now=datetime.now(UTC))
    assert json.loads(request.data)["type"] == "notice.answer"
