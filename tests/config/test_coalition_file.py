"""coalition.yaml: the contract of the file, and every way in which it can be wrong."""

from __future__ import annotations

import json
from datetime import timedelta
from fractions import Fraction
from importlib import resources
from pathlib import Path

import jsonschema
import pytest

from coalition.adapters.coalition_file import (
    absent_secrets,
    coalition_schema,
    coalition_schema_text,
    load_coalition,
    read_coalition,
    read_secret,
    remarks,
)
from coalition.adapters.yaml_source import load_yaml
from coalition.domain.channels import SecretRef
from coalition.domain.errors import ConfigError, NotFound, PermanentError
from coalition.domain.labels import Tlp
from coalition.domain.members import Coalition, Trust

DATA = Path(str(resources.files("coalition") / "data"))
EXAMPLE = (DATA / "coalition.example.yaml").read_text(encoding="utf-8")


@pytest.fixture
def example() -> Coalition:
    return load_coalition(DATA / "coalition.example.yaml")


def findings(*changes: tuple[str, str], base: Path = DATA) -> list[str]:
    """What is said about the example after the changes; each must change something."""
    text = EXAMPLE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    with pytest.raises(ConfigError) as caught:
        read_coalition(text, base, "coalition.yaml")
    return list(caught.value.findings)


def test_the_example_is_read_as_it_is_written(example: Coalition) -> None:
    estonia, norway = example.members
    assert (example.name, example.exercise) == ("Baltic Shield", False)
    assert norway.country == "NO"
    assert norway.id == "no"
    assert example.charter.quorum == Fraction(2, 3)
    assert example.charter.ack_deadline["S3"] == timedelta(minutes=15)
    assert example.charter.slack_ceiling is Tlp.AMBER
    assert estonia.ceiling is Tlp.AMBER_STRICT
    assert [channel.kind for channel in estonia.channels] == ["webhook", "email"]
    assert estonia.capabilities[0].notice == timedelta(hours=4)


def test_trust_gives_the_ceiling_of_the_charter() -> None:
    assert [level.ceiling for level in Trust] == list(Tlp)


def test_people_are_found_by_id_and_by_slack_account(example: Coalition) -> None:
    found = example.by_slack("U01ALICE")
    assert found is not None
    assert (found[0].id, found[1].id) == ("ee", "ee-alice")
    assert example.delegate("ee-alice") == found
    assert example.by_slack("U0NOBODY") is None
    assert example.by_slack("ee-alice") is None, "a delegate id is not a Slack account"
    with pytest.raises(NotFound):
        example.delegate("U01ALICE")


def test_an_unknown_member_is_answered_with_the_nearest(example: Coalition) -> None:
    with pytest.raises(NotFound, match="Did you mean 'ee'"):
        example.member("eee")
    with pytest.raises(NotFound, match="Known: ee, no"):
        example.member("xyz")


def test_only_active_members_take_part() -> None:
    text = EXAMPLE.replace("status: active ", "status: suspended ", 1)
    assert [member.id for member in read_coalition(text, DATA).active] == ["no"]


def test_the_hash_follows_the_meaning_and_not_the_layout(example: Coalition) -> None:
    relaid = "# another comment\n" + EXAMPLE.replace("2/3", "'2/3'").replace("24h", "1d")
    assert read_coalition(relaid, DATA).content_hash == example.content_hash
    changed = EXAMPLE.replace("quorum: 2/3", "quorum: 3/4")
    assert read_coalition(changed, DATA).content_hash != example.content_hash


