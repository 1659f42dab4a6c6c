"""What people type after a slash command: words and options, forgiving about how they type.

Phones turn `--` into a dash and quotes into curly ones; both are read as meant. Options may stand
anywhere. An option whose value is one word takes one word; an option of free text takes everything
up to the next option.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from bot.slack.people import fold
from coalition.domain.errors import UserError
from coalition.rendering.slack.fields import Field

Values = dict[str, tuple[str, ...]]
"""What was given, by field name, as text; converted by `bot.slack.reading`."""

_OPEN = '"“„«”‟'
_CLOSE = '"”“»‟'
_TRUE = ("true",)
_LONGEST_NAME = 5  # words
# `--x`, and what phones make of it: `—x` (em), `–x` (en), `―x` (bar), `−−x` (minus).
_DASHES = re.compile(r"^(?:--+|[—–―]+-?|−−)(?=[A-Za-z])")


class Token(NamedTuple):
    """One word, or one quoted text."""

    text: str
    quoted: bool


def tokens(typed: str) -> list[Token]:
    """Words; text between double quotes of any shape is one. A quote left open ends at the end."""
    found: list[Token] = []
    at = 0
    while at < len(typed):
        if typed[at].isspace():
            at += 1
            continue
        if typed[at] in _OPEN:
            end = _first(typed, _CLOSE, at + 1)
            found.append(Token(typed[at + 1 : end], quoted=True))
            at = end + 1
            continue
        end = at
        while end < len(typed) and not typed[end].isspace():
            if typed[end] == "=" and end + 1 < len(typed) and typed[end + 1] in _OPEN:
                break
            end += 1
        if end < len(typed) and typed[end] == "=":  # --title="two words"
            found.append(Token(typed[at : end + 1], quoted=False))
            end += 1
        else:
            found.append(Token(typed[at:end], quoted=False))
        at = end
    return found


def _first(text: str, letters: str, start: int) -> int:
    return next((at for at in range(start, len(text)) if text[at] in letters), len(text))


def parse(typed: str, fields: Sequence[Field], people: Collection[str] = ()) -> Values:
    """Sort what was typed into fields.

    `people`: full names, folded as by `bot.slack.people`; each is one word where a person is asked.

    Raises:
        UserError: an unknown option (naming the nearest), one given twice, one without a value.
    """
    known = {field.name: field for field in fields}
    values: dict[str, list[str]] = {}
    words: list[Token] = []
    queue = tokens(typed)
    while queue:
        token = queue.pop(0)
        name, inline = _option(token)
        if name is None:
            words.append(token)
            continue
        field = known.get(name) or _unknown(name, known)
        if field.name in values and field.kind != "members":
            message = f"--{field.name} was given twice;"
            raise UserError(message, "give it once.", field=field.name)
        taken = _value(field, inline, queue, people)
        values.setdefault(field.name, []).extend(taken)
    _place(words, fields, values, people)
    return {name: tuple(given) for name, given in values.items()}


def _option(token: Token) -> tuple[str | None, str]:
    if token.quoted or not (dashes := _DASHES.match(token.text)):
        return None, ""
    name, _, inline = token.text[dashes.end() :].partition("=")
    return name.lower().replace("_", "-"), inline


def _unknown(name: str, known: dict[str, Field]) -> Field:
    begun = [one for one in known if one.startswith(name)]  # --sev means --severity
    near = begun or difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    message = f"There is no option --{name[:40]} here."
    hint = f"Did you mean --{near[0]}?" if near else _all(known)
    raise UserError(message, hint)


def _all(known: dict[str, Field]) -> str:
    return "Options: " + ", ".join(f"--{name}" for name in known) if known else "It takes none."


def _value(field: Field, inline: str, queue: list[Token], people: Collection[str]) -> list[str]:
    if field.kind == "flag":
        return list(_TRUE)
    taken = [inline] if inline else []
    if not taken and queue and _option(queue[0])[0] is None:
        taken = [_word(field, queue, people)]
    if field.kind == "members":  # `lv, lt` is typed with a space as often as without
        while queue and ((taken and taken[-1].endswith(",")) or queue[0].text.startswith(",")):
            taken.append(queue.pop(0).text)
    elif not field.one_token:
        while queue and _option(queue[0])[0] is None:
            taken.append(queue.pop(0).text)
        taken = [" ".join(taken)] if taken else []
    if not any(part.strip(" ,") for part in taken):
        raise UserError(f"--{field.name} needs a value:", f"{field.label}.", field=field.name)
    return taken


def _word(field: Field, queue: list[Token], people: Collection[str]) -> str:
    """The next word; where a person is asked and the next words are a full name, all of it."""
    count = 1
    if field.kind == "person":
        for more in range(min(len(queue), _LONGEST_NAME), 1, -1):
            if fold(" ".join(token.text for token in queue[:more])) in people:
                count = more
                break
    taken = [queue.pop(0).text for _ in range(count)]
    return " ".join(taken)


def _place(
    words: list[Token],
    fields: Sequence[Field],
    values: dict[str, list[str]],
    people: Collection[str],
) -> None:
    """Words without an option go to the fields that take them, in order."""
    rest = list(words)
    for field in fields:
        if field.place == "word" and field.name not in values and rest:
            values[field.name] = [_word(field, rest, people)]
    for field in fields:
        if field.place == "rest" and field.name not in values and rest:
            values[field.name] = [" ".join(token.text for token in rest)]
            rest = []
    if rest:
        shown = " ".join(token.text for token in rest)[:60]
        message = f"I do not know what to do with {shown!r}."
        raise UserError(message, _all({field.name: field for field in fields}))


def split_verb(typed: str) -> tuple[str, str]:
    """(verb in lower case, the rest as typed)."""
    verb, _, rest = typed.strip().partition(" ")
    return verb.lower(), rest.strip()


def nearest(verb: str, known: Sequence[str]) -> str:
    """The known verb nearest to what was typed; empty when none is near."""
    begun = [one for one in known if verb and one.startswith(verb)]
    near = begun or difflib.get_close_matches(verb, known, n=1, cutoff=0.5)
    return near[0] if near else ""


def plain_text(text: str) -> str:
    """What was typed, where Slack has escaped &, < and > and wrapped links and channels.

    Mentions (`<@U01ALICE|alice>`) are left as they are: they name people.
    """
    text = re.sub(r"<#[A-Z0-9]+\|([^>]*)>", r"#\1", text)
    text = re.sub(r"<((?:https?|mailto):[^|>]+)(?:\|[^>]*)?>", r"\1", text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
