"""The timeline's sentences about overrides and permissions: who released what, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coalition.domain.incident import release_messages as r

if TYPE_CHECKING:
    from collections.abc import Callable

    from coalition.domain.messages import Event
    from coalition.rendering.timeline import Names


def _permission(event: r.PermissionRecorded, names: Names) -> str:
    whose = names.member(event.member)
    return f"permitted {event.tlp} for what comes from {whose}: {event.reason}"


def _requested(event: r.OverrideRequested, names: Names) -> str:
    one = event.override
    return (
        f"asked for override {one.override}: notice {one.notice} ({one.tlp}) to "
        f"{names.member(one.member)}, above its ceiling, until "
        f"{one.expires:%d %b %H:%M} UTC: {one.reason}"
    )


def _approved(event: r.OverrideApproved, names: Names) -> str:
    way = names.channel(event.member, event.channel)
    return (
        f"approved override {event.override}, as the second person: notice {event.notice} goes to "
        f"{names.member(event.member)} by {way}, above its ceiling"
    )


RELEASES: dict[type[Event], Callable[[Any, Names], str]] = {
    r.PermissionRecorded: _permission,
    r.OverrideRequested: _requested,
    r.OverrideApproved: _approved,
}
