"""Buttons. What they lead to opens as a modal, because a modal needs no call but views.open."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bot.slack import conversation
from bot.slack.conversation import Asked, Shown
from bot.slack.delivery import open_modal
from bot.slack.desk import Reply, public
from bot.slack.verbs import overriding
from bot.slack.verbs.responding import RESPONDING
from coalition.domain.errors import NotFound, UserError
from coalition.domain.incident.commands import ClearAlarm, CompleteTask, RetryRoom
from coalition.rendering.slack.alarms import CLEAR
from coalition.rendering.slack.modals import LINK, done_modal, form_modal, link_modal
from coalition.rendering.slack.notice_posts import RESPOND
from coalition.rendering.slack.posts import TASK_DONE
from coalition.rendering.slack.release_posts import RELEASE
from coalition.rendering.slack.replies import MENU, refusal, reply

if TYPE_CHECKING:
    from slack_bolt import Ack, App
    from slack_sdk import WebClient

    from bot.slack.desk import Caller, Desk
    from coalition.domain.gate import Cleared
    from coalition.rendering.slack.rendered import View

Act = Callable[[Asked, str, str], Reply | Shown | str]
"""From who asks, the action's id and its value to an answer; a text is the board's page."""


def register(app: App, desk: Desk) -> None:
    """One listener for each family of buttons; a button's value is what it is about."""
    for family, act in FAMILIES.items():
        app.action(re.compile(rf"^{family}(?::|$)"))(_listener(desk, act))

    @app.action(re.compile(rf"^{LINK}(?::|$)"))
    def link(ack: Ack) -> None:
        ack()  # Slack tells of it although the browser does the work


def _listener(desk: Desk, act: Act) -> Any:
    def action(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        trigger = body["trigger_id"]
        try:
            caller = desk.caller(body["user"]["id"])
            channel = (body.get("channel") or {}).get("id", "")
            pressed = body["actions"][0]
            asked = Asked(desk, caller, channel, f"slack:{trigger}")
            answer = act(asked, pressed["action_id"], pressed.get("value", ""))
            view = _view(desk, caller, answer)
        except UserError as error:
            page = done_modal("Not done", refusal(error))
            view = public(page, desk.coalition)
        open_modal(client, trigger, view)
        ack()

    return action


def _view(desk: Desk, caller: Caller, answer: Reply | Shown | str) -> Cleared[View]:
    if isinstance(answer, str):
        address = desk.link(caller, answer)
        return public(link_modal(address, answer), desk.coalition)
    if isinstance(answer, Shown):
        return desk.clear(form_modal(answer.form), caller, answer.call.shown)
    told = desk.release(answer, caller)
    return desk.clear(done_modal("Tocsin", told.content), caller, None)


_ABOUT = {"INC-": ("incident", "run", "step"), "AID-": ("aid", "offer")}
"""What the parts of a button's value are, by how it begins."""


def _verb(asked: Asked, action: str, value: str) -> Reply | Shown:
    """`verb:incident:update` and `menu:incident:open`; the value is what it is about, if any."""
    group, name = action.split(":")[-2:]
    verb = conversation.verb_of(asked.desk, group, name)
    names = _ABOUT.get(value[:4], ())
    return conversation.opened(asked, verb, dict(zip(names, value.split("|"), strict=False)))


def _board(asked: Asked, _action: str, value: str) -> str:
    """A personal link; the page is one incident's where the button names one."""
    if value:
        asked.desk.seen(asked.caller, value)
    return value


def _retry(asked: Asked, _action: str, value: str) -> Reply:
    incident = asked.desk.seen(asked.caller, value)
    call = asked.call({})
    asked.desk.execute(RetryRoom(**call.base, incident=incident.number))
    return Reply(
        reply(
            f"The open steps of the room of {incident.number} are tried again.",
            "The checklist in the headline shows each as it is done.",
        )
    )


def _clear(asked: Asked, _action: str, value: str) -> Reply:
    number, _, subject = value.partition("|")
    incident = asked.desk.seen(asked.caller, number)
    call = asked.call({})
    try:
        asked.desk.execute(ClearAlarm(**call.base, incident=incident.number, subject=subject))
    except NotFound:
        return Reply(reply("Somebody has taken this alarm in hand already.", "Nothing to do."))
    following = (
        f"When it is settled, tell the room: {call.slash('incident update')}."
        if incident.room.channel
        else f"Keep what comes of it: {call.slash(f'incident note {incident.number} …')}."
    )
    said = f"You have taken the alarm of {incident.number} in hand; everybody there can see it."
    return Reply(reply(said, following))


def _task_done(asked: Asked, _action: str, value: str) -> Reply:
    number, _, task = value.partition("|")
    incident = asked.desk.seen(asked.caller, number)
    command = CompleteTask(**asked.call({}).base, incident=incident.number, task=int(task))
    asked.desk.execute(command)
    return Reply(
        reply(f"Task {task} of {incident.number} is done.", "The headline counts the rest.")
    )


def _respond(asked: Asked, _action: str, value: str) -> Reply | Shown:
    number, _, notice = value.partition("|")
    return conversation.opened(asked, RESPONDING, {"incident": number, "notice": notice})


def _release(asked: Asked, _action: str, value: str) -> Reply:
    number, _, override = value.partition("|")
    incident = asked.desk.seen(asked.caller, number)
    call = asked.call({})
    return overriding.release(call, incident, int(override))


FAMILIES: dict[str, Act] = {
    MENU: _verb,
    "verb": _verb,
    "board": _board,
    "retry_room": _retry,
    CLEAR: _clear,
    TASK_DONE: _task_done,
    RELEASE: _release,
    RESPOND: _respond,
}
"""What stands before the first colon of an action's id, and what it does."""
