"""What people type about an incident, and the details that it becomes."""

from __future__ import annotations

import ast
import json
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalition.domain.errors import NotFound, UserError
from coalition.domain.incident.commands import IssueNotice
from coalition.domain.incident.release_messages import RecordPermission
from coalition.domain.labels import Tlp
from coalition.domain.notice.combining import SourceLabel, combined, sources_from
from coalition.domain.notice.details import NO_DETAILS, NoticeDetails
from coalition.domain.notice.indicators import Indicator, defang, refang
from coalition.domain.notice.pap import Pap, pap_beside, parse_pap
from coalition.domain.notice.reading import FIELDS, REMEDIES, details_from
from coalition.domain.notice.rsit import RSIT, VERSION, parse_rsit, rsit_name
from coalition.rendering.notices.blocks import notice_message
from coalition.rendering.notices.misp import misp_event
from coalition.rendering.notices.stix import bundle
from coalition.rendering.notices.text import plain_text
from coalition.rendering.notices.webhook import body
from tests.domain.cast import opened
from tests.domain.notices_sent import NOTICE
from tests.notices.sample import DETAILS, ISSUED, outward
from tests.notices.test_stix import DATA, FACTS, VALUES

RENDERING = Path(__file__).resolve().parents[2] / "coalition" / "rendering" / "notices"


def test_flags_of_a_command_become_details() -> None:
    read = details_from(
        {
            "rsit": "ddos",
            "pap": "amber",
            "cross-border": "Yes",
            "started": "2026-11-05T01:00+02:00",
            "sectors": "energy, finance",
            "countries": "ee lv",
            "counts": "servers=40, users=1200",
            "indicators": "203.0.113.5, hxxps://evil[.]example/x",
            "mitigations": "Blocked; more filters are coming",
            "victim": "Bank A",
            "victim_allowed_by": "Bank A by phone",
        }
    )
    assert read.rsit == "availability:ddos"
    assert read.pap is Pap.AMBER
    assert read.cross_border == "yes"
    assert read.started == datetime(2026, 11, 4, 23, 0, tzinfo=UTC)
    assert (read.sectors, read.countries) == (("energy", "finance"), ("EE", "LV"))
    assert read.counts == {"servers": 40, "users": 1200}
    assert [(one.type, one.value) for one in read.indicators] == [
        ("ipv4", "203.0.113.5"), ("url", "https://evil.example/x"),
    ]  # fmt: skip
    assert read.mitigations == ("Blocked", "more filters are coming")
    assert read.victim is not None
    assert read.victim.name == "Bank A"


def test_nothing_said_is_all_unknown_and_every_field_may_be_said_to_be_unknown() -> None:
    assert details_from({}) == NO_DETAILS
    plain = {"extra_restrictions", "indicators", "victim_allowed_by"}
    assert details_from({name: "unknown" for name in FIELDS if name not in plain}) == NO_DETAILS


@pytest.mark.parametrize(
    ("given_", "field", "said"),
    [
        ({"rsitt": "ddos"}, "rsitt", "Did you mean rsit"),
        ({"rsit": "flood"}, "rsit", "no RSIT type"),
        ({"rsit": "fraud:ddos"}, "rsit", "availability:ddos"),
        ({"pap": "blue"}, "pap", "PAP:RED"),
        ({"pap": "white"}, "pap", "PAP:CLEAR"),
        ({"malicious": "maybe"}, "malicious", "yes, no or unknown"),
        ({"started": "yesterday"}, "started", "2026-11-05T01:00Z"),
        ({"started": "2026-11-05 01:00"}, "started", "without a zone"),
        ({"countries": "Estonia"}, "countries", "ISO 3166"),
        ({"counts": "servers"}, "counts", "servers=40"),
        ({"counts": {"servers": -1}}, "counts", "servers=40"),
        ({"indicators": "what"}, "indicators", "looks like no indicator"),
        ({"indicators": [{"type": "ipv4", "value": "999.1.1.1"}]}, "indicators", "is no ipv4"),
        ({"indicators": 3}, "indicators", "203.0.113.5"),
        ({"victim": "Bank A"}, "victim", "permission"),
        ({"victim_allowed_by": "Bank A"}, "victim_allowed_by", "no name"),
        ({"impact": " "}, "impact", "is empty"),
        ({"why": "x" * 1001}, "why", "too long"),
        ({"why": 5}, "why", "1000 letters"),
        ({"started": "2026-11-05T02:00Z", "detected": "2026-11-05T01:00Z"}, "started", "before"),
    ],
)
def test_what_does_not_fit_is_named_with_what_to_write(
    given_: dict[str, Any], field: str, said: str
) -> None:
    with pytest.raises(UserError, match=said) as caught:
        details_from(given_)
    assert caught.value.field == field


