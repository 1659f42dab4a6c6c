"""The shapes of posts about mutual aid: details of a request, and its milestones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coalition.domain.aid.views import visible_to
from coalition.rendering.slack.names import member_name
from coalition.rendering.slack.telling import Post, Telling, detail, milestone

if TYPE_CHECKING:
    from coalition.domain.aid.state import Aid
    from coalition.rendering.slack.rendered import Block


def anchor(aid: str) -> str:
    """How the details of a request find its milestone."""
    return f"aid:{aid}"


def whole(telling: Telling) -> Aid:
    """All of the request that is told of; ValueError where the telling has none."""
    if telling.aid is None:
        msg = "a post about mutual aid needs the request"
        raise ValueError(msg)
    return telling.aid


def request(telling: Telling) -> Aid:
    """The request as everybody may see it who knows of it."""
    return visible_to(whole(telling), None)


def name(telling: Telling, member: str) -> str:
    """A member by its name."""
    return member_name(telling.coalition, member)


def under(telling: Telling, said: str, *extra: Block) -> Post:
    """A detail in the thread of the request."""
    return detail(telling, said, thread=anchor(request(telling).aid), extra=extra)


def over(telling: Telling, said: str, *extra: Block) -> Post:
    """A milestone of its own."""
    return milestone(telling, f"*{request(telling).aid}:* {said}", extra=extra)
