"""Estonia, spring 2007: the events in their order, some twenty days in a minute or two.

Public facts: unrest from 26 April, forum-shared ping scripts against some 18 targets on the 27th,
coordination from the 30th, the call for help to foreign teams on 3 May, banks down on the 9th and
10th, the end on the 18th; who did it was never resolved. People and words are made up.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.story.workspace import StoryError

if TYPE_CHECKING:
    from sandbox.story.narration import Narrator
    from sandbox.story.workspace import Workspace

LOBBY = "duty-officers"
ALICE, MART, INGA = "ee-alice", "ee-mart", "lv-inga"
NUMBER = re.compile(r"INC-\d{4}-\d{4}")


@dataclass
class Story:
    """One telling. `speed` is how many times faster than written people act."""

    workspace: Workspace
    tell: Narrator
    speed: float
    incident: str = ""
    room: str = ""
    known: dict[str, set[str]] = field(default_factory=dict)

    def play(self) -> str:
        """Tell it all; returns the report with the ledger (Markdown)."""
        self.warning()
        self.opening()
        self.notices()
        self.silence()
        self.escalation()
        return self.ending()

    # ------------------------------------------------------------------------------ helpers
    def pause(self, seconds: float) -> None:
        """Let the audience read."""
        time.sleep(seconds / self.speed)

    def type(self, user: str, where: str, text: str) -> str:
        """Somebody types a command; tells what they typed and were answered."""
        self.tell.say(user, text)
        answer = self.workspace.command(user, where, text)
        lines = [line for line in answer.splitlines() if line and "TLP:" not in line]
        if lines:
            self.tell.say("", f"  ↳ {lines[0][:140]}")
        return answer

    def arrived(self, partner: str, channel: str, known: set[str]) -> dict[str, Any]:
        """Wait for something new in a partner's inbox on a channel; returns the item."""
        deadline = time.monotonic() + self.workspace.patience
        while time.monotonic() < deadline:
            for item in self.workspace.inbox(partner):
                fresh = item["id"] not in known and item["channel"] == channel
                if fresh and item["accepted"] and not item.get("repeat_of"):
                    known.add(item["id"])
                    return item
            time.sleep(0.2)
        raise StoryError(f"nothing came to {partner} by {channel}")

    # ------------------------------------------------------------------------------- scenes
    def warning(self) -> None:
        """27 April: three fields, and the neighbours know."""
        self.tell.chapter("27 April 2007, Tallinn. Forums share ping scripts; 18 targets.")
        answer = self.type(
            ALICE,
            LOBBY,
            "/incident warn Ping floods against government and news sites; scripts are shared on "
            "forums, about 18 targets --members lv,fi --tlp GREEN",
        )
        found = NUMBER.search(answer)
        if not found:
            raise StoryError(f"the warning was answered without a number: {answer!r}")
        self.incident = found.group()
        for partner in ("lv", "fi"):
            self.arrived(partner, "webhook", self.seen(partner))
            self.tell.say(partner, "has the early warning (signed webhook)")
        self.pause(6)

    def seen(self, partner: str) -> set[str]:
        """Items of a partner that the story has told of already."""
        return self.known.setdefault(partner, set())

    def opening(self) -> None:
        """30 April: it is coordinated; the room opens."""
        self.tell.chapter("30 April. The floods are coordinated now: the room opens.")
        self.type(
            ALICE,
            LOBBY,
            f"/incident open DDoS on government, banks and media --incident {self.incident} "
            "--severity S2 --tlp GREEN --kind ddos --invite lv,lt,fi,no,si",
        )
        name = self.incident.lower()
        room = self.workspace.wait("channel", prefix=name, user=ALICE)
        self.room = room["id"]
        self.workspace.wait("message", channel=self.room, user=ALICE, pinned=True)
        self.workspace.wait("channel", prefix=name, user=INGA)
        self.tell.say(
            "tocsin", f"opened #{room['name']}, invited all six members, pinned the state"
        )
        self.type(ALICE, self.room, "/incident role scribe @ee-mart")
        ts = self.workspace.say(MART, self.room, "Riigikogu, ministries and two dailies are down.")
        self.workspace.react(MART, self.room, ts, "pushpin")
        self.tell.say(MART, "writes, and pins the message to the timeline with an emoji")
        self.pause(3)

    def notices(self) -> None:
        """3 May: CERT-EE asks its neighbours, by a playbook."""
        self.tell.chapter("3 May. CERT-EE calls for help: the playbook warns every partner.")
        self.type(
            ALICE,
            self.room,
            "/playbook run cross-border-ddos service=“government, banks and media” "
            f"chase_after={max(4, int(60 / self.speed))}s",
        )
        for partner, channel, how in (
            ("lv", "webhook", "signed webhook"),
            ("fi", "webhook", "signed webhook"),
            ("lt", "mail", "mail, all this team has"),
            ("no", "webhook", "signed webhook"),
            ("si", "webhook", "signed webhook"),
        ):
            self.arrived(partner, channel, self.seen(partner))
            self.tell.say(partner, f"has the notice ({how})")
        for name in ("CERT-LV", "NCSC-FI", "NKSC-LT"):
            self.workspace.wait("message", channel=self.room, user=ALICE, text=name)
        self.tell.say("", "  CERT-LV, NCSC-FI and NKSC-LT have acknowledged")

    def silence(self) -> None:
        """Two are silent: the next channel, and then a human with a telephone."""
        self.tell.chapter("Two partners are silent. Tocsin goes on to their next channel.")
        for partner in ("no", "si"):
            self.arrived(partner, "mail", self.seen(partner))
            self.tell.say(partner, "did not answer in time: now it has the notice by mail")
        alarm = self.workspace.wait("message", channel=self.room, user=ALICE, text="+386 555 0100")
        self.tell.say("tocsin", f"ALARM: {' '.join(alarm['text'].split())[:150]}")
        self.pause(3)
        self.type(
            ALICE, self.room, "/incident note Phoned SI-CERT: duty officer has it, answers by mail."
        )

    def escalation(self) -> None:
        """9 May: two banks; Latvia sees it too."""
        self.tell.chapter("9 May. 58 sites down, Hansapank for an hour and a half. It spreads.")
        self.type(
            ALICE, self.room, "/incident severity S3 Banks are down; sources in five countries"
        )
        self.type(INGA, self.room, "/incident update --members lv")
        self.type(
            ALICE, self.room, "/incident update Both banks reachable again from inside --next 1h"
        )
        self.type(
            ALICE, self.room, "/incident task Send the list of sources to all --assignee @ee-mart"
        )
        self.type(MART, self.room, "/incident task done 1")
        self.type(ALICE, self.room, "/incident status contained")
        self.pause(3)

    def ending(self) -> str:
        """18 May: it ends; what was learned; who did it stays open."""
        self.tell.chapter("18 May. The main campaign ends after 22 days.")
        self.type(ALICE, self.room, "/playbook cancel The main campaign has ended")
        self.type(
            ALICE,
            self.room,
            "/incident close --cause Rented botnets and shared scripts; attribution unresolved "
            "--lessons Agree on filtering at the source before it is needed",
        )
        self.workspace.wait("message", channel=self.room, user=ALICE, text="closed")
        return self.type(ALICE, self.room, "/incident report")
