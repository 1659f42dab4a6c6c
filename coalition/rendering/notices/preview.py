"""What each recipient of a notice would get, by each of its channels, before anything is sent.

Pure: it renders the event that would be recorded, with the same renderings that the channels
send. Only what comes into being with the sending differs: the answer link, ids and signatures.
Who may see this is asked of the gate where it is shown; it carries the notice's own label.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from coalition.domain.channels import (
    MattermostChannel,
    MispChannel,
    PhoneChannel,
    SlackChannel,
    TaxiiChannel,
    WebhookChannel,
)
from coalition.domain.gate import ToChannel, explain
from coalition.domain.keys import key_of
from coalition.rendering.notices.blocks import notice_message
from coalition.rendering.notices.build import Draft, label_now, moment
from coalition.rendering.notices.mail import subject
from coalition.rendering.notices.mattermost import mattermost
from coalition.rendering.notices.misp import misp_event
from coalition.rendering.notices.model import ThinNotice
from coalition.rendering.notices.nudge import nudge
from coalition.rendering.notices.phone import words
from coalition.rendering.notices.stix import bundle
from coalition.rendering.notices.text import plain_text
from coalition.rendering.notices.webhook import body

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from coalition.domain.channels import Channel
    from coalition.domain.incident.events import NoticeIssued, Recipient
    from coalition.domain.labels import Tlp
    from coalition.domain.members import Coalition, Member
    from coalition.rendering.notices.build import Hub
    from coalition.rendering.notices.model import OutwardNotice

LINK = "(the link is made when it is sent)"


class Way(NamedTuple):
    """One channel in the order of trying; `text` is what goes out on it."""

    channel: int
    kind: str
    whole: bool  # False: it only says that the notice waits
    why: str  # why not the whole, else empty
    text: str


class Told(NamedTuple):
    """One recipient. Without `ways` nothing is sent, and `refused` says why."""

    member: str
    name: str
    phone: str
    ack_by: str
    ways: tuple[Way, ...]
    refused: str


class About(NamedTuple):
    """The incident that a notice is about: its id, its label now, and when it would be sent."""

    incident: str
    tlp: Tlp
    at: datetime


@dataclass(frozen=True, slots=True)
class _Scene:
    """What all recipients share."""

    draft: Draft
    tlp: Tlp
    at: datetime
    coalition: Coalition


def preview(issued: NoticeIssued, about: About, coalition: Coalition, hub: Hub) -> tuple[Told, ...]:
    """Every recipient of the notice, in the order of the event.

    Raises:
        NotFound: the coalition file does not know the sender or a recipient.
    """
    draft = Draft.of(about.incident, issued, about.at, coalition, hub)
    scene = _Scene(draft, label_now(issued.tlp, about.tlp), about.at, coalition)
    return tuple(_told(one, scene) for one in issued.recipients)


def _told(one: Recipient, scene: _Scene) -> Told:
    member, draft = scene.coalition.member(one.member), scene.draft
    ack_by = one.ack_by or draft.event.ack_by
    notice = draft.for_recipient(member, tlp=scene.tlp, attempt=1, ack_by=ack_by, answer_url=LINK)
    return Told(
        member=member.id,
        name=member.name,
        phone=member.duty_phone,
        ack_by=moment(ack_by, member.timezone).spoken,
        ways=tuple(_way(index, member, notice, scene) for index in one.channels),
        refused=one.refused,
    )


def _way(index: int, member: Member, notice: OutwardNotice, scene: _Scene) -> Way:
    channel, to = member.channels[index], ToChannel(member.id, index)
    why = explain(tlp=scene.tlp, audience=to, coalition=scene.coalition) or ""
    carried = ThinNotice.of(notice) if why else notice
    return Way(index, channel.kind, not why, why, _text(channel, member, carried, scene))


def _text(
    channel: Channel, member: Member, notice: OutwardNotice | ThinNotice, scene: _Scene
) -> str:
    match channel:
        case WebhookChannel():
            return _json(body(notice, scene.at))
        case MattermostChannel():
            return str(json.loads(mattermost(notice, ""))["text"])
        case SlackChannel():
            return "\n".join(_said(notice_message(notice).blocks))
        case PhoneChannel():
            return words(notice, channel, member, scene.coalition.name)
        case _ if isinstance(notice, ThinNotice):
            return f"Subject: {subject(notice)}\n(not encrypted)\n\n{nudge(notice)}"
        case _:
            return _whole(channel, member, notice)


def _whole(channel: Channel, member: Member, notice: OutwardNotice) -> str:
    match channel:
        case MispChannel():
            return _json(misp_event(notice, channel.sharing_group))
        case TaxiiChannel():
            return _json(bundle(notice))
        case _:
            sealed = key_of(member, channel) is not None
            how = "signed, and encrypted to its pinned key" if sealed else "not encrypted"
            return f"Subject: {subject(notice)}\n({how})\n\n{plain_text(notice)}"


def _said(blocks: Iterable[Any]) -> Iterator[str]:
    """The texts of Slack's blocks, in their order."""
    for block in blocks:
        for part in (block.get("text"), *block.get("elements", ())):
            text = part.get("text") if part else None
            if text:
                yield text["text"] if isinstance(text, dict) else text


def _json(data: bytes) -> str:
    return json.dumps(json.loads(data), ensure_ascii=False, indent=2)
