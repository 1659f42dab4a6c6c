"""A tiny real Bolt app with something of everything, to try the pages without the bot."""

import re
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from slack_sdk import WebClient
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def _text(words: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": words}


def _option(value: str, words: str, description: str = "") -> dict[str, Any]:
    option: dict[str, Any] = {"text": _text(words), "value": value}
    return option | ({"description": _text(description)} if description else {})


SEVERITIES = [_option(f"S{n}", f"S{n}", f"level {n}") for n in range(5)]


def _input(block: str, label: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    element = {"action_id": block} | element
    return {"type": "input", "block_id": block, "label": _text(label), "element": element} | more


def modal(metadata: str) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": "open_incident",
        "private_metadata": metadata,
        "title": _text("Open an incident"),
        "submit": _text("Open incident"),
        "close": _text("Not now"),
        "blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": "Three things are *needed*."}},
            _input("title", "What happens?", {"type": "plain_text_input", "max_length": 100}),
            _input("details", "Details", {"type": "plain_text_input", "multiline": True},
                   optional=True, hint=_text("Two sentences are enough.")),
            _input("severity", "Severity",
                   {"type": "static_select", "options": SEVERITIES,
                    "initial_option": SEVERITIES[2]}),
            _input("label", "Label", {"type": "radio_buttons", "options": [
                _option("TLP:GREEN", "TLP:GREEN"), _option("TLP:AMBER", "TLP:AMBER")]}),
            _input("members", "Who may be affected?", {"type": "multi_static_select",
                   "placeholder": _text("Choose members"), "options": [
                    _option("lv", "Latvia"), _option("lt", "Lithuania"),
                    _option("fi", "Finland")]}),
            _input("lead", "Lead", {"type": "users_select"}, optional=True),
            _input("playbook", "Playbook", {"type": "external_select", "min_query_length": 1},
                   optional=True),
            _input("since", "Since", {"type": "datepicker"}, optional=True),
            _input("at", "At", {"type": "timepicker"}, optional=True),
            _input("also", "Also", {"type": "checkboxes", "options": [
                _option("page", "Page the duty officers", "wakes people")]}, optional=True),
            {"type": "actions", "block_id": "more", "elements": [
                {"type": "button", "action_id": "push", "text": _text("Explain the levels")}]},
        ],
    }  # fmt: skip


def headline(title: str, severity: str, label: str, state: str) -> list[dict[str, Any]]:
    return [
        {"type": "context", "elements": [
            {"type": "mrkdwn", "text": f"*{label}*  ·  INC-2026-0007  ·  *{severity}*"}]},
        {"type": "header", "text": _text(title)},
        {"type": "section", "block_id": "facts", "fields": [
            {"type": "mrkdwn", "text": f"*Status*\n{state}"},
            {"type": "mrkdwn", "text": "*Lead*\n<@U01ALICE>"},
            {"type": "mrkdwn", "text": "*Receipts*\n9 of 12; waiting: LT, PL, SE"},
            {"type": "mrkdwn", "text": "*Next update*\n04:30 UTC"}]},
        {"type": "divider"},
        {"type": "actions", "block_id": "acts", "elements": [
            {"type": "button", "action_id": "take", "text": _text("Take the lead"),
             "style": "primary", "value": "inc-7"},
            {"type": "button", "action_id": "close", "text": _text("Close incident"),
             "style": "danger", "value": "inc-7", "confirm": {
                "title": _text("Close INC-2026-0007?"), "text": _text("Partners will be told."),
                "confirm": _text("Close it"), "deny": _text("Keep it open"), "style": "danger"}},
            {"type": "static_select", "action_id": "change", "options": SEVERITIES,
             "placeholder": _text("Change severity")},
            {"type": "overflow", "action_id": "others", "options": [
                _option("export", "Export"), _option("merge", "Merge")]}]},
    ]  # fmt: skip


def _open(ack: Any, command: dict[str, Any], client: WebClient) -> None:
    ack()
    if command["text"] == "help":
        client.chat_postEphemeral(
            channel=command["channel_id"],
            user=command["user_id"],
            text="Try `/incident open` — or <https://example.org/help|read the help>.",
        )
        return
    client.views_open(trigger_id=command["trigger_id"], view=modal(command["channel_id"]))


