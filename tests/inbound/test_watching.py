"""Mail from a Maildir and from a mailbox: each once, none in another's way."""

from __future__ import annotations

import os
import threading
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from coalition.domain.errors import TransientError
from coalition.domain.mailbox import parse_mailbox
from tests.inbound import letters
from tests.inbound.imap_server import imap_server
from tests.inbound.letters import QUOTE, reply
from tests.notices.stage import INCIDENT, Stage, member, stage
from tests.openpgp.homes import Homes
from workers.inbound import maildrop
from workers.inbound.mailbox import Mailbox
from workers.inbound.maildrop import MailDrop
from workers.inbound.sources import Source
from workers.inbound.watching import LEASE_SECONDS, TRIES, Watcher, sources

pytestmark = pytest.mark.anyio

ANSWERS = ("acknowledge", "accept", "decline", "need_info")


@pytest.fixture
async def on(homes: Homes, tmp_path: Path) -> AsyncIterator[Stage]:
    """An incident with a notice to CERT-LV, and a mail drop."""
    box = {"kind": "email", "to": "cert@cert.lv.example", "ceiling": "TLP:AMBER",
           "openpgp": homes.lv.fingerprint, "key": "lv.asc"}  # fmt: skip
    async with stage(
        tmp_path / "data", [member("lv", [box])], gnupg_home=homes.hub.path,
        coalition=homes.base / "coalition.yaml", mail_drop=tmp_path / "drop",
    ) as play:  # fmt: skip
        play.issue(answers=ANSWERS)
        yield play


@pytest.fixture
def drop(on: Stage) -> Path:
    folder = on.tocsin.settings.mail_drop
    assert folder is not None
    for name in ("tmp", "new", "cur"):
        (folder / name).mkdir(parents=True)
    return folder


def watcher(on: Stage) -> Watcher:
    return Watcher(on.tocsin, sources(on.tocsin.settings), threading.Event())


def deliver(drop: Path, name: str, raw: bytes) -> None:
    """As a mail server does: written aside, then moved."""
    (drop / "tmp" / name).write_bytes(raw)
    (drop / "tmp" / name).rename(drop / "new" / name)


def answer(on: Stage) -> str | None:
    found: str | None = (
        on.tocsin.dispatcher.read("incident", INCIDENT).notices["1"].recipients["lv"].answer
    )
    return found


