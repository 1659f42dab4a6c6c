"""What every story is told with: people who type, partners who get notices and answer them."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.story.narration import plain
from sandbox.story.workspace import StoryError, read

if TYPE_CHECKING:
    from sandbox.story.narration import Narrator
    from sandbox.story.workspace import Json, Workspace

NUMBER = re.compile(r"INC-\d{4}-\d{4}")
REFUSED = ("Not done", "Not recorded")
BY = {"webhook": "by signed webhook", "mail": "by mail"}
ANSWERED = {
    "acknowledge": "acknowledges",
    "accept": "accepts",
    "decline": "declines",
    "need_info": "needs to know more about",
    "offer": "offers help on",
    "affected": "says whether it is affected by",
}
PROOF = {
    "webhook_api": "by its own system, signed",
    "link": "on the answer page",
    "mail": "by mail, signed with its OpenPGP key",
}


@dataclass
class Telling:
    """One telling. `speed` is how many times faster than written people act."""

    workspace: Workspace
    tell: Narrator
    speed: float
    incident: str = ""
    room: str = ""
    _partners: dict[str, str] = field(default_factory=dict)
    _people: dict[str, str] = field(default_factory=dict)
    _seen: dict[str, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        told = self.workspace.ask("partners/")["partners"]
        self._partners = {partner["id"]: partner["name"] for partner in told}
        users = self.workspace.ask("_control/users")["users"]
        self._people = {user["id"]: user["real_name"] for user in users}
        self._members = {user["name"]: user for user in users}

    # ------------------------------------------------------------------------------- people
    def pause(self, seconds: float) -> None:
        """Let the audience read."""
        time.sleep(seconds / self.speed)

    def name(self, user: str) -> str:
        """`Alice, CERT-EE`."""
        person = self._members[user]
        return f"{person['real_name'].split()[0]}, {self._partners[person['member']]}"

    def type(self, user: str, where: str, text: str) -> str:
        """Somebody types a command; tells what they typed and what they were answered.

        Raises:
            StoryError: it was refused; with the reason.
        """
        self.tell.say(self.name(user), text)
        answer = self.workspace.command(user, where, text)
        said = [line for line in answer.splitlines() if line and not line.startswith("*TLP:")]
        if not said or said[0].startswith(REFUSED):
            reason = plain(" ".join(said)) or "nothing was answered"
            raise StoryError(f"{self.name(user)} typed {text!r}. {reason}")
        self.tell.answer(plain(said[0], self._people))
        self.pause(1.5)
        return answer

    def signs(self, user: str, text: str) -> None:
        """Somebody types a command that shows terms, reads them, and signs what was shown.

        Raises:
            StoryError: no form opened, or the signature was refused.
        """
        self.tell.say(self.name(user), text)
        seen = self.workspace.act("command", user, channel=self.room, text=text)["seen"]
        if not seen["views"]:
            answer = " ".join(read(one) for one in seen["messages"] if one.get("ephemeral"))
            raise StoryError(f"{self.name(user)} typed {text!r}: no form. {plain(answer)}")
        terms = [plain(line, self._people) for line in read(seen["views"][-1]).splitlines()]
        shown = [line for line in terms if line.startswith(("Hash:", "Cost cap:", "Who pays:"))]
        self.tell.answer(f"The terms are shown. {' · '.join(shown)}")
        done = self.workspace.act("view/submit", user, values={})
        said = [plain(line, self._people) for line in read(done["view"] or {}).splitlines()]
        signed = [line for line in said if "signed the terms" in line]
        if not signed:
            raise StoryError(f"{self.name(user)} could not sign: {said or done['errors']}")
        self.tell.say(self.name(user), "signs what was shown")
        self.tell.answer(signed[0])
        self.workspace.act("view/close", user)
        self.pause(1.5)

    def called(self, user: str, what: re.Pattern[str]) -> str:
        """Wait until the app has told somebody directly about something; what it is called."""

        def told() -> str:
            inbox = self.workspace.ask(f"_control/inbox?user={user}")
            texts = [read(one) for dm in inbox["dms"] for one in dm["messages"]]
            found = [one for text in texts for one in what.findall(text)]
            return str(found[-1]) if found else ""

        found: str = self.workspace.until(told, f"a direct message to {self.name(user)}")
        self.tell.say(self.name(user), f"is told directly that {found} waits for an approver")
        return found

    def says(self, user: str, text: str) -> str:
        """Somebody writes in the room; returns the ts."""
        self.tell.say(self.name(user), f"writes: {text}")
        return self.workspace.say(user, self.room, text)

    def presses(self, user: str, message: Json, label: str) -> None:
        """Somebody presses a button of a message, reads the page that opens, and closes it."""
        self.tell.say(self.name(user), f"presses “{label}”")
        seen = self.workspace.click(user, self.room, message, label)["seen"]
        for view in seen["views"]:
            self.tell.answer(plain(read(view).splitlines()[0], self._people))
            self.workspace.act("view/close", user)
        self.pause(1.5)

    def room_says(self, text: str) -> Json:
        """Wait until a message of the app in the room says this."""
        return self.workspace.wait("message", channel=self.room, text=text)

    def shown(self, message: Json, longest: int = 600) -> str:
        """A message as people read it."""
        text = plain(message["text"], self._people)
        return text if len(text) <= longest else text[: longest - 1].rsplit(" ", 1)[0] + " …"

    def headline(self, *texts: str) -> None:
        """Wait until the pinned headline says this, and tell the line of it that does."""

        def lines() -> list[str]:
            found = self.workspace.wait("message", channel=self.room, pinned=True)
            now = [plain(line, self._people) for line in read(found).splitlines()]
            return [line for line in now if all(text in line for text in texts)]

        line = self.workspace.until(lines, f"a headline that says {', '.join(texts)}")[-1]
        self.tell.say("Tocsin", f"changes the pinned headline: {line}")

    # ----------------------------------------------------------------------------- partners
    def arrives(self, partner: str, channel: str, what: str) -> Json:
        """Wait until something new has come to a partner on a channel, and tell it."""
        known = self._seen.setdefault(partner, set())

        def new() -> list[Json]:
            return [
                item
                for item in self.workspace.inbox(partner)
                if item["channel"] == channel and item["id"] not in known
            ]

        where = f"{self._partners[partner]} {BY[channel]}"
        item: Json = self.workspace.until(new, f"{what} to {where}")[-1]
        known.add(item["id"])
        self.tell.say(self._partners[partner], f"gets {what} {BY[channel]}, {item['label']}")
        return item

    def answers(self, notice: int, what: str, *partners: str) -> None:
        """Wait until these have answered a notice, in whatever order, and tell each answer."""
        left = list(partners)

        def one() -> tuple[str, dict[str, Any]] | None:
            for partner in left:
                for answer in self.workspace.answers(partner):
                    if answer["notice_id"] == f"{self.incident}-n{notice}-{partner}":
                        self._check(partner, answer)
                        if answer["state"] == "answered":
                            return partner, answer
            return None

        while left:
            names = ", ".join(self._partners[partner] for partner in left)
            awaited = f"{names} to answer {what} (notice {notice})"
            partner, answer = self.workspace.until(one, awaited)
            left.remove(partner)
            how = f"{ANSWERED[answer['answer']]} {what} {PROOF[answer['via']]}"
            note = self._note(partner) if answer["answer"] != "acknowledge" else ""
            self.tell.say(self._partners[partner], f"{how}{note}")

    def proved(self, partner: str, notice: int) -> bool:
        """Whether the answer to a notice came by a way that proves who gave it."""
        wanted = f"{self.incident}-n{notice}-{partner}"
        given = [one for one in self.workspace.answers(partner) if one["notice_id"] == wanted]
        return any(one["via"] != "link" for one in given)

    def _check(self, partner: str, answer: Json) -> None:
        if answer["state"] == "gave_up":
            why = " ".join(answer["log"])
            raise StoryError(f"{self._partners[partner]} could not answer: {why}")

    def _note(self, partner: str) -> str:
        behaviour = self.workspace.ask(f"_control/partners/{partner}/behaviour")["behaviour"]
        return f": “{behaviour['note']}”" if behaviour["note"] else ""
