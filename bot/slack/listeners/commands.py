"""Slash commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.slack import conversation
from bot.slack.conversation import Answer, Asked
from bot.slack.delivery import in_command, open_modal
from bot.slack.desk import Reply, public
from bot.slack.verbs import GROUPS
from coalition.domain.errors import UserError
from coalition.rendering.slack.modals import form_modal
from coalition.rendering.slack.replies import refusal

if TYPE_CHECKING:
    from slack_bolt import Ack, App
    from slack_sdk import WebClient

    from bot.slack.desk import Caller, Desk


def register(app: App, desk: Desk) -> None:
    """One listener for each slash command."""
    for group in GROUPS:
        app.command(f"/{desk.prefix}{group}")(_listener(desk, group))


def _listener(desk: Desk, group: str) -> Any:
    def command(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        try:
            caller = desk.caller(body["user_id"])
            asked = Asked(desk, caller, body["channel_id"], f"slack:{body['trigger_id']}")
            answer = conversation.typed(asked, group, body.get("text") or "")
            _give(desk, caller, answer, ack, client, body["trigger_id"])
        except UserError as error:
            in_command(ack, public(refusal(error), desk.coalition))

    return command


def _give(
    desk: Desk, caller: Caller, answer: Answer, ack: Ack, client: WebClient, trigger: str
) -> None:
    if isinstance(answer, Reply):
        in_command(ack, desk.release(answer, caller))
        return
    open_modal(client, trigger, desk.clear(form_modal(answer.form), caller, answer.call.shown))
    ack()
