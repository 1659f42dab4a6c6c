"""The memory of all partners: deliveries, answers, and a revision that readers can wait on."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.partners.openpgp import PartnerKeys, Post
from sandbox.partners.records import Delivery, OwedAnswer, Reading
from sandbox.partners.seed import Behaviour, Channel, Partner, WebhookReply

# Old deliveries leave the inbox after this many; the tallies that tests judge by stay whole.
INBOX_LIMIT = 2_000


class UnknownPartnerError(LookupError):
    """No partner of the seed has this id."""


@dataclass(slots=True)
class Tally:
    """How often one (partner, channel, delivery id) came, and how often it was accepted."""

    partner: str
    channel: Channel
    delivery_id: str
    notice_id: str
    kind: str
    first_at: datetime
    last_at: datetime
    attempts: int = 0
    accepted: int = 0
    first_delivery: str = ""


class PartnerWorld:
    """Everything the simulated partners know. One event loop uses it; it needs no lock."""

    def __init__(
        self,
        partners: dict[str, Partner],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        post: Post | None = None,
    ) -> None:
        self.partners = partners
        self.post = post
        self.now = now
        self.revision = 0
        self.answers: dict[tuple[str, str], OwedAnswer] = {}
        self._behaviours = {key: partner.behaviour for key, partner in partners.items()}
        self._replies_used: dict[str, int] = dict.fromkeys(partners, 0)
        self._inboxes: dict[str, deque[Delivery]] = {
            key: deque(maxlen=INBOX_LIMIT) for key in partners
        }
        self._tallies: dict[tuple[str, Channel, str], Tally] = {}
        self._made = 0
        self._changed = asyncio.Event()
        self._mailboxes = {
            address.lower(): key for key, partner in partners.items() for address in partner.mail
        }

    # ------------------------------------------------------------------------------- people
    def partner(self, partner_id: str) -> Partner:
        """The partner with this id.

        Raises:
            UnknownPartnerError: there is none.
        """
        try:
            return self.partners[partner_id]
        except KeyError:
            known = ", ".join(self.partners) or "none"
            raise UnknownPartnerError(f"no partner {partner_id!r}; known: {known}") from None

    def keys(self, partner_id: str) -> PartnerKeys | None:
        """The OpenPGP of this partner; None where it has none."""
        return self.post.keys.get(partner_id) if self.post else None

    def partner_of_mailbox(self, address: str) -> str | None:
        """The id of the partner who reads this address, or None."""
        return self._mailboxes.get(address.lower())

    def behaviour(self, partner_id: str) -> Behaviour:
        """How this partner behaves now."""
        self.partner(partner_id)
        return self._behaviours[partner_id]

    def set_behaviour(self, partner_id: str, behaviour: Behaviour) -> None:
        """Replace the behaviour; a new reply plan starts at its first reply."""
        if behaviour.webhook_replies != self.behaviour(partner_id).webhook_replies:
            self._replies_used[partner_id] = 0
        self._behaviours[partner_id] = behaviour
        self.touch()

    def next_reply(self, partner_id: str) -> WebhookReply:
        """The reply the plan foresees for this request; a plan used up means 200."""
        used = self._replies_used[partner_id]
        self._replies_used[partner_id] += 1
        for reply in self._behaviours[partner_id].webhook_replies:
            if reply.times is None or used < reply.times:
                return reply
            used -= reply.times
        return WebhookReply()

    # --------------------------------------------------------------------------- deliveries
    def record(self, partner_id: str, channel: Channel, delivery_id: str, **seen: Any) -> Delivery:
        """Remember one arrival, whatever became of it. `seen` are further Delivery fields."""
        self._made += 1
        tally = self._tally(partner_id, channel, delivery_id, seen["reading"])
        tally.attempts += 1
        delivery = Delivery(
            id=f"d{self._made}",
            partner=partner_id,
            channel=channel,
            received_at=tally.last_at,
            delivery_id=delivery_id,
            attempt=tally.attempts,
            **seen,
        )
        self._inboxes[partner_id].append(delivery)
        self.touch()
        return delivery

    def accept(self, delivery: Delivery) -> bool:
        """Mark it accepted. True if it is the first with its id, so a person sees it as new."""
        delivery.accepted = True
        tally = self._tallies[(delivery.partner, delivery.channel, delivery.delivery_id)]
        tally.accepted += 1
        # A forged request may have come first under this id: the accepted one says what it is.
        tally.notice_id, tally.kind = delivery.reading.notice_id, delivery.reading.kind
        if tally.first_delivery:
            delivery.repeat_of = tally.first_delivery
        else:
            tally.first_delivery = delivery.id
        self.touch()
        return delivery.repeat_of is None

    def _tally(
        self, partner_id: str, channel: Channel, delivery_id: str, reading: Reading
    ) -> Tally:
        now = self.now()
        tally = self._tallies.setdefault(
            (partner_id, channel, delivery_id),
            Tally(
                partner_id, channel, delivery_id, reading.notice_id, reading.kind, now, last_at=now
            ),
        )
        tally.last_at = now
        return tally

    def inbox(self, partner_id: str) -> Iterable[Delivery]:
        """This partner's deliveries, newest first."""
        self.partner(partner_id)
        return reversed(self._inboxes[partner_id])

    def delivery(self, partner_id: str, item_id: str) -> Delivery | None:
        """One delivery by the sandbox's own id."""
        return next((item for item in self.inbox(partner_id) if item.id == item_id), None)

    def tallies(self) -> Iterable[Tally]:
        """One per (partner, channel, delivery id) since the last clear."""
        return self._tallies.values()

    def clear(self, partner_id: str | None = None) -> None:
        """Forget deliveries, tallies and answers of one partner, or of all."""
        chosen = set(self.partners) if partner_id is None else {self.partner(partner_id).id}
        for key in chosen:
            self._inboxes[key].clear()
        self._tallies = {k: v for k, v in self._tallies.items() if k[0] not in chosen}
        self.answers = {k: v for k, v in self.answers.items() if k[0] not in chosen}
        self.touch()

    # ------------------------------------------------------------------------------ waiting
    def touch(self) -> None:
        """Something changed: move the revision on and wake those who wait."""
        self.revision += 1
        self._changed.set()
        self._changed = asyncio.Event()

    async def changed_since(self, revision: int, wait_seconds: float) -> int:
        """The revision, at once if it is not `revision`, else after a change or the wait."""
        if self.revision == revision and wait_seconds > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), wait_seconds)
        return self.revision
