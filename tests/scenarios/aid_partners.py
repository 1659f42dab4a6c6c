"""The hands of the two who are not in Slack: each acts by its own channel, and by no other."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook

from sandbox.partners.openpgp import answer_mail, drop
from tests.scenarios.acting import Incident, Stage
from tests.scenarios.aid_coalition import MAILBOX, AidHouse
from tests.scenarios.coalition import SECRET, Json
from tests.scenarios.house import request

HASH = re.compile(r"\b[0-9a-f]{64}\b")


@dataclass
class Partner:
    """What both have: an inbox, in which the request lies first and the terms after it."""

    stage: Stage
    incident: Incident
    member: str
    channel: str
    aid: str = ""
    count: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def gets(self, number: int) -> Json:
        """Wait until this many notices have come by the own channel; the newest."""
        return self.incident.arrives(self.member, self.channel, number)

    def terms_hash(self) -> str:
        """Wait for the terms (the second notice); the hash that they say they have."""
        (found,) = set(HASH.findall(self.gets(2)["text"]))
        return str(found)


class ByMail(Partner):
    """NKSC-LT: a mail program and gpg. Every mail answers the newest notice."""

    def mails(self, text: str) -> None:
        """Reply, signed and sealed, with what is answered quoted below; into the mail drop."""
        house = self.stage.house
        assert isinstance(house, AidHouse)
        notice = self.stage.workspace.inbox(self.member)[0]
        quoted = "\n".join(f"> {line}" for line in notice["text"].splitlines())
        said = f"{text}\n\nThe hub wrote:\n{quoted}\n"
        post, sender = house.post, f"NKSC-LT <{MAILBOX}>"
        raw = answer_mail(post.keys[self.member], notice["headers"], sender, said)
        drop(post.drop, raw, f"{next(self.count)}.lt.partners")

    def acts(self, word: str, *lines: str, **fields: Any) -> None:
        """An act of mutual aid, as docs/mutual-aid.md has it written."""
        said = [f"aid: {word}", *(f"{name}: {value}" for name, value in fields.items()), *lines]
        self.mails("\n".join(said))


class ByWebhook(Partner):
    """NCSC-FI: a system that posts to the hub's inbox, signed with the secret they share."""

    def acts(self, word: str, **fields: Any) -> None:
        """An act of mutual aid; the hub says at once that it is recorded."""
        now, id = datetime.now(UTC), f"act_{next(self.count)}"
        data = {"aid": self.aid, "act": word, **fields}
        body = json.dumps({"type": "aid.act", "data": data})
        headers = {
            "content-type": "application/json",
            "webhook-id": id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(SECRET).sign(id, now, body),
        }
        url = f"{self.stage.house.hub}/api/v1/inbox/{self.member}"
        status, said = request(url, body.encode(), headers)
        assert (status, json.loads(said).get("status")) == (200, "recorded"), said
