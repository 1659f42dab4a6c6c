"""A small IMAP server (RFC 3501, what a poller uses of it) on 127.0.0.1, with one mailbox."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

PERMANENT = r"(\Seen \Flagged \*)"


@dataclass
class Imap:
    """The mailbox `INBOX`; tests look at its flags and at what was asked."""

    port: int = 0
    permanent: str = PERMANENT
    validity: int = 7
    mails: dict[int, bytes] = field(default_factory=dict)
    flags: dict[int, set[str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    refusing: bool = False

    @property
    def url(self) -> str:
        return f"imap://hub:secret%20word@127.0.0.1:{self.port}/INBOX?every=1&starttls=never"

    def put(self, raw: bytes) -> int:
        uid = len(self.mails) + 101
        self.mails[uid] = raw
        self.flags[uid] = set()
        return uid

    def matching(self, criteria: str) -> str:
        wanted = criteria.split()
        absent = r"\Seen" if wanted[0] == "UNSEEN" else wanted[1]
        return " ".join(str(uid) for uid in self.mails if absent not in self.flags[uid])


class _Conversation(socketserver.StreamRequestHandler):
    box: Imap

    def handle(self) -> None:
        self._say("* OK ready")
        for line in self.rfile:
            tag, _, command = line.decode().strip().partition(" ")
            self.box.asked.append(command.split(" ")[0])
            if self.box.refusing or not self._answer(command):
                self._say(f"{tag} NO not now")
            else:
                self._say(f"{tag} OK done")
            if command.startswith("LOGOUT"):
                return

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")

    def _answer(self, command: str) -> bool:
        box = self.box
        if command == "CAPABILITY":
            self._say("* CAPABILITY IMAP4rev1")
        elif command.startswith("LOGIN"):
            return command == 'LOGIN hub "secret word"'
        elif command.startswith("SELECT"):
            self._say(f"* {len(box.mails)} EXISTS")
            self._say(f"* OK [UIDVALIDITY {box.validity}] ids")
            self._say(f"* OK [PERMANENTFLAGS {box.permanent}] flags")
            return command == 'SELECT "INBOX"'
        elif command.startswith("UID SEARCH"):
            self._say(f"* SEARCH {box.matching(command.removeprefix('UID SEARCH '))}")
        elif found := re.fullmatch(r"UID FETCH (\d+) \((\S+)\)", command):
            self._fetch(int(found[1]), found[2])
        elif found := re.fullmatch(r"UID STORE (\d+) \+FLAGS \((.*)\)", command):
            box.flags[int(found[1])] |= set(found[2].split())
        return True

    def _fetch(self, uid: int, what: str) -> None:
        raw = self.box.mails[uid]
        if what == "RFC822.SIZE":
            self._say(f"* 1 FETCH (UID {uid} RFC822.SIZE {len(raw)})")
        else:
            self.wfile.write(f"* 1 FETCH (UID {uid} BODY[] {{{len(raw)}}}\r\n".encode() + raw)
            self._say(")")


@contextmanager
def imap_server() -> Iterator[Imap]:
    box = Imap()
    handler = type("Conversation", (_Conversation,), {"box": box})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        box.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()
