"""What people do with the app: commands, clicks, shortcuts, modals, App Home."""

import re

from sandbox.slack import responses
from sandbox.slack.acts import rooms
from sandbox.slack.acts.views import clear, pop, top
from sandbox.slack.control import surfaces
from sandbox.slack.control.common import Asked, shown_view
from sandbox.slack.control.seen import Watch
from sandbox.slack.dispatch import interactions
from sandbox.slack.dispatch.delivery import Parcel
from sandbox.slack.errors import ControlError, SlackError
from sandbox.slack.model import Json, User, View
from sandbox.slack.world import World

NAMED = re.compile(r"(?<![\w<])([@#])([\w-]+(?:\.[\w-]+)*)")
NOT_REACHED = "The app did not respond. Try again in a moment."


async def command(asked: Asked) -> Json:
    """`POST command`."""
    user = asked.user()
    channel = asked.room(user)
    name, _, rest = asked.text("text").strip().partition(" ")
    watch = Watch(asked, user)
    declared = {item["command"]: item for item in asked.world.app.slash_commands}
    if name not in declared:
        asked.world.notice(user.id, f"{name} is not a valid command.")
        raise ControlError("no_such_command", f"{name} is not a valid command of this app", 404)
    if declared[name].get("should_escape"):
        rest = with_ids(asked.world, user, rest)
    trigger = asked.world.issue_trigger(user.id)
    payload = interactions.slash_command(asked.world, user, channel, name, rest.strip(), trigger.id)
    parcel = Parcel("slash_commands", f"slash_commands:{name}", payload)
    delivery = await asked.hub.deliver(parcel)
    if delivery.acked:
        try:
            responses.acknowledged(asked.world, user.id, channel.id, delivery.body)
        except SlackError as error:
            watch.notice(f'{name} failed with the error "{error.code}"')
    else:
        code = "operation_timeout" if delivery.status == "timeout" else "dispatch_failed"
        watch.notice(f'{name} failed with the error "{code}"')
    facts = {"trigger_id": trigger.id, "response_url": payload["response_url"]}
    return facts | watch.result(delivery)


async def action(asked: Asked) -> Json:
    """`POST action`: a click or a choice in a message, a modal or the home tab."""
    user = asked.user()
    surface = surfaces.find(asked, user)
    block, element = surfaces.element(asked, surface)
    values = surfaces.enter(asked, surface)
    chosen = surfaces.choose(asked, surface, block, element)
    watch = Watch(asked, user)
    done = interactions.block_actions(
        asked.world, user, surface, [surfaces.described(asked, block, element, chosen)], values
    )
    delivery = await asked.hub.deliver(Parcel("interactive", "interactive:block_actions", done))
    if not delivery.acked:
        watch.notice(NOT_REACHED)
    return {"trigger_id": done["trigger_id"]} | watch.result(delivery)


async def suggestions(asked: Asked) -> Json:
    """`POST suggestions`: what an external select offers for a query."""
    user = asked.user()
    surface = surfaces.find(asked, user)
    block, element = surfaces.element(asked, surface)
    if not str(element["type"]).endswith("external_select"):
        raise ControlError("not_external", f"{element['action_id']} offers its own options")
    query = str(asked.body.get("query") or "")
    watch = Watch(asked, user)
    payload = interactions.block_suggestion(
        asked.world, user, surface, block, element["action_id"], query
    )
    parcel = Parcel("interactive", "interactive:block_suggestion", payload)
    delivery = await asked.hub.deliver(parcel)
    answer = delivery.body if delivery.acked and isinstance(delivery.body, dict) else {}
    offered = {key: answer[key] for key in ("options", "option_groups") if key in answer}
    if not offered:
        watch.notice(NOT_REACHED)
    surfaces.remember(asked.world, user, element["action_id"], offered)
    return (offered or {"options": []}) | watch.result(delivery)


