"""Severity S0 to S4: the questions behind it, what others call it, and the campaign floor.

Each answer says how severe the incident is at least; the severest answer decides. So the same
answers always give the same severity, and no answer can lower what another one says. None of the
questions asks who did it: attribution must not inflate severity while it is open.

The mapping to other scales is a proposal of ours and stands beside national values; it replaces
none of them. Sources: US NCISS (CISA), the categories of the UK NCSC, NIS2 Art. 23.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, NamedTuple

from coalition.domain.errors import UserError
from coalition.domain.incident.words import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

WARNING = Severity.S2
"""What a warning counts as for deadlines. It is not assessed yet, and a partner that hears of it
in time is its whole point: S2 asks for an acknowledgement within the hour."""

FLOOR = Severity.S3
FLOOR_MEMBERS = 2
FLOOR_LINKED = 3


class Option(NamedTuple):
    """One answer: what is said, and how severe the incident is then at least."""

    id: str
    text: str
    at_least: Severity


class Question(NamedTuple):
    """Asked when an incident is opened or its severity reviewed; every answer is optional."""

    id: str
    text: str
    options: tuple[Option, ...]


class Equivalent(NamedTuple):
    """What other scales call a severity."""

    meaning: str
    nciss: str
    ncsc: str
    nis2: str


QUESTIONS = (
    Question(
        "reach",
        "Who is hit?",
        (
            Option("nobody_yet", "Nobody yet, or only attempts", Severity.S0),
            Option("one_entity", "One organisation", Severity.S1),
            Option("several_entities", "Several organisations in one nation", Severity.S2),
            Option("several_nations", "Organisations in more than one nation", Severity.S3),
        ),
    ),
    Question(
        "service",
        "Which service suffers?",
        (
            Option("none", "None", Severity.S0),
            Option("internal", "Internal services of the organisation", Severity.S1),
            Option("essential", "An essential or important service (NIS2)", Severity.S2),
            Option("society", "Services that society cannot do without for a day", Severity.S4),
        ),
    ),
    Question(
        "capacity",
        "Can the nation handle it alone?",
        (
            Option("easily", "Yes", Severity.S0),
            Option("strained", "Yes, with everybody on duty", Severity.S2),
            Option("beyond", "No: help from others is needed", Severity.S3),
        ),
    ),
    Question(
        "harm",
        "Are people in danger?",
        (
            Option("no", "No", Severity.S0),
            Option("possible", "It may come to that", Severity.S3),
            Option("yes", "Yes", Severity.S4),
        ),
    ),
    Question(
        "spread",
        "Is it spreading?",
        (
            Option("contained", "No", Severity.S0),
            Option("within", "Within the nation", Severity.S2),
            Option("across", "Across a border", Severity.S3),
        ),
    ),
)

EQUIVALENTS = {
    Severity.S0: Equivalent("routine", "Baseline (below 35)", "6 or 5", "none"),
    Severity.S1: Equivalent("single entity", "Low (35-49)", "4", "notify if significant"),
    Severity.S2: Equivalent("significant, national", "Medium (50-64)", "3", "significant"),
    Severity.S3: Equivalent(
        "cross-border or beyond national capacity", "High or Severe (65-89)", "2", "large-scale"
    ),
    Severity.S4: Equivalent("societal emergency", "Emergency (90 and above)", "1", "crisis"),
}


def assess(answers: Mapping[str, str]) -> Severity:
    """The severity that the answers give (question id -> option id); S0 for no answer at all.

    Raises:
        UserError: an unknown question or answer, with the nearest known one.
    """
    questions = {question.id: question for question in QUESTIONS}
    severity = Severity.S0
    for asked, given in answers.items():
        question = questions.get(asked)
        if question is None:
            raise _unknown("question about severity", asked, tuple(questions))
        options = {option.id: option for option in question.options}
        if given not in options:
            raise _unknown(f"answer to “{question.text}”", given, tuple(options))
        severity = max(severity, options[given].at_least, key=lambda one: one.rank)
    return severity


def campaign_floor(affected: int, linked: int) -> Severity | None:
    """S3 for two or more affected members or three or more linked incidents; else None.

    NCISS does not score correlated incidents (CISA says so), and Estonia 2007 would have come
    out as Low; the floor closes that gap.
    """
    return FLOOR if affected >= FLOOR_MEMBERS or linked >= FLOOR_LINKED else None


def _unknown(what: str, given: str, known: tuple[str, ...]) -> UserError:
    near = difflib.get_close_matches(given, known, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(known)}."
    return UserError(f"{given[:40]!r} is no {what}.", hint, field="severity")
