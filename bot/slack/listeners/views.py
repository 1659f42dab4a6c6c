"""Forms that were sent off, and the pickers inside them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from bot.slack import conversation
from bot.slack.conversation import Asked
from bot.slack.delivery import again, field_errors, in_modal
from bot.slack.desk import Reply, public
from bot.slack.verbs.base import FORM
from coalition.domain.errors import UserError
from coalition.rendering.slack.blocks import OPTIONS, options
from coalition.rendering.slack.modals import SEARCH_MEMBERS, form_modal, state_values
from coalition.rendering.slack.replies import refusal

if TYPE_CHECKING:
    from slack_bolt import Ack, App

    from bot.slack.desk import Desk
    from coalition.rendering.slack.rendered import View

CALLBACKS = re.compile(rf"^{FORM}:([a-z]+):([a-z]+)$")


def register(app: App, desk: Desk) -> None:
    """One listener for all forms, one for the search in large coalitions."""

    @app.view(CALLBACKS)
    def submitted(ack: Ack, body: dict[str, Any], view: View) -> None:
        try:
            _submitted(desk, ack, body["user"]["id"], view)
        except UserError as error:
            if not field_errors(ack, view, error):
                in_modal(ack, "Not done", public(refusal(error), desk.coalition))

    @app.options(SEARCH_MEMBERS)
    def members(ack: Ack, body: dict[str, Any]) -> None:
        desk.caller(body["user"]["id"])
        sought = body.get("value", "").casefold()
        found = [
            (member.id, f"{member.name} ({member.id})")
            for member in desk.coalition.active
            if sought in f"{member.id} {member.name} {member.country}".casefold()
        ]
        ack(options=options(found[:OPTIONS]))


def _submitted(desk: Desk, ack: Ack, user: str, view: View) -> None:
    caller = desk.caller(user)
    found = CALLBACKS.match(view["callback_id"])
    group, name = found.groups() if found else ("", "")
    verb = conversation.verb_of(desk, group, name)
    metadata: dict[str, str] = json.loads(view.get("private_metadata") or "{}")
    values = state_values(view)
    incident = metadata.pop("incident", "") or "".join(values.pop("incident", ()))
    channel = metadata.pop("channel", "")
    values |= {name: (value,) for name, value in metadata.items()}
    asked = Asked(desk, caller, channel, f"slack:{view['id']}:{view['hash']}")
    answer = conversation.submitted(asked, verb, values, incident)
    if isinstance(answer, Reply):
        in_modal(ack, verb.summary, desk.release(answer, caller))
    else:
        again(ack, desk.clear(form_modal(answer.form), caller, answer.call.shown))
