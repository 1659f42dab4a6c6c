"""What a form asks for. The same fields are typed as options and shown as a modal."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "line",  # one line of free text
    "text",  # several lines
    "choice",  # one of `choices`
    "members",  # several member ids
    "person",  # a delegate: picked as a Slack user, typed as @mention or delegate id
    "duration",  # 30m, 4h, 1d
    "number",  # 1, 2, 3 …
    "flag",  # yes or not given; typed form only
]


@dataclass(frozen=True)
class Field:
    """One thing to be told. `name` is the option (`--name`) and the modal's block id."""

    name: str
    label: str
    kind: Kind = "line"
    required: bool = False
    derived: bool = False  # required, but may be left empty in the form: other answers give it
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()  # (value, shown)
    place: Literal["word", "rest", "option"] = "option"  # how it is typed without its name
    typed_only: bool = False
    one_word: bool = False  # a line of a single word, such as an id
    longest: int = 3000  # characters

    @property
    def one_token(self) -> bool:
        """Whether its value is one word when typed (members: one list)."""
        return self.one_word or self.kind not in ("line", "text")


@dataclass(frozen=True)
class Form:
    """A modal: what it is for, what it asks, what is already known."""

    callback: str
    title: str
    submit: str
    fields: tuple[Field, ...]
    values: dict[str, tuple[str, ...]] = field(default_factory=dict)
    intro: str = ""  # mrkdwn, escaped
    metadata: dict[str, str] = field(default_factory=dict)
