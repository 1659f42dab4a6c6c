"""The people at the partners: they answer as configured, never sooner, and never twice."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any, Self

import aiohttp

from sandbox.partners.answering import (
    CannotAnswerError,
    Given,
    NotOfferedError,
    TryAgainError,
    by_api,
    by_link,
    by_mail,
)
from sandbox.partners.openpgp import Post
from sandbox.partners.records import AnswerState, Delivery, OwedAnswer
from sandbox.partners.seed import AnswerWord, Via
from sandbox.partners.world import PartnerWorld

# How long a person waits before trying a hub that did not respond again (unscaled seconds).
RETRY_SECONDS = (2.0, 5.0, 10.0, 30.0, 60.0)


class AlreadyAnsweredError(Exception):
    """This partner has given, or is giving, its one answer to this notice."""


class People:
    """Plans and gives the answers of all partners. Use it inside `async with`."""

    def __init__(
        self,
        world: PartnerWorld,
        hub_url: str,
        speed: float = 1.0,
        session: Callable[[], aiohttp.ClientSession] = aiohttp.ClientSession,
    ) -> None:
        self._world = world
        self.hub_url = hub_url
        self.speed = speed
        self._make_session = session
        self._http: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._http = self._make_session()
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._http is not None:
            await self._http.close()

    def arrived(self, delivery: Delivery) -> None:
        """A notice a person has not seen before is in the inbox: plan the answer, if any."""
        behaviour = self._world.behaviour(delivery.partner)
        notice_id = delivery.reading.notice_id
        if (
            behaviour.ack_after_seconds is None
            or behaviour.via == "none"
            or delivery.channel not in behaviour.reads
            or not notice_id
            or (delivery.partner, notice_id) in self._world.answers
        ):
            return
        owed = self._plan(
            delivery, behaviour.answer, behaviour.via, behaviour.ack_after_seconds / self.speed
        )
        self._start(self._answer_when_due(owed, delivery))

    async def answer_now(
        self,
        delivery: Delivery,
        *,
        answer: AnswerWord,
        via: Via,
        note: str = "",
        by: str = "",
        again: bool = False,
    ) -> OwedAnswer:
        """Answer by hand, at once; a planned answer is replaced. `again` repeats on purpose.

        Raises:
            AlreadyAnsweredError: the answer is given or on its way, and `again` is not set.
        """
        owed = self._world.answers.get((delivery.partner, delivery.reading.notice_id))
        if owed and owed.state in {"answering", "answered"} and not again:
            raise AlreadyAnsweredError(f"{delivery.partner} has answered {owed.notice_id}")
        owed = self._plan(delivery, answer, via, 0.0)
        await self._give(owed, delivery, self._given(owed, note, by))
        return owed

    # ------------------------------------------------------------------------------ planned
    def _plan(
        self, delivery: Delivery, answer: AnswerWord, via: Via, delay_seconds: float
    ) -> OwedAnswer:
        now = self._world.now()
        notice_id = delivery.reading.notice_id
        owed = OwedAnswer(
            partner=delivery.partner,
            notice_id=notice_id,
            delivery=delivery.id,
            answer=answer,
            via=via,
            planned_at=now,
            due_at=now + timedelta(seconds=delay_seconds),
        )
        self._world.answers[(delivery.partner, notice_id)] = owed
        self._world.touch()
        return owed

    async def _answer_when_due(self, owed: OwedAnswer, delivery: Delivery) -> None:
        delay = (owed.due_at - self._world.now()).total_seconds()
        for pause in (delay, *(seconds / self.speed for seconds in RETRY_SECONDS)):
            await asyncio.sleep(max(0.0, pause))
            if not self._still_owed(owed):
                return
            if await self._give(owed, delivery, self._given(owed)):
                return
        owed.state = "gave_up"
        self._world.touch()

    def _still_owed(self, owed: OwedAnswer) -> bool:
        """Cleared, replaced by hand, or told to stay silent since: then there is nothing to do."""
        current = self._world.answers.get((owed.partner, owed.notice_id))
        silent = self._world.behaviour(owed.partner).ack_after_seconds is None
        if current is owed and silent and owed.state == "waiting":
            del self._world.answers[(owed.partner, owed.notice_id)]
            self._world.touch()
            return False
        return current is owed

    def _given(self, owed: OwedAnswer, note: str = "", by: str = "") -> Given:
        behaviour = self._world.behaviour(owed.partner)
        duty_officer = f"Duty officer, {self._world.partner(owed.partner).name}"
        return Given(owed.answer, note or behaviour.note, by or behaviour.by or duty_officer)

    async def _give(self, owed: OwedAnswer, delivery: Delivery, given: Given) -> bool:
        """One try. True when there is nothing more to try."""
        if self._http is None:
            raise RuntimeError("People answer only inside `async with`")
        owed.state, owed.attempts = "answering", owed.attempts + 1
        self._world.touch()
        try:
            if owed.via == "webhook_api":
                partner = self._world.partner(owed.partner)
                said = await by_api(self._http, self.hub_url, partner, owed, given)
            elif owed.via == "mail" and (post := self._post_for(delivery)) is not None:
                partner = self._world.partner(owed.partner)
                said = await by_mail(post, partner, delivery, given)
            else:
                owed.via = "link"  # also for whom a signed mail was meant, and who has no key
                said = await by_link(self._http, delivery, given)
        except TryAgainError as error:
            owed.in_doubt = owed.in_doubt or error.in_doubt
            self._note(owed, "waiting", str(error))
            return False
        except NotOfferedError as error:
            if not owed.in_doubt:
                self._note(owed, "gave_up", str(error))
                return True
            # The reply to an earlier try was lost, but the page shows that it arrived.
            said = str(error)
        except CannotAnswerError as error:
            self._note(owed, "gave_up", str(error))
            return True
        owed.answered_at = self._world.now()
        self._note(owed, "answered", said[:300])
        return True

    def _post_for(self, delivery: Delivery) -> Post | None:
        """How this partner answers a mail by a signed one; None where it cannot."""
        post = self._world.post
        return (
            post if post and delivery.channel == "mail" and delivery.partner in post.keys else None
        )

    def _note(self, owed: OwedAnswer, state: AnswerState, line: str) -> None:
        owed.state = state
        owed.log.append(line)
        self._world.touch()

    def _start(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
