from datetime import datetime
from typing import Any

import pytest

from tests.sandbox.partners.harness import Partners, StartPartners, partner
from tests.sandbox.partners.serving import call
from tests.sandbox.partners.test_mailbox import deliver, mail


def answered(inbox: dict[str, Any]) -> bool:
    return [answer["state"] for answer in inbox["answers"]] == ["answered"]


def gave_up(inbox: dict[str, Any]) -> bool:
    return [answer["state"] for answer in inbox["answers"]] == ["gave_up"]


def test_a_partner_answers_through_the_form_on_the_page_behind_the_link(
    start_partners: StartPartners,
) -> None:
    partners = start_partners(
        partner(ack_after_seconds=0, answer="accept", note="4 people", by="Anna")
    )
    partners.send()
    inbox = partners.inbox_when(answered)
    assert partners.hub.posts == [
        {
            "csrf": "c-tok-NT-0001",
            "answer": "accept",
            "sure": "on",
            "note": "4 people",
            "by": "Anna",
        }
    ]
    assert inbox["answers"][0]["log"] == ["Thank you, recorded."]


def test_an_answer_word_fits_the_page_s_spelling_of_it(start_partners: StartPartners) -> None:
    partners = start_partners(partner(ack_after_seconds=0, answer="need_info"))
    partners.send()
    partners.inbox_when(answered)
    assert partners.hub.posts[0]["answer"] == "need-info"


def test_a_partner_answers_a_mail_through_its_link_too(start_partners: StartPartners) -> None:
    partners = start_partners(partner(ack_after_seconds=0))
    message = mail()
    text = message.get_body(("plain",))
    assert text is not None
    text.set_content(f"TLP:GREEN\nNotice: NT-0042\n<{partners.hub.url}/n/by-mail>\n")
    deliver(partners, message)
    partners.inbox_when(answered)
    assert partners.hub.answered == {"by-mail": "acknowledge"}


def test_a_partner_can_answer_by_a_signed_request_to_the_inbound_api(
    start_partners: StartPartners,
) -> None:
    partners = start_partners(
        partner(ack_after_seconds=0, answer="decline", via="webhook_api", note="busy", by="Ina")
    )
    partners.send()
    partners.inbox_when(answered)
    [taken] = partners.hub.api
    assert (taken["type"], taken["member"]) == ("notice.answer", "lv")
    assert taken["data"] == {
        "notice_id": "NT-0001",
        "answer": "decline",
        "note": "busy",
        "by": "Ina",
    }


@pytest.mark.parametrize("speed", [1.0, 4.0])
def test_nobody_answers_sooner_than_configured(start_partners: StartPartners, speed: float) -> None:
    partners = start_partners(partner(ack_after_seconds=0.8), speed=speed)
    partners.send()
    inbox = partners.inbox_when(answered)
    received = datetime.fromisoformat(inbox["items"][0]["received_at"])
    done = datetime.fromisoformat(inbox["answers"][0]["answered_at"])
    assert (done - received).total_seconds() >= 0.8 / speed


def test_a_notice_that_comes_again_by_any_channel_is_answered_once(
    start_partners: StartPartners,
) -> None:
    partners = start_partners(partner(ack_after_seconds=0))
    partners.send(body=partners.notice("NT-0042"))
    partners.inbox_when(answered)
    partners.send(body=partners.notice("NT-0042"))
    partners.send(body=partners.notice("NT-0042"), message_id="msg_2")
    deliver(partners, mail())
    partners.send(body=partners.notice("NT-0043"), message_id="msg_3")
    partners.inbox_when(lambda box: [a["state"] for a in box["answers"]] == ["answered"] * 2)
    assert sorted(partners.hub.answered) == ["tok-NT-0042", "tok-NT-0043"]
    assert len(partners.hub.posts) == 2


@pytest.mark.parametrize(
    "behaviour",
    [{}, {"ack_after_seconds": 0, "via": "none"}, {"ack_after_seconds": 0, "reads": ["mail"]}],
)
def test_a_silent_partner_plans_no_answer(
    start_partners: StartPartners, behaviour: dict[str, Any]
) -> None:
    partners = start_partners(partner(**behaviour), partner("lt", ack_after_seconds=0))
    partners.send()
    partners.send("lt", message_id="msg_2", body=partners.notice("NT-2"))
    partners.inbox_when(answered, "lt")
    assert partners.get("/partners/lv/inbox")["answers"] == []
    assert list(partners.hub.answered) == ["tok-NT-2"]


