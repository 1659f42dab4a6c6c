"""`tocsin keys …` and what `tocsin doctor` says of keys and of mail that comes in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from coalition.adapters.gnupg_keys import keys_in
from coalition.adapters.openpgp import Keyring
from coalition.cli.checks_mail import keys as check_keys
from coalition.cli.checks_mail import mail_in
from coalition.cli.main import app
from coalition.domain.channels import PinnedKey
from coalition.domain.errors import TocsinError
from coalition.settings import load_settings
from tests.inbound.imap_server import imap_server
from tests.openpgp.homes import Home, homes, make, own_folder

__all__ = ["homes", "own_folder"]

COALITION = """\
coalition: {name: Baltic Shield}
members:
  - id: lv
    name: CERT-LV
    country: LV
    timezone: Europe/Riga
    status: active
    trust: T3
    duty_phone: "+371 555 0100"
    channels:
      - {kind: email, to: cert@cert.lv.example, openpgp: %s, key: lv.asc, ceiling: TLP:AMBER}
"""

Tocsin = Callable[..., str]


@pytest.fixture
def partner(own_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """CERT-LV, whose key lies beside the coalition file; the hub's home is empty."""
    made = make(own_folder, "lv", years=1)
    (own_folder / "coalition.yaml").write_text(COALITION % made.fingerprint)
    monkeypatch.setenv("TOCSIN_COALITION", str(own_folder / "coalition.yaml"))
    monkeypatch.setenv("TOCSIN_GNUPG_HOME", str(own_folder / "hub"))
    monkeypatch.setenv("TOCSIN_PUBLIC_URL", "https://tocsin.example")
    return made


def tocsin(*words: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["keys", *words])
    assert done.exit_code == code, done.output
    return done.stdout


def shown(*words: str, code: int = 0) -> Any:
    return json.loads(tocsin(*words, "--json", code=code))


def test_the_hubs_key_is_made_shown_given_away_and_prolonged(
    partner: Home, own_folder: Path
) -> None:
    made = shown("init", "--years", "1")
    assert made["name"] == "Baltic Shield Tocsin <tocsin@tocsin.example>"
    assert Path(made["revocation"]).is_file()
    assert shown("show") == made
    four = made["fingerprint"][:4]
    assert f"read aloud   {four} " in tocsin("show")
    armoured = tocsin("export")
    partner.keyring.adopt(_written(own_folder, armoured, made["fingerprint"]), own_folder)
    longer = shown("extend", "--years", "5")
    assert longer["fingerprint"] == made["fingerprint"]
    assert longer["expires"] > made["expires"]
    newer = shown("rotate")
    assert newer["fingerprint"] != made["fingerprint"]
    assert shown("show")["fingerprint"] == newer["fingerprint"]


def _written(folder: Path, armoured: str, fingerprint: str) -> PinnedKey:
    (folder / "hub.asc").write_text(armoured)
    return PinnedKey(fingerprint, "hub.asc")


def test_a_key_is_made_once_and_of_a_known_kind(partner: Home) -> None:
    with pytest.raises(TocsinError, match="not a kind of key"):
        CliRunner().invoke(app, ["keys", "init", "--algorithm", "dsa"], catch_exceptions=False)
    tocsin("init")
    with pytest.raises(TocsinError, match="has a key already"):
        CliRunner().invoke(app, ["keys", "init"], catch_exceptions=False)


def test_a_key_for_old_programs_can_be_made(partner: Home, own_folder: Path) -> None:
    made = shown("init", "--algorithm", "rsa3072")
    (key,) = keys_in(Keyring(own_folder / "hub").gpg.list_keys().data)
    assert (made["algorithm"], key.algorithm) == ("rsa3072", "rsa3072")


def test_the_check_fails_for_what_is_missing_and_what_ends_soon(partner: Home) -> None:
    missing = shown("check", code=1)
    assert [(row["whose"], row["ok"]) for row in missing["keys"]] == [("hub", False), ("lv", True)]
    assert "tocsin keys init" in missing["keys"][0]["says"]
    tocsin("init")
    assert shown("check")["ok"]
    soon = shown("check", "--days", "400", code=1)
    assert [row["ok"] for row in soon["keys"]] == [True, False], "CERT-LV's key ends in a year"


def test_the_check_shows_both_fingerprints_of_a_key_that_is_not_the_pinned_one(
    partner: Home, own_folder: Path
) -> None:
    other = make(own_folder, "other")
    (own_folder / "lv.asc").write_text((own_folder / "other.asc").read_text())
    says = shown("check", code=1)["keys"][1]["says"]
    assert partner.fingerprint in says
    assert other.fingerprint in says


def said(check: Any, **settings: Any) -> list[tuple[str, str]]:
    return [(one.level, f"{one.what} {one.remedy}") for one in check(load_settings(**settings))]


def test_doctor_says_what_is_wrong_with_keys(partner: Home, own_folder: Path) -> None:
    ((level, what),) = said(check_keys)
    assert (level, "tocsin keys init" in what) == ("fail", True)
    tocsin("init")
    ((level, what),) = said(check_keys)
    assert (level, "1 pinned keys are good" in what) == ("ok", True)
    (own_folder / "lv.asc").write_text("no key")
    assert ("fail", True) in [
        (level, "holds no OpenPGP" in what) for level, what in said(check_keys)
    ]


def test_doctor_says_what_to_install_where_there_is_no_gpg(
    partner: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    ((level, what),) = said(check_keys)
    assert (level, "apt install gnupg" in what) == ("fail", True)


def test_doctor_says_where_answers_by_mail_are_read(tmp_path: Path) -> None:
    ((level, what),) = said(mail_in)
    assert (level, "TOCSIN_MAIL_DROP" in what) == ("note", True)
    assert said(mail_in, mail_drop=tmp_path / "drop")[0][0] == "note"
    assert said(mail_in, mail_drop=tmp_path)[0][0] == "fail", "a folder, and no Maildir"
    (tmp_path / "new").mkdir()
    assert said(mail_in, mail_drop=tmp_path)[0][0] == "ok"


def test_doctor_tries_the_mailbox() -> None:
    with imap_server() as box:
        assert said(mail_in, imap_url=box.url)[0][0] == "ok"
        ((level, what),) = said(mail_in, imap_url=box.url.replace("secret", "wrong"))
    assert level == "fail"
    assert "wrong" not in what
