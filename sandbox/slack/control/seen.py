"""What came before a person's eyes between an act and the app's acknowledgement."""

import asyncio

from sandbox.slack.changes import Change
from sandbox.slack.control.common import Asked, shown_message, shown_view
from sandbox.slack.dispatch.delivery import Delivery
from sandbox.slack.model import Json, User

MESSAGES = frozenset({"message", "message.changed", "message.ephemeral"})
VIEWS = frozenset({"view.opened", "view.updated", "home"})


class Watch:
    """Starts watching when made."""

    def __init__(self, asked: Asked, user: User) -> None:
        self._world = asked.world
        self._user = user
        self._from = asked.world.changes.seq
        self._explained: list[str] = []

    def notice(self, text: str) -> None:
        """Slack itself tells the person something."""
        self._world.notice(self._user.id, text)

    def explain(self, text: str) -> None:
        """A remark for whoever reads the answer, not for the person."""
        self._explained.append(text)

    async def delivered(self, name: str) -> Delivery | None:
        """The first delivery of this name since the watch began, once it has ended.

        None when the app is not subscribed: nothing is on its way.
        """
        event = name.partition(":")[2]
        wanted = self._world.app.bot_events
        if wanted is not None and event not in wanted:
            return None
        deadline = self._world.timing.ack_deadline + 1.0
        seen = self._from
        try:
            async with asyncio.timeout(deadline):
                while True:
                    for change in self._world.changes.since(seen):
                        seen = change.seq
                        entry = change.data.get("entry") or {}
                        if entry.get("name") == name:
                            return _delivery(entry)
                    await self._world.changes.changed(seen, deadline)
        except TimeoutError:
            return None

    def result(self, delivery: Delivery | None) -> Json:
        """The `delivery` and `seen` of an answer."""
        noticed = [c for c in self._world.changes.since(self._from) if self._notices(c)]
        messages: dict[str, Json] = {}
        views: dict[str, Json] = {}
        notice = None
        for change in noticed:
            if change.type == "notice":
                notice = change.data["text"]
            elif change.type in MESSAGES and (shown := self._message(change)):
                messages[change.data["ts"]] = shown
            elif change.type in VIEWS:
                views[change.data["view"]["id"]] = self._view(change)
        seen = {"messages": list(messages.values()), "views": list(views.values())}
        answer: Json = {"seen": seen | {"notice": notice}}
        answer["delivery"] = delivery.to_json() if delivery else None
        return answer | ({"explained": self._explained} if self._explained else {})

    def _notices(self, change: Change) -> bool:
        channel = self._world.channels.get(str(change.data.get("channel")))
        if channel is not None and self._user.id not in channel.members:
            return False
        return change.visible_to(self._user.id)

    def _message(self, change: Change) -> Json | None:
        channel = self._world.channels[change.data["channel"]]
        message = self._world.message_at(channel, change.data["ts"], self._user.id)
        return shown_message(self._world, message) if message else None

    def _view(self, change: Change) -> Json:
        present = self._world.views.get(change.data["view"]["id"])
        shown = shown_view(self._world, present)
        return shown if shown is not None else dict(change.data["view"])


def _delivery(entry: Json) -> Delivery:
    return Delivery(entry["status"], entry["via"], entry["ms"], reason=entry["error"])
