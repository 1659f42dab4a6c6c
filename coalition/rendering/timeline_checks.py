"""The timeline's sentences about a communications check."""

# ruff: noqa: ARG001
# Every entry of a table has the same shape, whether it needs all of it or not.

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coalition.domain.incident.check_messages import CheckEnded, CheckStarted, KeysChecked

if TYPE_CHECKING:
    from collections.abc import Callable

    from coalition.domain.messages import Event
    from coalition.rendering.timeline import Names


def _started(event: CheckStarted, names: Names) -> str:
    return f"started a communications check of {names.members(event.members)}"


def _keys(event: KeysChecked, names: Names) -> str:
    if not event.keys:
        return "looked at the OpenPGP keys: all are good"
    found = "; ".join(f"{one.whose}: {one.what}" for one in event.keys)
    return f"looked at the OpenPGP keys. To be seen to: {found}"


def _ended(event: CheckEnded, names: Names) -> str:
    if not event.unreached:
        return "ended the communications check: everybody answered on every channel"
    silent = names.members(event.unreached)
    return f"ended the communications check; not heard on every channel: {silent}"


CHECKS: dict[type[Event], Callable[[Any, Names], str]] = {
    CheckStarted: _started,
    KeysChecked: _keys,
    CheckEnded: _ended,
}
