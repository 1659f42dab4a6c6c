"""`tocsin playbook import|export|sign|verify|check` on CACAO files, and their exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from coalition.cli.output import complain
from coalition.cli.playbook import app
from coalition.domain.errors import ConfigError
from tests.cacao.samples import ROOT, Json, document, step

ACT = step("action", 2)
WARNING = ROOT / "playbooks" / "early-warning.yaml"


def run(*words: str | Path) -> int:
    """The exit code, as the console script gives it."""
    try:
        return int(app([str(word) for word in words], standalone_mode=False) or 0)
    except ConfigError as error:
        return complain(error)


def write(path: Path, value: Any) -> Path:
    path.write_text(json.dumps(value))
    return path


def broken() -> Json:
    value = document()
    value["workflow"][ACT]["on_completion"] = step("end", 77)
    return value


def odd() -> Json:
    return {**document(), "x_vendor": 1}


CASES = {"ok": (document, 0), "warnings": (odd, 0), "draft": (broken, 0), "refused": (dict, 1)}


@pytest.mark.parametrize("status", CASES)
def test_import_json_says_the_status_and_the_exit_code_follows(
    status: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make, code = CASES[status]
    assert run("import", write(tmp_path / "a.json", make()), "--json") == code
    said = json.loads(capsys.readouterr().out)
    assert said.keys() == {"status", "findings"}
    assert said["status"] == status
    assert all(one.keys() == {"where", "what", "hint"} for one in said["findings"])


@pytest.mark.parametrize("status", CASES)
def test_check_gives_the_same_findings(
    status: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "a.json", CASES[status][0]())
    run("import", path, "--json")
    imported = json.loads(capsys.readouterr().out)
    assert run("check", path, "--json") == (status in {"draft", "refused"})
    (checked,) = json.loads(capsys.readouterr().out)
    assert {key: checked[key] for key in ("status", "findings")} == imported
    run("check", path)
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        f"{path}: {one['where']}: {one['what']}; {one['hint']}" for one in imported["findings"]
    ]


def test_import_prints_a_playbook_that_check_takes_and_export_gives_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "a.json", document())
    assert run("import", path) == 0
    (tmp_path / "a.yaml").write_text(capsys.readouterr().out)
    assert run("check", tmp_path / "a.yaml") == 0
    assert run("export", tmp_path / "a.yaml") == 0
    assert json.loads(capsys.readouterr().out) == document()


def test_a_draft_is_written_exported_and_refused_by_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "a.json", broken())
    assert run("import", path, "--to", tmp_path / "a.yaml") == 0
    assert run("check", tmp_path / "a.yaml") == 1
    assert "this is a draft: mend the steps" in capsys.readouterr().out
    assert run("export", tmp_path / "a.yaml", "--to", tmp_path / "b.json") == 0
    assert json.loads((tmp_path / "b.json").read_text()) == broken()


def test_export_keeps_its_ids_in_a_lock_file_beside_the_playbook(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "p.yaml"
    path.write_bytes(WARNING.read_bytes())
    assert run("export", path) == 0
    first = json.loads(capsys.readouterr().out)
    lock = json.loads((tmp_path / "p.lock.json").read_text())
    assert set(lock["steps"].values()) == set(first["workflow"])
    assert run("export", path) == 0
    assert json.loads(capsys.readouterr().out) == first


def test_a_playbook_of_ours_comes_back_elsewhere_with_its_ids(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "p.yaml"
    path.write_bytes(WARNING.read_bytes())
    run("export", path, "--to", tmp_path / "p.json")
    run("import", tmp_path / "p.json", "--to", tmp_path / "q.yaml")
    capsys.readouterr()
    assert run("export", tmp_path / "q.yaml") == 0
    assert json.loads(capsys.readouterr().out) == json.loads((tmp_path / "p.json").read_text())


def test_wrong_files_are_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "a.json", document())
    (tmp_path / "p.yaml").write_bytes(WARNING.read_bytes())
    (tmp_path / "p.lock.json").write_text("[]")
    assert run("import", tmp_path / "absent.json") == 2
    assert run("export", path) == 2
    assert run("export", tmp_path / "p.yaml") == 2
    assert "not a lock file of ours" in capsys.readouterr().err
    (tmp_path / "p.lock.json").unlink()
    assert run("export", tmp_path / "p.yaml", "--to", tmp_path / "no" / "x.json") == 2


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    key = ed25519.Ed25519PrivateKey.generate()
    private, public = tmp_path / "key.pem", tmp_path / "pub.pem"
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    public.write_bytes(
        key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    return private, public


def test_what_was_signed_verifies_and_what_was_changed_does_not(
    tmp_path: Path, keys: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    private, public = keys
    path, signed = write(tmp_path / "a.json", document()), tmp_path / "signed.json"
    assert run("verify", path) == 1
    assert run("sign", path, "--key", private, "--signee", "CERT-EE", "--to", signed) == 0
    assert run("verify", signed) == 0
    assert run("verify", signed, "--key", public) == 0
    assert "by 'CERT-EE': valid: fits the document, trusted key " in capsys.readouterr().out
    value = json.loads(signed.read_text())
    write(signed, {**value, "name": "Other"})
    assert run("verify", signed, "--key", public, "--json") == 1
    assert json.loads(capsys.readouterr().out)["holds"] is False


def test_a_signature_by_a_key_that_is_not_trusted_does_not_hold(
    tmp_path: Path, keys: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    path, signed = write(tmp_path / "a.json", document()), tmp_path / "signed.json"
    run("sign", path, "--key", keys[0], "--signee", "CERT-EE", "--to", signed)
    other = tmp_path / "other.pem"
    other.write_bytes(
        ed25519.Ed25519PrivateKey.generate()
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    assert run("verify", signed, "--key", other) == 1
    assert "none of its signatures is by a key that you trust" in capsys.readouterr().err
    assert run("verify", signed, "--key", path) == 2
    assert run("sign", path, "--key", path, "--signee", "x") == 2