async def shortcut(asked: Asked) -> Json:
    """`POST shortcut`: from a message's menu when `ts` is given, else from the composer's."""
    user, callback_id = asked.user(), asked.text("callback_id")
    kind = "message" if asked.body.get("ts") else "global"
    declared = {(item["type"], item["callback_id"]) for item in asked.world.app.shortcuts}
    if (kind, callback_id) not in declared:
        known = ", ".join(f"{ident} ({of})" for of, ident in sorted(declared)) or "none"
        raise ControlError("no_such_shortcut", f"no {kind} shortcut {callback_id}; known: {known}")
    watch = Watch(asked, user)
    if kind == "message":
        channel = asked.room(user)
        message = asked.message(channel, user)
        payload = interactions.message_shortcut(asked.world, user, channel, message, callback_id)
    else:
        payload = interactions.global_shortcut(asked.world, user, callback_id)
    parcel = Parcel("interactive", f"interactive:{payload['type']}", payload)
    delivery = await asked.hub.deliver(parcel)
    if not delivery.acked:
        watch.notice(NOT_REACHED)
    return {"trigger_id": payload["trigger_id"]} | watch.result(delivery)


async def close(asked: Asked) -> Json:
    """`POST view/close`: the person dismisses the top modal, or all."""
    user = asked.user()
    view = open_modal(asked, user.id)
    watch = Watch(asked, user)
    everything = bool(asked.body.get("all") or view.definition.get("clear_on_close"))
    gone = clear(asked.world, user.id) if everything else [view]
    if not everything:
        pop(asked.world, view)
    delivery = None
    for closed in gone:
        if closed.definition.get("notify_on_close"):
            payload = interactions.view_closed(asked.world, user, closed, cleared=everything)
            parcel = Parcel("interactive", "interactive:view_closed", payload)
            delivery = await asked.hub.deliver(parcel)
    return {"view": shown_view(asked.world, top(asked.world, user.id))} | watch.result(delivery)


async def home(asked: Asked) -> Json:
    """`POST home`: the person opens the app's home tab."""
    user, world = asked.user(), asked.world
    channel, _ = rooms.open_direct(world, [world.app.bot_user_id, user.id])
    watch = Watch(asked, user)
    view = world.views.get(world.homes.get(user.id, ""))
    event: Json = {
        "type": "app_home_opened",
        "user": user.id,
        "channel": channel.id,
        "tab": "home",
        "event_ts": world.new_ts(),
    }
    if view is not None:
        shaped = shown_view(world, view) or {}
        event["view"] = {k: v for k, v in shaped.items() if k not in {"user", "errors"}}
    world.publish(event)
    delivery = await watch.delivered("events_api:app_home_opened")
    view = world.views.get(world.homes.get(user.id, ""))
    return {"view": shown_view(world, view)} | watch.result(delivery)


def with_ids(world: World, user: User, text: str) -> str:
    """A command's text as it goes to an app that asked for `should_escape`.

    `@name` becomes `<@U…|name>` and `#room` becomes `<#C…|room>`, where `user` sees them.
    """
    people = {person.name: person.id for person in world.users.values()}
    places = {room.name: room.id for room in world.channels.values() if world.sees(room, user.id)}

    def replaced(found: re.Match[str]) -> str:
        sign, name = found.groups()
        ident = (people if sign == "@" else places).get(name)
        return f"<{sign}{ident}|{name}>" if ident else found.group()

    return NAMED.sub(replaced, text)


def open_modal(asked: Asked, user_id: str) -> View:
    """The modal meant by `view_id`, or the top one; only the top one can be acted on.

    Raises:
        ControlError: none is open, or another one is on top.
    """
    view = top(asked.world, user_id)
    if view is None:
        raise ControlError("no_open_view", "this person has no modal open", 404)
    wanted = asked.body.get("view_id")
    if wanted and wanted != view.id:
        raise ControlError("not_on_top", f"the modal on top is {view.id}, not {wanted}")
    return view
