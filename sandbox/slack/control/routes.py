"""The table of control endpoints."""

from starlette.routing import BaseRoute, Mount, Route

from sandbox.slack.control import feed, interact, people, reads, submit, switches, waiting
from sandbox.slack.control.common import Act, endpoint

POST: dict[str, Act] = {
    "message": people.write,
    "message/edit": people.edit,
    "message/delete": people.delete,
    "reaction": people.react,
    "pin": people.pin,
    "dm": people.direct,
    "channel/create": people.create,
    "channel/join": people.join,
    "channel/leave": people.leave,
    "channel/invite": people.invite,
    "channel/kick": people.kick,
    "channel/archive": people.archive,
    "channel/unarchive": people.unarchive,
    "channel/rename": people.rename,
    "channel/topic": people.topic,
    "command": interact.command,
    "action": interact.action,
    "suggestions": interact.suggestions,
    "shortcut": interact.shortcut,
    "view/submit": submit.submit,
    "view/close": interact.close,
    "home": interact.home,
    "wait": waiting.wait,
    "faults": switches.add_faults,
    "app": switches.settings,
    "oauth": switches.authorize,
}
GET: dict[str, Act] = {
    "state": reads.state,
    "users": reads.users,
    "channels": reads.channels,
    "messages": reads.messages,
    "inbox": reads.inbox,
    "views": reads.views,
    "commands": reads.commands,
    "traffic": reads.traffic,
    "file": reads.file,
    "faults": switches.faults,
    "wait": waiting.wait,
    "events": feed.events,
}
DELETE: dict[str, Act] = {"faults": switches.clear_faults}


def routes() -> BaseRoute:
    """Everything under `/_control/`."""
    table = [("POST", POST), ("GET", GET), ("DELETE", DELETE)]
    return Mount(
        "/_control",
        routes=[
            Route(f"/{path}", endpoint(act), methods=[verb])
            for verb, acts in table
            for path, act in acts.items()
        ],
    )
