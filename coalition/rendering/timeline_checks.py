"""The timeline's sentences about a communications check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coalition.domain.incident.check_messages import CheckEnded, CheckStarted

if TYPE_CHECKING:
    from collections.abc import Callable

    from coalition.domain.messages import Event
    from coalition.rendering.timeline import Names


def _started(event: CheckStarted, names: Names) -> str:
    return f"started a communications check of {names.members(event.members)}"


def _ended(event: CheckEnded, names: Names) -> str:
    if not event.unreached:
        return "ended the communications check: everybody answered on every channel"
    silent = names.members(event.unreached)
    return f"ended the communications check; not heard on every channel: {silent}"


CHECKS: dict[type[Event], Callable[[Any, Names], str]] = {
    CheckStarted: _started,
    CheckEnded: _ended,
}
