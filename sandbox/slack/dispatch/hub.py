"""The way out: picks Socket Mode or HTTP, applies faults, keeps the record, redelivers events."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

from sandbox.slack.dispatch.delivery import Delivery, Parcel, Way
from sandbox.slack.dispatch.events import wrapped
from sandbox.slack.dispatch.http import HttpWay
from sandbox.slack.dispatch.socket_mode import SocketPool
from sandbox.slack.faults import Fault
from sandbox.slack.model import Json
from sandbox.slack.traffic import Entry, masked
from sandbox.slack.world import World


class Hub:
    """Delivers to the app. Started and stopped with the server."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.sockets = SocketPool(world)
        self.http = HttpWay(world)
        self._tasks: set[asyncio.Task[object]] = set()

    def start(self) -> None:
        """Begin to send out the events that the workspace publishes."""
        self._spawn(self._pump())

    async def stop(self) -> None:
        """Give up what is under way and close the connections."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for entry in self.world.scheduled.values():
            entry["handle"].cancel()
        await self.http.close()

    async def deliver(self, parcel: Parcel) -> Delivery:
        """Deliver once (twice under the `duplicate` fault) and say what became of it."""
        if self.world.faults.take("duplicate", parcel.kind):
            self._spawn(self._once(parcel, "the same once more (fault)"))
        return await self._once(parcel)

    async def deliver_event(self, event: Json) -> None:
        """Deliver an event, and again up to three times while it is not taken."""
        name = f"events_api:{event['type']}"
        parcel = Parcel("events_api", name, wrapped(self.world, event))
        delivery = await self.deliver(parcel)
        for attempt, delay in enumerate(self.world.timing.redelivery_delays, start=1):
            if delivery.acked or delivery.no_retry:
                return
            await asyncio.sleep(delay)
            reason = delivery.reason if delivery.via == "http" else "timeout"
            delivery = await self.deliver(replace(parcel, retry=attempt, retry_reason=reason))

    async def apply(self, fault: Fault, reason: str) -> None:
        """Do at once what a `disconnect` or `cut` fault asks."""
        if fault.kind == "disconnect":
            await self.sockets.disconnect(reason, politely=True)
        elif fault.kind == "cut":
            await self.sockets.disconnect(reason, politely=False)

    async def _pump(self) -> None:
        while True:
            self._spawn(self.deliver_event(await self.world.events.get()))

    async def _once(self, parcel: Parcel, *notes: str) -> Delivery:
        way: Way = self.sockets if self.world.app.socket_mode else self.http
        deadline = self.world.timing.ack_deadline
        delivery = await way.send(parcel, deadline)
        remarks = list(notes)
        if delivery.acked and self.world.faults.take("drop_ack", parcel.kind):
            await asyncio.sleep(max(0.0, deadline - delivery.ms / 1000))
            remarks.append("the acknowledgement was lost (fault)")
            delivery = replace(delivery, status="timeout", ms=deadline * 1000, reason="timeout")
        elif delivery.acked and self.world.faults.take("late_ack", parcel.kind):
            remarks.append("the acknowledgement counted as late (fault)")
            delivery = replace(delivery, status="timeout", reason="timeout")
        self._record(parcel, delivery, remarks)
        return delivery

    def _record(self, parcel: Parcel, delivery: Delivery, notes: list[str]) -> None:
        self.world.record(
            Entry(
                id=self.world.traffic.next_id(),
                at=self.world.clock(),
                kind="delivery",
                name=parcel.name,
                via=delivery.via,
                attempt=parcel.retry + 1,
                status=delivery.status,
                ok=delivery.acked,
                error=delivery.reason,
                ms=delivery.ms,
                request=masked(parcel.payload),
                response=masked(delivery.body),
                notes=notes,
            )
        )

    def _spawn(self, work: Coroutine[Any, Any, object]) -> None:
        task: asyncio.Task[object] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