def _open_anywhere(ack: Any, shortcut: dict[str, Any], client: WebClient) -> None:
    ack()
    client.views_open(trigger_id=shortcut["trigger_id"], view=modal("C0GENERAL"))


def _submitted(ack: Any, view: dict[str, Any], client: WebClient) -> None:
    entered = view["state"]["values"]
    title = entered["title"]["title"]["value"]
    if title == "bad":
        ack(response_action="errors", errors={"title": "Say what happens, in a few words."})
        return
    ack()
    severity = entered["severity"]["severity"]["selected_option"]["value"]
    label = entered["label"]["label"]["selected_option"]["value"]
    members = [o["value"] for o in entered["members"]["members"]["selected_options"]]
    channel = view["private_metadata"]
    posted = client.chat_postMessage(
        channel=channel,
        text=f"{label} {severity} {title}",
        blocks=headline(title, severity, label, "open"),
    )
    client.pins_add(channel=channel, timestamp=posted["ts"])
    client.chat_postMessage(
        channel=channel, thread_ts=posted["ts"], text=f"Told {', '.join(members)} at 03:12 UTC."
    )


def _clicked(what: str) -> Any:
    def listener(ack: Any, body: dict[str, Any], client: WebClient) -> None:
        ack()
        action = body["actions"][0]
        chosen = action.get("selected_option") or {}
        said = f"{what} {chosen.get('value', '')}".strip()
        message = body["message"]
        title = next(b["text"]["text"] for b in message["blocks"] if b["type"] == "header")
        client.chat_update(
            channel=body["channel"]["id"],
            ts=message["ts"],
            text=said,
            blocks=headline(title, "S3", "TLP:AMBER", f"{said} by <@{body['user']['id']}>"),
        )

    return listener


def _push(ack: Any, body: dict[str, Any], client: WebClient) -> None:
    ack()
    text = "*S0* nothing · *S4* a nation's functions fail"
    view = {
        "type": "modal",
        "title": _text("Levels"),
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": text}}],
    }
    client.views_push(trigger_id=body["trigger_id"], view=view)


def _home(event: dict[str, Any], client: WebClient) -> None:
    blocks = [
        {"type": "header", "text": _text("Your incidents")},
        {"type": "section", "text": {"type": "mrkdwn", "text": "*INC-2026-0007* DDoS on two banks"},
         "accessory": {"type": "button", "action_id": "show", "text": _text("Open its room")}},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "As of 04:02 UTC"}]},
    ]  # fmt: skip
    client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})


def _noted(ack: Any, shortcut: dict[str, Any], client: WebClient) -> None:
    ack()
    channel, message = shortcut["channel"]["id"], shortcut["message"]
    client.chat_postEphemeral(
        channel=channel, user=shortcut["user"]["id"], text=f"Noted: {message['text']}"
    )


def _playbooks(ack: Any, payload: dict[str, Any]) -> None:
    names = ["ddos", "defacement", "ransomware"]
    ack(options=[_option(n, n.title()) for n in names if n.startswith(payload["value"].lower())])


def tiny_app(api_url: str) -> Starlette:
    """The app, to be served: it takes Slack's signed requests at `/slack/events`."""
    client = WebClient(token="xoxb-sandbox", base_url=api_url)
    app = App(
        client=client, signing_secret="sandbox-signing-secret", token_verification_enabled=False
    )
    app.command("/incident")(_open)
    app.view("open_incident")(_submitted)
    app.action("take")(_clicked("led"))
    app.action("close")(_clicked("closed"))
    app.action("change")(_clicked("changed to"))
    app.action("others")(_clicked("asked to"))
    app.action("push")(_push)
    app.action("show")(lambda ack: ack())
    app.options("playbook")(_playbooks)
    app.event("app_home_opened")(_home)
    for silent in ("message", "reaction_added", "reaction_removed", "pin_added"):
        app.event(silent)(lambda: None)
    app.event(re.compile("channel_.*|member_.*"))(lambda: None)
    app.shortcut("note_it")(_noted)
    app.shortcut("open_it")(_open_anywhere)
    client.conversations_join(channel="C0GENERAL")

    async def receive(request: Request) -> Response:
        # Bolt is synchronous; in a thread it may call the workspace while others are answered.
        body = await request.body()
        answer = await run_in_threadpool(app.dispatch, to_bolt_request(request, body))
        return to_starlette_response(answer)

    return Starlette(routes=[Route("/slack/events", receive, methods=["POST"])])
