"""Says in the room what a record means: effects of kind `room.post`.

Success: the room holds exactly one message for the record (milestone, detail or alarm), or the
headline says it all. A room that is not open yet is waited for; an alarm is not kept waiting but
goes to the people it calls, directly.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from coalition.domain.audiences import STRANGER
from coalition.domain.errors import NotFound, PermanentError, TransientError
from coalition.domain.labels import Tlp, strictest
from coalition.domain.sharing import notices_in
from coalition.rendering.slack import aid_posts, aid_telling, notice_posts, run_posts
from coalition.rendering.slack.alarms import whom_to_call
from coalition.rendering.slack.names import mention
from coalition.rendering.slack.posts import post_of
from coalition.rendering.slack.telling import HEADLINE, Post, Telling, alone
from workers.rooms.calls import SlackRefused, carried_out, client
from workers.rooms.clearing import for_person, for_room
from workers.rooms.posting import Place, find_anchor, post_once

if TYPE_CHECKING:
    from coalition.application.ports import Claim
    from coalition.bootstrap import Tocsin
    from coalition.domain.aid.state import Aid
    from coalition.domain.incident.state import Incident
    from coalition.domain.messages import Record
    from coalition.domain.run.state import Run
    from workers.context import WorkerContext

PATIENT_ATTEMPTS = 4
"""How often a detail waits for its milestone before it goes under the headline instead."""

NEWS = {
    "milestone": "Something has changed.",
    "detail": "There is something new.",
    "alarm": "A human must act.",
}
"""What may be said where the room may not see the content."""


_locks: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, asyncio.Lock]] = WeakKeyDictionary()


def _turns(incident: str) -> asyncio.Lock:
    """The lock of an incident's room, within this drain."""
    known = _locks.setdefault(asyncio.get_running_loop(), {})
    return known.setdefault(incident, asyncio.Lock())


async def handle(ctx: WorkerContext, claim: Claim) -> dict[str, Any]:
    """Post what the record means, once.

    Raises:
        TransientError: to be tried again.
        PermanentError: Slack will not have it; a human is told.
    """
    # One after the other, in the order they were claimed: a room reads as a story. It also keeps
    # to Slack's one post a second better than a burst would.
    async with _turns(claim.payload["incident"]):
        return await _post(ctx, claim)


async def _post(ctx: WorkerContext, claim: Claim) -> dict[str, Any]:
    order = claim.payload
    record = await ctx.record(order["aggregate"], order["id"], order["version"])
    incident, tlp, post = await _drawn(ctx, order["incident"], record)
    if post is None:
        return {"posted": False}
    if incident.room.channel is None:
        return await _without_room(ctx, claim, incident, post, tlp)
    place = Place(incident.room.channel, await _thread(ctx, claim, incident, post))
    # Slack may have been slow to say where the thread is, and the label may have risen meanwhile.
    incident, tlp, post = await _drawn(ctx, order["incident"], record)
    if post is None:
        return {"posted": False}
    message = for_room(ctx.tocsin, incident, post.rendered, tlp, _news(ctx.tocsin, incident, post))
    try:
        ts = await post_once(
            ctx, claim, place, message, key=claim.id, since=record.at, anchor=post.anchor
        )
    except SlackRefused as error:
        if error.code == "is_archived" and incident.over:
            return {"posted": False}
        raise
    return {"posted": True, "ts": ts}


async def _drawn(
    ctx: WorkerContext, number: str, record: Record
) -> tuple[Incident, Tlp, Post | None]:
    """The incident as it stands now, the label of the post about a record, and the post."""
    incident: Incident | None = await ctx.read("incident", number)
    if incident is None:
        raise PermanentError(f"There is no incident {number}")
    tlp = await asyncio.to_thread(label_of, ctx.tocsin, incident, record)
    aid: Aid | None = await ctx.read("aid", record.id) if record.aggregate == "aid" else None
    telling = Telling(ctx.tocsin.coalition, incident, record, tlp, aid)
    builder = post_of if aid is None else aid_posts.post_of
    post = builder(telling, record.event())
    if post and post.direct and incident.room.channel is None and not incident.checks_comms:
        post = post._replace(rendered=alone(telling, post))
    return incident, tlp, post