def test_a_hub_that_is_down_is_tried_again(start_partners: StartPartners) -> None:
    partners = start_partners(partner(ack_after_seconds=0), speed=100)
    partners.hub.failures = [503, 429]
    partners.send()
    inbox = partners.inbox_when(answered)
    assert inbox["answers"][0]["attempts"] == 3
    assert len(partners.hub.posts) == 1


def test_an_answer_whose_reply_was_lost_is_not_given_twice(start_partners: StartPartners) -> None:
    partners = start_partners(partner(ack_after_seconds=0), speed=100)
    partners.hub.lose_next_reply = True
    partners.send()
    inbox = partners.inbox_when(answered)
    assert "You answered: acknowledge" in inbox["answers"][0]["log"][-1]
    assert len(partners.hub.posts) == 1


def test_an_answer_the_page_does_not_offer_is_not_given(start_partners: StartPartners) -> None:
    partners = start_partners(partner(ack_after_seconds=0, answer="decline"))
    partners.send()
    inbox = partners.inbox_when(gave_up)
    assert "offers acknowledge, accept, need-info, not decline" in inbox["answers"][0]["log"][0]
    assert partners.hub.posts == []


def test_a_notice_without_a_link_cannot_be_answered_by_link(start_partners: StartPartners) -> None:
    partners = start_partners(partner(ack_after_seconds=0))
    partners.send(body=partners.notice(ack_url=""))
    inbox = partners.inbox_when(gave_up)
    assert inbox["answers"][0]["log"] == ["the notice has no answer link"]


def test_a_person_can_be_made_to_answer_now_and_only_once(start_partners: StartPartners) -> None:
    partners = start_partners(partner(ack_after_seconds=3600))
    partners.send()
    order = {"notice_id": "NT-0001", "answer": "accept", "by": "Kārlis"}
    assert partners.post("/_control/partners/lv/answer", order).json["ok"]
    again = partners.post("/_control/partners/lv/answer", order)
    assert (again.status, again.json["error"]) == (409, "already_answered")
    assert len(partners.hub.posts) == 1
    repeated = partners.post("/_control/partners/lv/answer", order | {"again": True})
    assert "asks nothing" in repeated.json["answer"]["log"][0]


def test_a_partner_told_to_stay_silent_forgets_what_it_planned(
    start_partners: StartPartners,
) -> None:
    partners = start_partners(partner(ack_after_seconds=0.5))
    partners.send()
    silence = {"ack_after_seconds": None}
    call("PATCH", f"{partners.url}/_control/partners/lv/behaviour", silence)
    partners.inbox_when(lambda box: box["answers"] == [])
    assert partners.hub.page_opens == 0


def test_clearing_forgets_deliveries_answers_and_plans(start_partners: StartPartners) -> None:
    partners = start_partners(partner(ack_after_seconds=0.3), partner("lt", ack_after_seconds=0.6))
    partners.send()
    partners.post("/_control/partners/clear", {"partner": "lv"})
    partners.send("lt", body=partners.notice("NT-2"))
    partners.inbox_when(answered, "lt")
    assert list(partners.hub.answered) == ["tok-NT-2"]
    assert partners.get("/partners/lv/inbox")["items"] == []
    assert len(partners.get("/_control/partners/deliveries")["notices"]) == 1


def test_orders_that_make_no_sense_are_refused_in_words(start_partners: StartPartners) -> None:
    partners = start_partners()
    assert_refused(partners, "/_control/partners/xx/answer", {}, 404, "known: lv")
    assert_refused(partners, "/_control/partners/lv/answer", {}, 404, "no accepted delivery")
    assert_refused(
        partners, "/_control/partners/lv/answer", {"answer": "maybe"}, 400, "body.answer"
    )
    assert_refused(partners, "/_control/partners/lv/answer", {"x": 1}, 400, "body.x")
    assert_refused(partners, "/_control/partners/pace", {"speed": 0}, 400, "body.speed")
    assert_refused(partners, "/_control/partners/clear", [1], 400, "JSON object")


def assert_refused(partners: Partners, path: str, body: Any, status: int, words: str) -> None:
    reply = partners.post(path, body)
    assert reply.status == status
    assert words in reply.json["detail"]


def test_a_page_that_never_offered_the_answer_is_not_taken_for_an_answer(
    start_partners: StartPartners,
) -> None:
    partners = start_partners(partner(ack_after_seconds=0, answer="decline"), speed=100)
    partners.hub.page_failures = [503]
    partners.send()
    inbox = partners.inbox_when(gave_up)
    assert inbox["answers"][0]["attempts"] == 2
    assert partners.hub.posts == []
