"""/coalition check and /coalition reach as they are typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.messages import SYSTEM
from coalition.domain.reach import DisableEndpoint, fingerprint
from tests.slack.stage import said

if TYPE_CHECKING:
    from tests.slack.stage import Stage


def test_a_check_says_whom_it_rings_and_shows_later_who_has_answered(slack: Stage) -> None:
    before = said(slack.command("/coalition check --last"))
    assert "no communications check so far" in before
    answer = said(slack.command("/coalition check --within 4h"))
    assert "Communications check INC-" in answer
    assert "without any content" in answer
    (number,) = slack.tocsin.log.ids("incident")
    state = slack.tocsin.dispatcher.read("incident", number)
    assert (state.status, state.lead) == ("check", "ee-alice")
    assert set(state.notices["1"].recipients) >= {"ee", "lv"}
    last = said(slack.command("/coalition check --last"))
    assert f"Communications check {number}." in last
    assert "nothing heard yet (queued)" in last


def test_typed_bare_it_first_says_how_many_it_would_ring(slack: Stage) -> None:
    slack.command("/coalition check")
    assert slack.tocsin.log.ids("incident") == []


def test_an_endpoint_that_is_gone_is_shown_where_ways_are_listed(slack: Stage) -> None:
    member = next(one for one in slack.tocsin.coalition.members if one.channels)
    channel = member.channels[0]
    slack.tocsin.dispatcher.execute(
        DisableEndpoint(
            id="gone",
            at=slack.tocsin.clock.now(),
            actor=SYSTEM,
            endpoint=fingerprint(channel.kind, channel.address),
            member=member.id,
            kind=channel.kind,
            host="cert.example",
            said="it answered 410 Gone",
        )
    )
    assert "disabled: it answered 410 Gone" in said(slack.command("/coalition reach"))
