"""Replies: what happened, what to type next. Only the person who asked sees them."""

from __future__ import annotations

from collections.abc import Sequence

from coalition.domain.errors import UserError
from coalition.rendering.slack.blocks import actions, button, context, fitted, section
from coalition.rendering.slack.rendered import Block, Rendered
from coalition.rendering.slack.text import SEE_BOARD, clip, escape, joined

MENU = "menu"
"""Prefix of the action ids of menu buttons: `menu:incident:open`."""


def reply(said: str, following: str = "", *, extra: Sequence[Block] = ()) -> Rendered:
    """`said` (mrkdwn) is what happened, `following` what to do next."""
    blocks = [section(said), *extra, *([context(following)] if following else [])]
    text = clip(joined([_bare(said), _bare(following)]), 3000).strip()
    return Rendered(text or "–", fitted(blocks))  # Slack refuses an empty text


def refusal(error: UserError, example: str = "") -> Rendered:
    """What is wrong and what to type instead."""
    following = [escape(error.hint)] if error.hint else []
    if example:
        following.append(f"Type for example: `{escape(example)}`")
    return reply(f"Not done: {escape(error.message)}", " ".join(following))


def not_recorded() -> Rendered:
    """Something broke on our side: nothing was recorded."""
    return reply(
        "*Not recorded.* Tocsin could not store this, so nobody has been told.",
        "Try again in a moment. If it fails again, phone the partners and your Tocsin operator.",
    )


def menu(group: str, entries: Sequence[tuple[str, str, str]]) -> Rendered:
    """(verb, what it does, example) as buttons; the verbs that need a form only."""
    buttons = [button(shown, f"{MENU}:{group}:{verb}", verb) for verb, shown, _ in entries[:24]]
    buttons[0]["style"] = "primary"
    rows = [actions(*buttons[at : at + 5]) for at in range(0, len(buttons), 5)]
    first = entries[0][2]
    return reply(
        f"What is to be done? Choose, or type it: `{escape(first)}`",
        f"`/{group} help` lists everything with examples.",
        extra=rows,
    )


def help_page(title: str, entries: Sequence[tuple[str, str, str]]) -> Rendered:
    """(usage, what it does, example) for every verb."""
    lines = [f"`{escape(usage)}`\n{escape(what)}" for usage, what, _ in entries]
    blocks = [section("\n".join(lines[at : at + 6])) for at in range(0, len(lines), 6)]
    return reply(f"*{escape(title)}*", "Every verb opens a form when typed alone.", extra=blocks)


def _bare(marked: str) -> str:
    return marked.replace("*", "").replace("`", "").replace(SEE_BOARD, " …")
