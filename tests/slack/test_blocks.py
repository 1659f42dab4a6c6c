"""Every builder, with the longest and strangest input: Slack takes it, the label stands first."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_sdk.errors import SlackObjectFormationError

from coalition.domain.errors import UserError
from coalition.domain.incident import events as e
from coalition.domain.incident.check_messages import CheckEnded
from coalition.domain.incident.state import (
    Attempt,
    NoticeState,
    RecipientState,
)
from coalition.domain.labels import Tlp
from coalition.domain.messages import SYSTEM, Actor, Event
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
from tests.slack.samples import every_event, incident, record_of
from tests.slack.stage import NIGHT

COALITION = coalition()
EXERCISE = coalition(exercise=True)
LONG = "&<>*_~`\u202e\u0007 <!channel> " + "W&" * 3000
TEXTS = st.one_of(st.just(LONG), st.just(""), st.text(max_size=300))
LABELS = st.sampled_from(list(Tlp))


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
    # A communications check is no incident as full as it can be: it has a test of its own below.
    tried = {type(event).__name__ for event in every_event("x", Tlp.AMBER)}
    assert tried == set(BUILDERS) - {"CheckEnded"}


def test_the_end_of_a_communications_check_names_whom_it_did_not_reach() -> None:
    silent = Attempt(attempt=1, channel=0, stage="failed", at=NIGHT, ack_by=NIGHT)
    heard = silent.model_copy(update={"stage": "delivered", "acknowledged_at": NIGHT})
    recipients = {
        member: RecipientState(
            recipient=e.Recipient(member=member, channels=(0,)), attempts=(attempt,)
        )
        for member, attempt in (("lv", silent), ("fi", heard))
    }
    notice = NoticeState(
        notice=1, version=2, kind="comms_check", tlp=Tlp.CLEAR, ack_within_seconds=60,
        issued_at=NIGHT, source=None, recipients=recipients,
    )  # fmt: skip
    now = incident(
        "Communications check", Tlp.CLEAR, notices={"1": notice}, affected=(), status="closed"
    )
    event = CheckEnded(unreached={"lv": (0,)})
    post = post_of(Telling(COALITION, now, record_of(event), Tlp.CLEAR), event)
    assert post is not None
    check(post.rendered)
    said = "\n".join(texts(list(post.rendered.blocks)))
    assert "*Not reached:* " in said
    assert "Phone +372 555 0100." in said


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(text=TEXTS, tlp=LABELS, exercise=st.booleans())
def test_slack_takes_every_post_and_its_label_stands_first(
    text: str,
    tlp: Tlp,
    exercise: bool,  # noqa: FBT001
) -> None:
    now = incident(text, tlp, exercise=exercise)
    group = EXERCISE if exercise else COALITION  # the gate keeps the two apart
    for event in every_event(text, tlp):
        post = post_of(Telling(group, now, record_of(event), tlp), event)
        assert post is not None
        check(post.rendered)
        first = next(texts(list(post.rendered.blocks)))
        assert first.startswith(f"*{tlp.value}*")
        assert post.rendered.text.removeprefix("ALARM, ").startswith(tlp.value)
        if exercise:
            assert "EXERCISE" in post.rendered.text
        if post.kind == "alarm":
            assert "<@U01ALICE>" in post.rendered.text


def test_of_many_recipients_mere_acknowledgements_are_only_counted() -> None:
    everybody = {
        f"m{i}": RecipientState(recipient=e.Recipient(member=f"m{i}", channels=(0,)))
        for i in range(41)
    }
    notice = NoticeState(
        notice=1, version=2, kind="alert", tlp=Tlp.AMBER, ack_within_seconds=60,
        issued_at=NIGHT, source=None, recipients=everybody,
    )  # fmt: skip
    now = incident(notices={"1": notice})
    mere = e.NoticeAnswered(
        notice=1, member="m1", answer="acknowledge", note="", by="", verified=True,
        evidence={}, source=None,
    )  # fmt: skip
    for said, posted in ((mere, False), (mere.model_copy(update={"note": "Which?"}), True),
                         (mere.model_copy(update={"answer": "decline"}), True)):  # fmt: skip
        assert (
            post_of(Telling(COALITION, now, record_of(said), now.tlp), said) is not None
        ) is posted


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


def shown(event: Event, actor: Actor = SYSTEM, tlp: Tlp = Tlp.GREEN) -> str:
    """All that a post about this event says, in an incident labelled TLP:GREEN."""
    now = incident(tlp=Tlp.GREEN)
    post = post_of(Telling(COALITION, now, record_of(event, actor), tlp), event)
    assert post is not None
    return "\n".join([post.rendered.text, *texts(list(post.rendered.blocks))])


def test_a_post_carries_the_label_of_what_it_tells_where_that_is_stricter() -> None:
    for event in every_event("x", Tlp.AMBER):
        assert "TLP:GREEN" not in shown(event, tlp=Tlp.AMBER).replace("*TLP:GREEN* → ", "")


def test_an_alarm_says_what_to_do_and_how_to_take_it_in_hand() -> None:
    alarm = shown(e.AlarmRaised(subject="silent:1:lv", text="Silent.", fallback="Phone +372 5."))
    assert "<@U01ALICE>: *a human must act.* Silent." in alarm
    assert "*Do this:* Phone +372 5." in alarm
    assert "I take it in hand" in alarm


ALICE = Actor(kind="delegate", member="ee", delegate="ee-alice", via="slack")


@pytest.mark.parametrize(
    ("actor", "subject", "says"),
    [
        (ALICE, "silent:1:lv", "Alice Tamm (CERT-EE) takes it in hand."),
        (ALICE, "step:INC-2026-0001-r1:ask:1", "Alice Tamm (CERT-EE) has decided."),
        (Actor(kind="partner", member="lv", via="link"), "silent:1:lv", "CERT.LV has answered."),
        (SYSTEM, "room", "This is settled."),
    ],
)
def test_the_room_sees_who_has_an_alarm_in_hand(actor: Actor, subject: str, says: str) -> None:
    assert says in shown(e.AlarmCleared(subject=subject), actor)


def test_a_task_calls_who_is_to_do_it_and_can_be_ticked_off_at_one_press() -> None:
    task = shown(e.TaskAdded(task=3, text="Call", assignee="lv-bruno", source=None), ALICE)
    assert "*Task 3* for <@U02BRUNO>, from Alice Tamm (CERT-EE): Call" in task
    assert "It is done" in task


@pytest.mark.parametrize(
    ("verb", "outcome", "says"),
    [
        ("ask", "ok", "Alice Tamm (CERT-EE) answered: over: yes."),
        ("ask", "late", "Nobody answered in time; the playbook goes on without."),
        ("ask", "cancelled", ""),
        ("wait", "ok", ""),
    ],
)
def test_a_room_is_told_what_became_of_a_question_and_of_no_other_step(
    verb: str, outcome: Any, says: str
) -> None:
    ended = r.StepEnded(
        step="over", attempt=1, verb=verb, outcome=outcome, output={}, variables={"over": "yes"},
        branch=None, error="",
    )  # fmt: skip
    telling = Telling(COALITION, incident(), record_of(ended, ALICE), Tlp.AMBER)
    post = post_of(telling, ended)
    assert (post is None) is (says == "")
    assert post is None or says in post.rendered.text


def test_a_severity_that_follows_from_the_members_hit_says_why() -> None:
    was, now = incident(severity="S2").severity, incident().severity
    lifted = shown(e.SeverityChanged(was=was, now=now, reason="", answers={}, floor=now))
    assert "Two or more members, or three linked incidents, make at least S3." in lifted
