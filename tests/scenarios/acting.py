"""What a scenario is written with: people who type, rooms, partners' inboxes, the board.

Everything goes through HTTP surfaces: the sandbox's control and partner endpoints, the hub's pages.
"""

from __future__ import annotations

import http.cookiejar
import itertools
import re
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from typing import Any

from sandbox.story.workspace import StoryError, Workspace, read
from tests.scenarios.coalition import ALICE, LOBBY, MEMBERS, Json
from tests.scenarios.house import House

NUMBER = re.compile(r"INC-\d{4}-\d{4}")
RUN = re.compile(r"INC-\d{4}-\d{4}-r\d+")
LINK = re.compile(r"http://[^\s|>]+/board/signin/[\w.-]+")
RECORDS = re.compile(r"^tocsin_records_total\{.*\} (.*)$", re.MULTILINE)
PATIENCE = 30.0  # of a busy machine; nothing here waits that long on an idle one
_TITLES = itertools.count(1)


@dataclass
class Incident:
    """An incident as people meet it: its number, its room, its notices in inboxes."""

    stage: Stage
    number: str
    room: str = ""

    def types(self, who: str, text: str) -> str:
        """Type a command in the room; returns the reply that only this person sees."""
        return self.stage.types(who, text, self.room)

    def headline(self) -> str:
        """The pinned headline as it stands now."""
        found = self.stage.workspace.wait("message", channel=self.room, pinned=True)
        return read(found)

    def headline_says(self, *texts: str) -> str:
        """Wait until the headline says all of this; returns it."""

        def says() -> str:
            now = self.headline()
            return now if all(text in now for text in texts) else ""

        try:
            return str(self.stage.workspace.until(says, f"{texts} in the headline"))
        except StoryError as error:
            raise AssertionError(f"{error}\nThe headline says:\n{self.headline()}") from None

    def says(self, text: str, **filters: Any) -> Json:
        """Wait until somebody or something says this in the room or a thread of it."""
        return self.stage.workspace.wait("message", channel=self.room, text=text, **filters)

    def messages(self, thread: str = "") -> list[Json]:
        """What stands in the room, or in one thread, as Alice sees it; oldest first."""
        query = {"user": ALICE, "channel": self.room, "limit": "200"}
        query |= {"thread_ts": thread} if thread else {}
        path = f"_control/messages?{urllib.parse.urlencode(query)}"
        return list(self.stage.workspace.ask(path)["messages"])

    def items(self, partner: str, channel: str = "", kind: str = "") -> list[Json]:
        """What a partner has received about this incident, newest first."""
        return [
            item
            for item in self.stage.workspace.inbox(partner)
            if item["incident_id"] == self.number
            and channel in ("", item["channel"])
            and kind in ("", item["kind"])
        ]

    def arrives(self, partner: str, channel: str, count: int = 1) -> Json:
        """Wait until a partner has this many notices of this incident on a channel; the newest."""

        def there() -> list[Json]:
            found = self.items(partner, channel)
            return found if len(found) >= count else []

        return dict(self.stage.workspace.until(there, f"{count} by {channel} to {partner}")[0])