def label_of(tocsin: Tocsin, incident: Incident, record: Record) -> Tlp:
    """The strictest label of what a post about this record shows.

    An alarm about a stranger in the room says nothing of the incident: it must be read there.
    """
    if record.data.get("subject", "").startswith(STRANGER):
        return Tlp.CLEAR
    told = (incident.notices.get(str(number)) for number in notices_in(record.event()))
    labels = [incident.tlp, *(notice.tlp for notice in told if notice)]
    if record.aggregate == "aid":
        aid: Aid = tocsin.dispatcher.read("aid", record.id)
        labels.append(aid.tlp)
    if record.aggregate == "run":
        run: Run = tocsin.dispatcher.read("run", record.id)
        labels.append(tocsin.playbooks.pinned(run.playbook).words_tlp)
    return strictest(*labels)


def _news(tocsin: Tocsin, incident: Incident, post: Post) -> str:
    """What a pointer may say; an alarm still calls its people."""
    if post.kind != "alarm":
        return NEWS[post.kind]
    called = [mention(tocsin.coalition, one) for one in whom_to_call(tocsin.coalition, incident)]
    return f"{', '.join(called)}: {NEWS['alarm']}" if called else NEWS["alarm"]


async def _thread(ctx: WorkerContext, claim: Claim, incident: Incident, post: Post) -> str | None:
    """The ts of the message that a detail belongs under.

    Raises:
        TransientError: it is not posted yet; details can be faster than their milestone.
    """
    if not post.thread:
        return None
    channel = incident.room.channel or ""
    if post.thread != HEADLINE:
        since = await _begun(ctx, incident, post.thread)
        ts = await find_anchor(ctx, channel, post.thread, since)
        if ts is not None:
            return ts
        if claim.attempt <= PATIENT_ATTEMPTS:
            raise TransientError("the milestone of this detail is not posted yet", retry_after=1)
    if incident.room.headline_ts is None and claim.attempt <= PATIENT_ATTEMPTS:
        raise TransientError("the headline is not posted yet", retry_after=1)
    return incident.room.headline_ts


async def _begun(ctx: WorkerContext, incident: Incident, thread: str) -> datetime:
    """Since when the milestone of an anchor can stand in the room."""
    for notice in incident.notices.values():
        if notice_posts.anchor(notice.notice) == thread:
            return notice.issued_at
    if thread.startswith(prefix := aid_telling.anchor("")):
        aid: Aid | None = await ctx.read("aid", thread.removeprefix(prefix))
        return (aid.opened_at if aid else None) or incident.opened_at
    prefix = run_posts.anchor("")
    run = await ctx.read("run", thread.removeprefix(prefix)) if thread.startswith(prefix) else None
    return run.started_at if run else incident.opened_at


async def _without_room(
    ctx: WorkerContext, claim: Claim, incident: Incident, post: Post, tlp: Tlp
) -> dict[str, Any]:
    """A warning has no room, and a room may not be open yet or never."""
    create = incident.room.steps.get("create")
    lost = create is not None and create.state == "failed"
    warning = incident.roomless or incident.checks_comms
    if post.kind == "alarm" and (warning or lost or claim.attempt > 1):
        return await _directly(ctx, claim, incident, post, tlp)
    if warning and post.direct:
        return await _directly(ctx, claim, incident, post, tlp)
    if warning or incident.over:
        return {"posted": False}
    raise TransientError("the room is not open yet", retry_after=2)


async def _directly(
    ctx: WorkerContext, claim: Claim, incident: Incident, post: Post, tlp: Tlp
) -> dict[str, Any]:
    """What has no room goes to the people that an alarm calls."""
    coalition = ctx.tocsin.coalition
    told = 0
    for delegate in whom_to_call(coalition, incident):
        try:
            slack = coalition.delegate(delegate)[1].slack
        except NotFound:
            continue
        if slack is None:
            continue
        opened = await carried_out(
            ctx, "conversations.open", client(ctx).conversations_open(users=[slack])
        )
        news = NEWS[post.kind]
        message = for_person(ctx.tocsin, incident, delegate, post.rendered, tlp, news)
        place = Place(opened["channel"]["id"])
        key = f"{claim.id}-{delegate}"
        await post_once(ctx, claim, place, message, key=key, since=incident.opened_at)
        told += 1
    if not told:
        nobody = "Nobody who could be called has a Slack account"
        raise PermanentError(nobody, fallback="Phone the member whose incident it is")
    return {"posted": True, "directly": told}