def test_a_charter_left_out_is_the_one_of_the_design() -> None:
    start, end = EXAMPLE.index("charter:"), EXAMPLE.index("members:")
    without = EXAMPLE[:start] + EXAMPLE[end:]
    assert read_coalition(without, DATA).charter == read_coalition(EXAMPLE, DATA).charter


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("name: CERT-EE", 'name: ""', ":13: members[ee].name: is empty, too long"),
        ("country: EE", "country: ee", ":14: members[ee].country: 'ee' does not fit; use the two"),
        ("country: EE", "country: EST", ":14: members[ee].country: 'EST' does not fit"),
        ("Europe/Tallinn", "Europe/Talinn", ":15: members[ee].timezone: 'Europe/Talinn' is unknow"),
        ("languages: [et", "languages: [estonian", ":16: members[ee].languages[0]: 'estonian' do"),
        ("status: active ", "status: activ ", ":17: members[ee].status: 'activ' is not known; did"),
        ("trust: T3", "trust: T5", ":18: members[ee].trust: 'T5' is not known; choose one of T0"),
        ('"+372 555 0100"', "+3725550100", ":19: members[ee].duty_phone: is read as a number or"),
        ('"+372 555 0100"', '"555 0100"', ":19: members[ee].duty_phone: '555 0100' does not fit"),
        ("    duty_phone", "    phone", ":12: members[ee].duty_phone: is missing; add it"),
        ("slack: U01ALICE", "slack: '@alice'", ":23: members[ee].delegates[ee-alice].slack: '@al"),
        ("approver, voter]", "boss]", ":23: members[ee].delegates[ee-alice].roles[1]: 'boss' is n"),
        ("[operator, approver, voter]", "[]", ":23: members[ee].delegates[ee-alice].roles: is emp"),
        ("kind: webhook", "kind: fax", ":25: members[ee].channels[0].kind: 'fax' is not known; c"),
        ("kind: webhook, ", "", ":25: members[ee].channels[0].kind: is missing; add it to say"),
        ("https://cert.example", "ftp://x", ":25: members[ee].channels[0].url: 'ftp://x/tocsin'"),
        ("https://cert", "https://me:pw@cert", ":25: members[ee].channels[0].url: 'https://me:"),
        ("secret: {env: EE_WEBHOOK_SECRET}, ", "", ":25: members[ee].channels[0].secret: is missi"),
        ("{env: EE_WEBHOOK_SECRET}", "{}", ":25: members[ee].channels[0].secret: names no place"),
        ("{env: EE_", "{file: a, env: EE_", ":25: members[ee].channels[0].secret: names no plac"),
        (
            "ceiling: TLP:AMBER}",
            "ceiling: white}",
            ":25: members[ee].channels[0].ceiling: TLP:WHITE was r",
        ),
        ("to: cert@cert.example", "to: cert", ":26: members[ee].channels[1].to: 'cert' does not"),
        ("to: cert@cert.example", "key: k, to: a@b", ":26: members[ee].channels[1].key: 'k' is no"),
        ("notice: 4h", "notice: 4", ":28: members[ee].capabilities[ee-ddos-team].notice: 4 has no"),
        ("size: 4", "size: 0", ":28: members[ee].capabilities[ee-ddos-team].size: input should be"),
        ("quorum: 2/3", "quorum: 0.66", ":5: charter.quorum: is not a part of a whole; write it"),
        ("vote_window: 24h", "vote_window: 0h", ":7: charter.vote_window: is no time at all; w"),
        ("S0: 24h", "S9: 24h", ":9: charter.ack_deadline.S9: is not known here; known here: S0"),
        ("exercise: false", "exercise: no", ":3: coalition.exercise: input should be a valid boo"),
        ('id: "no"', "id: ee", ":29: members[ee].id: member id 'ee' is already used in 'ee'"),
        ("id: no-bjorn", "id: ee-alice", ":38: members[no].delegates[ee-alice].id: delegate id 'e"),
        ("U02BJORN", "U01ALICE", ":38: members[no].delegates[no-bjorn].slack: Slack id 'U01ALI"),
    ],
)
def test_a_fault_is_named_with_its_line_its_place_and_the_remedy(
    old: str, new: str, finding: str
) -> None:
    said = findings((old, new))
    matching = [one for one in said if one.startswith("coalition.yaml" + finding)]
    assert matching, said
    assert all(";" in one or "should" in one for one in matching)


