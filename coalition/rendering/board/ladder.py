"""The ladder of one recipient: every attempt on every channel, and how far each got."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coalition.domain.incident.state import Attempt, RecipientState
    from coalition.rendering.board.moments import Moment, Present


class Step(NamedTuple):
    """`delivered` and when."""

    word: str
    at: Moment


class Rung(NamedTuple):
    """One attempt on one channel: why it was made, how far it got and when, what came back."""

    attempt: int
    channel: str
    nudge: bool
    reason: str
    steps: tuple[Step, ...]
    evidence: str


REASONS = {
    "late": "the one before was late",
    "failed": "the one before failed",
    "in_doubt": "the one before is in doubt",
    "asked": "asked for",
    "reminder": "reminder",
    "override": "released by two people",
}
"""Why there was another attempt."""


def _rung(
    attempt: Attempt, recipient: RecipientState, kinds: Sequence[str], present: Present
) -> Rung:
    known = sorted(attempt.rungs.items(), key=lambda one: one[1])
    steps = [Step("queued", present.moment(attempt.at))]
    steps += [Step(stage.replace("_", " "), present.moment(at)) for stage, at in known]
    return Rung(
        attempt=attempt.attempt,
        channel=channel_name(attempt.channel, kinds),
        nudge=attempt.channel in recipient.recipient.nudged,
        reason=REASONS.get(attempt.reason, ""),
        steps=tuple(steps),
        evidence=attempt.evidence,
    )


def rungs(recipient: RecipientState, kinds: Sequence[str], present: Present) -> tuple[Rung, ...]:
    """All attempts, oldest first. `kinds`: of the member's channels."""
    return tuple(_rung(one, recipient, kinds, present) for one in recipient.attempts)


def channel_name(index: int, kinds: Sequence[str]) -> str:
    """`webhook`; `channel 3` where the file has changed since."""
    return kinds[index] if index < len(kinds) else f"channel {index + 1}"
