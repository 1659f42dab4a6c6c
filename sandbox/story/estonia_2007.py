"""Estonia, spring 2007: the events in their order, some twenty days in a minute and a half.

Public facts: unrest from 26 April, forum-shared ping scripts against some 18 targets on the 27th,
coordination from the 30th, the call for help to foreign teams on 3 May, banks down on the 9th and
10th, the end on the 18th; who did it was never resolved. People and words are made up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sandbox.scenarios import ack_seconds
from sandbox.story.telling import NUMBER, Telling

SCENARIO = "estonia-2007"
LOBBY = "duty-officers"
ALICE, MART, LIIS, INGA = "ee-alice", "ee-mart", "ee-liis", "lv-inga"
WARNED = ("lv", "fi")
TOLD = {"lv": "webhook", "fi": "webhook", "lt": "mail", "no": "webhook", "si": "webhook"}
WARNING, ALERT, HELP = 1, 2, 4  # the notices, as Tocsin numbers them
JONAS = "lt-jonas"
HELPERS = ("fi", "lv", "lt")  # who has something that fits is asked first
LITHUANIA, LATVIA = 2, 3  # the numbers of their offers
REQUEST = re.compile(r"AID-\d{4}-\d{4}")
TERMS = (
    "--legal-basis charter --liability Each side bears its own --confidentiality As labelled "
    "--command CERT-LV --control CERT-EE --bearer ee --cap 5000 --hold 14"
)
BILL = (
    f"personnel 3600 Four people, ten nights sha256:{'3a' * 32}; "
    f"licences 250.50 Log analysis sha256:{'7c' * 32}"
)


@dataclass
class Story(Telling):
    """Six CERTs, one incident, four notices, one silent partner, one team that helps."""

    request: str = ""
    help: str = ""

    def play(self) -> str:
        """Tell it all; returns the report with the ledger (Markdown)."""
        self.introduction()
        self.warning()
        self.opening()
        self.alert()
        self.silence()
        self.aid()
        self.escalation()
        return self.ending()

    def introduction(self) -> None:
        """Say what there is to see."""
        self.tell.explain(
            "Six national CERTs share one Tocsin. You see what people type in Slack (a local "
            "workspace stands in), what Tocsin answers (→), and what reaches the partners in their "
            f"own inboxes. Nobody acts but through those. Look on as Alice of CERT-EE: "
            f"{self.workspace.url.rstrip('/')}/u/{ALICE}"
        )
        self.pause(4)

    def warning(self) -> None:
        """27 April: three fields, and the neighbours know."""
        self.tell.chapter("27 April 2007, Tallinn. Ping scripts are shared; 18 sites are targets.")
        answer = self.type(
            ALICE,
            LOBBY,
            "/incident warn Ping floods against government and news sites; scripts are shared on "
            "forums, about 18 targets --members lv,fi --tlp GREEN",
        )
        found = NUMBER.search(answer)
        self.incident = found.group() if found else ""
        for partner in WARNED:
            self.arrives(partner, "webhook", "the early warning")
        self.answers(WARNING, "the early warning", *WARNED)
        self.pause(2)

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
        self.tell.say("Tocsin", f"makes #{room['name']}, invites all six, pins a headline in it")
        self.type(ALICE, self.room, f"/incident role scribe @{MART}")
        ts = self.says(MART, "Parliament, ministries and two dailies are down.")
        self.workspace.react(MART, self.room, ts, "pushpin")
        self.tell.say(self.name(MART), "reacts with 📌: the message is in the timeline")
        self.pause(2)

    def alert(self) -> None:
        """3 May: CERT-EE turns to its neighbours, by a playbook."""
        self.tell.chapter("3 May. CERT-EE turns to its neighbours: a playbook tells every partner.")
        late = 2 * ack_seconds(SCENARIO, self.speed) + 1  # after the alarm, so that it comes once
        self.type(
            ALICE,
            self.room,
            "/playbook run cross-border-ddos service=“government, banks and media” "
            f"chase_after={late}s remind_every=1h",
        )
        for partner, channel in TOLD.items():
            self.arrives(partner, channel, "the alert")
        self.answers(ALERT, "the alert", "lv", "fi", "lt")
        self.headline("notice 2", "3 of 5 acknowledged")

    def silence(self) -> None:
        """Two are silent: the next channel, and then a human with a telephone."""
        self.tell.chapter("Two partners are silent. When their time is up, the next channel.")
        for partner in ("no", "si"):
            self.arrives(partner, "mail", "the same alert, now")
        self.answers(ALERT, "the alert", "no")
        self.workspace.behave("no", reads=["webhook", "mail"], answer="acknowledge", note="")
        self.type(
            ALICE,
            self.room,
            "/incident notify Packets come from 30 hosting networks in Norway; the list is on the "
            "board. --members no --kind sitrep --yes",
        )
        self.tell.chapter("One stays silent, and no channel is left: Tocsin calls a human.")
        alarm = self.room_says("SI-CERT has not acknowledged")
        self.tell.say("Tocsin", self.shown(alarm))
        self.pause(3)
        self.presses(ALICE, alarm, "I take it in hand")
        self.type(ALICE, self.room, "/incident note Phoned SI-CERT: they know, and look for hosts.")

    def aid(self) -> None:
        """The upstream refuses: a request for help, three offers, and a recommendation."""
        self.tell.chapter("The provider cannot filter: help is asked for, and two must agree.")
        question = self.room_says("Is upstream filtering")
        self.tell.say("Tocsin", self.shown(question))
        self.workspace.behave("fi", answer="offer", note="Scrubbing for two uplinks in an hour")
        self.workspace.behave("lv", ack_after_seconds=None)
        self.workspace.behave("lt", answer="offer", note="Half of our filters, in two days")
        self.type(ALICE, self.room, "/playbook answer filtering=refused")
        self.request = self.called(LIIS, REQUEST)
        self.type(LIIS, self.room, f"/aid accept {self.request} --approve")
        for partner in HELPERS:
            self.arrives(partner, TOLD[partner], "the request for help")
        self.answers(HELP, "the request for help", "fi")
        self.answers(HELP, "the request for help", "lt")
        if not self.proved("lt", HELP):  # without gpg it answers by a link, which proves nothing
            self.type(JONAS, self.room, f"/aid accept {self.request} --offer {LITHUANIA}")
        self.headline(f"Offer {LITHUANIA}, NKSC-LT")
        self.type(
            INGA,
            self.room,
            f"/aid offer {self.request} --capability lv-ir-team --size 4 --starts 12h --days 10 "
            "--cost 4000",
        )
        self.headline("Item 2: CERT-LV", "takes effect")
        self.headline("Item 1: NCSC-FI", "takes effect")
        self.type(ALICE, self.room, f"/aid match {self.request} --why lt")
        self.agreement()
        self.pause(3)

    def agreement(self) -> None:
        """Terms in writing, signed by a named person on each side; then the team comes."""
        self.tell.chapter("Alice chooses Latvia's team. Both sides sign one text, and it comes.")
        offer = f"/aid accept {self.request} --offer {LATVIA}"
        self.signs(ALICE, f"{offer} {TERMS}")
        self.signs(INGA, offer)
        self.tell.say("Tocsin", self.shown(self.room_says("Accepted: offer"), 200))
        deploy = f"/aid deploy {self.request} --offer {LATVIA}"
        self.type(INGA, self.room, deploy)
        self.type(INGA, self.room, deploy)
        self.type(INGA, self.room, f"{deploy} --note Filter rules for both banks hold --next 6h")

    def escalation(self) -> None:
        """9 May: two banks; Latvia sees it too."""
        self.tell.chapter("9 May. 58 sites are down, a bank for an hour and a half. It spreads.")
        self.type(INGA, self.room, "/incident update --members lv")
        self.type(
            ALICE, self.room, "/incident severity S3 Banks are down; sources in five countries"
        )
        self.type(ALICE, self.room, "/incident update Both banks are back at home --next 1h")
        task = f"/incident task Send the list of sources to all --assignee @{MART}"
        given = self.type(ALICE, self.room, task)
        number = given.partition("Task ")[2].partition(" ")[0]
        self.type(MART, self.room, f"/incident task done {number}")
        self.type(ALICE, self.room, "/incident status contained")
        self.pause(2)

    def ending(self) -> str:
        """18 May: it ends; what was learned; who did it stays open."""
        self.tell.chapter("18 May. The main campaign ends after 22 days.")
        self.type(ALICE, self.room, "/playbook cancel The main campaign has ended")
        self.settling()
        self.type(
            ALICE,
            self.room,
            "/incident close --cause Rented botnets and shared scripts; attribution unresolved "
            "--lessons Agree on filtering at the source before it is needed",
        )
        self.workspace.wait("message", channel=self.room, user=ALICE, text="closed")
        return self.type(ALICE, self.room, "/incident report")

    def settling(self) -> None:
        """The team goes home; a bill, a settlement, thanks."""
        about = f"{self.request} --offer {LATVIA}"
        self.type(ALICE, self.room, f"/aid complete {about} The floods are over")
        self.type(INGA, self.room, f"/aid complete {about}")
        self.type(
            INGA,
            self.room,
            f"/aid complete {about} --report Filters for two banks, ten days --lessons Rules first",
        )
        self.type(INGA, self.room, f"/aid cost {about} {BILL}")
        self.type(LIIS, self.room, f"/aid cost {about} --settle SEPA 2007-118")
        self.type(ALICE, self.room, f"/aid complete {self.request} --close Thank you, neighbours")
        self.help = self.type(ALICE, self.room, f"/aid list {self.request}")