def test_every_field_has_a_remedy_and_stands_in_the_documentation() -> None:
    assert set(REMEDIES) == set(FIELDS)
    page = (RENDERING.parents[2] / "docs" / "notices.md").read_text(encoding="utf-8")
    assert [name for name in FIELDS if f"`{name}`" not in page] == []


@given(st.dictionaries(st.sampled_from(FIELDS), st.text() | st.integers() | st.none()))
def test_whatever_is_typed_becomes_details_or_a_sentence(given_: dict[str, Any]) -> None:
    refused: UserError | None = None
    read = NO_DETAILS
    try:
        read = details_from(given_)
    except UserError as error:
        refused = error
    assert refused is None or refused.field in FIELDS
    assert NoticeDetails.model_validate_json(read.model_dump_json()) == read


@FACTS
def test_the_classes_and_types_are_those_of_the_taxonomy() -> None:
    facts = json.loads((DATA / "rsit_machinev1_1003.json").read_text(encoding="utf-8"))
    assert facts["version"] == VERSION
    names = {one["value"]: one["expanded"] for one in facts["predicates"]}
    assert {group: found.name for group, found in RSIT.items()} == names
    for one in facts["values"]:
        types = {entry["value"]: entry["expanded"] for entry in one["entry"]}
        assert RSIT[one["predicate"]].types == types


def test_every_type_is_found_by_its_name_alone() -> None:
    for group, found in RSIT.items():
        for kind, name in found.types.items():
            assert parse_rsit(kind) == parse_rsit(f"{group}:{kind}") == f"{group}:{kind}"
            assert rsit_name(f"{group}:{kind}") == f"{found.name} / {name}"


@pytest.mark.parametrize(("kind", "value"), VALUES.items())
def test_an_indicator_is_seen_for_what_it_is_and_never_shown_as_a_link(
    kind: str, value: str
) -> None:
    raw: Any = {"type": kind, "value": value} if kind == "filename" else value
    one = Indicator.model_validate(raw)
    assert (one.type, one.value) == (kind, value)
    if kind in ("ipv4", "ipv6", "domain", "url", "email"):
        shown = defang(one)
        assert shown != value
        assert "http" not in shown
        assert refang(shown) == value


def test_point_4_combining_takes_the_strictest_label_of_the_sources() -> None:
    ours, theirs = SourceLabel(member="ee", tlp=Tlp.GREEN), SourceLabel(member="lv", tlp=Tlp.AMBER)
    assert combined([ours, theirs], {}) == Tlp.AMBER
    assert combined([ours, theirs], {"lv": Tlp.CLEAR}) == Tlp.GREEN
    assert combined([ours, theirs], {"ee": Tlp.CLEAR}) == Tlp.AMBER  # not theirs to lower
    assert combined([ours], {"ee": Tlp.RED}) == Tlp.GREEN  # a permission raises nothing
    with pytest.raises(TypeError):
        combined([], {"lv": Tlp.CLEAR})


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(Tlp)), min_size=1),
    st.dictionaries(st.sampled_from("abcd"), st.sampled_from(Tlp)),
)
def test_point_4_nothing_combined_is_below_what_any_source_allows(
    labels: list[tuple[str, Tlp]], permissions: dict[str, Tlp]
) -> None:
    result = combined([SourceLabel(member=who, tlp=tlp) for who, tlp in labels], permissions)
    for who, tlp in labels:
        assert result >= tlp or result >= permissions[who]
    assert result <= max(tlp for _, tlp in labels)


