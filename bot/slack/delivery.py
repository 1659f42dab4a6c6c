"""The only ways out of a listener. Each takes what the gate cleared, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackApiError

from coalition.domain.errors import UserError
from coalition.rendering.slack.modals import done_modal

if TYPE_CHECKING:
    from slack_bolt import Ack
    from slack_sdk import WebClient

    from coalition.domain.gate import Cleared
    from coalition.rendering.slack.rendered import Rendered, View

# The trigger was used before (the same click delivered twice): the modal is open already.
_OPEN_ALREADY = "exchanged_trigger_id"
_TOO_LATE = ("expired_trigger_id", "trigger_expired")


def in_command(ack: Ack, reply: Cleared[Rendered]) -> None:
    """Answer a slash command, seen by the caller alone."""
    ack(response_type="ephemeral", **reply.content.arguments)


def in_modal(ack: Ack, title: str, reply: Cleared[Rendered]) -> None:
    """Answer a form that was sent off: its last page says what happened."""
    ack(response_action="update", view=done_modal(title, reply.content))


def again(ack: Ack, view: Cleared[View]) -> None:
    """Answer a form with a form."""
    ack(response_action="update", view=view.content)


def open_modal(client: WebClient, trigger: str, view: Cleared[View]) -> None:
    """Open a form while the trigger lasts (three seconds).

    Raises:
        UserError: when Slack says that the trigger is too old; typing works always.
    """
    try:
        client.views_open(trigger_id=trigger, view=view.content)
    except SlackApiError as error:
        code = error.response.get("error", "")
        if code == _OPEN_ALREADY:
            return
        if code in _TOO_LATE:
            message = "Slack took too long to open the form."
            hint = "Try again, or type the whole command; help lists examples."
            raise UserError(message, hint) from error
        raise


def publish_home(client: WebClient, user: str, view: Cleared[View]) -> None:
    """Show App Home."""
    client.views_publish(user_id=user, view=view.content)


def field_errors(ack: Ack, view: View, error: UserError) -> bool:
    """Show the error at its field (the first one, where it names none); False without fields."""
    names = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    if not names:
        return False
    same = {"delegate": "person", "what": "text", "to": "members", "note": "text"}
    at = next((name for name in (error.field, same.get(error.field or "")) if name in names), None)
    at = at or names[0]
    said: dict[str, Any] = {at: f"{error.message} {error.hint}".strip()[:500]}
    ack(response_action="errors", errors=said)
    return True
