"""From what somebody typed, chose or submitted to one act and its answer. Knows no payloads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.slack.desk import Reply
from bot.slack.people import full_names
from bot.slack.reading import Given, aid_number, incident_number
from bot.slack.typed import Values, nearest, parse, plain_text, split_verb, tokens
from bot.slack.verbs import ABOUT, BY_BUTTON, GROUPS
from bot.slack.verbs.base import Asking, Call, Verb
from coalition.domain.errors import UserError
from coalition.rendering.slack.fields import Form
from coalition.rendering.slack.replies import help_page, menu

if TYPE_CHECKING:
    from bot.slack.desk import Caller, Desk
    from coalition.rendering.slack.rendered import Rendered


@dataclass(frozen=True)
class Shown:
    """A form to be shown, and the act it belongs to (for the gate)."""

    form: Form
    call: Call


Answer = Reply | Shown


@dataclass(frozen=True)
class Asked:
    """Who asks, from where, under which id."""

    desk: Desk
    caller: Caller
    channel: str
    id: str

    def call(self, values: Values) -> Call:
        """The act with these values, about no incident yet."""
        given = Given(values, self.desk.coalition)
        return Call(self.desk, self.caller, self.id, given, self.channel)


def typed(asked: Asked, group: str, text: str) -> Answer:
    """Answer `/group text`.

    Raises:
        UserError: saying what is wrong and what to type instead.
    """
    name, rest = split_verb(plain_text(text))
    if not name:
        return Reply(menu(f"{asked.desk.prefix}{group}", _menu(asked, group)))
    if name in ("help", "?"):
        return Reply(_help(asked.desk, group))
    return typed_verb(asked, verb_of(asked.desk, group, name), rest)


def verb_of(desk: Desk, group: str, name: str) -> Verb:
    """The verb of that name; raises `UserError` naming the nearest."""
    if (group, name) in BY_BUTTON:
        return BY_BUTTON[group, name]
    verbs = GROUPS.get(group, {})
    if name in verbs:
        return verbs[name]
    near = nearest(name, tuple(verbs))
    command = f"/{desk.prefix}{group}"
    hint = f"Did you mean {command} {near}? " if near else ""
    message = f"{command} has no verb {name[:40]!r}."
    raise UserError(message, f"{hint}{command} help lists all verbs with examples.")


def typed_verb(asked: Asked, verb: Verb, rest: str) -> Answer:
    """Answer one verb with what was typed after it: act, or show its form."""
    about, rest_of_it = _leading_id(asked, verb, rest)
    call = asked.call(parse(rest_of_it, verb.typed_fields, full_names(asked.desk.coalition)))
    call.given.values.update({name: (word,) for name, word in about.items()})
    call = _about(call, verb, needed=bool(rest) or not verb.opens_form)
    bare = not rest_of_it and bool(verb.fields)
    if verb.opens_form and (bare or (call.incident is None and verb.about_incident)):
        return Shown(verb.form(call), call)
    if verb.settle:
        verb.settle(call)
    if missing := call.given.missing(verb.fields):
        if verb.opens_form:
            return Shown(verb.form(call), call)
        first = missing[0]
        raise UserError(f"{first.label} is missing.", f"Type: {verb.example}", field=first.name)
    return _run(verb, call)


def submitted(asked: Asked, verb: Verb, values: Values, incident: str) -> Answer:
    """Answer a form that was sent off; `incident` is the one it was opened for.

    Raises:
        UserError: with the field to show it at, where there is one.
    """
    call = asked.call(dict(values))
    if incident and verb.about_incident:
        call.given.values["incident"] = (incident,)
    elif incident:
        call.given.values.setdefault("incident", (incident,))
    call = _about(call, verb, needed=True)
    if verb.settle:
        verb.settle(call)
    if missing := call.given.missing(verb.fields):
        first = missing[0]
        raise UserError(f"{first.label} is missing.", "Fill it in.", field=first.name)
    return _run(verb, call)


def opened(asked: Asked, verb: Verb, about: dict[str, str]) -> Answer:
    """Answer a button that stands for a verb: its form, or what it shows.

    `about`: what the button is about (the incident, and a run and step of it).
    """
    call = asked.call({name: (value,) for name, value in about.items()})
    call = _about(call, verb, needed=not verb.opens_form)
    if verb.opens_form:
        return Shown(verb.form(call), call)
    return _run(verb, call)


def _run(verb: Verb, call: Call) -> Answer:
    answer = verb.run(call)
    if isinstance(answer, Asking):
        form = verb.form(call, answer.intro, **answer.metadata)
        return Shown(replace(form, submit=answer.submit or form.submit), call)
    return answer


def _about(call: Call, verb: Verb, *, needed: bool) -> Call:
    """The act with the incident it is about. Not `needed`: the form may still ask which."""
    if verb.about:
        return replace(call, incident=verb.about(call))
    if not verb.about_incident:
        return call
    word = call.given.text("incident")
    known = call.desk.directory.by_channel(call.channel)
    if not word and known is None and not needed:
        return call
    return replace(call, incident=call.desk.incident(call.caller, word, call.channel))


def _leading_id(asked: Asked, verb: Verb, rest: str) -> tuple[dict[str, str], str]:
    """`INC-2026-0007 the text` -> ({`incident`: `INC-2026-0007`}, `the text`); also `AID-…`.

    A lone number after a verb that takes one itself (merge) belongs to the verb.
    """
    words = [token.text for token in tokens(rest)[:2]]
    year = asked.desk.now().year
    takes = {field.name for field in verb.fields}
    if not words:
        return {}, rest
    after = rest.strip().removeprefix(words[0]).strip()
    if "aid" in takes and aid_number(words[0], year):
        return {"aid": words[0]}, after
    numbers = [word for word in words if incident_number(word, year)]
    if not incident_number(words[0], year) or ("into" in takes and len(numbers) == 1):
        return {}, rest
    return {"incident": words[0]}, after


def _menu(asked: Asked, group: str) -> list[tuple[str, str, str]]:
    """What can be done here: in a room, what is about its incident; elsewhere the rest."""
    number = asked.desk.directory.by_channel(asked.channel)
    incident = asked.desk.directory.incident(number) if number else None
    verbs = list(GROUPS[group].values())
    fitting = [
        verb
        for verb in verbs
        if (verb.about or verb.about_incident == (incident is not None))
        and (incident is None or verb.when in ("always", "over" if incident.over else "open"))
    ] or verbs
    return [(verb.name, verb.summary, verb.example) for verb in fitting]


def _help(desk: Desk, group: str) -> Rendered:
    entries = [
        (f"/{desk.prefix}{verb.usage[1:]}", f"{verb.summary}, as in: {verb.example}", verb.example)
        for verb in GROUPS[group].values()
    ]
    return help_page(f"/{desk.prefix}{group}: {ABOUT[group]}", entries)
