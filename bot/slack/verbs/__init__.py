"""Every slash command and its verbs: one table, which the help, the menus and the docs follow."""

from __future__ import annotations

from bot.slack.verbs import (
    aid,
    capability,
    changing,
    checking,
    looking,
    members,
    notifying,
    opening,
    playbooks,
    responding,
    working,
)
from bot.slack.verbs.base import Verb

_ORDER = (
    *opening.VERBS,
    *working.VERBS,
    *notifying.VERBS,
    *changing.VERBS,
    *looking.VERBS,
    *members.VERBS,
    *checking.VERBS,
    *playbooks.VERBS,
    *aid.VERBS,
    *capability.VERBS,
)

GROUPS: dict[str, dict[str, Verb]] = {
    group: {verb.name: verb for verb in _ORDER if verb.group == group}
    for group in dict.fromkeys(verb.group for verb in _ORDER)
}
"""Slash command -> verb -> what it is. `help` is understood by all of them."""

BY_BUTTON: dict[tuple[str, str], Verb] = {
    (verb.group, verb.name): verb for verb in (responding.RESPONDING,)
}
"""Forms that only a button opens, by group and name."""

ABOUT = {
    "incident": "Open, warn about, work on and close incidents",
    "coalition": "Members, and how they can be reached",
    "playbook": "List, preview and run playbooks",
    "aid": "Ask for help, offer it, agree on terms, settle",
    "capability": "What each member could help with",
}
"""What each slash command is for, as the manifest says it."""