def test_all_faults_come_at_once_also_those_that_need_the_world_outside() -> None:
    said = findings(
        ("Europe/Tallinn", "Europe/Talinn"), ("status: active ", "state: active "), ("+47", "47")
    )
    assert [one.split(":")[1] for one in said] == ["12", "15", "17", "36"]


def test_a_secret_written_into_the_file_is_refused_and_not_repeated() -> None:
    said = findings(("{env: EE_WEBHOOK_SECRET}", "whsec_hunter2"))
    assert len(said) == 1
    assert "stands in the file; move it away and write {env: NAME} or {file: path}" in said[0]
    assert "hunter2" not in said[0]


def test_a_key_needs_its_fingerprint_and_must_lie_beside_the_file(tmp_path: Path) -> None:
    with_key = ("to: cert@cert.example,", f"to: a@b, key: ee.asc, openpgp: {'a' * 40},")
    assert "is not beside the file" in findings(with_key, base=tmp_path)[0]
    (tmp_path / "ee.asc").write_text("-----BEGIN PGP PUBLIC KEY BLOCK-----", encoding="ascii")
    read_coalition(EXAMPLE.replace(*with_key), tmp_path)
    said = findings(("to: cert@cert.example,", "to: a@b, key: ee.asc,"), base=tmp_path)
    assert said[0].endswith("are given together")


def test_a_secret_is_read_from_the_environment_or_from_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EE_SECRET", "whsec_a")
    (tmp_path / "secret").write_text("whsec_b\n", encoding="utf-8")
    assert read_secret(SecretRef(env="EE_SECRET"), tmp_path).get_secret_value() == "whsec_a"
    assert read_secret(SecretRef(file="secret"), tmp_path).get_secret_value() == "whsec_b"
    for absent in (SecretRef(env="NO_SUCH_SECRET"), SecretRef(file="nowhere")):
        with pytest.raises(PermanentError) as caught:
            read_secret(absent, tmp_path)
        assert str(absent.env or absent.file) in caught.value.fallback


def test_secrets_that_are_not_there_are_told_by_member(
    example: Coalition, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EE_WEBHOOK_SECRET", raising=False)
    assert absent_secrets(example, DATA) == [
        (
            "ee: There is no secret in the environment variable EE_WEBHOOK_SECRET. "
            "Set EE_WEBHOOK_SECRET and restart."
        )
    ]
    monkeypatch.setenv("EE_WEBHOOK_SECRET", "whsec_x")
    assert absent_secrets(example, DATA) == []


def test_remarks_name_what_will_surprise(example: Coalition) -> None:
    assert remarks(example) == []
    text = EXAMPLE.replace("ceiling: TLP:GREEN", "ceiling: RED").replace("operator, voter", "voter")
    said = " ".join(remarks(read_coalition(text, DATA)))
    assert "carries nothing stricter than TLP:GREEN although its ceiling is TLP:RED" in said
    assert "above what its trust T2 permits; TLP:AMBER counts" in said
    assert "no: has no delegate with the role operator" in said


def test_the_committed_schema_is_the_one_of_the_models() -> None:
    committed = (DATA / "coalition.schema.json").read_text(encoding="utf-8")
    assert committed == coalition_schema_text(), "run: tocsin coalition schema --write"


def test_the_schema_accepts_the_example_and_rejects_an_unknown_key() -> None:
    jsonschema.Draft202012Validator.check_schema(coalition_schema())
    data = json.loads(json.dumps(load_yaml(EXAMPLE)[0]))
    jsonschema.validate(data, coalition_schema())
    data["members"][0]["vote_weight"] = 2
    with pytest.raises(jsonschema.ValidationError, match="vote_weight"):
        jsonschema.validate(data, coalition_schema())
