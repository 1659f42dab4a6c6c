"""What tests of mutual aid are written with: people type, and everything follows."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from coalition.domain.aid.state import Aid
from tests.aid_surfaces.cast import ALICE, INGA, MART
from tests.slack.stage import Stage, said, settle
from workers.handlers import HANDLERS

if TYPE_CHECKING:
    from coalition.application.ports import Claim
    from workers.context import WorkerContext

ROOM = "C0ROOM"
AID = "AID-2026-0001"
REQUEST = (
    "/aid request scrubbing x40 5d infrastructure: Gbit/s; incident-response x4 10d team remote "
    "--impact 58 sites are down --use Filter upstream of two banks --mitigation Own filters full "
    "--needed-by 6h"
)
TERMS = (
    "--legal-basis charter --liability Each side bears its own --confidentiality As labelled "
    "--command CERT-LV --control CERT-EE --bearer ee --cap 5000 --hold 14"
)


async def _kept(ctx: WorkerContext, claim: Claim) -> dict[str, Any]:
    """Nothing leaves the house."""
    return {}


async def _delivered(ctx: WorkerContext, claim: Claim) -> dict[str, Any]:
    """As if the partner had it."""
    return {"stage": "delivered", "at": ctx.now().isoformat()}


QUIET = {
    **HANDLERS,
    **dict.fromkeys(("room.open", "room.headline", "room.post"), _kept),
    "notice.send": _delivered,
}
"""Everything that changes something inside, and nothing that is sent."""


@dataclass
class Helping:
    """A stage, an incident with a room, and what follows from each act."""

    slack: Stage
    handlers: dict[str, Any] = field(default_factory=lambda: {**QUIET, "aid.tell": _kept})
    tlp: str = "GREEN"

    def __post_init__(self) -> None:
        self.slack.open_room(f"DDoS on banks --severity S2 --tlp {self.tlp} --invite lv")
        self.settle()

    def settle(self) -> None:
        """Let everything follow that follows; in a thread, as a browser may have the loop."""
        with ThreadPoolExecutor(1) as one:
            one.submit(settle, self.slack.tocsin, handlers=self.handlers).result()

    def types(self, text: str, user: str = ALICE, channel: str = ROOM) -> str:
        """A command; what was answered, or shown as a form, as one text; then what follows."""
        before = len(self.slack.api.asked("views.open"))
        body = said(self.slack.command(text, user, channel))
        opened = self.slack.api.asked("views.open")[before:]
        self.settle()
        shown = json.dumps([one["view"] for one in opened], ensure_ascii=False) if opened else ""
        return f"{body}{shown}"

    def requested(self, text: str = REQUEST) -> Aid:
        """A request of CERT-EE, approved and asked."""
        self.types(text)
        self.types(f"/aid accept {AID} --approve", MART)
        return self.aid

    def offered(self, text: str = "", user: str = INGA) -> Aid:
        """An offer of CERT-LV to it."""
        self.types(text or f"/aid offer {AID} --size 4 --starts 4h --days 10 --cost 4000", user)
        return self.aid

    def hash_of(self, offer: int = 1) -> str:
        """What is to be signed under an offer now."""
        return self.aid.agreement(self.aid.offers[str(offer)]).terms_hash

    def accepted(self, offer: int = 1) -> Aid:
        """Terms written and signed by both sides, and booked."""
        self.types(f"/aid accept {AID} --offer {offer} {TERMS}")
        self.types(f"/aid accept {AID} --offer {offer} --hash {self.hash_of(offer)[:12]}")
        self.types(f"/aid accept {AID} --offer {offer} --hash {self.hash_of(offer)[:12]}", INGA)
        return self.aid

    @property
    def aid(self) -> Aid:
        """The request as it stands."""
        found: Aid = self.slack.tocsin.dispatcher.read("aid", AID)
        return found


def plain(text: str) -> str:
    """A reply as people read it."""
    return re.sub(r"\\[nu]\w*|[*`]", " ", text)
