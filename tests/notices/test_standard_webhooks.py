"""Our signing and verifying beside the reference library, and beside the contract's vectors."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from coalition.rendering.notices.standard_webhooks import BadSecret, BadSignature, sign, verify
from tests.notices.stage import SECRET

NOW = datetime(2026, 11, 5, 3, 12, tzinfo=UTC)
OTHER = "whsec_" + b64encode(bytes(range(32))).decode()
BODY = b'{"a":1}'


@pytest.fixture(scope="session")
def vectors(contract_data: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(
        (contract_data / "notices" / "standard_webhooks_vectors.json").read_text()
    )
    return loaded


def test_the_vectors_signature_is_made_and_accepted(vectors: dict[str, Any]) -> None:
    at, body = datetime.fromtimestamp(vectors["timestamp"], UTC), vectors["payload"].encode()
    headers = sign(vectors["secret"], vectors["id"], at, body)
    assert headers["webhook-signature"] == vectors["signature"]
    assert verify([vectors["secret"]], headers, body, now=at) == vectors["id"]


def test_the_vectors_faults_are_refused(vectors: dict[str, Any]) -> None:
    at, body = datetime.fromtimestamp(vectors["timestamp"], UTC), vectors["payload"].encode()
    headers = sign(vectors["secret"], vectors["id"], at, body)
    for fault in vectors["must_reject"][2:4]:
        changed = {name: fault.get(name, value) for name, value in headers.items()}
        with pytest.raises(BadSignature):
            verify(
                [vectors["secret"]], changed, fault.get("payload", body.decode()).encode(), now=at
            )
    for off in (timedelta(minutes=5, seconds=1), -timedelta(minutes=5, seconds=1)):
        with pytest.raises(BadSignature, match="5 minutes"):
            verify([vectors["secret"]], headers, body, now=at + off)


def test_the_reference_library_accepts_what_we_sign_and_we_what_it_signs() -> None:
    now = datetime.now(UTC)
    assert Webhook(SECRET).verify(BODY, sign(SECRET, "msg_1", now, BODY)) == {"a": 1}
    theirs = {
        "webhook-id": "msg_2",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(SECRET).sign("msg_2", now, BODY.decode()),
    }
    assert verify([SECRET], theirs, BODY, now=now) == "msg_2"


def test_the_time_that_is_signed_is_the_instant_in_whatever_zone_it_is_given() -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=-7)))
    assert sign(SECRET, "m", elsewhere, BODY) == sign(SECRET, "m", NOW, BODY)
    with pytest.raises(ValueError, match="zone"):
        sign(SECRET, "m", NOW.replace(tzinfo=None), BODY)


def test_while_a_secret_is_replaced_either_signature_is_enough() -> None:
    old, new = sign(SECRET, "m", NOW, BODY), sign(OTHER, "m", NOW, BODY)
    both = {**old, "webhook-signature": f"{new['webhook-signature']} {old['webhook-signature']}"}
    assert verify([SECRET], both, BODY, now=NOW) == "m"
    assert verify([OTHER, SECRET], old, BODY, now=NOW) == "m"


def test_another_version_beside_ours_does_not_disturb() -> None:
    headers = sign(SECRET, "m", NOW, BODY)
    headers["webhook-signature"] = f"v1a,AAAA {headers['webhook-signature']}"
    assert verify([SECRET], headers, BODY, now=NOW) == "m"


def test_another_members_secret_or_none_at_all_is_refused() -> None:
    headers = sign(OTHER, "m", NOW, BODY)
    for secrets in ([SECRET], []):
        with pytest.raises(BadSignature):
            verify(secrets, headers, BODY, now=NOW)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
@given(value=st.text(max_size=60))
def test_no_header_makes_it_fail_in_any_other_way_than_refusing(name: str, value: str) -> None:
    headers = {**sign(SECRET, "m", NOW, BODY), name: value}
    if headers != sign(SECRET, "m", NOW, BODY):
        with pytest.raises(BadSignature):
            verify([SECRET], headers, BODY, now=NOW)


@pytest.mark.parametrize("bad", ["with.dot", "", "a b", "x" * 129, "ä"])
def test_an_id_that_the_standard_does_not_allow_is_refused(bad: str) -> None:
    headers = {**sign(SECRET, "m", NOW, BODY), "webhook-id": bad}
    with pytest.raises(BadSignature, match="webhook-id"):
        verify([SECRET], headers, BODY, now=NOW)


@pytest.mark.parametrize(
    "secret", ["", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_c2hvcnQ=", "whsec_!!!!"]
)
def test_a_secret_that_is_too_short_or_malformed_signs_nothing_and_is_not_shown(
    secret: str,
) -> None:
    with pytest.raises(BadSecret) as caught:
        sign(secret, "m", NOW, BODY)
    assert (
        not secret
        or secret.removeprefix("whsec_") not in str(caught.value)
        or not (secret.removeprefix("whsec_"))
    )
