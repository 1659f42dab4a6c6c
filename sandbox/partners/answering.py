"""The ways an answer goes back: the link, the hub's signed inbound API, or a signed mail."""

import asyncio
import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp
from standardwebhooks import Webhook

from sandbox.partners.forms import NoSuchAnswerError, fill, has_form, visible_text
from sandbox.partners.openpgp import GpgError, Post, answer_mail, drop
from sandbox.partners.records import Delivery, OwedAnswer
from sandbox.partners.seed import AnswerWord, Partner

TIMEOUT = aiohttp.ClientTimeout(total=20)
_CLIENT_ERRORS = range(400, 500)


class TryAgainError(Exception):
    """The hub did not take the answer now; a person would try again in a while.

    `in_doubt`: the answer itself was sent, and only what became of it is not known.
    """

    in_doubt = False


class InDoubtError(TryAgainError):
    """The answer was sent and may have been recorded."""

    in_doubt = True


class CannotAnswerError(Exception):
    """There is no way to give this answer; trying again would not help."""


class NotOfferedError(CannotAnswerError):
    """The answer page does not offer this answer: given before, expired, withdrawn, or never."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the partner says: the answer, a note and a name, and how the hub received it."""

    answer: AnswerWord
    note: str
    by: str


async def by_link(http: aiohttp.ClientSession, delivery: Delivery, given: Given) -> str:
    """Open the answer page, fill in its form, submit it. Returns what the hub's page then says.

    Raises:
        TryAgainError: the hub is unreachable or answers 5xx or 429.
        NotOfferedError: the page has no form, or none with this answer.
        CannotAnswerError: the notice has no link, or the hub refuses.
    """
    link = delivery.reading.answer_link
    if not link:
        raise CannotAnswerError("the notice has no answer link")
    page, url = await _get(http, link)
    if not has_form(page):
        raise NotOfferedError(f"the page asks nothing. It says: {visible_text(page)[:300]}")
    try:
        action, fields = fill(page, url, given.answer, note=given.note, by=given.by)
    except NoSuchAnswerError as error:
        raise NotOfferedError(str(error)) from error
    return visible_text(await _post(http, action, data=fields))


async def by_api(
    http: aiohttp.ClientSession, hub_url: str, partner: Partner, owed: OwedAnswer, given: Given
) -> str:
    """POST a signed `notice.answer` to the hub's inbox for this member.

    The webhook-id is made from partner and notice, so a repeat after a lost reply is recognised.

    Raises:
        TryAgainError: the hub is unreachable or answers 5xx or 429.
        CannotAnswerError: the partner shares no secret with the hub, or the hub refuses.
    """
    if partner.webhook is None:
        raise CannotAnswerError(f"{partner.id} shares no webhook secret with the hub")
    data = {
        "notice_id": owed.notice_id,
        "answer": given.answer,
        "note": given.note,
        "by": given.by,
    }
    now = datetime.now(UTC)
    body = json.dumps({"type": "notice.answer", "timestamp": now.isoformat(), "data": data})
    message_id = f"answer_{partner.id}_{owed.notice_id}".replace(".", "_")
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(partner.webhook.secret).sign(message_id, now, body),
    }
    url = f"{hub_url.rstrip('/')}/api/v1/inbox/{partner.id}"
    said = await _post(http, url, data=body.encode(), headers=headers)
    return said or "taken by the inbound API"


async def by_mail(post: Post, partner: Partner, delivery: Delivery, given: Given) -> str:
    """Reply to the mail: signed by the partner, sealed to the hub, put into the hub's mail drop.

    Raises:
        TryAgainError: the mail drop cannot be written.
        CannotAnswerError: gpg refused.
    """
    quoted = "\n".join(f"> {line}" for line in delivery.reading.text.splitlines()[:40])
    said = f"{given.answer}\n\n{given.note}\n\n{given.by}\n\nThe hub wrote:\n{quoted}\n"
    sender = f"{partner.name} <{partner.mail[0]}>"
    keys = post.keys[partner.id]
    name = f"{time.time_ns()}.{partner.id}.partners"
    try:
        raw = await asyncio.to_thread(answer_mail, keys, delivery.headers, sender, said)
        await asyncio.to_thread(drop, post.drop, raw, name)
    except GpgError as error:
        raise CannotAnswerError(f"the answer cannot be sealed: {error}") from error
    except OSError as error:
        raise TryAgainError(f"the mail drop cannot be written: {error}") from error
    return "mailed, signed and sealed"


async def _get(http: aiohttp.ClientSession, url: str) -> tuple[str, str]:
    try:
        async with http.get(url, timeout=TIMEOUT) as response:
            page = await response.text()
            _judge(response.status, visible_text(page))
            return page, str(response.url)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise TryAgainError(f"{url} cannot be opened: {error!r}") from error


async def _post(
    http: aiohttp.ClientSession,
    url: str,
    data: dict[str, str] | bytes,
    headers: dict[str, str] | None = None,
) -> str:
    try:
        async with http.post(url, data=data, headers=headers, timeout=TIMEOUT) as response:
            said = await response.text()
            _judge(response.status, said)
            return said
    except aiohttp.ClientConnectorError as error:
        raise TryAgainError(f"{url} cannot be reached: {error!r}") from error
    except (aiohttp.ClientError, TimeoutError, TryAgainError) as error:
        raise InDoubtError(f"{url} did not confirm the answer: {error}") from error


def _judge(status: int, said: str) -> None:
    if status == 429 or status >= 500:  # noqa: PLR2004 - busy or broken, not refused
        raise TryAgainError(f"the hub answered {status}: {said[:200]}")
    if status in _CLIENT_ERRORS:
        raise CannotAnswerError(f"the hub answered {status}: {said[:200]}")