def in_folder(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def counted(on: Stage) -> dict[str, int]:
    return {name: count for name, count in on.tocsin.tallies.read().items() if count}


async def test_a_dropped_answer_is_taken_and_kept(homes: Homes, on: Stage, drop: Path) -> None:
    deliver(drop, "1.a", letters.sealed(homes, homes.lv, reply(f"accept\n{QUOTE}")))
    watcher(on).look()
    assert answer(on) == "accept"
    assert in_folder(drop / "new") == []
    assert in_folder(drop / "cur") == ["1.a:2,S"]
    assert counted(on) == {"mail_answer": 1}


async def test_a_crash_between_acting_and_marking_repeats_nothing(
    homes: Homes, on: Stage, drop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(drop, "1.a", letters.sealed(homes, homes.lv, reply(f"accept\n{QUOTE}")))
    with monkeypatch.context() as patch:
        patch.setattr(on.tocsin.mail_memory, "remember", _die)
        with pytest.raises(KeyboardInterrupt):
            watcher(on).look()
    before = on.tocsin.dispatcher.read_versioned("incident", INCIDENT)[0]
    on.clock.move(timedelta(seconds=LEASE_SECONDS + 1))
    watcher(on).look()
    assert on.tocsin.dispatcher.read_versioned("incident", INCIDENT)[0] == before
    assert in_folder(drop / "cur") == ["1.a:2,S"]


def _die(digest: str) -> None:
    raise KeyboardInterrupt


async def test_the_same_mail_delivered_twice_is_seen_to_once(
    homes: Homes, on: Stage, drop: Path
) -> None:
    raw = letters.sealed(homes, homes.lv, reply(f"Hm?\n{QUOTE}"))
    deliver(drop, "1.a", raw)
    deliver(drop, "2.a", raw)
    watcher(on).look()
    assert counted(on) == {"mail_unclear": 1}
    assert in_folder(drop / "cur") == ["1.a:2,FS", "2.a:2,S"]


async def test_what_nobody_can_read_stands_in_nobodys_way(
    homes: Homes, on: Stage, drop: Path
) -> None:
    deliver(drop, "1.garbage", os.urandom(5000))
    deliver(drop, "2.empty", b"")
    deliver(drop, "3.deep", b"Content-Type: message/rfc822\n\n" * 5000)
    with (drop / "new" / "4.large").open("wb") as file:
        file.truncate(50_000_000)
    (drop / "new" / "5.folder").mkdir()
    (drop / "new" / "6.link").symlink_to("/etc/passwd")
    os.mkfifo(drop / "new" / "7.pipe")
    (drop / "new" / ".hidden").write_text("x")
    deliver(drop, "8.good", letters.sealed(homes, homes.lv, reply(f"decline\n{QUOTE}")))
    watcher(on).look()
    assert answer(on) == "decline"
    assert in_folder(drop / "new") == [".hidden"]
    assert counted(on) == {"mail_answer": 1, "mail_trouble": 5, "mail_unrelated": 2}


async def test_a_mail_that_breaks_us_again_and_again_is_left_to_people(
    homes: Homes, on: Stage, drop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(drop, "1.bad", reply("accept").as_bytes())
    deliver(drop, "2.good", letters.sealed(homes, homes.lv, reply(f"decline\n{QUOTE}")))
    one = watcher(on)
    real = one._taker.take

    def take(raw: bytes) -> object:
        if b"PGP" not in raw:
            raise ZeroDivisionError
        return real(raw)

    monkeypatch.setattr(one._taker, "take", take)
    for _ in range(TRIES + 1):
        one._due = dict.fromkeys(one._due, 0.0)
        one.look()
    assert answer(on) == "decline"
    assert in_folder(drop / "cur") == ["1.bad:2,FS", "2.good:2,S"]


async def test_a_mail_that_lacks_something_waits_and_lets_the_others_pass(
    homes: Homes, on: Stage, drop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(drop, "1.a", reply("accept").as_bytes())
    deliver(drop, "2.b", letters.sealed(homes, homes.lv, reply(f"decline\n{QUOTE}")))
    one = watcher(on)
    real = one._taker.take

    def take(raw: bytes) -> object:
        if b"PGP" not in raw:
            raise TransientError("gpg cannot be started")
        return real(raw)

    monkeypatch.setattr(one._taker, "take", take)
    one.look()
    assert answer(on) == "decline"
    assert in_folder(drop / "new") == ["1.a"]


async def test_one_worker_of_several_looks(on: Stage, drop: Path) -> None:
    first, second = watcher(on), watcher(on)
    assert first._holds()
    deliver(drop, "1.a", reply("x").as_bytes())
    second.look()
    assert in_folder(drop / "new") == ["1.a"]
    first.look()
    assert in_folder(drop / "cur") == ["1.a:2,FS"] or in_folder(drop / "cur") == ["1.a:2,S"]


async def test_a_watcher_at_work_takes_what_comes_and_ends_when_told(
    homes: Homes, on: Stage, drop: Path, eventually: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("workers.inbound.watching.REST_SECONDS", 0.01)
    monkeypatch.setattr(maildrop, "LOOK_SECONDS", 0.01)
    stop = threading.Event()
    one = Watcher(on.tocsin, [MailDrop(drop)], stop)
    thread = threading.Thread(target=one.run)
    thread.start()
    try:
        deliver(drop, "1.a", letters.sealed(homes, homes.lv, reply(f"accept\n{QUOTE}")))
        eventually(lambda: answer(on) == "accept")
    finally:
        stop.set()
        thread.join(10)
    assert not thread.is_alive()
    assert on.tocsin.mail_memory.watch("another", 60), "the lease was given back"


# ------------------------------------------------------------------------------- by mailbox
async def test_a_mailbox_is_read_and_its_mail_flagged_and_kept(homes: Homes, on: Stage) -> None:
    with imap_server() as box:
        good = box.put(letters.sealed(homes, homes.lv, reply(f"accept\n{QUOTE}")))
        bad = box.put(os.urandom(100_000) + b"\r\n")
        one = Watcher(on.tocsin, [Mailbox(parse_mailbox(box.url))], threading.Event())
        one.look()
        assert answer(on) == "accept"
        assert box.flags[good] == {"TocsinSeen", r"\Seen"}
        assert box.flags[bad] == {"TocsinSeen", r"\Seen", r"\Flagged"}
        assert set(box.mails) == {good, bad}
        assert box.asked.count("UID") == 1 + 2 * 3, "one search; size, mail and flags of each"
        again = Watcher(on.tocsin, [Mailbox(parse_mailbox(box.url))], threading.Event())
        on.tocsin.mail_memory.leave(one._name)
        again.look()
        assert box.asked.count("UID") == 2 + 2 * 3


async def test_a_mailbox_that_keeps_no_keywords_is_read_by_what_is_unread(on: Stage) -> None:
    with imap_server() as box:
        box.permanent = r"(\Seen)"
        uid = box.put(reply("accept").as_bytes())
        Watcher(on.tocsin, [Mailbox(parse_mailbox(box.url))], threading.Event()).look()
        assert r"\Seen" in box.flags[uid]
        assert "TocsinSeen" not in box.flags[uid]


async def test_a_mail_too_large_is_flagged_without_being_fetched(
    on: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.inbound.mailbox.LARGEST_MAIL", 1000)
    with imap_server() as box:
        uid = box.put(b"x" * 2000)
        Watcher(on.tocsin, [Mailbox(parse_mailbox(box.url))], threading.Event()).look()
        assert r"\Flagged" in box.flags[uid]
        assert box.asked.count("UID") == 3, "search, size, flags"


@pytest.mark.parametrize("trouble", ["refusing", "password", "folder", "gone"])
async def test_a_mailbox_in_trouble_stops_nothing(
    homes: Homes, on: Stage, drop: Path, trouble: str
) -> None:
    deliver(drop, "1.a", letters.sealed(homes, homes.lv, reply(f"accept\n{QUOTE}")))
    with imap_server() as box:
        box.refusing = trouble == "refusing"
        url = box.url
        changed = {"password": ("secret", "other"), "folder": ("INBOX", "Other")}
        url = url.replace(*changed.get(trouble, ("", "")))
        if trouble == "gone":
            url = url.replace(f":{box.port}/", ":1/")
        places: list[Source] = [Mailbox(parse_mailbox(url)), MailDrop(drop)]
        Watcher(on.tocsin, places, threading.Event()).look()
    assert answer(on) == "accept"


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("imaps://u:pw123@h?ever=1", "ever"),
        ("imaps://u:pw123@h?every=0", "every"),
        ("imaps://u:pw123@h?starttls=no", "starttls"),
        ("imaps://h/INBOX", "user"),
    ],
)
def test_a_wrong_mailbox_address_is_named_without_its_password(url: str, named: str) -> None:
    with pytest.raises(ValueError, match=named) as caught:
        parse_mailbox(url)
    assert "pw123" not in str(caught.value)


def test_a_mailbox_address_says_how_to_talk_to_it() -> None:
    one = parse_mailbox("imaps://hub%40x:p%20w@mail.example/INBOX/Tocsin?every=5")
    assert one[:4] == ("mail.example", 993, True, False)
    assert one[4:] == ("hub@x", "p w", "INBOX/Tocsin", 5)
    assert "p w" not in repr(one)
    assert parse_mailbox("imap://u:p@h")[:4] == ("h", 143, False, False)
