"""Every builder, with the longest and strangest input: Slack takes it, the label stands first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_sdk.errors import SlackObjectFormationError

from coalition.domain.errors import UserError
from coalition.domain.incident import events as e
from coalition.domain.incident.state import Alarm, Incident, Room, RoomLine, Task
from coalition.domain.incident.words import ROOM_STEPS
from coalition.domain.labels import Tlp
from coalition.domain.messages import GENESIS, SYSTEM, Event, Record
from coalition.domain.run import events as r
from coalition.rendering.slack import replies
from coalition.rendering.slack.fields import Field, Form
from coalition.rendering.slack.headline import Progress, headline
from coalition.rendering.slack.home import Line, home_view, incident_line
from coalition.rendering.slack.modals import done_modal, form_modal
from coalition.rendering.slack.pointers import called, pointer
from coalition.rendering.slack.posts import BUILDERS, post_of
from coalition.rendering.slack.rendered import Rendered
from coalition.rendering.slack.telling import Telling
from coalition.rendering.slack.text import clip, escape
from tests.slack.cast import coalition
from tests.slack.rules import texts, valid_message, valid_view
from tests.slack.stage import NIGHT

COALITION = coalition()
LONG = "&<>*_~`\u202e\u0007 <!channel> " + "W&" * 3000
TEXTS = st.one_of(st.just(LONG), st.just(""), st.text(max_size=300))
LABELS = st.sampled_from(list(Tlp))
EVERYBODY = ("ee", "lv", "lt", "fi")


def incident(text: str = "DDoS", tlp: Tlp = Tlp.AMBER, **more: Any) -> Incident:
    """An incident as full as it can be, every free text being `text`."""
    full: dict[str, Any] = {
        "number": "INC-2026-0001",
        "title": text[:150] or "x",
        "status": "open",
        "severity": "S3",
        "tlp": tlp,
        "member": "ee",
        "affected": EVERYBODY,
        "participants": EVERYBODY,
        "lead": "ee-alice",
        "roles": {f"{text[:30]}{i}": "lv-bruno" for i in range(30)},
        "charter": "c",
        "opened_at": NIGHT,
        "updated_at": NIGHT,
        "next_update_due": NIGHT + timedelta(hours=1),
        "alarms": {f"a{i}": Alarm(text=text, fallback=text, raised_at=NIGHT) for i in range(20)},
        "tasks": {
            str(i): Task(task=i, text=text, assignee=None, source=None) for i in range(1, 40)
        },
        "room": Room(
            channel="C1",
            headline_ts="1.1",
            steps={step: RoomLine(state="failed", detail=text) for step in ROOM_STEPS},
        ),
    }
    return Incident.model_validate(full | more)


def every_event(text: str, tlp: Tlp) -> list[Event]:
    """One of each that has a builder, filled with the text."""
    recipients = tuple(
        e.Recipient(member=member, channels=(0,) if member == "ee" else (), refused=text)
        for member in EVERYBODY
    )
    issued = e.NoticeIssued(
        notice=1, kind="alert", text=text, ask=text, answers=("acknowledge",), tlp=tlp,
        severity=incident().severity, title=text, member="ee", exercise=True,
        ack_within=timedelta(minutes=5), ack_by=NIGHT, recipients=recipients, source=None,
    )  # fmt: skip
    severity = incident().severity
    return [
        issued,
        e.SeverityChanged(was=severity, now=severity, reason=text, answers={}, floor=severity),
        e.TlpChanged(was=tlp, now=tlp, reason=text),
        e.StatusChanged(was="open", now="contained"),
        e.LeadAssigned(was=None, now="ee-alice", handover_note=text),
        e.RoleAssigned(role=text, delegate="lv-bruno"),
        e.TaskAdded(task=1, text=text, assignee="lv-bruno", source=None),
        e.TaskCompleted(task=1, source=None),
        e.NoteAdded(text=text, ref="", author=""),
        e.UpdatePosted(text=text, next_due=NIGHT),
        e.UpdateOverdue(due=NIGHT),
        e.MembersAdded(affected=EVERYBODY, participants=EVERYBODY),
        e.IncidentLinked(other=text),
        e.NoticeReminded(notice=1, attempts=dict.fromkeys(EVERYBODY, 2)),
        e.ChannelEscalated(
            notice=1, member="lv", attempt=2, channel=7, reason="late", ack_by=NIGHT
        ),
        e.NoticeAnswered(
            notice=1, member="lv", answer="accept", note=text, by=text, verified=False,
            evidence={}, source=None,
        ),
        e.AlarmRaised(subject="silent:1:lv", text=text, fallback=text),
        e.AlarmRaised(subject="step:INC-2026-0001-r1:ask:1", text=text, fallback=""),
        e.IncidentMerged(into=text),
        e.IncidentClosed(cause=text, lessons=text),
        e.IncidentReopened(reason=text),
        r.RunStarted(
            run="INC-2026-0001-r1", incident="INC-2026-0001", playbook="h", name=text,
            title=text, inputs={}, facts={},
        ),
        r.QuestionAsked(
            step="over", attempt=1, people=("ee-alice",) * 40, text=text, form={}, due=NIGHT
        ),
        r.StepResolved(
            step="over", attempt=1, decision="skip", reason=text, output={}, variables={}
        ),
        r.RunEnded(outcome="completed", reason=text),
        r.RunCancelled(reason=text, unfinished=("a", "b")),
    ]  # fmt: skip


def record_of(event: Event) -> Record:
    return Record(
        aggregate="run" if isinstance(event, r.RunStarted) else "incident",
        id="INC-2026-0001",
        version=1,
        at=NIGHT,
        actor=SYSTEM,
        cause="c",
        type=type(event).__name__,
        data={},
        prev=GENESIS,
    )


def check(rendered: Rendered) -> None:
    valid_message(rendered.text, rendered.blocks)


BAD_BLOCKS: list[list[dict[str, Any]]] = [
    [{"type": "carousel"}],
    [{"type": "section", "text": {"type": "mrkdwn", "text": "x"}, "colour": "red"}],
    [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}],
    [{"type": "section", "text": {"type": "mrkdwn", "text": ""}}],
    [{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}],
    [{"type": "divider"}] * 51,
]


@pytest.mark.parametrize("blocks", BAD_BLOCKS)
def test_the_rules_refuse_what_slack_refuses(blocks: list[dict[str, Any]]) -> None:
    with pytest.raises((AssertionError, SlackObjectFormationError)):
        valid_message("text", blocks)


def test_the_rules_refuse_a_form_without_submit() -> None:
    view = form_modal(Form("f", "Title", "Send", (Field("line", "Line"),)))
    valid_view(view)
    with pytest.raises((AssertionError, SlackObjectFormationError)):
        valid_view({name: value for name, value in view.items() if name != "submit"})


def test_every_event_that_is_posted_is_tried_here() -> None:
    assert {type(event).__name__ for event in every_event("x", Tlp.AMBER)} == set(BUILDERS)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(text=TEXTS, tlp=LABELS, exercise=st.booleans())
def test_slack_takes_every_post_and_its_label_stands_first(
    text: str,
    tlp: Tlp,
    exercise: bool,  # noqa: FBT001
) -> None:
    now = incident(text, tlp, exercise=exercise)
    for event in every_event(text, tlp):
        post = post_of(Telling(COALITION, now, record_of(event)), event)
        assert post is not None
        check(post.rendered)
        first = next(texts(list(post.rendered.blocks)))
        assert first.startswith(f"*{tlp.value}*")
        assert post.rendered.text.removeprefix("ALARM, ").startswith(tlp.value)
        if exercise:
            assert "EXERCISE" in post.rendered.text
        if post.kind == "alarm":
            assert "<@U01ALICE>" in post.rendered.text


@settings(max_examples=25, deadline=None)
@given(text=TEXTS, tlp=LABELS, exercise=st.booleans())
def test_slack_takes_every_headline(
    text: str,
    tlp: Tlp,
    exercise: bool,  # noqa: FBT001
) -> None:
    now = incident(text, tlp, exercise=exercise)
    runs = [Progress(text, 3, text) for _ in range(10)]
    shown = headline(COALITION, now, runs, "x-")
    check(shown)
    assert next(texts(list(shown.blocks))).startswith(f"*{tlp.value}*")
    (buttons,) = [block["elements"] for block in shown.blocks if block["type"] == "actions"]
    assert len(buttons) <= 3
    assert [one.get("style") for one in buttons].count("primary") == 1
    check(pointer(now, "https://tocsin.example/board/INC-2026-0001"))
    check(called(now, "C1"))


@settings(max_examples=25, deadline=None)
@given(text=TEXTS)
def test_slack_takes_every_reply_and_page(text: str) -> None:
    error = UserError(text or "x", text)
    for rendered in (
        replies.refusal(error, text),
        replies.reply(escape(text) or "x", escape(text)),
        replies.menu("incident", [(f"v{i}", text or "x", text) for i in range(40)]),
        replies.help_page("/incident", [(text, text, text)] * 40),
        replies.not_recorded(),
    ):
        check(rendered)
        valid_view(done_modal("A very long title that Slack would refuse", rendered))


@settings(max_examples=25, deadline=None)
@given(text=TEXTS, value=TEXTS)
def test_slack_takes_every_form(text: str, value: str) -> None:
    choices = tuple((f"v{i}", text or "x") for i in range(150))
    fields = (
        Field("line", text, "line", hint=text, longest=100),
        Field("text", text, "text", required=True),
        Field("choice", text, "choice", choices=choices),
        Field("few", text, "members", choices=choices[:5]),
        Field("many", text, "members", choices=choices),
        Field("person", text, "person"),
    )
    values: dict[str, tuple[str, ...]] = {
        "line": (value,),
        "text": (value,),
        "many": ("v1",),
        "person": ("U01ALICE",),
    }
    given_values = {name: given for name, given in values.items() if given[0]}
    form = Form("form:x:y", text, text or "Send", fields, given_values, escape(text) or "x")
    valid_view(form_modal(form))


@settings(max_examples=25, deadline=None)
@given(text=TEXTS, count=st.integers(0, 60))
def test_slack_takes_every_home(text: str, count: int) -> None:
    lines = [
        Line(f"INC-2026-{i:04d}", incident_line(COALITION, incident(text)), room_missing=True)
        for i in range(count)
    ]
    valid_view(home_view(COALITION, text, lines, ""))


@settings(deadline=None)
@given(text=st.text(max_size=400), limit=st.integers(20, 200))
def test_escaped_text_cannot_mention_link_or_break(text: str, limit: int) -> None:
    escaped = escape(text, limit)
    assert len(escaped) <= limit
    assert "<" not in escaped
    assert ">" not in escaped
    for at, letter in enumerate(escaped):
        if letter == "&":
            assert escaped[at:].startswith(("&amp;", "&lt;", "&gt;"))


@pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\u2066", "\x07", "\ufeff"])
def test_what_could_disguise_a_label_is_removed(hidden: str) -> None:
    assert escape(f"TLP:{hidden}RED") == "TLP:RED"


def test_what_is_cut_says_where_the_rest_is() -> None:
    assert clip("x" * 100, 30).endswith("see the board")
    assert escape("&" * 100, 60).endswith("see the board")


def test_status_is_said_in_words_without_colour_or_emoji() -> None:
    shown = headline(COALITION, incident())
    joined = " ".join(texts(list(shown.blocks)))
    assert "*Status:* Open" in joined
    assert ":red" not in joined
    assert "🔴" not in joined