def test_point_4_a_notice_of_stricter_sources_cannot_be_labelled_below_them() -> None:
    story = opened(tlp=Tlp.GREEN)
    sources = ({"member": "lv", "tlp": Tlp.AMBER},)
    with pytest.raises(UserError, match="What it combines is TLP:AMBER"):
        story.tell(IssueNotice, "ee-op", **NOTICE, sources=sources, tlp=Tlp.GREEN)
    story.tell(IssueNotice, "ee-op", **NOTICE, sources=sources)
    assert story.now.notices["1"].tlp is Tlp.AMBER


def test_point_4_sources_are_typed_with_their_labels() -> None:
    assert sources_from("lv=AMBER, LT = tlp:green,") == (
        SourceLabel(member="lv", tlp=Tlp.AMBER),
        SourceLabel(member="lt", tlp=Tlp.GREEN),
    )
    assert sources_from(" ") == ()
    for wrong in ("lv", "=AMBER", "lv=PURPLE", "lv=white"):
        with pytest.raises(UserError) as caught:
            sources_from(wrong)
        assert caught.value.field == "sources"
    nowhere = ({"member": "zz", "tlp": Tlp.GREEN},)
    with pytest.raises(NotFound, match="zz"):
        opened(tlp=Tlp.GREEN).tell(IssueNotice, "ee-op", **NOTICE, sources=nowhere)


def test_point_4_the_recorded_permission_of_the_source_lowers_its_label() -> None:
    story = opened(tlp=Tlp.GREEN)
    story.tell(RecordPermission, "lv-ap", tlp=Tlp.GREEN, reason="Asked and agreed by phone.")
    sources = ({"member": "lv", "tlp": Tlp.AMBER},)
    story.tell(IssueNotice, "ee-op", **NOTICE, sources=sources)
    assert story.now.notices["1"].tlp is Tlp.GREEN


def test_point_8_pap_stands_beside_the_label_in_every_rendering() -> None:
    notice = outward(details=DETAILS.model_copy(update={"pap": Pap.RED}))
    assert plain_text(notice).splitlines()[1].startswith("PAP:RED")
    assert json.loads(body(notice, ISSUED))["data"]["pap"] == "PAP:RED"
    assert "PAP:RED" in bundle(notice).decode()
    assert '"PAP:RED"' in misp_event(notice).decode()
    assert "TLP:GREEN PAP:RED" in notice_message(notice).text


def test_point_8_unstated_it_is_as_strict_as_the_label() -> None:
    assert {label: outward(tlp=label).pap for label in Tlp} == {
        label: pap_beside(label) for label in Tlp
    }
    assert pap_beside(Tlp.RED) is Pap.RED
    assert [parse_pap(word) for word in ("red", "PAP:Amber", "pap green", "CLEAR")] == [
        Pap.RED, Pap.AMBER, Pap.GREEN, Pap.CLEAR,
    ]  # fmt: skip


def test_point_8_rendering_looks_nothing_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def lookup(*_: object, **__: object) -> None:
        pytest.fail("something was looked up")

    for name in ("getaddrinfo", "gethostbyname", "create_connection", "socket"):
        monkeypatch.setattr(socket, name, lookup)
    notice = outward(details=DETAILS.model_copy(update={"pap": Pap.RED}))
    for render in (plain_text, bundle, misp_event, notice_message):
        assert render(notice)


def test_point_8_what_renders_can_reach_no_network() -> None:
    network = {"socket", "ssl", "http", "urllib.request", "aiohttp", "asyncio", "requests", "dns"}
    imported = {
        name
        for path in RENDERING.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in (
            [one.name for one in node.names]
            if isinstance(node, ast.Import)
            else [str(node.module)]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported & network == set()
