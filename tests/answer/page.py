"""A notice to CERT-LV, its answer link on a running server, and what is on record then."""

from __future__ import annotations

import html
import re
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from coalition.application.answer_tokens import ANSWER_LINK_LIFE, make
from coalition.domain.incident.events import NoticeAnswered
from tests.answer.serving import Client, Reply, served
from tests.notices.stage import INCIDENT, Stage, member, stage, webhook

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from coalition.domain.incident.state import RecipientState

PARTNER = member("lv", [webhook("https://cert.lv.example/tocsin")])


@asynccontextmanager
async def link(
    folder: Path, *, exercise: bool = False, tlp: str = "TLP:GREEN", **notice: Any
) -> AsyncIterator[tuple[Stage, Client, str]]:
    """A notice to CERT-LV, and the path of its answer link on a running server."""
    async with stage(folder, [PARTNER], exercise=exercise, tlp=tlp) as on:
        on.issue("lv", **notice)
        async with served(on.tocsin) as client:
            yield on, client, path_of(on, exercise=exercise)


def path_of(on: Stage, *, exercise: bool = False, member: str = "lv", notice: int = 1) -> str:
    expires = on.clock.now() + timedelta(hours=1) + ANSWER_LINK_LIFE
    key = on.tocsin.secret_key
    return "/n/" + make(key, INCIDENT, notice, member, expires, exercise=exercise)


def recipient(on: Stage) -> RecipientState:
    found: RecipientState = (
        on.tocsin.dispatcher.read("incident", INCIDENT).notices["1"].recipients["lv"]
    )
    return found


def version(on: Stage) -> int:
    return on.tocsin.log.load("incident", INCIDENT).version


def answered(on: Stage) -> list[NoticeAnswered]:
    records = [record for record, _ in on.tocsin.log.records("incident", INCIDENT)]
    events = [record.event() for record in records]
    return [event for event in events if isinstance(event, NoticeAnswered)]


def words(reply: Reply) -> str:
    text = re.sub(r"<style>.*?</style>", " ", reply.text, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())