@dataclass
class Stage:
    """One running house and everybody in it."""

    house: House
    workspace: Workspace = field(init=False)

    def __post_init__(self) -> None:
        self.workspace = Workspace(self.house.sandbox.url, patience=PATIENCE)

    # ------------------------------------------------------------------------------- people
    def types(self, who: str, text: str, where: str = LOBBY) -> str:
        """Type a slash command; returns the reply that only this person sees."""
        return self.workspace.command(who, where, text)

    def form(self, who: str, text: str, where: str = LOBBY) -> Json:
        """Type a slash command that opens a form; returns the form."""
        told = self.workspace.act("command", who, channel=where, text=text)
        (view,) = told["seen"]["views"]
        return dict(view)

    def submits(self, who: str, **values: Any) -> Json:
        """Fill in the open form and send it off; `result`, `errors` and `view` (what shows now)."""
        return self.workspace.act("view/submit", who, values=values)

    def opens(self, who: str = ALICE, options: str = "", *, room: bool = True) -> Incident:
        """Open an incident (S1, TLP:GREEN unless said otherwise), with its room unless not."""
        options = options if "--severity" in options else f"{options} --severity S1"
        options = options if "--tlp" in options else f"{options} --tlp GREEN"
        said = self.types(who, f"/incident open Scenario {next(_TITLES)} {options}")
        incident = Incident(self, number_in(said))
        if room:
            self.finds_room(incident, who)
        return incident

    def finds_room(self, incident: Incident, who: str = ALICE) -> None:
        """Wait until the room stands with its headline pinned, and remember where it is."""
        found = self.workspace.wait("channel", prefix=incident.number.lower(), user=who)
        incident.room = found["id"]
        self.workspace.wait("message", channel=incident.room, pinned=True)

    def rooms(self, incident: Incident) -> list[str]:
        """The names of all rooms that this incident has."""
        channels = self.workspace.ask("_control/state")["channels"]
        return [one["name"] for one in channels if one["name"].startswith(incident.number.lower())]

    def dms(self, who: str) -> str:
        """Everything that the app has told somebody directly."""
        told = self.workspace.ask(f"_control/inbox?user={who}")
        return "\n".join(read(one) for dm in told["dms"] for one in dm["messages"])

    # ------------------------------------------------------------------------------- faults
    def fault(self, **fault: Any) -> None:
        """Have Slack fail in a chosen way."""
        self.house.control("faults", fault)

    def at_rest(self) -> bool:
        """Whether nothing is unseen, due or being done."""
        numbers = self.house.get("/metrics")[1]
        names = ("tocsin_relay_lag_entries", "tocsin_effects_due", "tocsin_effects_held")
        return all(f"\n{name} 0.0" in numbers for name in names)

    def records(self) -> int:
        """How many records the log holds; the same number again means that nothing was done."""
        self.workspace.until(self.at_rest, "the house to be at rest", every=0.02)
        counted = RECORDS.findall(self.house.get("/metrics")[1])
        return sum(int(float(number)) for number in counted)

    def calm(self) -> None:
        """Nothing going on, no faults, nobody answers by themselves, no open forms."""
        self.workspace.until(self.at_rest, "the house to be at rest", every=0.02)
        request = urllib.request.Request(  # noqa: S310 - the sandbox
            f"{self.house.sandbox.url}/_control/faults", method="DELETE"
        )
        with urllib.request.urlopen(request, timeout=10):  # noqa: S310
            pass
        for partner in MEMBERS:
            calm: Json = {
                "ack_after_seconds": None,
                "webhook_replies": [],
                "via": "link",
                "note": "",
            }
            self.workspace.behave(partner, **calm, answer="acknowledge")
        for view in self.workspace.ask("_control/state")["views"]:
            if view["type"] == "modal":
                self.house.control("view/close", {"user": view["user"], "all": True})

    def deliveries(self, number: str) -> list[Json]:
        """Per notice, partner and channel of an incident: which ids came, and how often."""
        rows = self.workspace.ask("_control/partners/deliveries")["notices"]
        return [row for row in rows if row["notice_id"].startswith(number)]

    # -------------------------------------------------------------------------------- board
    def board(self, who: str, incident: Incident) -> Visitor:
        """Sign in by the one-time link that Slack hands out; the incident's page."""
        link = self.way_in(who)
        return Visitor(self.house.hub, link, f"/board/{incident.number}")

    def way_in(self, who: str) -> str:
        """The one-time link that `/incident list` gives somebody."""
        told = self.workspace.act("command", who, channel=LOBBY, text="/incident list all")
        found = LINK.search(str(told["seen"]["messages"]))
        assert found, "the list offers no way into the board"
        return found.group()


class Visitor:
    """A browser without JavaScript, signed in at the board."""

    def __init__(self, hub: str, link: str, page: str) -> None:
        self.hub, self.page = hub, page
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(jar)
        self._ask(urllib.request.Request(link, data=b"", headers={"Origin": hub}))  # noqa: S310

    def _ask(self, request: urllib.request.Request) -> str:
        with self._opener.open(request, timeout=10) as answer:
            return str(answer.read().decode())

    def reads(self) -> str:
        """The page as text."""
        page = self._ask(urllib.request.Request(f"{self.hub}{self.page}"))  # noqa: S310
        return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def number_in(said: str) -> str:
    """The incident's number in a reply."""
    found = NUMBER.search(said)
    assert found, f"no incident's number in: {said}"
    return found.group()
