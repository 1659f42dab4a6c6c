import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sandbox.partners.webhook import problem_with
from tests.sandbox.partners.harness import StartPartners, partner
from tests.sandbox.partners.serving import call

OTHER_SECRET = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo="
VECTORS = Path(__file__).parents[4] / "shared/data/notices/standard_webhooks_vectors.json"


def test_a_signed_notice_is_accepted_and_shown_as_the_partner_sees_it(
    start_partners: StartPartners,
) -> None:
    partners = start_partners()
    assert partners.send().status == 200
    [item] = partners.get("/partners/lv/inbox")["items"]
    assert item["signature"] == "valid"
    assert (item["accepted"], item["status"], item["repeat_of"]) == (True, 200, None)
    assert (item["notice_id"], item["incident_id"]) == ("NT-0001", "INC-7")
    assert (item["label"], item["kind"]) == ("TLP:AMBER", "notice.alert")
    assert item["answer_link"] == f"{partners.hub.url}/n/tok-NT-0001"


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"secret": OTHER_SECRET}, "No matching signature found"),
        ({"off_by": timedelta(minutes=-6)}, "too old"),
        ({"off_by": timedelta(minutes=6)}, "too new"),
        ({"webhook_signature": "garbage"}, "malformed"),
        ({"webhook_signature": "v1,!!!"}, "malformed|No matching"),
        ({"webhook_timestamp": "1614265330.5"}, "not an integer"),
        ({"webhook_id": ""}, "Missing required headers"),
        ({"message_id": "msg.1"}, "contains a dot"),
    ],
)
def test_a_request_that_does_not_verify_is_refused_with_401_and_recorded_with_the_reason(
    start_partners: StartPartners, wrong: dict[str, object], why: str
) -> None:
    partners = start_partners()
    assert partners.send(**wrong).status == 401  # type: ignore[arg-type]
    [item] = partners.get("/partners/lv/inbox")["items"]
    assert (item["signature"], item["accepted"], item["status"]) == ("invalid", False, 401)
    assert any(part in item["problem"] for part in why.split("|"))
    [row] = partners.get("/_control/partners/deliveries")["notices"]
    assert (row["attempts"], row["accepted"], row["shown"]) == (1, 0, 0)


def test_the_published_test_vectors_verify_as_they_say(monkeypatch: pytest.MonkeyPatch) -> None:
    if not VECTORS.exists():
        pytest.skip(f"contract data absent: {VECTORS}")
    vectors = json.loads(VECTORS.read_text())
    headers = {
        "webhook-id": vectors["id"],
        "webhook-timestamp": str(vectors["timestamp"]),
        "webhook-signature": vectors["signature"],
    }
    payload = vectors["payload"].encode()

    class ThenInsteadOfNow(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.fromtimestamp(vectors["timestamp"] + 1, UTC)

    assert "too old" in problem_with(payload, headers, vectors["secret"])
    monkeypatch.setattr("standardwebhooks.webhooks.datetime", ThenInsteadOfNow)
    assert problem_with(payload, headers, vectors["secret"]) == ""
    rotated = headers | {"webhook-signature": f"v1,AAAA {vectors['signature']}"}
    assert problem_with(payload, rotated, vectors["secret"]) == ""
    assert problem_with(payload + b" ", headers, vectors["secret"]) == "No matching signature found"


def test_a_repeated_id_is_answered_200_marked_as_repeat_and_counted(
    start_partners: StartPartners,
) -> None:
    partners = start_partners()
    assert [partners.send(message_id="msg_1").status for _ in range(3)] == [200, 200, 200]
    newest, _, first = partners.get("/partners/lv/inbox")["items"]
    assert (newest["repeat_of"], newest["attempt"]) == (first["id"], 3)
    [row] = partners.get("/_control/partners/deliveries")["notices"]
    assert (row["shown"], row["repeats"], row["ids"]["msg_1"]["accepted"]) == (1, 2, 3)
    assert partners.get("/_control/partners/deliveries")["seen_twice"] == []


def test_one_notice_under_two_ids_is_reported_as_seen_twice(start_partners: StartPartners) -> None:
    partners = start_partners()
    partners.send(message_id="msg_1")
    partners.send(message_id="msg_2")
    [row] = partners.get("/_control/partners/deliveries")["seen_twice"]
    assert (row["notice_id"], row["shown"], set(row["ids"])) == ("NT-0001", 2, {"msg_1", "msg_2"})


def test_a_forged_request_under_the_same_id_does_not_rob_the_true_one(
    start_partners: StartPartners,
) -> None:
    partners = start_partners()
    partners.send(body=partners.notice("NT-EVIL"), secret=OTHER_SECRET)
    assert partners.send().status == 200
    newest = partners.get("/partners/lv/inbox")["items"][0]
    assert (newest["repeat_of"], newest["accepted"]) == (None, True)
    [row] = partners.get("/_control/partners/deliveries")["notices"]
    assert (row["notice_id"], row["shown"]) == ("NT-0001", 1)


def test_a_reply_plan_is_followed_in_order_and_then_all_is_well(
    start_partners: StartPartners,
) -> None:
    plan = [{"status": 500, "times": 2}, {"status": 429, "retry_after": 7, "times": 1}]
    partners = start_partners(partner(webhook_replies=plan))
    replies = [partners.send() for _ in range(4)]
    assert [reply.status for reply in replies] == [500, 500, 429, 200]
    assert replies[2].headers["Retry-After"] == "7"
    [row] = partners.get("/_control/partners/deliveries")["notices"]
    assert (row["attempts"], row["accepted"], row["shown"]) == (4, 1, 1)


def test_a_gone_endpoint_stays_gone_until_told_otherwise(start_partners: StartPartners) -> None:
    partners = start_partners(partner(webhook_replies=[{"status": 410}]))
    assert [partners.send().status for _ in range(3)] == [410, 410, 410]
    changed: dict[str, object] = {"webhook_replies": []}
    url = "/_control/partners/lv/behaviour"
    partners.post(url)  # not a method of this route: nothing changes
    assert partners.send().status == 410
    assert call("PATCH", partners.url + url, changed).status == 200
    assert partners.send().status == 200


def test_a_slow_receiver_has_the_notice_before_it_replies(start_partners: StartPartners) -> None:
    partners = start_partners(partner(webhook_replies=[{"delay_seconds": 30}]))
    with pytest.raises(TimeoutError):
        partners.send(timeout=0.3)
    inbox = partners.inbox_when(lambda box: bool(box["items"]))
    assert (inbox["items"][0]["accepted"], inbox["items"][0]["status"]) == (True, 0)


def test_a_hanging_receiver_never_replies_and_has_not_accepted(
    start_partners: StartPartners,
) -> None:
    partners = start_partners(partner(webhook_replies=[{"hang": True}]))
    started = time.monotonic()
    with pytest.raises(TimeoutError):
        partners.send(timeout=0.3)
    assert time.monotonic() - started < 5
    [item] = partners.inbox_when(lambda box: bool(box["items"]))["items"]
    assert (item["accepted"], item["status"]) == (False, 0)
    assert "never answered" in item["problem"]


def test_unknown_partners_partners_without_webhook_and_big_bodies_are_refused(
    start_partners: StartPartners,
) -> None:
    mail_only = partner("ee") | {"webhook": None}
    partners = start_partners(partner(), mail_only)
    assert partners.send("xx").status == 404
    assert partners.send("ee").status == 404
    assert partners.send(body=partners.notice(text="x" * 1_100_000)).status == 413
    assert partners.get("/partners/lv/inbox")["items"] == []
